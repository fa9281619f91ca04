/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/profile.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/json.h"

/* Where in the file the reader is: "syscalls[3].args[0]". */
struct reader {
	struct profile *profile;
	uint32_t kill;
	uint64_t capabilities;
	unsigned kernel[2];
	struct error *error;
	char path[100];
};

/* ---- messages ---- */

static bool refuse(struct reader *r, const char *member, const struct json *value, const char *what)
{
	char shown[60];

	return diag_set(r->error, EXIT_GYVE, "%.400s: %s%s%s: %s: %s", r->profile->file, r->path,
			*r->path && *member ? "." : "", member, json_shown(value, shown), what);
}

static bool refuse_kind(struct reader *r, const char *member, const struct json *value,
			enum json_kind wanted)
{
	char what[60];

	snprintf(what, sizeof what, "must be %s", json_kind_name(wanted));
	return refuse(r, member, value, what);
}

/* What is not known: a warning, or with --strict-profile an error. */
static bool complain(struct reader *r, const char *member, const struct json *value,
		     const char *what)
{
	char shown[60];

	if (r->profile->strict)
		return refuse(r, member, value, what);
	diag_warn("%.400s: %s%s%s: %s: %s", r->profile->file, r->path,
		  *r->path && *member ? "." : "", member, json_shown(value, shown), what);
	return true;
}

/* A member of a kind, or NULL where it is absent or null. false when it is of another kind. */
static bool member(struct reader *r, const struct json *object, const char *name,
		   enum json_kind kind, const struct json **value)
{
	*value = json_member(object, name);
	if (json_kind(*value) == JSON_NULL) {
		*value = NULL;
		return true;
	}
	return json_kind(*value) == kind || refuse_kind(r, name, *value, kind);
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
static bool only_known(struct reader *r, const struct json *object, const char *const *names)
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

	if (!member(r, object, name, JSON_STRING, &value))
		return false;
	if (!value || *json_text(value) == '\0')
		return true;
	for (unsigned i = 0; i < errno_row_count; i++)
		if (strcmp(errno_rows[i].name, json_text(value)) == 0) {
			*number = (uint32_t)errno_rows[i].number;
			return true;
		}
	return refuse(r, name, value, "not the name of an error");
}

/* Of Podman's two ways to give the number the name wins, as there. */
static bool read_errno(struct reader *r, const struct json *object, const char *number_name,
		       const char *text_name, uint32_t *number)
{
	const struct json *value;
	uint64_t wide;

	if (!member(r, object, number_name, JSON_INTEGER, &value))
		return false;
	if (value) {
		/* The kernel caps what a filter returns at MAX_ERRNO. */
		if (!json_unsigned(value, &wide) || wide > 4095)
			return refuse(r, number_name, value, "must be an error number, 0 to 4095");
		*number = (uint32_t)wide;
	}
	return read_errno_name(r, object, text_name, number);
}

static bool read_action(struct reader *r, const struct json *object, const char *name,
			const char *number_name, const char *text_name, uint32_t *action)
{
	const struct json *value;
	uint32_t number = EPERM;

	if (!member(r, object, name, JSON_STRING, &value))
		return false;
	if (!value)
		return refuse(r, name, NULL, "missing; must be an action, SCMP_ACT_...");
	if (!read_errno(r, object, number_name, text_name, &number))
		return false;
	for (unsigned i = 0; i < oci_action_row_count; i++) {
		const struct oci_action_row *row = &oci_action_rows[i];

		if (strcmp(row->name, json_text(value)) != 0)
			continue;
		if (row->action == SECCOMP_RET_USER_NOTIF)
			return refuse(r, name, value,
				      "needs an agent that answers, which a launch does not have");
		*action = row->action | (row->has_data ? number : 0);
		/* Of a process with one thread less nobody knows what it does. */
		if (row->action == SECCOMP_RET_KILL_THREAD ||
		    row->action == SECCOMP_RET_KILL_PROCESS)
			*action = r->kill;
		return true;
	}
	return refuse(r, name, value, "not an action that the runtime specification has");
}

/* ---- conditions of an entry: includes and excludes ---- */

static bool find_capability(const char *name, unsigned *bit)
{
	for (unsigned i = 0; i < capability_row_count; i++)
		if (strcmp(capability_rows[i].name, name) == 0) {
			*bit = capability_rows[i].bit;
			return true;
		}
	return false;
}

/* How many strings of a list there are, and for how many of them holds() is true. */
struct matches {
	unsigned count, held;
};

static bool count_matches(struct reader *r, const struct json *filter, const char *name,
			  bool (*holds)(struct reader *r, const struct json *text, bool *good),
			  struct matches *matches)
{
	const struct json *list;
	bool good = true;

	*matches = (struct matches){ 0, 0 };
	if (!member(r, filter, name, JSON_ARRAY, &list))
		return false;
	for (const struct json *text = list ? json_first(list) : NULL; text;
	     text = json_next(text)) {
		if (json_kind(text) != JSON_STRING)
			return refuse_kind(r, name, text, JSON_STRING);
		matches->count++;
		matches->held += holds(r, text, &good);
		if (!good)
			return false;
	}
	return true;
}

static bool has_capability(struct reader *r, const struct json *text, bool *good)
{
	unsigned bit;

	if (find_capability(json_text(text), &bit))
		return r->capabilities >> bit & 1;
	*good = complain(r, "caps", text, "not a capability; nobody has it");
	return false;
}

static bool is_native_arch(struct reader *r, const struct json *text, bool *good)
{
	for (unsigned i = 0; i < oci_arch_row_count; i++)
		if (strcmp(oci_arch_rows[i].go, json_text(text)) == 0)
			return oci_arch_rows[i].abi == (int)syscalls_native_abi();
	*good = complain(r, "arches", text, "not an architecture");
	return false;
}

/* Docker's form: two numbers. */
static bool kernel_is_at_least(struct reader *r, const struct json *filter, bool *given,
			       bool *holds)
{
	const struct json *value;
	unsigned major, minor;
	int end = -1;

	if (!member(r, filter, "minKernel", JSON_STRING, &value))
		return false;
	*given = value && *json_text(value);
	*holds = false;
	if (!*given)
		return true;
	if (sscanf(json_text(value), "%u.%u%n", &major, &minor, &end) != 2 ||
	    json_text(value)[end] != '\0')
		return refuse(r, "minKernel", value, "must be two numbers, as in \"4.8\"");
	*holds = r->kernel[0] > major || (r->kernel[0] == major && r->kernel[1] >= minor);
	return true;
}

static const char *const filter_members[] = { "caps", "arches", "minKernel", NULL };

struct filter_facts {
	struct matches caps, arches;
	bool has_kernel, kernel;
};

static bool read_filter(struct reader *r, const struct json *entry, const char *name,
			struct filter_facts *facts)
{
	const struct json *filter;
	size_t used = strlen(r->path);
	bool good;

	memset(facts, 0, sizeof *facts);
	if (!member(r, entry, name, JSON_OBJECT, &filter))
		return false;
	if (!filter)
		return true;
	snprintf(r->path + used, sizeof r->path - used, ".%s", name);
	good = only_known(r, filter, filter_members) &&
	       count_matches(r, filter, "caps", has_capability, &facts->caps) &&
	       count_matches(r, filter, "arches", is_native_arch, &facts->arches) &&
	       kernel_is_at_least(r, filter, &facts->has_kernel, &facts->kernel);
	r->path[used] = '\0';
	return good;
}

/* Included: all capabilities, one of the architectures, the kernel. Excluded: any of them. */
static bool entry_applies(struct reader *r, const struct json *entry, bool *applies)
{
	struct filter_facts in, ex;

	if (!read_filter(r, entry, "includes", &in) || !read_filter(r, entry, "excludes", &ex))
		return false;
	*applies = in.caps.held == in.caps.count && (in.arches.count == 0 || in.arches.held > 0) &&
		   (!in.has_kernel || in.kernel) && ex.caps.held == 0 && ex.arches.held == 0 &&
		   !(ex.has_kernel && ex.kernel);
	return true;
}

/* ---- arguments ---- */

static bool read_number(struct reader *r, const struct json *object, const char *name,
			uint64_t largest, bool needed, uint64_t *number)
{
	const struct json *value;

	if (!member(r, object, name, JSON_INTEGER, &value))
		return false;
	if (!value) {
		*number = 0;
		return !needed || refuse(r, name, NULL, "missing");
	}
	if (!json_unsigned(value, number) || *number > largest)
		return refuse(r, name, value,
			      largest == 5 ? "must be the index of an argument, 0 to 5"
					   : "must be a number of 64 bits without sign");
	return true;
}

static bool read_comparison(struct reader *r, const struct json *arg, struct comparison *c)
{
	static const char *const members[] = { "index", "value", "valueTwo", "op", NULL };
	static const struct {
		const char *name;
		enum comparison_op op;
	} ops[] = {
		{ "SCMP_CMP_NE", OP_NE }, { "SCMP_CMP_LT", OP_LT }, { "SCMP_CMP_LE", OP_LE },
		{ "SCMP_CMP_EQ", OP_EQ }, { "SCMP_CMP_GE", OP_GE }, { "SCMP_CMP_GT", OP_GT },
	};
	const struct json *op;
	uint64_t index, value, second;

	if (json_kind(arg) != JSON_OBJECT)
		return refuse_kind(r, "", arg, JSON_OBJECT);
	if (!only_known(r, arg, members) || !read_number(r, arg, "index", 5, true, &index) ||
	    !read_number(r, arg, "value", UINT64_MAX, true, &value) ||
	    !read_number(r, arg, "valueTwo", UINT64_MAX, false, &second) ||
	    !member(r, arg, "op", JSON_STRING, &op))
		return false;
	if (!op)
		return refuse(r, "op", NULL, "missing; must be an operator, SCMP_CMP_...");
	if (strcmp(json_text(op), "SCMP_CMP_MASKED_EQ") == 0) {
		/* libseccomp masks the datum, too. */
		*c = (struct comparison){ (uint8_t)index, OP_EQ, value, second & value };
		return true;
	}
	for (unsigned i = 0; i < sizeof ops / sizeof ops[0]; i++)
		if (strcmp(ops[i].name, json_text(op)) == 0) {
			*c = (struct comparison){ (uint8_t)index, ops[i].op, UINT64_MAX, value };
			return true;
		}
	return refuse(r, "op", op, "not an operator that the runtime specification has");
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
			return refuse(r, "args", args, "more than 16 comparisons");
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
		return refuse(r, "names", name, "not a system call of this gyve's table");
	profile->unknown_count++;
	if (used < sizeof profile->unknown - 40)
		snprintf(profile->unknown + used, sizeof profile->unknown - used, "%s%.30s",
			 used ? ", " : "", json_text(name));
	return true;
}

static bool add_name(struct reader *r, const struct json *name, uint32_t action,
		     const struct conditions *conditions)
{
	enum call call;

	if (json_kind(name) != JSON_STRING)
		return refuse_kind(r, "names", name, JSON_STRING);
	call = syscalls_named(json_text(name));
	if (call == CALL_COUNT)
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
		return refuse_kind(r, "", entry, JSON_OBJECT);
	if (!only_known(r, entry, members) || !member(r, entry, "names", JSON_ARRAY, &names) ||
	    !member(r, entry, "name", JSON_STRING, &name) ||
	    !member(r, entry, "args", JSON_ARRAY, &args) ||
	    !read_action(r, entry, "action", "errnoRet", "errno", &action) ||
	    !read_args(r, args, &conditions) || !entry_applies(r, entry, &applies))
		return false;
	if (name && *json_text(name) == '\0')
		name = NULL; /* Go writes an absent name so */
	if (!name == !names)
		return refuse(r, "names", names, "must be there, or the older \"name\", not both");
	if (!applies)
		return true;
	if (name)
		return add_name(r, name, action, &conditions);
	for (name = json_first(names); name; name = json_next(name))
		if (!add_name(r, name, action, &conditions))
			return false;
	return true;
}

static bool read_syscalls(struct reader *r, const struct json *root)
{
	const struct json *syscalls, *entry;
	unsigned index = 0;

	if (!member(r, root, "syscalls", JSON_ARRAY, &syscalls))
		return false;
	for (entry = syscalls ? json_first(syscalls) : NULL; entry; entry = json_next(entry)) {
		snprintf(r->path, sizeof r->path, "syscalls[%u]", index++);
		if (!read_entry(r, entry))
			return false;
	}
	r->path[0] = '\0';
	if (r->profile->unknown_count)
		diag_warn("%.400s: %u system calls are not in this gyve's table, and get the "
			  "default: %s",
			  r->profile->file, r->profile->unknown_count, r->profile->unknown);
	return true;
}

/* ---- architectures ---- */

static bool read_arch(struct reader *r, const char *name, const struct json *text,
		      const struct oci_arch_row **row)
{
	if (json_kind(text) != JSON_STRING)
		return refuse_kind(r, name, text, JSON_STRING);
	*row = NULL;
	for (unsigned i = 0; i < oci_arch_row_count; i++)
		if (strcmp(oci_arch_rows[i].scmp, json_text(text)) == 0)
			*row = &oci_arch_rows[i];
	return *row || complain(r, name, text, "not an architecture, SCMP_ARCH_...");
}

static void cover(struct reader *r, const struct oci_arch_row *row)
{
	if (row && row->abi != ABI_COUNT)
		r->profile->covers[row->abi] = true;
}

static bool read_arch_list(struct reader *r, const char *name, const struct json *list)
{
	const struct oci_arch_row *row;

	for (const struct json *arch = list ? json_first(list) : NULL; arch;
	     arch = json_next(arch)) {
		if (!read_arch(r, name, arch, &row))
			return false;
		cover(r, row);
	}
	return true;
}

/* "archMap" has one entry for each kind of machine: the native one's is what counts. */
static bool read_arch_map(struct reader *r, const struct json *map)
{
	static const char *const members[] = { "architecture", "subArchitectures", NULL };

	unsigned index = 0;

	for (const struct json *entry = json_first(map); entry; entry = json_next(entry)) {
		const struct json *name, *subs;
		const struct oci_arch_row *row;

		snprintf(r->path, sizeof r->path, "archMap[%u]", index++);
		if (json_kind(entry) != JSON_OBJECT)
			return refuse_kind(r, "", entry, JSON_OBJECT);
		if (!only_known(r, entry, members) ||
		    !member(r, entry, "architecture", JSON_STRING, &name) ||
		    !member(r, entry, "subArchitectures", JSON_ARRAY, &subs))
			return false;
		if (!name)
			return refuse(r, "architecture", NULL, "missing");
		if (!read_arch(r, "architecture", name, &row))
			return false;
		if (!row || row->abi != (int)syscalls_native_abi())
			continue;
		cover(r, row);
		if (!read_arch_list(r, "subArchitectures", subs))
			return false;
	}
	r->path[0] = '\0';
	return true;
}

static bool read_architectures(struct reader *r, const struct json *root)
{
	const struct json *list, *map;
	enum abi native = syscalls_native_abi();

	if (!member(r, root, "architectures", JSON_ARRAY, &list) ||
	    !member(r, root, "archMap", JSON_ARRAY, &map))
		return false;
	if (list && !json_first(list))
		list = NULL;
	if (map && !json_first(map))
		map = NULL;
	if (list && map)
		return refuse(r, "architectures", list,
			      "cannot be there together with \"archMap\"");
	if (map ? !read_arch_map(r, map) : !read_arch_list(r, "architectures", list))
		return false;
	if (!list && !map)
		r->profile->covers[native] = true;
	if (!r->profile->covers[native])
		return refuse(r, list ? "architectures" : "archMap", list ? list : map,
			      "does not have this machine's architecture");
	return true;
}

/* ---- the rest of the root ---- */

static bool read_flags(struct reader *r, const struct json *root)
{
	/* A launch sets TSYNC anyway; the last has a meaning only where an agent answers. */
	static const struct {
		const char *name;
		unsigned flag;
	} flags[] = {
		{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
		{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
		{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
		{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 0 },
	};
	const struct json *list;

	if (!member(r, root, "flags", JSON_ARRAY, &list))
		return false;
	for (const struct json *flag = list ? json_first(list) : NULL; flag;
	     flag = json_next(flag)) {
		bool found = false;

		if (json_kind(flag) != JSON_STRING)
			return refuse_kind(r, "flags", flag, JSON_STRING);
		for (unsigned j = 0; j < sizeof flags / sizeof flags[0]; j++) {
			if (strcmp(flags[j].name, json_text(flag)) != 0)
				continue;
			r->profile->flags |= flags[j].flag;
			found = true;
			if (flags[j].flag == 0)
				diag_warn("%.400s: flags: %s has no effect: no action of the "
					  "profile asks an agent",
					  r->profile->file, flags[j].name);
		}
		if (!found)
			return refuse(r, "flags", flag,
				      "not a flag that the runtime specification has");
	}
	return true;
}

static bool read_root(struct reader *r, const struct json *root)
{
	static const char *const members[] = { "defaultAction",
					       "defaultErrnoRet",
					       "defaultErrno",
					       "architectures",
					       "archMap",
					       "flags",
					       "listenerPath",
					       "listenerMetadata",
					       "syscalls",
					       "comment",
					       NULL };

	if (json_kind(root) != JSON_OBJECT)
		return refuse_kind(r, "the file", root, JSON_OBJECT);
	return only_known(r, root, members) &&
	       read_action(r, root, "defaultAction", "defaultErrnoRet", "defaultErrno",
			   &r->profile->default_action) &&
	       read_architectures(r, root) && read_flags(r, root) && read_syscalls(r, root);
}

/* ---- what this process and kernel are ---- */

/* What the launched program can have: no exec under no_new_privs adds to the permitted set. */
static bool ask_capabilities(struct reader *r)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) < 0)
		return diag_errno(r->error, EXIT_GYVE, errno,
				  "cannot ask for this process's capabilities (capget)");
	r->capabilities = (uint64_t)data[1].permitted << 32 | data[0].permitted;
	return true;
}

static bool ask_kernel(struct reader *r)
{
	struct utsname name;

	if (uname(&name) < 0 || sscanf(name.release, "%u.%u", &r->kernel[0], &r->kernel[1]) != 2)
		return diag_set(r->error, EXIT_GYVE, "cannot tell which kernel this is (uname)");
	return true;
}

bool profile_read(struct profile *profile, const char *file, bool strict, uint32_t kill,
		  struct error *error)
{
	struct reader r = { .profile = profile, .kill = kill, .error = error };
	const struct json *root;
	bool good;

	memset(profile, 0, offsetof(struct profile, rules));
	profile->unknown_count = 0;
	profile->unknown[0] = '\0';
	profile->file = file;
	profile->strict = strict;
	root = json_read(file, error);
	if (!root)
		return false;
	good = ask_capabilities(&r) && ask_kernel(&r) && read_root(&r, root);
	json_release(root);
	return good;
}

/* ---- into a policy ---- */

static bool add(struct policy *policy, struct policy_abi *abi, uint32_t first, uint32_t last,
		uint32_t action, const struct condition *when)
{
	return policy_add(policy, abi, first, last, action, when) != NULL;
}

/*
 * execve, where the profile does not allow it: what denies it spares the launch, and what would
 * deny it by default is lifted for the launch. Conditions of a profile's own stay as they are.
 */
static bool add_exec(struct policy *policy, struct policy_abi *abi, uint32_t nr, uint32_t action,
		     const struct condition *when)
{
	struct policy_rule *rule;

	if (!when && action_stricter(action, SECCOMP_RET_LOG))
		when = &policy->ticket;
	rule = policy_add(policy, abi, nr, nr, action, when);
	if (!rule)
		return false;
	if (when == &policy->ticket)
		rule->condition = CONDITION_NO_TICKET;
	return true;
}

static bool lift_for_launch(struct policy *policy, struct policy_abi *abi, uint32_t nr)
{
	struct policy_rule *rule;

	rule = policy_add(policy, abi, nr, nr, SECCOMP_RET_ALLOW, &policy->launch);
	if (!rule)
		return false;
	rule->condition = CONDITION_TICKET;
	return true;
}

/*
 * x32's numbers go the way of an ABI that is not covered. Those without its bit would be ways round
 * a profile that allows by default; they get what Linux 5.4 and later answer to them.
 */
static bool add_x32(struct policy *policy, struct policy_abi *abi)
{
	return add(policy, abi, X32_STRAY_FIRST, X32_STRAY_LAST, SECCOMP_RET_ERRNO | ENOSYS,
		   NULL) &&
	       add(policy, abi, X32_BIT, UINT32_MAX - 1, policy->foreign_action, NULL);
}

static uint32_t highest_named(const struct profile *profile, enum abi abi)
{
	uint32_t highest = 0, nr;

	for (unsigned call = 0; call < CALL_COUNT; call++)
		if (profile->named[call] && syscalls_number(abi, call, &nr) && nr > highest)
			highest = nr;
	return highest;
}

/*
 * Numbers above all that the profile names are calls that its author did not know: ENOSYS, on
 * which libraries fall back, instead of another error. runc does so, too, unless 0 is the highest.
 */
static bool add_newer(const struct profile *profile, struct policy *policy, struct policy_abi *abi)
{
	uint32_t end = UINT32_MAX - 1, fallback = profile->default_action;
	uint32_t highest = highest_named(profile, abi->abi);

	if (abi->abi == ABI_X86_64) {
		if (!add_x32(policy, abi))
			return false;
		end = X32_BIT - 1;
	}
	if ((fallback & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO || highest == 0 ||
	    fallback == (SECCOMP_RET_ERRNO | ENOSYS))
		return true;
	return add(policy, abi, highest + 1, end, SECCOMP_RET_ERRNO | ENOSYS, NULL);
}

static bool add_abi(const struct profile *profile, struct policy *policy, struct policy_abi *abi)
{
	bool native = abi == &policy->abis[0] && !policy->sealed;
	bool lifts = action_stricter(profile->default_action, SECCOMP_RET_LOG);
	bool narrow = abi_rows[abi->abi].bits == 32;
	uint32_t nr, exec = UINT32_MAX;

	if (!profile->covers[abi->abi])
		return add(policy, abi, 0, UINT32_MAX - 1, policy->foreign_action, NULL);
	if (native)
		syscalls_number(abi->abi, CALL_execve, &exec);
	for (unsigned i = 0; i < profile->rule_count; i++) {
		const struct profile_rule *rule = &profile->rules[i];
		const struct condition *when = narrow ? rule->when_narrow : rule->when;

		if (!syscalls_number(abi->abi, rule->call, &nr) || (narrow && rule->never_narrow))
			continue;
		if (nr == exec && !when && !action_stricter(rule->action, SECCOMP_RET_LOG))
			lifts = false; /* allowed as it is */
		if (nr == exec ? !add_exec(policy, abi, nr, rule->action, when)
			       : !add(policy, abi, nr, nr, rule->action, when))
			return false;
	}
	if (native && lifts && !lift_for_launch(policy, abi, exec))
		return false;
	return add_newer(profile, policy, abi);
}

static bool add_abis(const struct profile *profile, struct policy *policy, struct error *error)
{
	for (unsigned i = 0; i < policy->abi_count; i++)
		if (!add_abi(profile, policy, &policy->abis[i]))
			return diag_set(error, EXIT_GYVE,
					"%.400s: more rules than the %d that a policy can hold",
					profile->file, POLICY_MAX_RULES);
	return true;
}

bool profile_build(const struct profile *profile, struct policy *policy,
		   const struct policy_target *target, struct error *error)
{
	policy_init(policy, profile->default_action, target->kill);
	policy_set_ticket(policy, target);
	policy_add_abi(policy, target->native);
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (profile->covers[abi] && abi != target->native &&
		    syscalls_same_kernel(abi, target->native))
			policy_add_abi(policy, abi);
	return add_abis(profile, policy, error);
}

bool profile_add(const struct profile *profile, struct policy *policy, struct error *error)
{
	policy_add_layer(policy, profile->default_action);
	return add_abis(profile, policy, error);
}
