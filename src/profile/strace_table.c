/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/strace_table.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COLUMNS 12

/* Words between blanks. Returns how many there are, which may be more than fit. */
static unsigned split(char *text, char *words[static MAX_COLUMNS])
{
	char *word;
	unsigned count = 0;

	while ((word = strsep(&text, " ")) != NULL) {
		if (*word == '\0')
			continue;
		if (count < MAX_COLUMNS)
			words[count] = word;
		count++;
	}
	return count;
}

/* "% time" is one column of two words. */
static bool read_header(struct strace_table *table, const char *text)
{
	static const char *const known[] = { "%",	   "seconds",  "usecs/call", "calls",
					     "errors",	   "syscall",  "shortest",   "longest",
					     "wall-total", "wall-min", "wall-max",   "wall-avg" };
	char copy[200], *words[MAX_COLUMNS];
	unsigned count, columns = 0, name = MAX_COLUMNS, calls = MAX_COLUMNS, errors = MAX_COLUMNS;

	snprintf(copy, sizeof copy, "%s", text);
	count = split(copy, words);
	for (unsigned i = 0; i < count && i < MAX_COLUMNS; i++) {
		unsigned known_at = 0;

		if (strcmp(words[i], "time") == 0 && i > 0 && strcmp(words[i - 1], "%") == 0)
			continue;
		while (known_at < MAX_COLUMNS && strcmp(known[known_at], words[i]) != 0)
			known_at++;
		if (known_at == MAX_COLUMNS)
			return false;
		if (strcmp(words[i], "syscall") == 0)
			name = columns;
		if (strcmp(words[i], "calls") == 0)
			calls = columns;
		if (strcmp(words[i], "errors") == 0)
			errors = columns;
		columns++;
	}
	if (name == MAX_COLUMNS || count > MAX_COLUMNS)
		return false;
	table->columns = columns;
	table->name = name;
	table->calls = calls == MAX_COLUMNS ? columns : calls;
	table->errors = errors == MAX_COLUMNS ? columns : errors;
	return true;
}

static bool read_count(const char *word, uint64_t *count)
{
	char *end;

	errno = 0;
	*count = strtoull(word, &end, 10);
	return isdigit((unsigned char)*word) && *end == '\0' && errno == 0 && *count > 0;
}

/* The column of errors is empty where there were none. */
static enum strace_table_line read_row(struct strace_table *table, char *text, char **name,
				       uint64_t *count)
{
	char copy[200], *words[MAX_COLUMNS];
	unsigned got, shift, calls;

	snprintf(copy, sizeof copy, "%s", text);
	got = split(copy, words);
	shift = table->errors < table->columns && got + 1 == table->columns;
	if (got + shift != table->columns)
		return STRACE_TABLE_NONE;
	calls = table->calls - (shift && table->calls > table->errors);
	*count = 1;
	if (table->calls < table->columns && !read_count(words[calls], count))
		return STRACE_TABLE_NONE;
	split(text, words);
	*name = words[table->name - (shift && table->name > table->errors)];
	return STRACE_TABLE_ROW;
}

static bool is_divider(const char *text)
{
	return *text == '-' && text[strspn(text, "- ")] == '\0';
}

/* "System call usage summary for 32 bit mode:" */
static bool read_mode(struct strace_table *table, const char *text)
{
	static const char start[] = "System call usage summary for ";
	const char *end = strstr(text, " mode:");

	if (strncmp(text, start, sizeof start - 1) != 0 || !end || end[6])
		return false;
	text += sizeof start - 1;
	snprintf(table->mode, sizeof table->mode, "%.*s", (int)(end - text), text);
	table->state = TABLE_NONE;
	return true;
}

enum strace_table_line strace_table_read(struct strace_table *table, char *text, char **name,
					 uint64_t *count)
{
	size_t length = strlen(text);

	if (read_mode(table, text))
		return STRACE_TABLE_OTHER;
	if (read_header(table, text)) {
		table->state = TABLE_HEADED;
		return STRACE_TABLE_START;
	}
	if (is_divider(text) && (table->state == TABLE_HEADED || table->state == TABLE_ROWS)) {
		table->state++;
		table->mode[0] = '\0';
		return STRACE_TABLE_OTHER;
	}
	if (table->state == TABLE_ROWS)
		return read_row(table, text, name, count);
	/* The totals: some releases leave the time for each call empty there. */
	if (table->state == TABLE_FOOT && length >= 5 && strstr(text, "total")) {
		table->state = TABLE_NONE;
		return STRACE_TABLE_OTHER;
	}
	table->state = TABLE_NONE;
	return STRACE_TABLE_NONE;
}
