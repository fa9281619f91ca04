/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/strace_args.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/lines.h"
#include "profile/strace_line.h"

/* ---- names and numbers ---- */

static bool read_number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return isdigit((unsigned char)*text) && errno == 0 && *end == '\0';
}

/* "_IOC(_IOC_READ|_IOC_WRITE, 0x54, 0x40, 0x8)", for requests that strace has no name for. */
static bool read_ioc(const char *text, uint64_t *value)
{
	char direction[32];
	unsigned type, nr, size, bits = 0;

	if (sscanf(text, "_IOC(%31[A-Z_|0], %i, %i, %i)", direction, (int *)&type, (int *)&nr,
		   (int *)&size) != 4)
		return false;
	if (strstr(direction, "_IOC_READ"))
		bits |= _IOC_READ;
	if (strstr(direction, "_IOC_WRITE"))
		bits |= _IOC_WRITE;
	*value = (uint32_t)_IOC(bits, type, nr, size);
	return true;
}

/* Families were shown as PF_ before strace 4.11. */
static bool read_symbol(enum symbol_set set, const char *name, uint64_t *value)
{
	char family[32];

	if (set == SYMBOL_FAMILY && strncmp(name, "PF_", 3) == 0) {
		snprintf(family, sizeof family, "A%s", name + 1);
		name = family;
	}
	for (unsigned i = 0; i < symbol_row_count; i++)
		if (symbol_rows[i].set == set && strcmp(symbol_rows[i].name, name) == 0) {
			*value = symbol_rows[i].value;
			return true;
		}
	return false;
}

/* "A or B": names of one number, of which one that is known will do. */
static bool read_word(enum symbol_set set, char *word, uint64_t *value)
{
	while (word) {
		char *other = strstr(word, " or ");

		if (other) {
			*other = '\0';
			other += strlen(" or ");
		}
		if (read_number(word, value) || read_symbol(set, word, value))
			return true;
		word = other;
	}
	return false;
}

/* 0x2e and a comment, "AF_???", of strace -X verbose, and of numbers that it has no name for. */
static void drop_comments(char *text)
{
	char *start, *end;

	while ((start = strstr(text, " /* ")) != NULL && (end = strstr(start, " */")) != NULL)
		memmove(start, end + 3, strlen(end + 3) + 1);
}

static bool read_words(enum symbol_set set, char *text, uint64_t *value)
{
	char *rest = text, *word;

	if (read_ioc(text, value))
		return true;
	*value = 0;
	drop_comments(text);
	while ((word = strsep(&rest, "|")) != NULL) {
		uint64_t one;

		/* A signal is the lowest byte of clone's flags, which is not held; "|SIGCHLD". */
		if (set == SYMBOL_CLONE && (*word == '\0' || strncmp(word, "SIG", 3) == 0))
			continue;
		if (!read_word(set, word, &one))
			return false;
		*value |= one;
	}
	return true;
}

/* ---- arguments ---- */

/*
 * The argument with this index, or the one with this name, as a text of its own. NULL when the text
 * ends before it ends.
 */
static char *find_argument(char *at, unsigned index, const char *name)
{
	for (;; index--) {
		char *end, *rest;

		at += strspn(at, " {");
		end = strace_line_argument_end(at);
		if (end <= at || *end == '\0')
			return NULL;
		rest = name ? lines_behind(at, name) : NULL;
		if (rest || (!name && index == 0)) {
			at = rest ? rest : at;
			end[0] = '\0';
			return at;
		}
		if (*end != ',')
			return NULL;
		at = end + 1;
	}
}

enum strace_value strace_args_value(char *arguments, const struct learned_arg_row *row,
				    unsigned clone_flags, uint64_t *value)
{
	bool is_clone = row->arg == ARG_CLONE_FLAGS;
	char *argument = find_argument(arguments, row->arg, is_clone ? "flags=" : NULL), *rest;

	if (!argument && is_clone) {
		argument = find_argument(arguments, clone_flags, NULL);
		if (argument && !isdigit((unsigned char)*argument))
			return STRACE_MISSING;
	}
	if (!argument)
		return STRACE_MISSING;
	rest = strstr(argument, " <unfinished");
	if (rest)
		*rest = '\0';
	return read_words(row->set, argument, value) ? STRACE_VALUE : STRACE_UNNAMED;
}
