/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A text of foreign origin, line by line: a file, or standard input. Memory is bounded whatever is
 * read, and what cannot be read to its end is a failure, never a shorter text.
 */
#ifndef GYVE_LINES_H
#define GYVE_LINES_H

#include <stddef.h>
#include <string.h>

#include "base/diag.h"

/* A line of a log is some hundred bytes, and some ten thousand where strings are shown in full. */
#define LINES_LONGEST (1 << 20)

/* With so many lines and nothing found in them, the text is none of those that are meant. */
#define LINES_IN_VAIN (1ul << 24)

struct lines {
	const char *name;     /* of the file, for messages */
	unsigned long number; /* of the line read last; 1 is the first */
	bool found;	      /* set by the caller once a line was what it looks for */
	bool failed;
	int fd;
	size_t start, end; /* what of the buffer is still to be handed out */
	char *buffer;
};

/* Opens a file, "-" being standard input. false and *error when it cannot be opened. */
bool lines_open(struct lines *lines, const char *file, struct error *error);

/*
 * The next line, without its end, NUL-terminated and the caller's to change until the next call. A
 * NUL within it is read as '?'. NULL at the end of the text, or with *error when it cannot be read
 * further, a line is longer than LINES_LONGEST, or LINES_IN_VAIN lines had nothing to be found.
 */
char *lines_next(struct lines *lines, struct error *error);

/* Closes it. Whether everything was read. */
bool lines_close(struct lines *lines);

/* What stands in a line behind a word that it begins with, or NULL. */
char *lines_behind(const char *line, const char *word);

#endif
