/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mode/print.h"

#include <errno.h>
#include <stdlib.h>

#include "mode/session.h"
#include "run/probe.h"
#include "show/format.h"

static bool print(struct session *session, enum format format, FILE *out, struct error *error)
{
	const struct request *request = &session->request;
	bool has_sandbox = session_has_sandbox(session);
	struct export export = { .policy = &session->policy, .filter = &session->filter };

	if (!has_sandbox && !request->given[OPTION_PROFILE])
		return diag_set(error, EXIT_GYVE,
				"--print: '-sandbox off' leaves nothing to print");
	session->facts.sealed = format_rows[format].exec == FORMAT_SEALED;
	if (format_rows[format].ids)
		session_note_ids(session);
	if (!session_build_policy(session, error) ||
	    !session_compile(session, &session->policy, error))
		return false;
	export.reach = session_reach(session, NULL);
	export.choices = has_sandbox ? &request->choices : NULL;
	export.profile = request->arguments[OPTION_PROFILE];
	export.flags = session->launch.flags;
	return format_print(format, &export, out, error);
}

bool print_policy(const struct request *request, FILE *out, struct error *error)
{
	struct session *session = calloc(1, sizeof *session);
	enum format format;
	bool good;

	if (!session)
		return diag_errno(error, EXIT_GYVE, errno, "--print: cannot build a policy");
	session->request = *request;
	good = format_find(request->mode_argument, &format, error) &&
	       print(session, format, out, error);
	free(session);
	return good;
}

bool print_probe(const struct request *request, FILE *out, struct error *error)
{
	struct probe result;

	probe_run(&result);
	if (request->given[OPTION_JSON])
		probe_print_json(&result, out);
	else
		probe_print(&result, out);
	return result.status == PROBE_FULL ||
	       diag_set(error, (enum exit_status)result.status, "%s", "");
}
