/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gyve: the command line becomes a request, and the request's mode says which function has it.
 */
#include <stdio.h>
#include <sys/auxv.h>

#include "base/printing.h"
#include "mode/print.h"
#include "mode/session.h"
#include "mode/supervised.h"
#include "policy/cmdline.h"
#include "profile/learn_profile.h"
#include "show/explain.h"
#include "show/help.h"
#include "show/listing.h"

/* A row has one of these (modes.def). */
struct mode {
	bool (*start)(struct session *session, struct error *error);
	bool (*print)(const struct request *request, FILE *out, struct error *error);
	void (*list)(FILE *out);
};

#define STARTS(id, function) [OPTION_##id] = { .start = function },
#define PRINTS(id, function) [OPTION_##id] = { .print = function },
#define LISTS(id, function) [OPTION_##id] = { .list = function },
static const struct mode modes[] = {
#include "tables/modes.def"
};
#undef STARTS
#undef PRINTS
#undef LISTS

/* Of each mode the name, so that one without a row is not declared. */
#define STARTS(id, ...) HAS_##id,
#define PRINTS STARTS
#define LISTS STARTS
enum {
#include "tables/modes.def"
};
#undef STARTS
#undef PRINTS
#undef LISTS

#define NEEDS_MODE(id) _Static_assert(HAS_##id >= 0, "");
#define NEEDS_MODIFIER(id)
#define NEEDS_REPEATED(id)
#define OPTION(id, name, argument, metavar, kind, ...) NEEDS_##kind(id)
#include "tables/options.def"
#undef OPTION

/* Large, and touched once: in .bss a page costs nothing until it is written. */
static struct session session;

/* Whoever asked for the status hears of a bad command line, too. */
static bool read_request(int argc, char **argv, struct error *error)
{
	struct request *request = &session.request;
	struct error second;
	bool good = cmdline_parse(argc, argv, request, error);

	if (request->given[OPTION_STATUS_FD])
		good &= session_open_status(&session, good ? error : &second);
	return good;
}

static int print(const struct mode *mode, struct error *error)
{
	bool good = true;

	if (!printing_begin(error))
		return diag_print(error);
	if (mode->list)
		mode->list(stdout);
	else
		good = mode->print(&session.request, stdout, error);
	return printing_end(good ? 0 : diag_print(error));
}

int main(int argc, char **argv)
{
	const struct mode *mode;
	struct error error;

	if (getauxval(AT_SECURE)) {
		diag_set(&error, EXIT_GYVE,
			 "refusing to run with more privileges than the caller has: "
			 "gyve must not be setuid, setgid or have file capabilities");
		return diag_print(&error);
	}
	if (!read_request(argc, argv, &error))
		return session_fail(&session, &error);
	mode = &modes[session.request.mode];
	if (!mode->start)
		return print(mode, &error);
	mode->start(&session, &error);
	return session_fail(&session, &error);
}
