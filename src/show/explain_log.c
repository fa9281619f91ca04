/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/line.h"
#include "base/lines.h"
#include "profile/from_audit.h"
#include "syscalls/action.h"
#include "syscalls/newer.h"

/* Whether a row can have had the answer that was logged. */
static bool is_consistent(const struct rule_row *row, const struct audit_record *record)
{
	uint32_t kind = record->code & SECCOMP_RET_ACTION_FULL, data = record->code & 0xffff;

	if (!record->has_code)
		return true;
	if (kind == SECCOMP_RET_ERRNO) {
		/* ausearch -i does not say which errno. action=errno makes it EPERM. */
		return data == 0 || row->denial == (int)data ||
		       (row->denial == DENY_KILL && data == EPERM);
	}
	if (kind == SECCOMP_RET_USER_NOTIF)
		return true;
	return row->denial == DENY_KILL && kind != SECCOMP_RET_ALLOW;
}

/* What the process chose, told apart from our own words where it could pass for them. */
static void add_chosen(struct line *line, const char *text)
{
	if (strpbrk(text, " []\""))
		line_add_quoted(line, text, strlen(text));
	else
		line_add_foreign(line, text, strlen(text));
}

/* As the kernel has it in a record: signed, but for what is x32's. */
static int64_t number_of(const struct audit_record *record)
{
	uint32_t nr = record->call.nr;

	return nr > INT32_MAX ? (int64_t)nr - (INT64_C(1) << 32) : nr;
}

static void print_record(const struct audit_record *record, enum abi abi, enum call call, FILE *out)
{
	static struct line line;
	char name[32], newer[NEWER_NAME];

	line_clear(&line);
	if (*record->time) {
		line_add_foreign(&line, record->time, strlen(record->time));
		line_add(&line, "  ");
	}
	add_chosen(&line, *record->command ? record->command : "?");
	if (record->pid >= 0)
		line_add(&line, "[%ld]", record->pid);
	line_add(&line, "  ");
	if (call != CALL_COUNT)
		line_add(&line, "%s", call_rows[call].name);
	else if (abi != ABI_COUNT && newer_name(abi, record->call.nr, newer))
		line_add(&line, "%s", newer);
	else
		line_add(&line, "call %" PRId64, number_of(record));
	if (abi == ABI_COUNT)
		line_add(&line, " [arch %#" PRIx32 "]", record->call.arch);
	else
		line_add(&line, " [%s]", abi_rows[abi].name);
	if (record->has_code)
		line_add(&line, "  %s", action_name(record->code, name));
	if (record->signal)
		line_add(&line, "  signal %ld", record->signal);
	line_add(&line, "  at %#" PRIx64, record->call.ip);
	if (*record->program) {
		line_add(&line, " in a process of ");
		add_chosen(&line, record->program);
	}
	fprintf(out, "%s\n", line.text);
}

/* What the item "abi" has to say of a record. false when no item allows the call. */
static bool explain_record_abi(enum abi abi, FILE *out)
{
	enum abi native = syscalls_native_abi();

	if (abi == ABI_X32)
		fprintf(out, "  a call of x32: every sandbox stops it, and no item allows it\n");
	else if (abi == ABI_COUNT)
		fprintf(out, "  a call of an ABI that gyve does not know: no item allows it\n");
	else if (abi != native && syscalls_same_kernel(abi, native))
		fprintf(out,
			"  abi=native kills calls of %s; to allow: abi=all, then what follows\n",
			abi_rows[abi].name);
	return abi != ABI_X32 && abi != ABI_COUNT;
}

/* The conditions cannot be told without the arguments: each row that may have done it is shown. */
static void explain_record(const struct audit_record *record, FILE *out)
{
	enum abi abi = syscalls_abi_of(&record->call);
	enum call call = abi == ABI_COUNT ? CALL_COUNT : syscalls_at(abi, record->call.nr);
	bool any = false;

	print_record(record, abi, call, out);
	if (!explain_record_abi(abi, out))
		return;
	if (call == CALL_COUNT) {
		explain_kind(syscalls_kind(abi, record->call.nr), out);
		return;
	}
	for (unsigned i = 0; i < rule_row_count; i++)
		if (rule_rows[i].call == (int)call && is_consistent(&rule_rows[i], record)) {
			explain_row(i, out);
			any = true;
		}
	if (!any)
		fprintf(out, "  no row of gyve's answers this call so: another filter did\n");
}

bool explain_log(const struct request *request, FILE *out, struct error *error)
{
	unsigned long explained = 0, illegible = 0;
	struct lines lines;
	char *line;

	if (!lines_open(&lines, "-", error))
		return false;
	while ((line = lines_next(&lines, error)) != NULL) {
		struct audit_record record;
		enum audit_line kind = audit_read(line, &record);

		if (kind == AUDIT_OTHER || !record.is_seccomp)
			continue;
		lines.found = true;
		if (kind == AUDIT_ILLEGIBLE && illegible++ == 0)
			diag_set(error, EXIT_GYVE,
				 "--explain-log: line %lu is a seccomp record without a legible "
				 "arch= and syscall=: '%.300s'",
				 lines.number, line);
		if (kind == AUDIT_ILLEGIBLE || !from_audit_is_named(request, &record))
			continue;
		explained++;
		explain_record(&record, out);
	}
	if (!lines_close(&lines) || illegible > 0)
		return false;
	return explained > 0 ||
	       diag_set(error, EXIT_GYVE,
			"--explain-log: no seccomp record (type=1326)%s among the %lu lines of "
			"standard input",
			request->given[OPTION_PROGRAM] ? " of this --program" : "", lines.number);
}
