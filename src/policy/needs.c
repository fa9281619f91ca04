/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/needs.h"

#include <string.h>

void needs_init(struct needs *needs)
{
	memset(needs->rank, NEEDS_NOTHING, sizeof needs->rank);
}

static void lower(struct needs *needs, enum key key, int rank)
{
	if (needs->rank[key] > rank)
		needs->rank[key] = (int8_t)rank;
}

static void lower_by_rows(struct needs *needs, enum call call, enum abi abi,
			  const uint64_t args[static 6], bool qemu)
{
	for (unsigned i = 0; i < rule_row_count; i++) {
		const struct rule_row *row = &rule_rows[i];
		const struct condition *when = NULL;

		if (row->call != (int)call || row->origin == (qemu ? ORIGIN_OURS : ORIGIN_EXACT))
			continue;
		if (row->condition != CONDITION_ALWAYS && row->condition != CONDITION_NO_TICKET)
			when = &condition_rows[row->condition];
		if (policy_holds(when, abi, args))
			lower(needs, group_rows[row->group].key, row->rank - 1);
	}
}

static bool is_known_number(const struct abi_row *abi, uint32_t nr)
{
	return nr <= abi->newest || nr == UINT32_MAX ||
	       (abi->private_last && nr >= abi->private_first && nr <= abi->private_last);
}

void needs_of_call(struct needs *needs, const struct call_data *call, bool qemu)
{
	enum abi native = syscalls_native_abi(), abi = syscalls_abi_of(call);

	if (abi == ABI_COUNT || abi_rows[abi].family != abi_rows[native].family) {
		lower(needs, KEY_ABI, NEEDS_IMPOSSIBLE);
		return;
	}
	if (abi != native)
		lower(needs, KEY_ABI, 0);
	if (!is_known_number(&abi_rows[abi], call->nr))
		lower(needs, KEY_UNKNOWN, 0);
	lower_by_rows(needs, syscalls_at(abi, call->nr), abi, call->args, qemu);
}

void needs_of_clone_flags(struct needs *needs, uint64_t flags, bool qemu)
{
	uint64_t args[6] = { 0 };
	enum abi abi = syscalls_native_abi();

	/* What has no bit in clone(2) is what the library leaves out when it falls back. */
	args[abi_rows[abi].clone_flags] = flags & UINT32_MAX;
	lower_by_rows(needs, CALL_clone, abi, args, qemu);
}

unsigned needs_value(enum key key, int8_t rank)
{
	unsigned best = VALUE_COUNT;

	for (unsigned i = 0; i < VALUE_COUNT; i++) {
		const struct value_row *row = &value_rows[i];

		if (row->key != key || (int)row->rank > rank)
			continue;
		if (best == VALUE_COUNT || row->rank > value_rows[best].rank ||
		    (row->rank == value_rows[best].rank && row->effect & EFFECT_TIGHTEST))
			best = i;
	}
	return best;
}

bool needs_items(const struct needs *needs, const struct choices *choices, struct line *line)
{
	const char *comma = "";

	if (needs->rank[KEY_ENABLE] != NEEDS_NOTHING || needs->rank[KEY_ABI] == NEEDS_IMPOSSIBLE)
		return false;
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		if ((int)value_rows[choices->value[key]].rank <= needs->rank[key])
			continue;
		line_add(line, "%s%s=%s", comma, key_rows[key].name,
			 value_rows[needs_value(key, needs->rank[key])].name);
		comma = ",";
	}
	return true;
}
