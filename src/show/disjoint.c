/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/disjoint.h"

void disjoint_free(struct disjoint *rules)
{
	for (unsigned i = 0; i < rules->count; i++)
		arg_filters_free(&rules->list[i].where);
	rules->count = 0;
}

/* Takes over the argument filters of where. */
static bool add_rule(struct disjoint *rules, uint32_t action, struct arg_filters *where)
{
	if (rules->count == DISJOINT_MOST || where->inexpressible) {
		arg_filters_free(where);
		return false;
	}
	if (where->count > 0)
		rules->list[rules->count++] = (struct disjoint_rule){ action, *where };
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
static void take_out(struct arg_filters *rest, const struct condition *when, const struct place *at)
{
	struct arg_filters others;

	arg_filters_none(&others);
	arg_filters_add(&others, when, true, at->expand, at->abi->abi);
	arg_filters_intersect(rest, &others);
	arg_filters_free(&others);
}

/*
 * Splits the calls of a number by what a layer says of them; those for which only its floor holds
 * when somebody looks at them. Rules that follow each other with one action make one.
 */
static bool split_layer(const struct place *at, bool needs_floor, struct disjoint *rules)
{
	const struct policy_rule *rule = next_rule(at, NULL);
	struct arg_filters rest;

	rules->count = 0;
	arg_filters_all(&rest);
	while (rule) {
		uint32_t action = rule->action;
		struct arg_filters here, where;

		arg_filters_none(&here);
		arg_filters_copy(&where, &rest);
		for (; rule && rule->action == action; rule = next_rule(at, rule)) {
			arg_filters_add(&here, rule->when, false, at->expand, at->abi->abi);
			if (needs_floor || !is_last_action(at, rule))
				take_out(&rest, rule->when, at);
		}
		arg_filters_intersect(&where, &here);
		arg_filters_free(&here);
		if (!add_rule(rules, action, &where)) {
			arg_filters_free(&rest);
			return false;
		}
	}
	if (needs_floor)
		return add_rule(rules, policy_floor(at->policy, at->abi, at->layer, at->nr), &rest);
	arg_filters_free(&rest);
	return true;
}

static bool multiply(struct disjoint *rules, const struct disjoint *with)
{
	struct disjoint product;
	bool good = true;

	product.count = 0;
	for (unsigned i = 0; i < rules->count; i++)
		for (unsigned j = 0; good && j < with->count; j++) {
			uint32_t a = rules->list[i].action, b = with->list[j].action;
			struct arg_filters where;

			arg_filters_copy(&where, &rules->list[i].where);
			arg_filters_intersect(&where, &with->list[j].where);
			good = add_rule(&product, action_stricter(b, a) ? b : a, &where);
		}
	disjoint_free(rules);
	*rules = product;
	return good;
}

static bool split_layers(const struct policy *policy, const struct policy_abi *abi, uint32_t nr,
			 uint32_t fallback, bool expand, struct disjoint *rules)
{
	struct place at = { policy, abi, nr, 0, expand };
	struct disjoint other;
	bool good;

	if (policy->layer_count == 1)
		return split_layer(&at, policy_floor(policy, abi, 0, nr) != fallback, rules);
	if (!split_layer(&at, true, rules))
		return false;
	at.layer = 1;
	good = split_layer(&at, true, &other) && multiply(rules, &other);
	disjoint_free(&other);
	return good;
}

bool disjoint_of(const struct policy *policy, const struct policy_abi *abi, uint32_t nr,
		 uint32_t fallback, struct disjoint *rules)
{
	if (split_layers(policy, abi, nr, fallback, false, rules))
		return true;
	disjoint_free(rules);
	return split_layers(policy, abi, nr, fallback, true, rules);
}

bool disjoint_equal(const struct disjoint *a, const struct disjoint *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (a->list[i].action != b->list[i].action ||
		    !arg_filters_equal(&a->list[i].where, &b->list[i].where))
			return false;
	return true;
}
