/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of output, put together piece by piece. What comes from a process, its arguments and its
 * name, goes in escaped: a line cannot be ended, and a terminal not be driven, from within.
 */
#ifndef GYVE_LINE_H
#define GYVE_LINE_H

#include <stdarg.h>
#include <stddef.h>

#include "base/diag.h"

/* With the newline at most PIPE_BUF: one write(2) of it into a pipe is not mixed with another's. */
#define LINE_MAX_LENGTH 4095

struct line {
	size_t used;
	char text[LINE_MAX_LENGTH + 1]; /* NUL-terminated; cut at the end when too long */
};

void line_clear(struct line *line);

/* Appends as printf does. The arguments must be our own words. */
void line_add(struct line *line, const char *format, ...) DIAG_PRINTF(2);

/* Appends bytes of foreign origin: what is not printable ASCII, and '\\', becomes \xNN or \\. */
void line_add_foreign(struct line *line, const char *bytes, size_t size);

/* The same between quotation marks, which are escaped within. */
void line_add_quoted(struct line *line, const char *bytes, size_t size);

/*
 * A name or path of foreign origin: as it is where it is made of letters, digits and "._-+/:@",
 * which no field or separator of a line is; else quoted.
 */
void line_add_word(struct line *line, const char *word);

/* Appends a string of ours, which may hold quoted pieces, as a JSON string; NULL as null. */
void line_add_json(struct line *line, const char *text);

/*
 * Copies the text; where it does not fit, its end becomes "...", after the quotation mark that is
 * open there. size is at least 5.
 */
void line_copy(const struct line *line, char *text, size_t size);

/* Appends blanks up to a column, at least one. */
void line_pad(struct line *line, size_t column);

#endif
