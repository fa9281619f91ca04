/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line: argv into one struct request. Stops at the first operand; the target's
 * arguments are never ours. Knows the options from tables/options.def, and nothing of the kernel.
 */
#ifndef GYVE_CMDLINE_H
#define GYVE_CMDLINE_H

#include "base/diag.h"
#include "policy/policy.h"

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "tables/options.def"
#undef OPTION
	OPTION_COUNT,
	OPTION_LAUNCH = OPTION_COUNT, /* the mode without an option */
};

enum option_kind { KIND_MODIFIER, KIND_MODE, KIND_REPEATED };

struct option_row {
	const char *name;
	const char *metavar; /* "" where the option takes no argument, "[=...]" where it may */
	enum option_kind kind;
	uint64_t with; /* of a mode: whether it takes operands; of a modifier: bits of modes */
	const char *help;
};

extern const struct option_row option_rows[OPTION_COUNT];

/* One of the options that may be given several times. */
struct repeated {
	enum option_id id;
	const char *argument;
};

struct request {
	enum option_id mode;	   /* OPTION_LAUNCH, or an option that is a mode */
	const char *mode_argument; /* of a mode that takes one, else NULL */
	bool given[OPTION_COUNT];
	struct choices choices;		     /* settled */
	const char *arguments[OPTION_COUNT]; /* of each option given with one, else NULL */
	unsigned repeated_count;
	struct repeated *repeated; /* in the order of the command line; kept until the end */
	char **operands;	   /* COMMAND and its arguments, or CALLs: the end of argv */
};

/*
 * Reads argv, which must outlive *request. false and *error (status 125) for anything that is not
 * understood or makes no sense together; nothing is silently ignored.
 */
bool cmdline_parse(int argc, char **argv, struct request *request, struct error *error);

#endif
