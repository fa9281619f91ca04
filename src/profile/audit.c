/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/audit.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/policy.h"

struct field {
	const char *text;
	size_t length;
	bool quoted;
};

/*
 * Finds "name=value" where a field begins. A value in quotation marks ends at the next one: the
 * kernel writes one that holds such a mark, a blank or a control character in hexadecimal.
 */
static bool find_field(const char *line, const char *name, struct field *field)
{
	size_t length = strlen(name);

	for (const char *at = line + strspn(line, " "); *at;) {
		bool wanted = strncmp(at, name, length) == 0 && at[length] == '=';
		const char *start = at + strcspn(at, " ="), *end;

		if (*start == '=')
			start++;
		field->quoted = *start == '"';
		start += field->quoted;
		end = start + strcspn(start, field->quoted ? "\"\n" : " \n");
		if (wanted) {
			field->text = start;
			field->length = (size_t)(end - start);
			return true;
		}
		at = end + (field->quoted && *end == '"');
		at += strspn(at, " \n");
	}
	return false;
}

static bool is_word(const struct field *field, const char *word)
{
	return strlen(word) == field->length && strncmp(field->text, word, field->length) == 0;
}

/* A whole value as a number of that base. */
static bool read_number(const struct field *field, int base, uint64_t *number)
{
	char *end;

	if (!isxdigit((unsigned char)*field->text))
		return false; /* strtoull would take a sign or skip blanks */
	errno = 0;
	*number = strtoull(field->text, &end, base);
	return errno == 0 && end == field->text + field->length;
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* The last place of a word in what lies before end. */
static const char *find_last(const char *text, const char *end, const char *word)
{
	size_t length = strlen(word);

	const char *found = NULL;

	for (const char *at = text; (size_t)(end - at) >= length; at++)
		if (strncmp(at, word, length) == 0)
			found = at;
	return found;
}

static void copy_bytes(const char *from, size_t length, char *text, size_t size)
{
	if (length >= size)
		length = size - 1;
	memcpy(text, from, length);
	text[length] = '\0';
}

/* In quotation marks as it is; without them in hexadecimal. */
static void read_text(const char *line, const char *name, char *text, size_t size)
{
	struct field field;
	size_t used = 0;

	*text = '\0';
	if (!find_field(line, name, &field) || is_word(&field, "(null)"))
		return;
	if (field.quoted || field.length % 2 != 0 ||
	    strspn(field.text, "0123456789abcdefABCDEF") < field.length) {
		copy_bytes(field.text, field.length, text, size);
		return;
	}
	for (size_t i = 0; i < field.length && used + 1 < size; i += 2)
		text[used++] = (char)(hex_digit(field.text[i]) << 4 | hex_digit(field.text[i + 1]));
	text[used] = '\0';
}

/* ausearch -i has neither, and the text may hold blanks: it ends where the next field begins. */
static void read_plain_texts(const char *line, const char *tail, struct audit_record *record)
{
	const char *exe = find_last(line, tail, " exe="), *comm = strstr(line, " comm=");

	if (exe)
		copy_bytes(exe + 5, (size_t)(tail - exe - 5), record->program,
			   sizeof record->program);
	if (comm && exe && comm < exe)
		copy_bytes(comm + 6, (size_t)(exe - comm - 6), record->command,
			   sizeof record->command);
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
	struct field field;
	uint64_t number;

	if (!find_field(line, "arch", &field))
		return false;
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (is_word(&field, abi_rows[abi].name)) {
			*interpreted = true;
			*arch = abi_rows[abi].arch;
			return true;
		}
	if (!read_number(&field, 16, &number) || number > UINT32_MAX)
		return false;
	*interpreted = false;
	*arch = (uint32_t)number;
	return true;
}

static bool read_nr(const char *line, uint32_t arch, uint32_t *nr)
{
	struct field field;
	uint64_t number;
	char name[40];
	enum call call;

	if (!find_field(line, "syscall", &field))
		return false;
	if (is_word(&field, "-1")) {
		*nr = UINT32_MAX;
		return true;
	}
	if (read_number(&field, 10, &number) && number <= UINT32_MAX) {
		*nr = (uint32_t)number;
		return true;
	}
	if (sscanf(field.text, "unknown-syscall(%" SCNu32 ")", nr) == 1)
		return true;
	snprintf(name, sizeof name, "%.*s", (int)field.length, field.text);
	call = syscalls_named(name);
	for (unsigned abi = 0; call != CALL_COUNT && abi < ABI_COUNT; abi++)
		if (abi_rows[abi].arch == arch && syscalls_number(abi, call, nr))
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
		{ "kill", SECCOMP_RET_KILL_PROCESS }, /* older auparse: either of the two */
		{ "trap", SECCOMP_RET_TRAP },
		{ "errno", SECCOMP_RET_ERRNO },
		{ "user-notif", SECCOMP_RET_USER_NOTIF },
		{ "trace", SECCOMP_RET_TRACE },
		{ "log", SECCOMP_RET_LOG },
		{ "allow", SECCOMP_RET_ALLOW },
	};
	struct field field;
	uint64_t number;

	if (!find_field(line, "code", &field))
		return false;
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (is_word(&field, words[i].word)) {
			*code = words[i].code;
			return true;
		}
	if (!read_number(&field, 16, &number) || number > UINT32_MAX)
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

static long read_signal(const char *line)
{
	struct field field;
	uint64_t number;

	if (!find_field(line, "sig", &field))
		return 0;
	if (is_word(&field, "SIGSYS"))
		return SIGSYS;
	return read_number(&field, 10, &number) ? (long)number : 0;
}

/*
 * What the process chose, comm and exe, comes before " sig=" and what the kernel says after it, so
 * that no name can pass for a field.
 */
enum audit_line audit_read(const char *line, struct audit_record *record)
{
	bool interpreted = false;
	const char *tail;
	struct field field;
	uint64_t number;

	line = find_record(line);
	if (!line)
		return AUDIT_OTHER;
	memset(record, 0, sizeof *record);
	tail = find_last(line, line + strlen(line), " sig=");
	if (!tail || !read_arch(tail, &record->call.arch, &interpreted) ||
	    !read_nr(tail, record->call.arch, &record->call.nr))
		return AUDIT_UNREADABLE;
	record->has_code = read_code(tail, &record->code);
	record->signal = read_signal(tail);
	record->pid = -1;
	if (find_field(line, "pid", &field) && read_number(&field, 10, &number))
		record->pid = (long)number;
	if (find_field(tail, "ip", &field) && read_number(&field, 16, &number))
		record->call.ip = number;
	if (interpreted) {
		read_plain_texts(line, tail, record);
	} else {
		read_text(line, "comm", record->command, sizeof record->command);
		read_text(line, "exe", record->program, sizeof record->program);
	}
	read_time(line, record->time, sizeof record->time);
	return AUDIT_SECCOMP;
}
