/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mode/supervised.h"

#include <stddef.h>
#include <string.h>

#include "profile/learn_profile.h"
#include "run/learn.h"
#include "run/probe.h"
#include "run/report.h"
#include "run/room.h"
#include "run/notify.h"
#include "run/told.h"

static bool can_supervise(struct error *error)
{
	bool available;

	if (!probe_action(SECCOMP_RET_USER_NOTIF, &available, error))
		return false;
	if (!available)
		return diag_set(
			error, EXIT_GYVE,
			"cannot supervise: this kernel has no user notification (Linux 5.0)");
	return room_fill_standard_fds(error);
}

static bool open_output(struct session *session, struct error *error)
{
	const struct request *request = &session->request;

	return output_open(&session->output, request->arguments[OPTION_REPORT_FILE],
			   request->arguments[OPTION_REPORT_FD], error);
}

static bool is_json(const struct session *session)
{
	const char *argument = session->request.mode_argument;

	return argument && strcmp(argument, "json") == 0;
}

/* Wipes the ticket where it was written to, and no more: to touch the rest would cost page faults.
 */
static void forget_ticket(void *context)
{
	struct session *session = context;
	struct filter *filter = &session->filter;

	status_close(session->launch.status);
	explicit_bzero(&session->facts, sizeof session->facts);
	explicit_bzero(&session->notifying, offsetof(struct policy, rules));
	explicit_bzero(filter->buffer + VERDICT_MAX_LENGTH - filter->length,
		       filter->length * sizeof filter->buffer[0]);
	notify_forget_ticket(&session->policy);
	session_wipe_stack();
}

/* The target runs under the filter of the notifying policy; the policy itself is for the
 * supervision to consult. */
static bool supervise(struct session *session, struct supervision *supervision,
		      struct supervise_end *end, struct error *error)
{
	const char *until = session->request.arguments[OPTION_UNTIL];

	supervision->policy = &session->policy;
	supervision->launched = forget_ticket;
	supervision->context = session;
	supervision->until_target = until && strcmp(until, "target") == 0;
	supervision->die_with_parent = session->request.given[OPTION_DIE_WITH_PARENT];
	return session_compile(session, &session->notifying, error) &&
	       supervise_run(supervision, &session->launch, end, error);
}

bool supervised_report(struct session *session, struct error *error)
{
	const struct choices *choices = &session->request.choices;
	unsigned asks = NOTIFY_ASKS_PDEATHSIG | (report_wants_exec(choices) ? NOTIFY_ASKS_EXEC : 0);
	struct supervision supervision = { .output = &session->output, .bound = true };
	struct report *report;
	struct supervise_end end;

	if (!choices_enabled(choices)) {
		diag_warn("--report: nothing is denied, so there is nothing to report");
		return session_launch(session, error);
	}
	if (!can_supervise(error) || !open_output(session, error) ||
	    !session_begin(session, error) || !session_build_policy(session, error))
		return false;
	session_enclose(session);
	asks |= told_asks(session->launch.reach);
	if (!notify_build(&session->notifying, &session->policy, asks, error))
		return false;
	report = report_begin(&session->request, session->launch.search.path, is_json(session),
			      &session->output, error);
	if (!report || !report_take_reach(report, session->launch.reach, error))
		return false;
	supervision.observer = report_observer(report);
	supervision.fd = session->output.fd;
	if (!supervise(session, &supervision, &end, error))
		return false;
	report_finish(report, &end);
	if (end.broken)
		return false;
	supervise_end_alike(&end);
}

bool supervised_learn(struct session *session, struct error *error)
{
	struct output *output = &session->output;
	struct supervision supervision = { .output = output, .permissive = true };
	struct learn *learn;
	struct supervise_end end;

	learn_choices(&session->request.choices);
	if (!can_supervise(error) || !open_output(session, error))
		return false;
	diag_warn("--learn: nothing is denied in this run, so it does not protect");
	session->launch.no_new_privs = NNP_IF_NEEDED;
	if (!session_begin(session, error) || !session_build_policy(session, error) ||
	    !notify_build(&session->notifying, &session->policy, 0, error))
		return false;
	learn = learn_begin(session->launch.search.path, is_json(session), output, error);
	if (!learn)
		return false;
	supervision.observer = learn_observer(learn);
	supervision.fd = output->fd;
	if (!supervise(session, &supervision, &end, error) || end.broken)
		return false;
	/* The run was for the sake of this. */
	if (!learn_finish(learn, &end))
		return diag_errno(error, EXIT_GYVE, output->broken,
				  "--learn: cannot write what was learned");
	supervise_end_alike(&end);
}

bool supervised_learn_profile(struct session *session, struct error *error)
{
	struct supervision supervision = { .output = NULL };
	struct learn_profile *learned;
	struct supervise_end end;

	session->facts.native = syscalls_native_abi();
	if (!can_supervise(error) || !session_begin(session, error) ||
	    !session_draw_ticket(session, error) ||
	    !notify_build_watching(&session->notifying, &session->policy, &session->facts, error))
		return false;
	learned = learn_profile_begin(session->request.mode_argument, error);
	if (!learned)
		return false;
	supervision.observer = learn_profile_observer(learned);
	supervision.fd = learn_profile_fd(learned);
	if (!supervise(session, &supervision, &end, error) || end.broken) {
		learn_profile_drop(learned);
		return false;
	}
	if (!learn_profile_finish(learned, error))
		return false;
	supervise_end_alike(&end);
}
