/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/parts.h"

void parts_free(struct parts *parts)
{
	for (unsigned i = 0; i < parts->count; i++)
		regions_free(&parts->list[i].where);
	parts->count = 0;
}

/* Takes over the boxes of where. */
static bool add_part(struct parts *parts, uint32_t action, struct regions *where)
{
	if (parts->count == PARTS_MOST || where->inexpressible) {
		regions_free(where);
		return false;
	}
	if (where->count > 0)
		parts->list[parts->count++] = (struct part){ action, *where };
	return true;
}

/* ---- one layer of one number ---- */

/* A layer of a policy on one number of an ABI. */
struct place {
	const struct policy *policy;
	const struct policy_abi *abi;
	uint32_t nr;
	unsigned layer;
	bool expand; /* "not equal" as masked equalities */
};

/* The rule that is tried after another, or first: strictest first, of equals the first added. */
static const struct policy_rule *next_rule(const struct place *at, const struct policy_rule *after)
{
	struct policy_cursor cursor = policy_rules_of(at->policy, at->abi, at->nr);
	const struct policy_rule *rule, *next = NULL;

	while ((rule = policy_next(&cursor)) != NULL) {
		bool is_after = !after || action_stricter(after->action, rule->action) ||
				(!action_stricter(rule->action, after->action) && rule > after);

		if (is_after && (!next || action_stricter(rule->action, next->action)) &&
		    policy_can_decide(at->policy, at->abi, at->layer, at->nr, rule))
			next = rule;
	}
	return next;
}

/* Whether every rule from this one on has its action, so that nobody looks at what is left. */
static bool is_last_action(const struct place *at, const struct policy_rule *rule)
{
	uint32_t action = rule->action;

	while (rule && rule->action == action)
		rule = next_rule(at, rule);
	return !rule;
}

/* *rest without the calls for which a condition holds. */
static void take_out(struct regions *rest, const struct condition *when, const struct place *at)
{
	struct regions others;

	regions_none(&others);
	regions_add(&others, when, true, at->expand, at->abi->abi);
	regions_intersect(rest, &others);
	regions_free(&others);
}

/*
 * Parts the calls of a number by what a layer says of them; those for which only its floor holds
 * when somebody looks at them. Rules that follow each other with one action share a part.
 */
static bool part_layer(const struct place *at, bool needs_floor, struct parts *parts)
{
	const struct policy_rule *rule = next_rule(at, NULL);
	struct regions rest;

	parts->count = 0;
	regions_all(&rest);
	while (rule) {
		uint32_t action = rule->action;
		struct regions here, where;

		regions_none(&here);
		regions_copy(&where, &rest);
		for (; rule && rule->action == action; rule = next_rule(at, rule)) {
			regions_add(&here, rule->when, false, at->expand, at->abi->abi);
			if (needs_floor || !is_last_action(at, rule))
				take_out(&rest, rule->when, at);
		}
		regions_intersect(&where, &here);
		regions_free(&here);
		if (!add_part(parts, action, &where)) {
			regions_free(&rest);
			return false;
		}
	}
	if (needs_floor)
		return add_part(parts, policy_floor(at->policy, at->abi, at->layer, at->nr), &rest);
	regions_free(&rest);
	return true;
}

static bool multiply(struct parts *parts, const struct parts *with)
{
	struct parts product;
	bool good = true;

	product.count = 0;
	for (unsigned i = 0; i < parts->count; i++)
		for (unsigned j = 0; good && j < with->count; j++) {
			uint32_t a = parts->list[i].action, b = with->list[j].action;
			struct regions where;

			regions_copy(&where, &parts->list[i].where);
			regions_intersect(&where, &with->list[j].where);
			good = add_part(&product, action_stricter(b, a) ? b : a, &where);
		}
	parts_free(parts);
	*parts = product;
	return good;
}

static bool part_layers(const struct policy *policy, const struct policy_abi *abi, uint32_t nr,
			uint32_t fallback, bool expand, struct parts *parts)
{
	struct place at = { policy, abi, nr, 0, expand };
	struct parts other;
	bool good;

	if (policy->layer_count == 1)
		return part_layer(&at, policy_floor(policy, abi, 0, nr) != fallback, parts);
	if (!part_layer(&at, true, parts))
		return false;
	at.layer = 1;
	good = part_layer(&at, true, &other) && multiply(parts, &other);
	parts_free(&other);
	return good;
}

bool parts_of(const struct policy *policy, const struct policy_abi *abi, uint32_t nr,
	      uint32_t fallback, struct parts *parts)
{
	if (part_layers(policy, abi, nr, fallback, false, parts))
		return true;
	parts_free(parts);
	return part_layers(policy, abi, nr, fallback, true, parts);
}

bool parts_equal(const struct parts *a, const struct parts *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (a->list[i].action != b->list[i].action ||
		    !regions_equal(&a->list[i].where, &b->list[i].where))
			return false;
	return true;
}
