/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of strace -c, with the columns that -U chose. Source: call_summary in strace's
 * src/count.c.
 */
#ifndef GYVE_STRACE_TABLE_H
#define GYVE_STRACE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

struct strace_table {
	enum { TABLE_NONE, TABLE_HEADED, TABLE_ROWS, TABLE_FOOT } state;
	unsigned columns;
	unsigned name, calls, errors; /* which column it is; columns: there is none */
	char mode[16];		      /* of the table to come: "32 bit"; "" is strace's own */
};

enum strace_table_line {
	STRACE_TABLE_NONE,  /* not of a table */
	STRACE_TABLE_START, /* a header: mode is that of what follows */
	STRACE_TABLE_ROW,   /* a call and how often */
	STRACE_TABLE_OTHER, /* what else a table has */
};

/*
 * Reads a line, which it changes if it is a row: *name is then a piece of it. *count is 1 where the
 * table has no such column.
 */
enum strace_table_line strace_table_read(struct strace_table *table, char *text, char **name,
					 uint64_t *count);

#endif
