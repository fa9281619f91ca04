/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/reader.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- messages ---- */

bool reader_refuse(struct reader *r, const char *member, const struct json *value, const char *what)
{
	char shown[60];

	return diag_set(r->error, EXIT_GYVE, "%.400s: %s%s%s: %s: %s", r->profile->file, r->path,
			*r->path && *member ? "." : "", member, json_shown(value, shown), what);
}

bool reader_refuse_kind(struct reader *r, const char *member, const struct json *value,
			enum json_kind wanted)
{
	char what[60];

	snprintf(what, sizeof what, "must be %s", json_kind_name(wanted));
	return reader_refuse(r, member, value, what);
}

bool reader_complain(struct reader *r, const char *member, const struct json *value,
		     const char *what)
{
	char shown[60];

	if (r->profile->strict)
		return reader_refuse(r, member, value, what);
	diag_warn("%.400s: %s%s%s: %s: %s", r->profile->file, r->path,
		  *r->path && *member ? "." : "", member, json_shown(value, shown), what);
	return true;
}

bool reader_member(struct reader *r, const struct json *object, const char *name,
		   enum json_kind kind, const struct json **value)
{
	*value = json_member(object, name);
	if (json_kind(*value) == JSON_NULL) {
		*value = NULL;
		return true;
	}
	return json_kind(*value) == kind || reader_refuse_kind(r, name, *value, kind);
}

/* ---- members that nobody knows, or that are there twice ---- */

static bool complain_of_member(struct reader *r, const char *name, const char *what)
{
	const char *dot = *r->path ? "." : "";

	if (r->profile->strict)
		return diag_set(r->error, EXIT_GYVE, "%.400s: %s%s%.100s: %s", r->profile->file,
				r->path, dot, name, what);
	diag_warn("%.400s: %s%s%.100s: %s", r->profile->file, r->path, dot, name, what);
	return true;
}

/* The index among the names, or -1. */
static int index_of(const char *name, const char *const *names,
		    int (*compare)(const char *, const char *))
{
	for (int i = 0; names[i]; i++)
		if (compare(names[i], name) == 0)
			return i;
	return -1;
}

/* Of a member that is there twice the last counts, as to readers written in Go. */
bool reader_only_known(struct reader *r, const struct json *object, const char *const *names)
{
	unsigned seen = 0;

	for (const struct json *m = json_first(object); m; m = json_next(m)) {
		const char *name = json_text(m);
		int index = index_of(name, names, strcmp);
		int near = index < 0 ? index_of(name, names, strcasecmp) : -1;

		/* To readers written in Go it is that member: "Args" may be all that narrows. */
		if (near >= 0)
			return diag_set(
				r->error, EXIT_GYVE, "%.400s: %s%s%.100s: must be written \"%s\"",
				r->profile->file, r->path, *r->path ? "." : "", name, names[near]);
		if (index < 0 && !complain_of_member(r, name, "unknown member, not looked at"))
			return false;
		if (index >= 0 && seen >> index & 1 &&
		    !complain_of_member(r, name, "given twice, the last one counts"))
			return false;
		seen |= index < 0 ? 0 : 1u << index;
	}
	return true;
}

/* ---- actions ---- */

static bool read_errno_name(struct reader *r, const struct json *object, const char *name,
			    uint32_t *number)
{
	const struct json *value;

	if (!reader_member(r, object, name, JSON_STRING, &value))
		return false;
	if (!value || *json_text(value) == '\0')
		return true;
	for (unsigned i = 0; i < errno_row_count; i++)
		if (strcmp(errno_rows[i].name, json_text(value)) == 0) {
			*number = (uint32_t)errno_rows[i].number;
			return true;
		}
	return reader_refuse(r, name, value, "not the name of an error");
}

/* Of Podman's two ways to give the number the name wins, as there. */
static bool read_errno(struct reader *r, const struct json *object, const char *number_name,
		       const char *text_name, uint32_t *number)
{
	const struct json *value;
	uint64_t wide;

	if (!reader_member(r, object, number_name, JSON_INTEGER, &value))
		return false;
	if (value) {
		/* The kernel caps what a filter returns at MAX_ERRNO. */
		if (!json_unsigned(value, &wide) || wide > 4095)
			return reader_refuse(r, number_name, value,
					     "must be an error number, 0 to 4095");
		*number = (uint32_t)wide;
	}
	return read_errno_name(r, object, text_name, number);
}

bool reader_action(struct reader *r, const struct json *object, const char *name,
		   const char *number_name, const char *text_name, uint32_t *action)
{
	const struct json *value;
	uint32_t number = EPERM;

	if (!reader_member(r, object, name, JSON_STRING, &value))
		return false;
	if (!value)
		return reader_refuse(r, name, NULL, "missing; must be an action, SCMP_ACT_...");
	if (!read_errno(r, object, number_name, text_name, &number))
		return false;
	for (unsigned i = 0; i < oci_action_row_count; i++) {
		const struct oci_action_row *row = &oci_action_rows[i];

		if (strcmp(row->name, json_text(value)) != 0)
			continue;
		if (row->action == SECCOMP_RET_USER_NOTIF)
			return reader_refuse(
				r, name, value,
				"needs an agent that answers, which a launch does not have");
		if (row->action == SECCOMP_RET_TRACE)
			diag_warn("%.400s: %s%s%s: %s denies nothing: the target can bring its own "
				  "tracer, which lets the calls pass",
				  r->profile->file, r->path, *r->path ? "." : "", name, row->name);
		*action = row->action | (row->has_data ? number : 0);
		/* Of a process with one thread less nobody knows what it does. */
		if (row->action == SECCOMP_RET_KILL_THREAD ||
		    row->action == SECCOMP_RET_KILL_PROCESS)
			*action = r->kill;
		return true;
	}
	return reader_refuse(r, name, value, "not an action that the runtime specification has");
}
