/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/totals.h"

#include <string.h>

static bool is_same(const struct total *total, const struct denial *denial)
{
	const struct call_data *call = &denial->asked.notification.call;

	return total->call.nr == call->nr && total->call.arch == call->arch &&
	       total->group == denial->asked.group &&
	       total->answer.outcome == denial->answer.outcome &&
	       total->answer.number == denial->answer.number &&
	       total->remedy.answer == denial->remedy.answer &&
	       total->remedy.harmless == denial->remedy.harmless &&
	       strcmp(total->remedy.items, denial->remedy.items) == 0 &&
	       strcmp(total->remedy.options, denial->remedy.options) == 0 &&
	       strcmp(total->name, denial->caller.name) == 0;
}

struct total *totals_find(struct totals *totals, const struct denial *denial)
{
	struct total *total;

	for (unsigned i = 0; i < totals->count; i++)
		if (is_same(&totals->list[i], denial))
			return &totals->list[i];
	if (totals->count == TOTALS)
		return &totals->rest;
	total = &totals->list[totals->count++];
	strcpy(total->name, denial->caller.name);
	total->call = denial->asked.notification.call;
	total->answer = denial->answer;
	total->group = denial->asked.group;
	total->remedy = denial->remedy;
	return total;
}

void totals_sort(struct totals *totals)
{
	for (unsigned i = 1; i < totals->count; i++) {
		struct total total = totals->list[i];
		unsigned j = i;

		for (; j > 0 && totals->list[j - 1].count < total.count; j--)
			totals->list[j] = totals->list[j - 1];
		totals->list[j] = total;
	}
}
