/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of a log of strace(1): what it is, found from its beginning on, so that nothing within a
 * quoted string, a path or a process' name can pass for it. Source: printleader in strace's
 * src/strace.c, update_personality and print_syscall_resume in src/syscall.c, string_quote in
 * src/util.c; its releases from 4.5 on.
 */
#ifndef GYVE_STRACE_LINE_H
#define GYVE_STRACE_LINE_H

#include <stdbool.h>

enum strace_kind {
	STRACE_CALL,	/* "name(ARGUMENTS": of a call, or as much of it as there is */
	STRACE_RESUMED, /* "<... name resumed>ARGUMENTS": what came of a call after another line */
	STRACE_REST,	/* "ARGUMENTS) = 0": of the call before it, after somebody else's output */
	STRACE_MODE,	/* "[ Process PID=1 runs in 32 bit mode. ]": name is "32 bit" */
	STRACE_REMARK,	/* a signal, an end, a stack, a word of strace's own */
	STRACE_FOREIGN, /* none of strace's */
};

/* How the line of a call ends. */
enum strace_end {
	STRACE_WHOLE, /* with a result, or as strace ends it before the line of another process */
	STRACE_ATTACHED, /* by strace's message of a new process, on the same standard error */
	STRACE_CUT,	 /* in the middle, where somebody else's output may follow */
};

struct strace_line {
	enum strace_kind kind;
	enum strace_end end; /* of a call */
	char *name, *arguments;
};

/* Reads a line, which it changes: name and arguments are then pieces of it. */
void strace_line_read(char *text, struct strace_line *line);

/*
 * Where the argument that begins here ends: at a comma or closing bracket outside of all brackets,
 * strings and what strace tells of a descriptor ("3</a path>"), or at the end of the text.
 */
char *strace_line_argument_end(char *argument);

#endif
