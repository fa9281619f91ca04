/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of the reader of audit records. The input is a line; and what a process may choose, a
 * name and a path, in records of each form; and what it may write to a log.
 *
 * What must hold: nothing crashes; what was chosen changes neither the call of a record nor makes
 * another program of it; and a line that somebody else has written is no record.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile/audit.h"
#include "syscalls/syscalls.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* TASK_COMM_LEN of the kernel, without the NUL. */
#define NAME_LENGTH 15
#define LONGEST 2000

/* Formats are the callers'. */
static enum audit_line read_line(struct audit_record *record, char line[static 5 * LONGEST],
				 const char *format, const char *one, const char *other)
{
	char copy[5 * LONGEST];

	snprintf(line, sizeof copy, format, one, other);
	memcpy(copy, line, strlen(line) + 1);
	return audit_read(copy, record);
}

static void check_record(const struct audit_record *record, const char *line, const char *name,
			 const char *path)
{
	bool is_plain = strcmp(record->program, path) == 0 && strcmp(record->command, name) == 0;
	uint32_t getpid = 0;

	syscalls_number(ABI_X86_64, CALL_getpid, &getpid);
	must_of(record->is_seccomp && record->call.arch == abi_rows[ABI_X86_64].arch &&
			record->call.nr == getpid,
		"the call is the kernel's word", line);
	must_of(is_plain || *record->program == '\0', "the program is the one, or not told", line);
}

/* ausearch -i shows both as they are. */
static void check_interpreted(const char *name, const char *path)
{
	char line[5 * LONGEST];
	struct audit_record record;

	must_of(read_line(&record, line,
			  "type=SECCOMP msg=audit(11/24/26 07:36:50.167:7) : auid=me uid=me gid=me "
			  "ses=1 pid=1 comm=%s exe=%s sig=SIG0 arch=x86_64 syscall=getpid compat=0 "
			  "ip=0x2 code=log ",
			  name, path) == AUDIT_RECORD,
		"a record is one", line);
	check_record(&record, line, name, path);
}

/* The kernel's own way, audit_log_untrustedstring: as it is in marks, or in hexadecimal. */
static void encode(char *out, const char *text)
{
	bool plain = true;

	for (const char *at = text; *at; at++)
		plain &= *at > ' ' && *at < 0x7f && *at != '"';
	if (plain) {
		sprintf(out, "\"%s\"", text);
		return;
	}
	for (; *text; text++)
		out += sprintf(out, "%02X", (unsigned char)*text);
}

static void check_raw(const char *name, const char *path)
{
	char line[5 * LONGEST], names[2 * NAME_LENGTH + 3], paths[2 * LONGEST + 3];
	struct audit_record record;

	encode(names, name);
	encode(paths, path);
	must_of(read_line(
			&record, line,
			"[ 12.345678] audit: type=1326 audit(1795505810.167:7): auid=1 uid=1 gid=1 "
			"ses=1 pid=1 comm=%s exe=%s sig=0 arch=c000003e syscall=39 compat=0 ip=0x2 "
			"code=0x7ffc0000",
			names, paths) == AUDIT_RECORD,
		"a record is one", line);
	check_record(&record, line, name, path);
}

static void check_foreign(const char *text)
{
	static const char *const writers[] = {
		"Nov 24 07:36:50 host prog[99]: %s%s",
		"2026-11-24T07:36:50.123456+00:00 host prog: %s%s",
		"Nov 24 07:36:50 host kernel[99]: %s%s",
		"[ 12.345678] process '/tmp/%s%s' started with executable stack",
		"Nov 24 07:36:50 host kernel: [ 12.345678] process '/tmp/%s%s' started",
		"type=USER_CMD msg=audit(1.001:1): pid=9 msg='cmd=%s%s res=success'",
	};
	char line[5 * LONGEST];
	struct audit_record record;

	for (unsigned i = 0; i < sizeof writers / sizeof writers[0]; i++)
		must_of(read_line(&record, line, writers[i], text, "") == AUDIT_OTHER,
			"what another has written is no record", line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[LONGEST + 1], name[NAME_LENGTH + 1], line[5 * LONGEST];
	struct audit_record record;

	size = size < LONGEST ? size : LONGEST;
	memcpy(text, data, size);
	text[size] = '\0';
	/* Where a line ends, and what auditd appends, is known before. */
	text[strcspn(text, "\n\x1d")] = '\0';
	if (read_line(&record, line, "%s%s", text, "") == AUDIT_RECORD)
		must_of(memchr(record.command, 0, sizeof record.command) &&
				memchr(record.program, 0, sizeof record.program),
			"texts end", line);
	snprintf(name, sizeof name, "%.*s", NAME_LENGTH, text);
	check_foreign(text);
	if (*text == '\0' || strcmp(text, "(null)") == 0)
		return 0;
	check_interpreted(name, text);
	check_raw(name, text);
	return 0;
}
