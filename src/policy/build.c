/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/build.h"

#include <errno.h>
#include <string.h>

/* ---- IDs that a launch has ---- */

/* "Neither the ID nor -1" of an argument, at 32 bits, or at 16 as the oldest calls have it. */
static void fill_condition(struct condition *when, enum condition_id id, uint32_t value,
			   uint32_t mask)
{
	*when = condition_rows[id];
	for (unsigned i = 0; i < when->count; i++)
		when->comparisons[i].mask = when->comparisons[i].value = mask;
	if (value <= mask) /* else 16 bits can say no more than -1 */
		when->comparisons[0].value = value;
}

static void fill_conditions(struct condition list[static IDS_CONDITIONS], const struct ids *ids)
{
	for (unsigned i = 0; i < IDS_CONDITIONS; i++) {
		enum condition_id id = CONDITION_OTHER_UID_1 + i / 2;

		fill_condition(&list[i], id, id < CONDITION_OTHER_GID_1 ? ids->uid : ids->gid,
			       i % 2 ? UINT16_MAX : UINT32_MAX);
	}
}

/* An ABI that has setuid32 has setuid with 16 bits (CONFIG_UID16, kernel/uid16.c), and so on. */
static bool takes_16_bits(enum abi abi, enum call call)
{
	const char *name = call_rows[call].name;

	return call_numbers[abi][CALL_setuid32] != NO_NUMBER &&
	       strcmp(name + strlen(name) - 2, "32") != 0;
}

static bool knows_id(const struct ids *ids, enum condition_id condition)
{
	return condition < CONDITION_OTHER_GID_1 ? ids->has_uid : ids->has_gid;
}

/* Whether a row may be left out: without an ID to compare with, a call's first row denies it. */
static bool is_needless(const struct rule_row *row, const struct ids *ids)
{
	return policy_compares_ids(row->condition) && row->condition != CONDITION_OTHER_UID_1 &&
	       row->condition != CONDITION_OTHER_GID_1 && !knows_id(ids, row->condition);
}

/* Which of the filled conditions a row has on this ABI; NULL: it denies whatever the ID. */
static const struct condition *condition_on_id(const struct condition list[static IDS_CONDITIONS],
					       const struct rule_row *row, enum abi abi,
					       const struct ids *ids)
{
	unsigned id = 2u * (row->condition - CONDITION_OTHER_UID_1);

	return knows_id(ids, row->condition) ? &list[id + takes_16_bits(abi, row->call)] : NULL;
}

/* ---- rows that apply ---- */

static bool row_applies(const struct rule_row *row, const struct choices *choices)
{
	bool qemu = choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU;
	enum origin unwanted = qemu ? ORIGIN_OURS : ORIGIN_EXACT;

	if (row->condition == CONDITION_NO_BIND && choices->binds)
		return false;
	return row->origin != unwanted && choices_row_is_on(row, choices);
}

static uint32_t killing_action(const struct choices *choices, uint32_t kill)
{
	switch (choices->value[KEY_ACTION]) {
	case VALUE_ACTION_TRAP: return SECCOMP_RET_TRAP;
	case VALUE_ACTION_ERRNO: return SECCOMP_RET_ERRNO | EPERM;
	case VALUE_ACTION_LOG: return SECCOMP_RET_LOG;
	default: return kill;
	}
}

static void add_range(struct policy *policy, struct policy_abi *abi, const struct number_span *span,
		      uint32_t action, enum group group)
{
	policy_add(policy, abi, span->first, span->last, action, NULL)->group = (uint8_t)group;
}

/* Numbers that no row is about. NUMBER_SKIP passes: the kernel does nothing but answer ENOSYS. */
static void add_ranges(struct policy *policy, struct policy_abi *abi, const struct choices *choices,
		       uint32_t kill)
{
	bool qemu = choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU;
	bool unknown = value_rows[choices->value[KEY_UNKNOWN]].rank > 0;
	struct number_span span = { .last = UINT32_MAX };
	struct number_map map;

	syscalls_map(&map, abi->abi);
	do {
		span = syscalls_span(&map, span.last + 1);
		if (span.kind == NUMBER_X32 || (span.kind == NUMBER_STRAY && !qemu))
			add_range(policy, abi, &span, kill, GROUP_ABI);
		if (span.kind == NUMBER_UNKNOWN && unknown)
			add_range(policy, abi, &span, SECCOMP_RET_ERRNO | ENOSYS, GROUP_UNKNOWN);
	} while (span.last != UINT32_MAX);
}

/* A foreign execve has no exemption, nor has a policy with which nothing will be launched. */
static bool is_exempt(const struct policy *policy, bool native)
{
	return native && !policy->sealed;
}

static const struct condition *rule_condition(const struct policy *policy,
					      const struct rule_row *row,
					      const struct policy_abi *abi, const struct ids *ids)
{
	if (row->condition == CONDITION_ALWAYS || row->condition == CONDITION_NO_BIND)
		return NULL;
	if (row->condition == CONDITION_NO_TICKET)
		return is_exempt(policy, abi == &policy->abis[0]) ? &policy->ticket : NULL;
	if (policy_compares_ids(row->condition))
		return condition_on_id(policy->ids, row, abi->abi, ids);
	return &condition_rows[row->condition];
}

static void add_rows(struct policy *policy, struct policy_abi *abi, const struct choices *choices,
		     uint32_t kill, const struct ids *ids)
{
	for (unsigned i = 0; i < rule_row_count; i++) {
		const struct rule_row *row = &rule_rows[i];
		struct policy_rule *rule;
		uint32_t nr;

		if (!row_applies(row, choices) || !syscalls_number(abi->abi, row->call, &nr) ||
		    is_needless(row, ids))
			continue;
		rule = policy_add(
			policy, abi, nr, nr,
			row->denial == DENY_KILL ? kill : SECCOMP_RET_ERRNO | (uint32_t)row->denial,
			rule_condition(policy, row, abi, ids));
		rule->row = (int16_t)i;
		rule->group = row->group;
		rule->condition = row->condition;
	}
}

/* Without no_new_privs an ID that changes nothing now may change something later. */
static struct ids ids_that_count(const struct choices *choices, const struct ids *ids)
{
	if (value_rows[choices->value[KEY_ELEVATEPRIVILEGES]].rank == 0 ||
	    choices_no_new_privs(choices) != NNP_SET)
		return (struct ids){ false, false, 0, 0 };
	return *ids;
}

void build_policy(struct policy *policy, const struct choices *choices,
		  const struct policy_facts *facts)
{
	uint32_t kill = killing_action(choices, facts->kill);
	bool all = choices->value[KEY_ABI] == VALUE_ABI_ALL;
	struct ids ids = ids_that_count(choices, &facts->ids);

	policy_init(policy, SECCOMP_RET_ALLOW, kill);
	policy_set_ticket(policy, facts);
	if (ids.has_uid || ids.has_gid)
		fill_conditions(policy->ids, &ids);
	policy_add_abis(policy, facts->native, all);
	for (unsigned i = 0; i < policy->abi_count; i++) {
		add_rows(policy, &policy->abis[i], choices, kill, &ids);
		add_ranges(policy, &policy->abis[i], choices, kill);
	}
}
