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

static bool is_qemu(const struct choices *choices)
{
	return choices && choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU;
}

static void lower_by_rows(struct needs *needs, enum call call, enum abi abi,
			  const uint64_t args[static 6], const struct choices *choices)
{
	enum origin unwanted = is_qemu(choices) ? ORIGIN_OURS : ORIGIN_EXACT;

	for (unsigned i = 0; i < rule_row_count; i++) {
		const struct rule_row *row = &rule_rows[i];
		const struct condition *when = NULL;

		if (row->call != (int)call || row->origin == unwanted)
			continue;
		/* What a value alone denies stands between no two others. */
		if (group_rows[row->group].only != VALUE_COUNT &&
		    !(choices && choices_row_is_on(row, choices)))
			continue;
		if (row->condition != CONDITION_ALWAYS && !policy_is_of_launch(row->condition))
			when = &condition_rows[row->condition];
		if (policy_holds(when, abi, args))
			lower(needs, group_rows[row->group].key, row->rank - 1);
	}
}

/* What a number takes before its name is looked at. */
static void lower_by_number(struct needs *needs, enum abi abi, uint32_t nr,
			    const struct choices *choices)
{
	enum number_kind kind = syscalls_kind(abi, nr);

	if (kind == NUMBER_UNKNOWN)
		lower(needs, KEY_UNKNOWN, 0);
	if (kind == NUMBER_X32 || (kind == NUMBER_STRAY && !is_qemu(choices)))
		lower(needs, KEY_ABI, NEEDS_IMPOSSIBLE);
}

void needs_of_call(struct needs *needs, const struct call_data *call, const uint64_t *clone3_flags,
		   const struct choices *choices)
{
	enum abi native = syscalls_native_abi(), abi = syscalls_abi_of(call);
	enum call name;

	if (!syscalls_same_kernel(abi, native)) {
		lower(needs, KEY_ABI, NEEDS_IMPOSSIBLE);
		return;
	}
	if (abi != native)
		lower(needs, KEY_ABI, 0);
	lower_by_number(needs, abi, call->nr, choices);
	name = syscalls_at(abi, call->nr);
	if (name == CALL_clone3 && clone3_flags) {
		uint64_t args[6] = { 0 };

		/* What has no bit in clone(2) is what the library leaves out. */
		args[abi_rows[abi].clone_flags] = *clone3_flags & UINT32_MAX;
		lower_by_rows(needs, CALL_clone, abi, args, choices);
	} else {
		lower_by_rows(needs, name, abi, call->args, choices);
	}
}

unsigned needs_value(enum key key, int8_t rank)
{
	unsigned best = VALUE_COUNT;

	for (unsigned i = 0; i < VALUE_COUNT; i++) {
		const struct value_row *row = &value_rows[i];

		if (row->key != key || (int)row->rank > rank || row->effect & EFFECT_OPENED)
			continue;
		if (best == VALUE_COUNT || row->rank > value_rows[best].rank ||
		    (row->rank == value_rows[best].rank && row->effect & EFFECT_TIGHTEST))
			best = i;
	}
	return best;
}

enum needs_answer needs_items(const struct needs *needs, const struct choices *choices,
			      struct line *line)
{
	const char *comma = "";

	if (needs->rank[KEY_ENABLE] != NEEDS_NOTHING || needs->rank[KEY_ABI] == NEEDS_IMPOSSIBLE)
		return NEEDS_BEYOND;
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		if ((int)value_rows[choices->value[key]].rank <= needs->rank[key])
			continue;
		line_add(line, "%s%s=%s", comma, key_rows[key].name,
			 value_rows[needs_value(key, needs->rank[key])].name);
		comma = ",";
	}
	return *comma ? NEEDS_ITEMS : NEEDS_NO_ITEM;
}
