/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool lines_open(struct lines *lines, const char *file, struct error *error)
{
	bool is_stdin = strcmp(file, "-") == 0;

	memset(lines, 0, sizeof *lines);
	lines->name = is_stdin ? "standard input" : file;
	lines->fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (lines->fd < 0)
		return diag_errno(error, EXIT_GYVE, errno, "cannot open '%.400s'", file);
	lines->buffer = malloc(LINES_LONGEST + 1);
	if (lines->buffer)
		return true;
	diag_errno(error, EXIT_GYVE, errno, "cannot read '%.400s'", lines->name);
	lines_close(lines);
	return false;
}

static bool fail(struct lines *lines)
{
	lines->failed = true;
	return false;
}

/* Reads more behind what is there. false at the end of the text and on a failure. */
static bool fill(struct lines *lines, struct error *error)
{
	ssize_t got;

	memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
	lines->end -= lines->start;
	lines->start = 0;
	if (lines->end == LINES_LONGEST) {
		diag_set(error, EXIT_GYVE,
			 "'%.400s': line %lu is longer than %d bytes: this is no log", lines->name,
			 lines->number + 1, LINES_LONGEST);
		return fail(lines);
	}
	do
		got = read(lines->fd, lines->buffer + lines->end, LINES_LONGEST - lines->end);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		diag_errno(error, EXIT_GYVE, errno, "cannot read '%.400s' beyond line %lu",
			   lines->name, lines->number);
		return fail(lines);
	}
	lines->end += (size_t)got;
	return got > 0;
}

static char *hand_out(struct lines *lines, size_t length)
{
	char *line = lines->buffer + lines->start;

	lines->number++;
	/* The line's end, or, behind a last line without one, the byte that is kept free for it. */
	line[length] = '\0';
	lines->start += length + (lines->start + length < lines->end);
	for (char *nul = line; (nul = memchr(nul, '\0', length - (size_t)(nul - line))) != NULL;)
		*nul = '?';
	if (length > 0 && line[length - 1] == '\r')
		line[length - 1] = '\0';
	return line;
}

char *lines_next(struct lines *lines, struct error *error)
{
	size_t seen = 0;

	if (!lines->found && lines->number == LINES_IN_VAIN) {
		diag_set(error, EXIT_GYVE, "'%.400s': nothing to be read in its first %lu lines",
			 lines->name, LINES_IN_VAIN);
		fail(lines);
		return NULL;
	}
	for (;;) {
		size_t length = lines->end - lines->start;
		char *start = lines->buffer + lines->start;
		char *end = memchr(start + seen, '\n', length - seen);

		if (end)
			return hand_out(lines, (size_t)(end - start));
		seen = length;
		if (!fill(lines, error))
			return lines->failed || length == 0 ? NULL : hand_out(lines, length);
	}
}

bool lines_close(struct lines *lines)
{
	if (lines->fd != STDIN_FILENO)
		close(lines->fd);
	free(lines->buffer);
	return !lines->failed;
}

char *lines_behind(const char *line, const char *word)
{
	size_t length = strlen(word);

	return strncmp(line, word, length) == 0 ? (char *)line + length : NULL;
}
