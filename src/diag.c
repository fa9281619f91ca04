/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* A target's name or a SPEC may hold anything; what reaches a terminal may not. */
static size_t make_visible(char *out, size_t size, const char *text)
{
	size_t used = 0;

	for (; *text && used + 5 < size; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte >= 0x20 && byte != 0x7f)
			out[used++] = (char)byte;
		else
			used += (size_t)snprintf(out + used, size - used, "\\x%02x", byte);
	}
	return used;
}

static void print_line(const char *prefix, const char *text)
{
	char line[5 * sizeof((struct error *)0)->text];
	size_t used = strlen(prefix);

	memcpy(line, prefix, used);
	used += make_visible(line + used, sizeof line - used, text);
	line[used++] = '\n';
	if (write(STDERR_FILENO, line, used) < 0)
		return;
}

int diag_print(const struct error *error)
{
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

/* Edit distance (insert, delete, replace), computed row by row; words over 30 letters are far. */
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
			unsigned replace = diagonal + (a[i - 1] != b[j - 1]);
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
		bool is_start = length >= 3 && strncmp(text, candidate, length) == 0;

		if (is_start && d > 1)
			d = 1; /* "elevate" means elevateprivileges, however long the rest */
		if (d < least && d < length) {
			least = d;
			best = candidate;
		}
	}
	return best;
}
