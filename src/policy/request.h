/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a command line asks for: the options of tables/options.def, and what was given of them.
 */
#ifndef GYVE_REQUEST_H
#define GYVE_REQUEST_H

#include "policy/choices.h"

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "tables/options.def"
#undef OPTION
	OPTION_COUNT,
	OPTION_LAUNCH = OPTION_COUNT, /* the mode without an option */
};

enum option_kind { KIND_MODIFIER, KIND_MODE, KIND_REPEATED };

/* Of a mode: what must follow the options. */
enum { NO_OPERANDS = 0, SOME_OPERANDS = 1, COMMAND = 2 };

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
	struct repeated *repeated;  /* in the order of the command line; kept until the end */
	uint8_t implied[KEY_COUNT]; /* values that options chose, or 0 */
	unsigned opened_count;
	struct opened *opened; /* by --read, --write, --connect and --bind, in their order */
	char **operands;       /* COMMAND and its arguments, or CALLs: the end of argv */
};

#endif
