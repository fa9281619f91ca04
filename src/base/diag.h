/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong: lower layers fill a struct error, main prints it, once.
 *
 * Two verbs: a failed system call reports the errno text (diag_errno), a bad request does not
 * (diag_set). Both return false, so that a caller can "return diag_set(...)".
 */
#ifndef GYVE_DIAG_H
#define GYVE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "tables/tables.h"

struct error {
	enum exit_status status;
	char text[1200]; /* one line, without the program's name; cut at the end when too long */
};

#if defined(__GNUC__)
#define DIAG_PRINTF(at) __attribute__((format(printf, at, at + 1)))
#else
#define DIAG_PRINTF(at)
#endif

/* Fills *error. Returns false. */
bool diag_set(struct error *error, enum exit_status status, const char *format, ...) DIAG_PRINTF(3);

/* The same, with ": " and the text of the errno value number at the end. */
bool diag_errno(struct error *error, enum exit_status status, int number, const char *format, ...)
	DIAG_PRINTF(4);

/*
 * Copies text into out so that a terminal shows all of it and obeys none of it: controls (C1 ones
 * and invisible characters in UTF-8 included) and bytes that are not UTF-8 become \xNN. Cut at the
 * end when out is too small, never within a character; always terminated. size is not 0. Returns
 * the length.
 */
size_t diag_visible(char *out, size_t size, const char *text);

/*
 * Writes "gyve: " and the text to standard error, control characters made visible, in one write(2)
 * and with no buffer in between. A failed write cannot be reported and is ignored. Returns the
 * status.
 */
int diag_print(const struct error *error);

/* Writes "gyve: warning: ..." in the same way. */
void diag_warn(const char *format, ...) DIAG_PRINTF(1);

/*
 * The one of count words (word(i) for i from 0) that a mistyped text most likely meant; NULL when
 * none is near: more than two edits away, or as many as the text has letters. Upper and lower case
 * are the same here; the first three letters of a word, or a word with something behind it, are
 * near it.
 */
const char *diag_nearest(const char *text, unsigned count, const char *(*word)(unsigned));

#endif
