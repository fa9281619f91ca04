/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "profile/applies.h"
#include "profile/entries.h"

/* ---- architectures ---- */

static bool read_arch(struct reader *r, const char *name, const struct json *text,
		      const struct oci_arch_row **row)
{
	if (json_kind(text) != JSON_STRING)
		return reader_refuse_kind(r, name, text, JSON_STRING);
	*row = NULL;
	for (unsigned i = 0; i < oci_arch_row_count; i++)
		if (strcmp(oci_arch_rows[i].scmp, json_text(text)) == 0)
			*row = &oci_arch_rows[i];
	return *row || reader_complain(r, name, text, "not an architecture, SCMP_ARCH_...");
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
			return reader_refuse_kind(r, "", entry, JSON_OBJECT);
		if (!reader_only_known(r, entry, members) ||
		    !reader_member(r, entry, "architecture", JSON_STRING, &name) ||
		    !reader_member(r, entry, "subArchitectures", JSON_ARRAY, &subs))
			return false;
		if (!name)
			return reader_refuse(r, "architecture", NULL, "missing");
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

	if (!reader_member(r, root, "architectures", JSON_ARRAY, &list) ||
	    !reader_member(r, root, "archMap", JSON_ARRAY, &map))
		return false;
	if (list && !json_first(list))
		list = NULL;
	if (map && !json_first(map))
		map = NULL;
	if (list && map)
		return reader_refuse(r, "architectures", list,
				     "cannot be there together with \"archMap\"");
	if (map ? !read_arch_map(r, map) : !read_arch_list(r, "architectures", list))
		return false;
	if (!list && !map)
		r->profile->covers[native] = true;
	if (!r->profile->covers[native])
		return reader_refuse(r, list ? "architectures" : "archMap", list ? list : map,
				     "does not have this machine's architecture");
	return true;
}

/* ---- the rest of the root ---- */

static bool read_flags(struct reader *r, const struct json *root)
{
	const struct json *list;

	if (!reader_member(r, root, "flags", JSON_ARRAY, &list))
		return false;
	for (const struct json *flag = list ? json_first(list) : NULL; flag;
	     flag = json_next(flag)) {
		bool found = false;

		if (json_kind(flag) != JSON_STRING)
			return reader_refuse_kind(r, "flags", flag, JSON_STRING);
		for (unsigned j = 0; j < oci_flag_row_count; j++) {
			if (strcmp(oci_flag_rows[j].name, json_text(flag)) != 0)
				continue;
			r->profile->flags |= oci_flag_rows[j].flag;
			found = true;
			if (oci_flag_rows[j].flag == 0)
				diag_warn("%.400s: flags: %s has no effect: no action of the "
					  "profile asks an agent",
					  r->profile->file, oci_flag_rows[j].name);
		}
		if (!found)
			return reader_refuse(r, "flags", flag,
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
		return reader_refuse_kind(r, "the file", root, JSON_OBJECT);
	return reader_only_known(r, root, members) &&
	       reader_action(r, root, "defaultAction", "defaultErrnoRet", "defaultErrno",
			     &r->profile->default_action) &&
	       read_architectures(r, root) && read_flags(r, root) && entries_read(r, root);
}

bool profile_read(struct profile *profile, const char *file, bool strict, uint32_t kill,
		  struct error *error)
{
	struct reader r = { .profile = profile, .kill = kill, .error = error };
	const struct json *root;
	bool good;

	memset(profile, 0, offsetof(struct profile, rules));
	profile->unknown_count = profile->newer_count = 0;
	profile->unknown[0] = '\0';
	profile->file = file;
	profile->strict = strict;
	root = json_read(file, error);
	if (!root)
		return false;
	good = applies_ask(&r) && read_root(&r, root);
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

/* The number of a call of the table, or of the profile's newer ones. */
static bool find_number(const struct profile *profile, enum abi abi, int call, uint32_t *nr)
{
	if (call < (int)CALL_COUNT)
		return syscalls_number(abi, (enum call)call, nr);
	return newer_number(abi, profile->newer[call - CALL_COUNT], nr);
}

/* Of calls that are multiplexed on an ABI runc does not know the numbers there. */
static uint32_t highest_named(const struct profile *profile, enum abi abi)
{
	uint32_t highest = 0, nr, ignored;

	for (unsigned call = 0; call < CALL_COUNT + profile->newer_count; call++) {
		const struct multiplexed_row *row = syscalls_multiplexed(call);

		if (profile->named[call] && find_number(profile, abi, (int)call, &nr) &&
		    nr > highest && !(row && syscalls_number(abi, row->by, &ignored)))
			highest = nr;
	}
	return highest;
}

/*
 * Numbers above all that the profile names are calls that its author did not know: ENOSYS, on
 * which libraries fall back, instead of another denial. runc does so, too, unless 0 is the highest.
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
	if (!action_stricter(fallback, SECCOMP_RET_TRACE) || highest == 0 ||
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

		if (!find_number(profile, abi->abi, rule->call, &nr) ||
		    (narrow && rule->never_narrow))
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
		   const struct policy_facts *facts, struct error *error)
{
	policy_init(policy, profile->default_action, facts->kill);
	policy_set_ticket(policy, facts);
	policy_add_abi(policy, facts->native);
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (profile->covers[abi] && abi != facts->native &&
		    syscalls_same_kernel(abi, facts->native))
			policy_add_abi(policy, abi);
	return add_abis(profile, policy, error);
}

bool profile_add(const struct profile *profile, struct policy *policy, struct error *error)
{
	policy_add_layer(policy, profile->default_action);
	return add_abis(profile, policy, error);
}
