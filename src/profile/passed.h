/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reader of logs has passed over, and says at the end: nothing is left out without a word.
 */
#ifndef GYVE_PASSED_H
#define GYVE_PASSED_H

enum passed_kind {
	PASSED_FOREIGN,	  /* lines that are not strace's */
	PASSED_UNKNOWN,	  /* calls that the table has no name for */
	PASSED_X32,	  /* calls of x32 */
	PASSED_ABI,	  /* calls of a machine without a table */
	PASSED_CUT,	  /* calls whose line ends before an argument that is held */
	PASSED_ILLEGIBLE, /* audit records */
	PASSED_COUNT
};

struct passed {
	struct {
		unsigned long count, line; /* line: of the first */
		char text[100];
	} kinds[PASSED_COUNT];
};

/* Counts one; text is what it looks like. */
void passed_add(struct passed *passed, enum passed_kind kind, unsigned long line, const char *text);

/* A warning for each kind of which there was any. */
void passed_warn(const struct passed *passed, const char *file);

#endif
