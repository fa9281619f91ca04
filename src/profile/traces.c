/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/traces.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

struct reader {
	struct record *record;
	enum abi abi; /* that strace last announced */
	const char *file;
	unsigned line, calls;
	struct error *error;
};

typedef bool take_line(struct reader *r, char *line);

static bool refuse(struct reader *r, const char *what, const char *text)
{
	return diag_set(r->error, EXIT_GYVE, "%.400s:%u: %s: '%.200s'", r->file, r->line, what,
			text);
}

static bool read_lines(struct reader *r, take_line *take)
{
	bool from_stdin = strcmp(r->file, "-") == 0, good = true;
	FILE *in = from_stdin ? stdin : fopen(r->file, "re");
	char *line = NULL;
	size_t room = 0;

	if (!in)
		return diag_errno(r->error, EXIT_GYVE, errno, "cannot open '%.400s'", r->file);
	while (good && getline(&line, &room, in) >= 0) {
		r->line++;
		line[strcspn(line, "\r\n")] = '\0';
		good = take(r, line);
	}
	if (good && ferror(in))
		good = diag_errno(r->error, EXIT_GYVE, errno, "cannot read '%.400s'", r->file);
	free(line);
	if (!from_stdin)
		fclose(in);
	return good;
}

/* ---- values that strace shows by name ---- */

static bool number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return isdigit((unsigned char)*text) && errno == 0 && *end == '\0';
}

/* "_IOC(_IOC_READ|_IOC_WRITE, 0x54, 0x40, 0x8)", for requests that strace has no name for. */
static bool ioc_number(const char *text, uint64_t *value)
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

static bool symbol(enum symbol_set set, const char *name, uint64_t *value)
{
	for (unsigned i = 0; i < symbol_row_count; i++)
		if (symbol_rows[i].set == set && strcmp(symbol_rows[i].name, name) == 0) {
			*value = symbol_rows[i].value;
			return true;
		}
	return false;
}

/* Names and numbers joined by "|"; of "A or B", two names for one number, the one that is known. */
static bool words_value(enum symbol_set set, char *text, uint64_t *value)
{
	char *rest = text, *word;
	bool any = false;

	*value = 0;
	if (ioc_number(text, value))
		return true;
	while ((word = strsep(&rest, "|")) != NULL) {
		char *other = strstr(word, " or ");
		uint64_t one;

		if (other)
			*other = '\0';
		/* A signal is the lowest byte of clone's flags, which is not held. */
		if (strncmp(word, "SIG", 3) == 0 && set == SYMBOL_CLONE)
			continue;
		if (!number(word, &one) && !symbol(set, word, &one) &&
		    !(other && symbol(set, other + 4, &one)))
			return false;
		*value |= one;
		any = true;
	}
	return any || set == SYMBOL_CLONE;
}

/* Cuts text at the end of its first argument: a comma or closing bracket outside of all brackets.
 */
static char *cut_argument(char *text)
{
	unsigned depth = 0;
	bool quoted = false;

	for (; *text; text++) {
		if (*text == '\\' && quoted && text[1])
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (strchr("([{", *text))
			depth++;
		else if (depth == 0 && strchr(",)}", *text))
			break;
		else if (strchr(")]}", *text))
			depth--;
	}
	if (*text == '\0')
		return NULL;
	*text = '\0';
	return text + 1;
}

/* "flags=..." of clone or clone3, or the argument with this index. */
static char *find_argument(char *arguments, enum symbol_set set, unsigned index)
{
	char *flags = set == SYMBOL_CLONE ? strstr(arguments, "flags=") : NULL;

	if (flags) {
		cut_argument(flags + 6);
		return flags + 6;
	}
	if (set == SYMBOL_CLONE)
		return NULL;
	for (; arguments; index--) {
		char *next = cut_argument(arguments);

		arguments += strspn(arguments, " ");
		if (index == 0)
			return arguments;
		arguments = next;
	}
	return NULL;
}

/* ---- strace ---- */

static void take_call(struct reader *r, enum call call, char *arguments)
{
	int row = record_arg_of(call);
	uint64_t value;
	char *argument;

	r->calls++;
	if (row < 0) {
		record_add(r->record, r->abi, call, NULL, 1);
		return;
	}
	argument = find_argument(arguments, learned_arg_rows[row].set, learned_arg_rows[row].arg);
	if (argument && words_value(learned_arg_rows[row].set, argument, &value))
		record_add_value(r->record, r->abi, call, value, 1);
	else
		record_add(r->record, r->abi, call, NULL, 1);
}

/* "syscall_0x1d7" is a call that strace has no name for. */
static enum call find_call(const struct reader *r, const char *name)
{
	uint64_t nr;

	if (strncmp(name, "syscall_", 8) == 0 && number(name + 8, &nr) && nr <= UINT32_MAX)
		return record_call_at(r->record, r->abi, (uint32_t)nr);
	return syscalls_named(name);
}

/* Between the calls: signals, ends, second halves of interrupted calls, strace's own messages. */
static bool is_remark(const char *line)
{
	return *line == '\0' || strstr(line, "+++ ") || strstr(line, "--- ") ||
	       strstr(line, "<... ") || strncmp(line, "strace: ", 8) == 0;
}

static bool announces_abi(struct reader *r, const char *line)
{
	if (!strstr(line, "[ Process PID="))
		return false;
	r->abi = syscalls_native_abi();
	for (unsigned abi = 0; strstr(line, " 32 bit mode") && abi < ABI_COUNT; abi++)
		if (abi != r->abi && syscalls_same_kernel(abi, r->abi))
			r->abi = abi;
	return true;
}

/* The name of the call on a line of a log, and what is between its brackets. */
static char *split_call(char *line, char **arguments)
{
	for (char *open = strchr(line, '('); open; open = strchr(open + 1, '(')) {
		char *start = open;

		while (start > line && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
			start--;
		if (start == open || isdigit((unsigned char)*start))
			continue;
		*open = '\0';
		*arguments = open + 1;
		return start;
	}
	return NULL;
}

static bool take_log_line(struct reader *r, char *line)
{
	char *arguments, *name;
	enum call call;

	if (is_remark(line) || announces_abi(r, line))
		return true;
	name = split_call(line, &arguments);
	if (!name)
		return refuse(r, "neither a call nor a remark of strace", line);
	call = find_call(r, name);
	if (call == CALL_COUNT)
		return refuse(r, "not a system call of this gyve's table", name);
	take_call(r, record_stand_in(call), arguments);
	return true;
}

/* "% time  seconds  usecs/call  calls  errors  syscall", where errors may be blank. */
static bool take_table_line(struct reader *r, char *line)
{
	char name[64], calls[24];
	uint64_t count;
	enum call call;

	if (sscanf(line, "%*f %*f %*u %23s %63s", calls, name) != 2)
		return refuse(r, "not a row of a table of strace -c", line);
	/* Without an errors column the name follows at once; with it, a number stands between. */
	if (isdigit((unsigned char)name[0]) &&
	    sscanf(line, "%*f %*f %*u %23s %*s %63s", calls, name) != 2)
		return refuse(r, "not a row of a table of strace -c", line);
	if (!number(calls, &count) || count == 0)
		return refuse(r, "not a number of calls", calls);
	if (strcmp(name, "total") == 0)
		return true;
	call = syscalls_named(name);
	if (call == CALL_COUNT)
		return refuse(r, "not a system call of this gyve's table", name);
	r->calls++;
	record_add(r->record, r->abi, record_stand_in(call), NULL, count);
	return true;
}

/* Two numbers with fractions; a log has at most one in front, and then a bracket or a remark. */
static bool is_table_row(const char *line)
{
	double percentage, seconds;
	char dot[2];

	return sscanf(line, " %*[0-9]%1[.]%*[0-9] %lf", dot, &seconds) == 2 &&
	       sscanf(line, " %lf %lf", &percentage, &seconds) == 2 && !strchr(line, '(');
}

/* One file may hold both, as "strace -C" writes it. */
static bool take_strace_line(struct reader *r, char *line)
{
	if (strstr(line, "% time") || strncmp(line, "------", 6) == 0)
		return true;
	if (!is_remark(line) && is_table_row(line)) {
		/* The last row has no time for each call in some versions of strace. */
		size_t length = strlen(line);

		if (length >= 6 && strcmp(line + length - 6, " total") == 0)
			return true;
		return take_table_line(r, line);
	}
	return take_log_line(r, line);
}

bool traces_strace(struct record *record, const char *file, struct error *error)
{
	struct reader r = { record, syscalls_native_abi(), file, 0, 0, error };

	if (!read_lines(&r, take_strace_line))
		return false;
	return r.calls > 0 || diag_set(error, EXIT_GYVE, "%.400s: no call of strace's in it", file);
}
