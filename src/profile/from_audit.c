/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/from_audit.h"

#include <string.h>

#include "base/lines.h"
#include "profile/passed.h"

/* ---- whose records there are ---- */

/* Enough to say what could be meant. */
#define PROGRAMS_TOLD 6

struct programs {
	unsigned told;	       /* of the array */
	unsigned long further; /* records of programs that are not in it */
	struct {
		char name[PATH_MAX];
		unsigned long count;
	} programs[PROGRAMS_TOLD];
};

/* The path, which the kernel knows; a process may call itself what it likes. */
static const char *name_of(const struct audit_record *audit)
{
	return *audit->program ? audit->program : audit->command;
}

static void note_program(struct programs *all, const struct audit_record *audit)
{
	const char *name = name_of(audit);
	unsigned i = 0;

	while (i < all->told && strcmp(all->programs[i].name, name) != 0)
		i++;
	if (i == PROGRAMS_TOLD) {
		all->further++;
		return;
	}
	if (i == all->told) {
		all->told++;
		snprintf(all->programs[i].name, sizeof all->programs[i].name, "%s", name);
	}
	all->programs[i].count++;
}

static const char *list_programs(const struct programs *all, char text[static 900])
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < all->told && used < 900; i++)
		used += (size_t)snprintf(text + used, 900 - used, "%s'%.100s' (%lu)", i ? ", " : "",
					 all->programs[i].name, all->programs[i].count);
	if (all->further > 0 && used < 900)
		snprintf(text + used, 900 - used, " and others (%lu)", all->further);
	return text;
}

/* By its path, or by the name that it has given itself. */
static bool is_of(const struct audit_record *audit, const char *name)
{
	return strcmp(strchr(name, '/') ? audit->program : audit->command, name) == 0;
}

bool from_audit_is_named(const struct request *request, const struct audit_record *audit)
{
	for (unsigned i = 0; i < request->repeated_count; i++)
		if (request->repeated[i].id == OPTION_PROGRAM &&
		    is_of(audit, request->repeated[i].argument))
			return true;
	return !request->given[OPTION_PROGRAM];
}

/* ---- the calls ---- */

struct reader {
	const struct request *request;
	struct record *record;
	struct lines lines;
	struct programs programs;
	struct passed passed;
	unsigned long calls;
};

static void pass_over(struct reader *r, const struct audit_record *audit, enum abi abi)
{
	enum number_kind kind =
		abi == ABI_COUNT ? NUMBER_UNKNOWN : syscalls_kind(abi, audit->call.nr);
	char text[48];

	snprintf(text, sizeof text, "arch=%x syscall=%d", audit->call.arch, (int)audit->call.nr);
	passed_add(&r->passed,
		   abi == ABI_COUNT						  ? PASSED_ABI
		   : kind == NUMBER_X32 || kind == NUMBER_STRAY || abi == ABI_X32 ? PASSED_X32
										  : PASSED_UNKNOWN,
		   r->lines.number, text);
}

static void take_record(struct reader *r, const struct audit_record *audit)
{
	enum abi abi = syscalls_abi_of(&audit->call);
	enum call call = abi == ABI_COUNT || abi == ABI_X32
				 ? CALL_COUNT
				 : record_call_at(r->record, abi, audit->call.nr);

	if (call == CALL_COUNT) {
		pass_over(r, audit, abi);
		return;
	}
	r->calls++;
	record_add(r->record, abi, record_stand_in(call),
		   audit->has_args && call != CALL_clone3 ? audit->call.args : NULL, 1);
}

static void take_line(struct reader *r, char *line)
{
	struct audit_record audit;
	enum audit_line kind = audit_read(line, &audit);

	if (kind == AUDIT_ILLEGIBLE)
		passed_add(&r->passed, PASSED_ILLEGIBLE, r->lines.number, line);
	if (kind != AUDIT_RECORD)
		return;
	r->lines.found = true;
	note_program(&r->programs, &audit);
	if (from_audit_is_named(r->request, &audit))
		take_record(r, &audit);
}

static bool refuse(const struct reader *r, const char *what, struct error *error)
{
	char list[900];

	return diag_set(error, EXIT_GYVE, "'%.200s': %s; there are records of %s", r->lines.name,
			what, list_programs(&r->programs, list));
}

/* Whether it is clear whose calls are meant. */
static bool is_settled(const struct reader *r, struct error *error)
{
	if (r->programs.told == 0)
		return diag_set(
			error, EXIT_GYVE,
			"'%.400s': no record of type SECCOMP (1326) or SYSCALL (1300) in it",
			r->lines.name);
	return r->programs.told == 1 || r->request->given[OPTION_ALL] ||
	       r->request->given[OPTION_PROGRAM] ||
	       refuse(r, "whose calls are meant? --program NAME takes one's, --all everybody's",
		      error);
}

bool from_audit(const struct request *request, struct record *record, struct error *error)
{
	struct reader r = { .request = request, .record = record };
	char *line;

	if (!lines_open(&r.lines, request->mode_argument, error))
		return false;
	while ((line = lines_next(&r.lines, error)) != NULL)
		take_line(&r, line);
	if (!lines_close(&r.lines) || !is_settled(&r, error))
		return false;
	passed_warn(&r.passed, r.lines.name);
	return r.calls > 0 || refuse(&r, "no call that a profile could have", error);
}
