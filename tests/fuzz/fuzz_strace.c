/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of the reader of strace's output. The input is a line of a log and of a table; and a
 * string that a process may choose, where strace shows one: an argument, a path, a process' name.
 *
 * What must hold: nothing crashes; what was chosen makes neither another call of a line, nor
 * another argument, nor ends it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "profile/strace_args.h"
#include "profile/strace_line.h"
#include "profile/strace_table.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LONGEST 2000

/* As strace writes strings, string_quote in its src/util.c; special: what else it escapes. */
static void quote(char *out, const uint8_t *data, size_t size, const char *special)
{
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '"' || data[i] == '\\')
			out += sprintf(out, "\\%c", data[i]);
		else if (data[i] < ' ' || data[i] > '~' || strchr(special, data[i]))
			out += sprintf(out, "\\%03o", data[i]);
		else
			*out++ = (char)data[i];
	}
	*out = '\0';
}

static const struct learned_arg_row *row_of(enum call call)
{
	unsigned i = 0;

	while (learned_arg_rows[i].call != (int)call)
		i++;
	return &learned_arg_rows[i];
}

/* format: of one line, with a place for what was chosen. Its call, and the value that is held. */
static void check_line(const char *format, const char *chosen, const char *name, enum call call,
		       uint64_t expected)
{
	char text[5 * LONGEST], copy[5 * LONGEST];
	struct strace_line line;
	uint64_t value = 0;

	snprintf(text, sizeof text, format, chosen);
	memcpy(copy, text, strlen(text) + 1);
	strace_line_read(copy, &line);
	must_of(line.kind == STRACE_CALL && line.end == STRACE_WHOLE &&
			strcmp(line.name, name) == 0,
		"it is that call", text);
	if (call == CALL_COUNT)
		return;
	must_of(strace_args_value(line.arguments, row_of(call), 0, &value) == STRACE_VALUE &&
			value == expected,
		"it is that argument", text);
}

static void check_chosen(const uint8_t *data, size_t size)
{
	char string[4 * LONGEST + 1], path[4 * LONGEST + 1];

	quote(string, data, size, "");
	quote(path, data, size, "<>");
	check_line("mkdir(\"%s\", 0700) = 0", string, "mkdir", CALL_COUNT, 0);
	check_line("12 open(\"%s\"..., O_RDONLY) = -1 ENOENT (No such file) <0.000010>", string,
		   "open", CALL_COUNT, 0);
	check_line("[pid    12] execve(\"%s\", [\"x\"], 0x7f /* 2 vars */ <unfinished ...>", string,
		   "execve", CALL_COUNT, 0);
	check_line("12<%s> read(0, \"\", 1) = 0", path, "read", CALL_COUNT, 0);
	check_line("[pid    12<%s>] 10:00:00.123456 read(0, \"\", 1) = 0", path, "read", CALL_COUNT,
		   0);
	check_line("ioctl(3</%s>, FIONREAD, [0]) = 0", path, "ioctl", CALL_ioctl, FIONREAD);
	check_line("ioctl(3</%s<char 1:3>>, FIONREAD, [0]) = 0", path, "ioctl", CALL_ioctl,
		   FIONREAD);
	check_line("ioctl(3<UNIX-STREAM:[12->13,@\"%s\"]>, FIONREAD, [0]) = 0", string, "ioctl",
		   CALL_ioctl, FIONREAD);
}

static void check_raw(const char *text)
{
	struct strace_table table = { .state = TABLE_NONE };
	char copy[LONGEST + 1], *name;
	struct strace_line line;
	uint64_t value;

	strcpy(copy, text);
	strace_line_read(copy, &line);
	if (line.arguments)
		strace_args_value(line.arguments, row_of(CALL_clone), 0, &value);
	/* The rest of a text that begins with a header. */
	for (const char *at = text; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
		snprintf(copy, sizeof copy, "%.*s", (int)strcspn(at, "\n"), at);
		if (strace_table_read(&table, copy, &name, &value) == STRACE_TABLE_ROW)
			must_of(*name != '\0' && value > 0, "a row has a name and a number", text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[LONGEST + 1];

	size = size < LONGEST ? size : LONGEST;
	memcpy(text, data, size);
	text[size] = '\0';
	check_raw(text);
	check_chosen(data, strlen(text));
	return 0;
}
