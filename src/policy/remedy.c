/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/remedy.h"

#include <string.h>

void remedy_init(struct remedy *remedy)
{
	memset(remedy->rank, REMEDY_NOTHING, sizeof remedy->rank);
}

static void lower(struct remedy *remedy, enum key key, int rank)
{
	if (remedy->rank[key] > rank)
		remedy->rank[key] = (int8_t)rank;
}

static bool is_qemu(const struct choices *choices)
{
	return choices && choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU;
}

static void lower_by_rows(struct remedy *remedy, enum call call, enum abi abi,
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
			lower(remedy, group_rows[row->group].key, row->rank - 1);
	}
}

/* What a number takes before its name is looked at. */
static void lower_by_number(struct remedy *remedy, enum abi abi, uint32_t nr,
			    const struct choices *choices)
{
	enum number_kind kind = syscalls_kind(abi, nr);

	if (kind == NUMBER_UNKNOWN)
		lower(remedy, KEY_UNKNOWN, 0);
	if (kind == NUMBER_X32 || (kind == NUMBER_STRAY && !is_qemu(choices)))
		lower(remedy, KEY_ABI, REMEDY_IMPOSSIBLE);
}

void remedy_of_call(struct remedy *remedy, const struct call_data *call,
		    const uint64_t *clone3_flags, const struct choices *choices)
{
	enum abi native = syscalls_native_abi(), abi = syscalls_abi_of(call);
	enum call name;

	if (!syscalls_same_kernel(abi, native)) {
		lower(remedy, KEY_ABI, REMEDY_IMPOSSIBLE);
		return;
	}
	if (abi != native)
		lower(remedy, KEY_ABI, 0);
	lower_by_number(remedy, abi, call->nr, choices);
	name = syscalls_at(abi, call->nr);
	if (name == CALL_clone3 && clone3_flags) {
		uint64_t args[6] = { 0 };

		/* What has no bit in clone(2) is what the library leaves out. */
		args[abi_rows[abi].clone_flags] = *clone3_flags & UINT32_MAX;
		lower_by_rows(remedy, CALL_clone, abi, args, choices);
	} else {
		lower_by_rows(remedy, name, abi, call->args, choices);
	}
}

unsigned remedy_value(enum key key, int8_t rank)
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

enum remedy_answer remedy_items(const struct remedy *remedy, const struct choices *choices,
				struct line *line)
{
	const char *comma = "";

	if (remedy->rank[KEY_ENABLE] != REMEDY_NOTHING ||
	    remedy->rank[KEY_ABI] == REMEDY_IMPOSSIBLE)
		return REMEDY_BEYOND;
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		if ((int)value_rows[choices->value[key]].rank <= remedy->rank[key])
			continue;
		line_add(line, "%s%s=%s", comma, key_rows[key].name,
			 value_rows[remedy_value(key, remedy->rank[key])].name);
		comma = ",";
	}
	return *comma ? REMEDY_ITEMS : REMEDY_NO_ITEM;
}
