/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/diag.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

bool diag_set(struct error *error, enum exit_status status, const char *format, ...)
{
	va_list list;

	error->status = status;
	va_start(list, format);
	vsnprintf(error->text, sizeof error->text, format, list);
	va_end(list);
	return false;
}

bool diag_errno(struct error *error, enum exit_status status, int number, const char *format, ...)
{
	va_list list;
	size_t used;

	error->status = status;
	va_start(list, format);
	vsnprintf(error->text, sizeof error->text, format, list);
	va_end(list);
	used = strlen(error->text);
	snprintf(error->text + used, sizeof error->text - used, ": %s", strerror(number));
	return false;
}

/*
 * Whether a terminal shows the character as itself: no control, neither C0 nor C1 (U+009B starts an
 * escape sequence as ESC [ does), and none of the invisible ones that reorder or hide their
 * neighbours.
 */
static bool is_printable(uint32_t code)
{
	return code >= 0x20 && !(code >= 0x7f && code <= 0x9f) && code != 0xad &&
	       !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2060 && code <= 0x206f) && code != 0x061c && code != 0xfeff &&
	       !(code >= 0xe0000 && code <= 0xe0fff);
}

size_t diag_visible(char *out, size_t size, const char *text)
{
	size_t used = 0;

	while (*text) {
		uint32_t code;
		unsigned length = utf8_length(text, &code);
		bool as_is = length > 0 && is_printable(code);

		length += length == 0;
		if (used + (as_is ? 1 : 4) * length >= size)
			break;
		for (; length > 0; length--, text++) {
			if (as_is)
				out[used++] = *text;
			else
				used += (size_t)snprintf(out + used, size - used, "\\x%02x",
							 (unsigned char)*text);
		}
	}
	out[used] = '\0';
	return used;
}

static void print_line(const char *prefix, const char *text)
{
	char line[5 * sizeof((struct error *)0)->text];
	size_t used = strlen(prefix);

	memcpy(line, prefix, used);
	used += diag_visible(line + used, sizeof line - used, text);
	line[used++] = '\n';
	if (write(STDERR_FILENO, line, used) < 0)
		return;
}

int diag_print(const struct error *error)
{
	if (*error->text)
		print_line("gyve: ", error->text);
	return (int)error->status;
}

void diag_warn(const char *format, ...)
{
	char text[sizeof((struct error *)0)->text];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	print_line("gyve: warning: ", text);
}

/* Of ASCII only: words come from the tables, and the locale is none of their business. */
static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool is_start_of(const char *text, const char *word)
{
	while (*text && lower(*text) == lower(*word))
		text++, word++;
	return *text == '\0';
}

/*
 * Edit distance (insert, delete, replace), computed row by row, letter case ignored; words over 30
 * letters are far.
 */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[32];
	size_t na = strlen(a), nb = strlen(b);

	if (na > 30 || nb > 30)
		return 99;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned replace = diagonal + (lower(a[i - 1]) != b[j - 1]);
			unsigned least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

			diagonal = row[j];
			row[j] = replace < least ? replace : least;
		}
	}
	return row[nb];
}

const char *diag_nearest(const char *text, unsigned count, const char *(*word)(unsigned))
{
	const char *best = NULL;
	unsigned least = 3;
	size_t length = strlen(text);

	for (unsigned i = 0; i < count; i++) {
		const char *candidate = word(i);
		unsigned d = distance(text, candidate);
		bool is_start = length >= 3 && is_start_of(text, candidate);
		bool is_longer = strlen(candidate) >= 3 && is_start_of(candidate, text);

		if (is_start && d > 1)
			d = 1; /* "elevate" means elevateprivileges, however long the rest */
		if (is_longer && d > 2)
			d = 2; /* and "networking" means network */
		if (d < least && d < length) {
			least = d;
			best = candidate;
		}
	}
	return best;
}
