/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/entries.h"

#include <stdio.h>
#include <string.h>

#include "profile/applies.h"

/* ---- arguments ---- */

static bool read_number(struct reader *r, const struct json *object, const char *name,
			uint64_t largest, bool needed, uint64_t *number)
{
	const struct json *value;

	if (!reader_member(r, object, name, JSON_INTEGER, &value))
		return false;
	if (!value) {
		*number = 0;
		return !needed || reader_refuse(r, name, NULL, "missing");
	}
	if (!json_unsigned(value, number) || *number > largest)
		return reader_refuse(r, name, value,
				     largest == 5 ? "must be the index of an argument, 0 to 5"
						  : "must be a number of 64 bits without sign");
	return true;
}

static bool read_comparison(struct reader *r, const struct json *arg, struct comparison *c)
{
	static const char *const members[] = { "index", "value", "valueTwo", "op", NULL };
	const struct json *op;
	uint64_t index, value, second;

	if (json_kind(arg) != JSON_OBJECT)
		return reader_refuse_kind(r, "", arg, JSON_OBJECT);
	if (!reader_only_known(r, arg, members) || !read_number(r, arg, "index", 5, true, &index) ||
	    !read_number(r, arg, "value", UINT64_MAX, true, &value) ||
	    !read_number(r, arg, "valueTwo", UINT64_MAX, false, &second) ||
	    !reader_member(r, arg, "op", JSON_STRING, &op))
		return false;
	if (!op)
		return reader_refuse(r, "op", NULL, "missing; must be an operator, SCMP_CMP_...");
	for (unsigned i = 0; i < oci_op_row_count; i++) {
		const struct oci_op_row *row = &oci_op_rows[i];

		if (strcmp(row->name, json_text(op)) != 0)
			continue;
		*c = (struct comparison){ (uint8_t)index, row->op, UINT64_MAX, value };
		if (row->masked) {
			c->mask = value;
			c->value = second & value; /* libseccomp masks it, too */
		}
		return true;
	}
	return reader_refuse(r, "op", op, "not an operator that the runtime specification has");
}

/* Arguments that the kernel reads as 32 bits, whatever the caller left in the upper half. */
static const struct {
	enum call call;
	uint8_t args; /* bits */
} narrow_args[] = {
	{ CALL_fcntl, 1 << 1 },	     { CALL_fcntl64, 1 << 1 },
	{ CALL_futex, 1 << 1 },	     { CALL_ioctl, 1 << 1 },
	{ CALL_keyctl, 1 << 0 },     { CALL_personality, 1 << 0 },
	{ CALL_prctl, 1 << 0 },	     { CALL_sched_setscheduler, 1 << 1 },
	{ CALL_setns, 1 << 1 },	     { CALL_socket, 1 << 0 | 1 << 1 | 1 << 2 },
	{ CALL_socketcall, 1 << 0 }, { CALL_socketpair, 1 << 0 | 1 << 1 | 1 << 2 },
};

static bool is_narrow(enum call call, unsigned arg)
{
	for (unsigned i = 0; i < sizeof narrow_args / sizeof narrow_args[0]; i++)
		if (narrow_args[i].call == call)
			return narrow_args[i].args >> arg & 1;
	return false;
}

/*
 * Whether garbage in the upper half makes the comparison hold (or, for a rule that denies, not
 * hold) where the kernel's own reading says otherwise, so that a call passes which should not.
 */
static bool lets_garbage_through(const struct comparison *c, bool allows)
{
	bool holds_with_garbage = c->op == OP_GT || c->op == OP_GE || c->op == OP_NE;

	if (c->mask >> 32 == 0)
		return false;
	return allows == holds_with_garbage;
}

static void warn_of_width(struct reader *r, enum call call, const struct comparison *c,
			  uint32_t action)
{
	bool allows = action_stricter(r->profile->default_action, action);

	if (is_narrow(call, c->arg) && lets_garbage_through(c, allows))
		diag_warn("%.400s: %s: argument %u of %s has 32 bits and is compared in 64, so a "
			  "caller gets past with garbage in the upper half",
			  r->profile->file, r->path, c->arg, call_rows[call].name);
}

/* ---- rules ---- */

static struct condition *new_condition(struct reader *r)
{
	struct profile *profile = r->profile;

	if (profile->condition_count == PROFILE_MAX_CONDITIONS) {
		diag_set(r->error, EXIT_GYVE, "%.400s: %s: more than %d conditions", profile->file,
			 r->path, PROFILE_MAX_CONDITIONS);
		return NULL;
	}
	memset(&profile->conditions[profile->condition_count], 0, sizeof(struct condition));
	return &profile->conditions[profile->condition_count++];
}

/*
 * An argument of 32 bits is below a value of more, whatever it is, where libseccomp compares it
 * with the value's low half. So that no more passes than by either reading, such a comparison
 * always holds in a rule that denies, and never in one that allows. (Of equality the low half is
 * what is meant: an int that was written with its sign.)
 */
static bool narrow_rule(struct reader *r, struct profile_rule *rule)
{
	bool denies = action_stricter(rule->action, r->profile->default_action);
	struct condition *narrow = new_condition(r);

	if (!narrow)
		return false;
	for (unsigned i = 0; i < rule->when->count; i++) {
		const struct comparison *c = &rule->when->comparisons[i];
		bool is_above = c->value > UINT32_MAX;

		if (is_above && denies && (c->op == OP_LT || c->op == OP_LE))
			continue;
		if (is_above && rule->action == SECCOMP_RET_ALLOW &&
		    (c->op == OP_GT || c->op == OP_GE))
			rule->never_narrow = true;
		narrow->comparisons[narrow->count++] = *c;
	}
	if (narrow->count == rule->when->count)
		r->profile->condition_count--; /* no other than it is */
	else
		rule->when_narrow = narrow->count ? narrow : NULL;
	return true;
}

static bool add_rule(struct reader *r, enum call call, uint32_t action,
		     const struct condition *when)
{
	struct profile_rule rule = { (int16_t)call, action, when, when, false };
	struct profile *profile = r->profile;

	if (profile->rule_count == PROFILE_MAX_RULES)
		return diag_set(r->error, EXIT_GYVE, "%.400s: %s: more than %d rules",
				profile->file, r->path, PROFILE_MAX_RULES);
	if (when && !narrow_rule(r, &rule))
		return false;
	profile->rules[profile->rule_count++] = rule;
	return true;
}

/* The conditions of an entry: one of all comparisons, or one for each. */
struct conditions {
	unsigned count;
	const struct condition *list[16];
};

/*
 * libseccomp takes one comparison for each argument. Where an entry has two for one, runc makes a
 * rule of each comparison, so that any of them is enough.
 */
static bool read_args(struct reader *r, const struct json *args, struct conditions *conditions)
{
	size_t used = strlen(r->path);
	struct comparison list[16];
	unsigned count = 0, seen = 0;
	bool any = false;

	conditions->count = 0;
	for (const struct json *arg = args ? json_first(args) : NULL; arg; arg = json_next(arg)) {
		if (count == sizeof list / sizeof list[0])
			return reader_refuse(r, "args", args, "more than 16 comparisons");
		snprintf(r->path + used, sizeof r->path - used, ".args[%u]", count);
		if (!read_comparison(r, arg, &list[count]))
			return false;
		r->path[used] = '\0';
		any |= seen >> list[count].arg & 1;
		seen |= 1u << list[count++].arg;
	}
	for (unsigned i = 0; i < count; i++) {
		struct condition *when =
			i == 0 || any ? new_condition(r)
				      : &r->profile->conditions[r->profile->condition_count - 1];

		if (!when)
			return false;
		if (i == 0 || any)
			conditions->list[conditions->count++] = when;
		when->sense = SENSE_WHEN;
		when->comparisons[when->count++] = list[i];
	}
	return true;
}

/* ---- entries ---- */

static bool unknown_call(struct reader *r, const struct json *name)
{
	struct profile *profile = r->profile;
	size_t used = strlen(profile->unknown);

	if (profile->strict)
		return reader_refuse(r, "names", name, "not a system call of this gyve's table");
	profile->unknown_count++;
	if (used < sizeof profile->unknown - 40)
		snprintf(profile->unknown + used, sizeof profile->unknown - used, "%s%.30s",
			 used ? ", " : "", json_text(name));
	return true;
}

/* Whether an ABI that the profile covers has a call of this name, by libseccomp's word. */
static bool is_newer(const struct profile *profile, const char *name)
{
	uint32_t nr;

	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (profile->covers[abi] && newer_number(abi, name, &nr))
			return true;
	return false;
}

/* The call of a name: of the table, or the profile's own of what is newer; -1: nobody knows it. */
static int find_call(struct profile *profile, const char *name)
{
	enum call call = syscalls_named(name);
	unsigned i = 0;

	if (call != CALL_COUNT)
		return (int)call;
	while (i < profile->newer_count && strcmp(profile->newer[i], name) != 0)
		i++;
	if (i == profile->newer_count) {
		if (i == PROFILE_MAX_NEWER || strlen(name) >= NEWER_NAME ||
		    !is_newer(profile, name))
			return -1;
		strcpy(profile->newer[profile->newer_count++], name);
	}
	return CALL_COUNT + (int)i;
}

static bool add_name(struct reader *r, const struct json *name, uint32_t action,
		     const struct conditions *conditions)
{
	int call;

	if (json_kind(name) != JSON_STRING)
		return reader_refuse_kind(r, "names", name, JSON_STRING);
	call = find_call(r->profile, json_text(name));
	if (call < 0)
		return unknown_call(r, name);
	r->profile->named[call] = true;
	/* As in runc: an entry that says what the default says is no rule. */
	if (action == r->profile->default_action)
		return true;
	if (conditions->count == 0)
		return add_rule(r, call, action, NULL);
	for (unsigned i = 0; i < conditions->count; i++) {
		const struct condition *when = conditions->list[i];

		for (unsigned j = 0; j < when->count; j++)
			warn_of_width(r, call, &when->comparisons[j], action);
		if (!add_rule(r, call, action, when))
			return false;
	}
	return true;
}

static bool read_entry(struct reader *r, const struct json *entry)
{
	static const char *const members[] = { "names", "name",	   "action",   "errnoRet", "errno",
					       "args",	"comment", "includes", "excludes", NULL };
	const struct json *names, *name, *args;
	struct conditions conditions;
	uint32_t action;
	bool applies;

	if (json_kind(entry) != JSON_OBJECT)
		return reader_refuse_kind(r, "", entry, JSON_OBJECT);
	if (!reader_only_known(r, entry, members) ||
	    !reader_member(r, entry, "names", JSON_ARRAY, &names) ||
	    !reader_member(r, entry, "name", JSON_STRING, &name) ||
	    !reader_member(r, entry, "args", JSON_ARRAY, &args) ||
	    !reader_action(r, entry, "action", "errnoRet", "errno", &action) ||
	    !read_args(r, args, &conditions) || !applies_read(r, entry, &applies))
		return false;
	if (name && *json_text(name) == '\0')
		name = NULL; /* Go writes an absent name so */
	if (!name == !names)
		return reader_refuse(r, "names", names,
				     "must be there, or the older \"name\", not both");
	if (!applies)
		return true;
	if (name)
		return add_name(r, name, action, &conditions);
	for (name = json_first(names); name; name = json_next(name))
		if (!add_name(r, name, action, &conditions))
			return false;
	return true;
}

/*
 * To libseccomp a rule on a call holds for socketcall or ipc as well, where that stands for it.
 * What it compares is behind a pointer there, so that a rule which allows under conditions allows
 * nothing, and one which denies does in any case. ipc has a version above its number. A profile
 * that names the call itself has decided about it.
 */
static bool add_multiplexed(struct reader *r, const struct profile_rule *rule)
{
	const struct multiplexed_row *row = syscalls_multiplexed(rule->call);
	bool allows = action_stricter(r->profile->default_action, rule->action);
	struct condition *when;

	if (!row || r->profile->named[row->by] || (allows && rule->when))
		return true;
	when = new_condition(r);
	if (!when)
		return false;
	when->sense = SENSE_WHEN;
	when->count = 1;
	when->comparisons[0] = (struct comparison){
		.op = OP_EQ,
		.mask = row->by == CALL_ipc && !allows ? UINT16_MAX : UINT32_MAX,
		.value = row->number,
	};
	return add_rule(r, row->by, rule->action, when);
}

bool entries_read(struct reader *r, const struct json *root)
{
	const struct json *syscalls, *entry;
	unsigned index = 0, count;

	if (!reader_member(r, root, "syscalls", JSON_ARRAY, &syscalls))
		return false;
	for (entry = syscalls ? json_first(syscalls) : NULL; entry; entry = json_next(entry)) {
		snprintf(r->path, sizeof r->path, "syscalls[%u]", index++);
		if (!read_entry(r, entry))
			return false;
	}
	r->path[0] = '\0';
	count = r->profile->rule_count;
	for (unsigned i = 0; i < count; i++)
		if (!add_multiplexed(r, &r->profile->rules[i]))
			return false;
	if (r->profile->unknown_count)
		diag_warn("%.400s: %u system calls are not in this gyve's table, and get the "
			  "default: %s",
			  r->profile->file, r->profile->unknown_count, r->profile->unknown);
	return true;
}
