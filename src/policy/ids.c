/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/ids.h"

#include <string.h>

/* "Neither the ID nor -1" of an argument, at 32 bits, or at 16 as the oldest calls have it. */
static void fill(struct condition *when, enum condition_id id, uint32_t value, uint32_t mask)
{
	*when = condition_rows[id];
	for (unsigned i = 0; i < when->count; i++)
		when->comparisons[i].mask = when->comparisons[i].value = mask;
	if (value <= mask) /* else 16 bits can say no more than -1 */
		when->comparisons[0].value = value;
}

void ids_fill(struct condition list[static IDS_CONDITIONS], const struct ids *ids)
{
	for (unsigned i = 0; i < IDS_CONDITIONS; i++) {
		enum condition_id id = CONDITION_OTHER_UID_1 + i / 2;

		fill(&list[i], id, id < CONDITION_OTHER_GID_1 ? ids->uid : ids->gid,
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

bool ids_needless(const struct rule_row *row, const struct ids *ids)
{
	return ids_are_compared(row->condition) && row->condition != CONDITION_OTHER_UID_1 &&
	       row->condition != CONDITION_OTHER_GID_1 && !knows_id(ids, row->condition);
}

const struct condition *ids_condition(const struct condition list[static IDS_CONDITIONS],
				      const struct rule_row *row, enum abi abi,
				      const struct ids *ids)
{
	unsigned id = 2u * (row->condition - CONDITION_OTHER_UID_1);

	return knows_id(ids, row->condition) ? &list[id + takes_16_bits(abi, row->call)] : NULL;
}
