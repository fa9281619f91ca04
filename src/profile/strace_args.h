/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one argument of a call that a learned profile holds, out of the text that strace makes of
 * all.
 */
#ifndef GYVE_STRACE_ARGS_H
#define GYVE_STRACE_ARGS_H

#include <stdint.h>

#include "tables/tables.h"

enum strace_value {
	STRACE_VALUE,	/* *value is it */
	STRACE_UNNAMED, /* it is there, by a name that symbols.def does not have */
	STRACE_MISSING, /* the text ends before it, or within it */
};

/* clone_flags: the argument that holds clone's flags where they have no name (-e raw=). */
enum strace_value strace_args_value(char *arguments, const struct learned_arg_row *row,
				    unsigned clone_flags, uint64_t *value);

#endif
