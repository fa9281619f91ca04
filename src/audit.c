/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy.h"

struct field {
	const char *text;
	size_t length;
	bool quoted;
};

/*
 * Finds "name=value" where a field begins. A value in quotation marks ends at the next one: the
 * kernel writes one that holds such a mark, a blank or a control character in hexadecimal.
 */
static bool find_field(const char *line, const char *name, struct field *value)
{
	size_t length = strlen(name);

	for (const char *at = line; *at;) {
		bool wanted = strncmp(at, name, length) == 0 && at[length] == '=';
		const char *start = at + strcspn(at, " ="), *end;

		if (*start == '=')
			start++;
		value->quoted = *start == '"';
		start += value->quoted;
		end = start + strcspn(start, value->quoted ? "\"\n" : " \n");
		if (wanted) {
			value->text = start;
			value->length = (size_t)(end - start);
			return true;
		}
		at = end + (value->quoted && *end == '"');
		at += strspn(at, " \n");
	}
	return false;
}

static bool is_value(const struct field *value, const char *word)
{
	return strlen(word) == value->length && strncmp(value->text, word, value->length) == 0;
}

/* A whole value as a number of that base. */
static bool read_number(const struct field *value, int base, uint64_t *number)
{
	char *end;

	if (!isxdigit((unsigned char)*value->text))
		return false; /* strtoull would take a sign or skip blanks */
	errno = 0;
	*number = strtoull(value->text, &end, base);
	return errno == 0 && end == value->text + value->length;
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Without quotation marks a raw record has the bytes in hexadecimal, and -i's has the text. */
static void read_text(const char *line, const char *name, bool interpreted, char *text, size_t size)
{
	struct field value;
	size_t used = 0;
	bool hex;

	*text = '\0';
	if (!find_field(line, name, &value) || is_value(&value, "(null)"))
		return;
	hex = !value.quoted && !interpreted && value.length % 2 == 0;
	for (size_t i = 0; i < value.length; i++)
		hex = hex && isxdigit((unsigned char)value.text[i]);
	for (size_t i = 0; i < value.length && used + 1 < size; i += 1 + hex)
		text[used++] =
			hex ? (char)(hex_digit(value.text[i]) << 4 | hex_digit(value.text[i + 1]))
			    : value.text[i];
	text[used] = '\0';
}

/* "audit(1795505461.343:942)" in seconds, or "audit(11/24/2026 07:31:01.343:942)" by -i. */
static void read_time(const char *line, char *text, size_t size)
{
	const char *at = strstr(line, "audit(");
	long long seconds;
	unsigned ms;
	size_t length;
	time_t when;
	struct tm tm;

	*text = '\0';
	if (!at)
		return;
	at += strlen("audit(");
	if (sscanf(at, "%lld.%3u:", &seconds, &ms) == 2) {
		when = (time_t)seconds;
		if (!localtime_r(&when, &tm))
			return;
		length = strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm);
		snprintf(text + length, size - length, ".%03u", ms);
		return;
	}
	length = strcspn(at, ")");
	while (length > 0 && at[length] != ':')
		length--;
	snprintf(text, size, "%.*s", (int)length, at);
}

static bool read_arch(const char *line, uint32_t *arch, bool *interpreted)
{
	struct field value;
	uint64_t number;

	if (!find_field(line, "arch", &value))
		return false;
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (is_value(&value, abi_rows[abi].name)) {
			*interpreted = true;
			*arch = abi_rows[abi].arch;
			return true;
		}
	if (!read_number(&value, 16, &number) || number > UINT32_MAX)
		return false;
	*interpreted = false;
	*arch = (uint32_t)number;
	return true;
}

static bool read_nr(const char *line, uint32_t arch, uint32_t *nr)
{
	struct field value;
	uint64_t number;
	char name[40];
	enum call call;

	if (!find_field(line, "syscall", &value))
		return false;
	if (is_value(&value, "-1")) {
		*nr = UINT32_MAX;
		return true;
	}
	if (read_number(&value, 10, &number) && number <= UINT32_MAX) {
		*nr = (uint32_t)number;
		return true;
	}
	snprintf(name, sizeof name, "%.*s", (int)value.length, value.text);
	call = policy_call(name);
	for (unsigned abi = 0; call != CALL_COUNT && abi < ABI_COUNT; abi++)
		if (abi_rows[abi].arch == arch && policy_number(abi, call, nr))
			return true;
	return false;
}

/* Words of auparse for the actions; the data bits are not in them. */
static bool read_code(const char *line, uint32_t *code)
{
	static const struct {
		const char *word;
		uint32_t code;
	} words[] = {
		{ "kill-process", SECCOMP_RET_KILL_PROCESS },
		{ "kill_process", SECCOMP_RET_KILL_PROCESS },
		{ "kill-thread", SECCOMP_RET_KILL_THREAD },
		{ "kill", SECCOMP_RET_KILL_THREAD },
		{ "trap", SECCOMP_RET_TRAP },
		{ "errno", SECCOMP_RET_ERRNO },
		{ "user-notif", SECCOMP_RET_USER_NOTIF },
		{ "trace", SECCOMP_RET_TRACE },
		{ "log", SECCOMP_RET_LOG },
		{ "allow", SECCOMP_RET_ALLOW },
	};
	struct field value;
	uint64_t number;

	if (!find_field(line, "code", &value))
		return false;
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (is_value(&value, words[i].word)) {
			*code = words[i].code;
			return true;
		}
	if (!read_number(&value, 16, &number) || number > UINT32_MAX)
		return false;
	*code = (uint32_t)number;
	return true;
}

/* journalctl shows its audit transport as "audit[PID]: SECCOMP auid=...", without the number. */
static const char *find_record(const char *line)
{
	static const char *const marks[] = { "type=1326 ", "type=SECCOMP ", ": SECCOMP ",
					     "SECCOMP auid=" };

	for (unsigned i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		const char *at = strstr(line, marks[i]);

		if (at)
			return at;
	}
	return NULL;
}

enum audit_line audit_read(const char *line, struct audit_record *record)
{
	bool interpreted = false;
	struct field value;
	uint64_t number;

	line = find_record(line);
	if (!line)
		return AUDIT_OTHER;
	memset(record, 0, sizeof *record);
	if (!read_arch(line, &record->call.arch, &interpreted) ||
	    !read_nr(line, record->call.arch, &record->call.nr))
		return AUDIT_UNREADABLE;
	record->has_code = read_code(line, &record->code);
	record->pid = -1;
	if (find_field(line, "pid", &value) && read_number(&value, 10, &number))
		record->pid = (long)number;
	if (find_field(line, "sig", &value) && read_number(&value, 10, &number))
		record->signal = (long)number;
	if (find_field(line, "ip", &value) && read_number(&value, 16, &number))
		record->call.ip = number;
	read_text(line, "comm", interpreted, record->command, sizeof record->command);
	read_text(line, "exe", interpreted, record->program, sizeof record->program);
	read_time(line, record->time, sizeof record->time);
	return AUDIT_SECCOMP;
}
