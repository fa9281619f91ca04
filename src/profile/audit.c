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
#include "profile/audit_head.h"

/* ---- text ---- */

/* The last place of a word in what lies before end. */
static const char *find_last(const char *text, const char *end, const char *word)
{
	const char *found = NULL;

	for (const char *at = text; (at = strstr(at, word)) != NULL && at < end; at++)
		found = at;
	return found;
}

static void copy_bytes(const char *from, const char *end, char *text, size_t size)
{
	snprintf(text, size, "%.*s", (int)(end - from), from);
}

/* ---- fields: "name=value", between blanks ---- */

struct field {
	const char *text;
	size_t length;
	bool quoted;
};

/*
 * A value in quotation marks ends at the next one: the kernel writes one that holds such a mark, a
 * blank or a control character in hexadecimal.
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
		end = start + strcspn(start, field->quoted ? "\"" : " ");
		if (wanted) {
			field->text = start;
			field->length = (size_t)(end - start);
			return true;
		}
		at = end + (field->quoted && *end == '"');
		at += strspn(at, " ");
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

/* In quotation marks as it is; without them in hexadecimal. */
static void read_text(const char *line, const char *name, char *text, size_t size)
{
	struct field field;
	size_t used = 0;

	if (!find_field(line, name, &field) || is_word(&field, "(null)"))
		return;
	if (field.quoted || field.length % 2 != 0 ||
	    strspn(field.text, "0123456789abcdefABCDEF") < field.length) {
		copy_bytes(field.text, field.text + field.length, text, size);
		return;
	}
	for (size_t i = 0; i < field.length && used + 1 < size; i += 2)
		text[used++] = (char)(hex_digit(field.text[i]) << 4 | hex_digit(field.text[i + 1]));
	text[used] = '\0';
}

/*
 * ausearch -i has neither marks nor hexadecimal: a text may hold blanks and ends where the next
 * field begins. Where that could be at two places the process has chosen it so, and its program
 * cannot be told.
 */
static void read_plain_texts(const char *body, const char *tail, struct audit_record *record)
{
	const char *comm = strstr(body, " comm="), *exe;

	if (!comm || comm >= tail)
		return;
	exe = strstr(comm, " exe=");
	if (!exe || exe >= tail || exe != find_last(comm, tail, " exe=")) {
		copy_bytes(comm + 6, tail, record->command, sizeof record->command);
		return;
	}
	copy_bytes(comm + 6, exe, record->command, sizeof record->command);
	if (strncmp(exe, " exe=(null)", 11) != 0)
		copy_bytes(exe + 5, tail, record->program, sizeof record->program);
}

/* ---- single fields ---- */

/* "1795505461.343:942" in seconds, or "11/24/2026 07:31:01.343:942" by -i; up to a bracket. */
static void read_time(const char *at, char *text, size_t size)
{
	long long seconds;
	unsigned ms;
	size_t length;
	time_t when;
	struct tm tm;

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
	copy_bytes(at, at + length, text, size);
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
	struct field field, digits;
	uint64_t number;
	char name[40];
	enum call call;

	if (!find_field(line, "syscall", &field))
		return false;
	digits = field;
	if (*field.text == '-') {
		digits.text++;
		digits.length--;
	}
	if (read_number(&digits, 10, &number) && number <= UINT32_MAX) {
		*nr = digits.text > field.text ? -(uint32_t)number : (uint32_t)number;
		return true;
	}
	if (sscanf(field.text, "unknown-syscall(%" SCNu32 ")", nr) == 1)
		return true;
	copy_bytes(field.text, field.text + field.length, name, sizeof name);
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

static bool read_arguments(const char *line, uint64_t args[static 4])
{
	static const char names[][3] = { "a0", "a1", "a2", "a3" };
	struct field field;

	for (unsigned i = 0; i < 4; i++)
		if (!find_field(line, names[i], &field) || !read_number(&field, 16, &args[i]))
			return false;
	return true;
}

/* ---- the two kinds ---- */

/*
 * What the process chose, comm and exe, comes before the last " sig=", and what the kernel says
 * after it.
 */
static enum audit_line read_seccomp(const char *body, struct audit_record *record)
{
	const char *tail = find_last(body, body + strlen(body), " sig=");
	bool interpreted = false;
	struct field field;
	uint64_t number;

	if (!tail || !read_arch(tail, &record->call.arch, &interpreted) ||
	    !read_nr(tail, record->call.arch, &record->call.nr))
		return AUDIT_ILLEGIBLE;
	record->has_code = read_code(tail, &record->code);
	record->signal = read_signal(tail);
	if (find_field(body, "pid", &field) && read_number(&field, 10, &number))
		record->pid = (long)number;
	if (find_field(tail, "ip", &field) && read_number(&field, 16, &number))
		record->call.ip = number;
	if (interpreted) {
		read_plain_texts(body, tail, record);
		return AUDIT_RECORD;
	}
	read_text(body, "comm", record->command, sizeof record->command);
	read_text(body, "exe", record->program, sizeof record->program);
	return AUDIT_RECORD;
}

/* Here the kernel's fields come first. */
static enum audit_line read_syscall(const char *body, struct audit_record *record)
{
	bool interpreted = false;
	struct field field;
	uint64_t number;

	if (!read_arch(body, &record->call.arch, &interpreted) || interpreted ||
	    !read_nr(body, record->call.arch, &record->call.nr))
		return AUDIT_ILLEGIBLE;
	record->has_args = read_arguments(body, record->call.args);
	if (find_field(body, "pid", &field) && read_number(&field, 10, &number))
		record->pid = (long)number;
	read_text(body, "comm", record->command, sizeof record->command);
	read_text(body, "exe", record->program, sizeof record->program);
	return AUDIT_RECORD;
}

enum audit_line audit_read(char *line, struct audit_record *record)
{
	struct audit_head head;

	memset(record, 0, sizeof *record);
	record->pid = -1;
	/* auditd's log_format=ENRICHED adds what the numbers mean on its machine. */
	line[strcspn(line, "\x1d")] = '\0';
	if (!audit_head_find(line, &head))
		return AUDIT_OTHER;
	if (head.time)
		read_time(head.time, record->time, sizeof record->time);
	record->is_seccomp = head.is_seccomp;
	return head.is_seccomp ? read_seccomp(head.body, record) : read_syscall(head.body, record);
}
