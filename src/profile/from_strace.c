/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/from_strace.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "profile/passed.h"
#include "profile/strace_args.h"
#include "profile/strace_line.h"
#include "profile/strace_table.h"

struct reader {
	struct record *record;
	struct lines lines;
	struct passed passed;
	unsigned long calls;
	enum abi abi;		/* that strace has last told; ABI_COUNT: one without a table */
	enum call open;		/* the call whose line was cut, or CALL_COUNT */
	unsigned long headless; /* clones that were cut before their flags */
	unsigned long headless_line;
	bool said_abi[ABI_COUNT]; /* that a call of it was seen without being announced */
	struct strace_table table;
};

static void pass_over(struct reader *r, enum passed_kind kind, const char *text)
{
	passed_add(&r->passed, kind, r->lines.number, text);
}

/* ---- which call, of which ABI ---- */

/* "64 bit", "32 bit", "x32" */
static enum abi abi_of_mode(const char *mode)
{
	enum abi native = syscalls_native_abi();
	long bits = strtol(mode, NULL, 10);

	if (strcmp(mode, "x32") == 0)
		return ABI_X32;
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (abi != ABI_X32 && syscalls_same_kernel(abi, native) &&
		    abi_rows[abi].bits == bits)
			return abi;
	return ABI_COUNT;
}

/* Whether a call is one of an ABI's. */
static bool is_of(enum abi abi, enum call call)
{
	uint32_t nr;

	return abi != ABI_X32 && syscalls_number(abi, call, &nr);
}

/*
 * strace -o says nothing of a program's ABI, nor does a strace of the same ABI: a call that only a
 * sibling of this machine's ABI has is of that one.
 */
static enum abi find_abi(struct reader *r, enum call call)
{
	enum abi native = syscalls_native_abi();

	if (r->abi == ABI_X32 || r->abi == ABI_COUNT || is_of(r->abi, call))
		return r->abi;
	if (is_of(native, call))
		return native;
	for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
		if (!syscalls_same_kernel(abi, native) || !is_of(abi, call))
			continue;
		if (!r->said_abi[abi])
			diag_warn("%.400s: '%s' on line %lu is a call of %s: taken as one, and %s "
				  "is in the profile",
				  r->lines.name, call_rows[call].name, r->lines.number,
				  abi_rows[abi].name, abi_rows[abi].name);
		r->said_abi[abi] = true;
		return abi;
	}
	return r->abi;
}

/* "syscall_0x1d7", or "SYS_471" before strace 4.11, is a call that strace has no name for. */
static bool is_number(const char *name, uint32_t *nr)
{
	bool is_old = strncmp(name, "SYS_", 4) == 0;
	const char *digits = is_old ? name + 4 : name + 8;
	unsigned long long number;
	char *end;

	if (!is_old && strncmp(name, "syscall_", 8) != 0)
		return false;
	errno = 0;
	number = strtoull(digits, &end, 0);
	*nr = (uint32_t)number;
	return isdigit((unsigned char)*digits) && *end == '\0' && errno == 0 &&
	       number <= UINT32_MAX;
}

/* false when nothing of the name is a call that a profile could have: then that is counted. */
static bool find_call(struct reader *r, const char *name, enum call *call, enum abi *abi)
{
	uint32_t nr;

	if (is_number(name, &nr)) {
		const struct call_data data = {
			.nr = nr, .arch = r->abi == ABI_COUNT ? 0 : abi_rows[r->abi].arch
		};

		*abi = r->abi == ABI_X32 ? ABI_X32 : syscalls_abi_of(&data);
		*call = *abi == ABI_COUNT ? CALL_COUNT : record_call_at(r->record, *abi, nr);
	} else {
		*call = syscalls_named(name);
		for (unsigned i = 0; *call == CALL_COUNT && i < strace_name_row_count; i++)
			if (strcmp(strace_name_rows[i].name, name) == 0)
				*call = (enum call)strace_name_rows[i].call;
		*abi = *call == CALL_COUNT ? r->abi : find_abi(r, *call);
	}
	if (*abi == ABI_X32 || *abi == ABI_COUNT || *call == CALL_COUNT) {
		pass_over(r,
			  *abi == ABI_X32     ? PASSED_X32
			  : *abi == ABI_COUNT ? PASSED_ABI
					      : PASSED_UNKNOWN,
			  name);
		return false;
	}
	return true;
}

/* ---- a log ---- */

/* The value of the argument that is held, into the record. false when the text has it not. */
static bool take_arguments(struct reader *r, enum abi abi, enum call call, char *arguments)
{
	int row = record_arg_of(call);
	uint64_t value;

	switch (strace_args_value(arguments, &learned_arg_rows[row], abi_rows[abi].clone_flags,
				  &value)) {
	case STRACE_MISSING: return false;
	case STRACE_UNNAMED: record_add(r->record, abi, call, NULL, 1); break;
	case STRACE_VALUE: record_add_value(r->record, abi, call, value, 1); break;
	}
	r->calls++;
	return true;
}

/*
 * A call that is cut before the argument that is held may show it where it goes on: clone of a
 * strace before 4.11 does.
 */
static void take_cut(struct reader *r, enum call call, const char *name)
{
	if (record_stand_in(call) != CALL_clone) {
		pass_over(r, PASSED_CUT, name);
		return;
	}
	if (r->headless++ == 0)
		r->headless_line = r->lines.number;
}

static void take_call(struct reader *r, struct strace_line *line)
{
	enum call call;
	enum abi abi;

	if (!find_call(r, line->name, &call, &abi))
		return;
	r->lines.found = true;
	r->open = line->end == STRACE_WHOLE ? CALL_COUNT : call;
	if (line->end == STRACE_CUT)
		pass_over(r, PASSED_FOREIGN, line->arguments);
	call = record_stand_in(call);
	if (record_arg_of(call) >= 0) {
		if (!take_arguments(r, abi, call, line->arguments))
			take_cut(r, call, line->name);
		return;
	}
	record_add(r->record, abi, call, NULL, 1);
	r->calls++;
}

/* The second half of a call, whose first was counted unless it had no flags. */
static void take_rest(struct reader *r, enum call call, char *arguments)
{
	enum abi abi = r->abi == ABI_X32 || r->abi == ABI_COUNT ? syscalls_native_abi() : r->abi;

	if (record_stand_in(call) == CALL_clone && r->headless > 0 &&
	    take_arguments(r, abi, CALL_clone, arguments))
		r->headless--;
}

static void take_log_line(struct reader *r, char *text)
{
	struct strace_line line;
	char seen[80];

	snprintf(seen, sizeof seen, "%s", text);
	strace_line_read(text, &line);
	switch (line.kind) {
	case STRACE_CALL: take_call(r, &line); return;
	case STRACE_MODE: r->abi = abi_of_mode(line.name); return;
	case STRACE_RESUMED: take_rest(r, syscalls_named(line.name), line.arguments); return;
	case STRACE_REMARK: return;
	case STRACE_REST:
		if (r->open == CALL_COUNT)
			break;
		take_rest(r, r->open, line.arguments);
		r->open = CALL_COUNT;
		return;
	case STRACE_FOREIGN: break;
	}
	pass_over(r, PASSED_FOREIGN, seen);
}

/* ---- both ---- */

static void take_row(struct reader *r, const char *name, uint64_t count)
{
	enum call call;
	enum abi abi;

	if (!find_call(r, name, &call, &abi))
		return;
	r->lines.found = true;
	r->calls++;
	record_add(r->record, abi, record_stand_in(call), NULL, count);
}

/* One file may hold both, as strace -C writes it. */
static void take_line(struct reader *r, char *text)
{
	uint64_t count;
	char *name;

	switch (strace_table_read(&r->table, text, &name, &count)) {
	case STRACE_TABLE_ROW: take_row(r, name, count); break;
	case STRACE_TABLE_OTHER: break;
	case STRACE_TABLE_NONE: take_log_line(r, text); break;
	case STRACE_TABLE_START:
		r->abi = *r->table.mode ? abi_of_mode(r->table.mode) : syscalls_native_abi();
		break;
	}
}

bool from_strace(struct record *record, const char *file, struct error *error)
{
	struct reader r = { .record = record, .abi = syscalls_native_abi(), .open = CALL_COUNT };
	char *line;

	if (!lines_open(&r.lines, file, error))
		return false;
	while ((line = lines_next(&r.lines, error)) != NULL)
		take_line(&r, line);
	if (!lines_close(&r.lines))
		return false;
	for (; r.headless > 0; r.headless--)
		passed_add(&r.passed, PASSED_CUT, r.headless_line, "clone");
	passed_warn(&r.passed, r.lines.name);
	return r.calls > 0 || diag_set(error, EXIT_GYVE,
				       "'%.400s': no call in it as strace shows one", r.lines.name);
}
