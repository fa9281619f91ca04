/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/policy.h"

#include <string.h>

/* The one definition of what is inline in headers. */
extern inline bool policy_compares_ids(enum condition_id condition);
extern inline struct policy_cursor policy_rules_of(const struct policy *policy,
						   const struct policy_abi *abi, uint32_t nr);
extern inline const struct policy_rule *policy_next(struct policy_cursor *cursor);
extern inline uint64_t policy_full_mask(enum abi abi);

/* ---- building ---- */

void policy_add_layer(struct policy *policy, uint32_t default_action)
{
	unsigned layer = policy->layer_count++;

	policy->layer_default[layer] = default_action;
	if (layer == 0 || action_stricter(default_action, policy->default_action))
		policy->default_action = default_action;
}

void policy_init(struct policy *policy, uint32_t default_action, uint32_t foreign_action)
{
	policy->foreign_action = foreign_action;
	policy->sealed = false;
	policy->layer_count = 0;
	policy_add_layer(policy, default_action);
	policy->abi_count = 0;
	policy->count = 0;
}

struct policy_abi *policy_add_abi(struct policy *policy, enum abi abi)
{
	struct policy_abi *added = &policy->abis[policy->abi_count];

	if (policy->abi_count == POLICY_MAX_ABIS)
		return NULL;
	policy->abi_count++;
	added->abi = abi;
	added->ranges = -1;
	added->ranges_from = UINT32_MAX;
	memset(added->single, 0, sizeof added->single);
	memset(added->head, 0xff, sizeof added->head); /* -1 everywhere */
	return added;
}

void policy_add_abis(struct policy *policy, enum abi native, bool all)
{
	policy_add_abi(policy, native);
	for (unsigned abi = 0; all && abi < ABI_COUNT; abi++)
		if (abi != native && syscalls_same_kernel(abi, native))
			policy_add_abi(policy, abi);
}

/* Appends to the chain, so that of equally strict rules the first added decides. */
static void chain(struct policy *policy, int16_t *head, int16_t index)
{
	while (*head >= 0)
		head = &policy->rules[*head].next;
	*head = index;
}

struct policy_rule *policy_add(struct policy *policy, struct policy_abi *abi, uint32_t first,
			       uint32_t last, uint32_t action, const struct condition *when)
{
	struct policy_rule *rule = &policy->rules[policy->count];
	bool indexed = first == last && first < POLICY_SPAN;

	if (policy->count == POLICY_MAX_RULES)
		return NULL;
	*rule = (struct policy_rule){
		.first = first,
		.last = last,
		.action = action,
		.when = when,
		.next = -1,
		.row = -1,
		.layer = (uint8_t)(policy->layer_count - 1),
	};
	if (indexed)
		abi->single[first / 64] |= UINT64_C(1) << first % 64;
	else if (first < abi->ranges_from)
		abi->ranges_from = first;
	chain(policy, indexed ? &abi->head[first] : &abi->ranges, (int16_t)policy->count);
	policy->count++;
	return rule;
}

bool policy_add_own(struct policy *policy, enum call call, enum condition_id condition,
		    uint32_t action)
{
	for (unsigned i = 0; i < policy->abi_count; i++) {
		struct policy_abi *abi = &policy->abis[i];
		struct policy_rule *rule;
		uint32_t nr;

		if (!syscalls_number(abi->abi, call, &nr))
			continue;
		rule = policy_add(policy, abi, nr, nr, action,
				  condition == CONDITION_ALWAYS ? NULL
								: &condition_rows[condition]);
		if (!rule)
			return false;
		rule->condition = condition;
	}
	return true;
}

/* The ticket's words stand in registers, which on a 32-bit ABI hold half of them. */
void policy_set_ticket(struct policy *policy, const struct policy_facts *facts)
{
	policy->sealed = facts->sealed;
	policy->ticket = condition_rows[CONDITION_NO_TICKET];
	for (unsigned i = 0; i < policy->ticket.count; i++) {
		uint64_t word = facts->ticket[i];

		if (abi_rows[facts->native].bits == 32)
			word &= UINT32_MAX;
		policy->ticket.comparisons[i].value = word;
	}
	policy->launch = policy->ticket;
	policy->launch.sense = SENSE_WHEN;
}

bool policy_is_of_launch(enum condition_id condition)
{
	return condition == CONDITION_NO_TICKET || condition == CONDITION_TICKET ||
	       policy_compares_ids(condition);
}

/* ---- answering ---- */

const struct policy_abi *policy_find_abi(const struct policy *policy, uint32_t arch)
{
	for (unsigned i = 0; i < policy->abi_count; i++)
		if (abi_rows[policy->abis[i].abi].arch == arch)
			return &policy->abis[i];
	return NULL;
}

/* The least number above nr at which a rule on a range begins or has ended; 0 for none. */
static uint32_t next_boundary(const struct policy *policy, const struct policy_abi *abi,
			      uint32_t nr)
{
	uint32_t least = 0;

	for (int i = abi->ranges; i >= 0; i = policy->rules[i].next) {
		const uint32_t starts[] = { policy->rules[i].first, policy->rules[i].last + 1 };

		for (unsigned j = 0; j < 2; j++)
			if (starts[j] > nr && (least == 0 || starts[j] < least))
				least = starts[j];
	}
	return least;
}

/* The least number above nr that has a rule of its own, or POLICY_SPAN. */
static uint32_t next_single(const struct policy_abi *abi, uint32_t nr)
{
	uint32_t from = nr + 1;
	uint64_t bits;

	if (nr >= POLICY_SPAN - 1)
		return POLICY_SPAN;
	bits = abi->single[from / 64] >> from % 64 << from % 64;
	for (unsigned i = from / 64;; bits = abi->single[i]) {
		if (bits != 0)
			return 64 * i + (uint32_t)__builtin_ctzll(bits);
		if (++i == POLICY_SPAN / 64)
			return POLICY_SPAN;
	}
}

uint32_t policy_next_change(const struct policy *policy, const struct policy_abi *abi, uint32_t nr)
{
	uint32_t boundary = abi->ranges_from, single;

	if (nr < POLICY_SPAN && abi->head[nr] >= 0)
		return nr + 1;
	if (nr >= boundary)
		boundary = next_boundary(policy, abi, nr);
	single = next_single(abi, nr);
	if (single < POLICY_SPAN && (boundary == 0 || single < boundary))
		return single;
	return abi->ranges < 0 ? 0 : boundary;
}

uint32_t policy_floor(const struct policy *policy, const struct policy_abi *abi, unsigned layer,
		      uint32_t nr)
{
	struct policy_cursor cursor = policy_rules_of(policy, abi, nr);
	const struct policy_rule *rule, *best = NULL;

	while ((rule = policy_next(&cursor)) != NULL)
		if (rule->layer == layer && !rule->when &&
		    (!best || action_stricter(rule->action, best->action)))
			best = rule;
	return best ? best->action : policy->layer_default[layer];
}

bool policy_can_decide(const struct policy *policy, const struct policy_abi *abi, unsigned layer,
		       uint32_t nr, const struct policy_rule *rule)
{
	struct policy_cursor cursor = policy_rules_of(policy, abi, nr);
	const struct policy_rule *other;

	if (rule->layer != layer || !rule->when)
		return false;
	while ((other = policy_next(&cursor)) != NULL)
		if (other->layer == layer && !other->when &&
		    !action_stricter(rule->action, other->action))
			return false;
	return true;
}

/*
 * A request on an ABI. powerpc has three bits of direction, of which one means none (its
 * uapi/asm/ioctl.h); elsewhere there are two, and none is 0.
 */
static uint64_t request_on(enum abi abi, uint64_t request)
{
	uint64_t writes = request >> 30 & 1, reads = request >> 31 & 1;

	if (abi != ABI_PPC64LE)
		return request;
	return (request & 0x1fffffff) | writes << 31 | reads << 30 |
	       (uint64_t)(!writes && !reads) << 29;
}

struct comparison policy_comparison(const struct comparison *c, enum abi abi)
{
	uint64_t full = policy_full_mask(abi);
	struct comparison met = { c->arg, c->op, c->mask & full, c->value & full };

	if (c->arg == ARG_CLONE_FLAGS)
		met.arg = abi_rows[abi].clone_flags;
	if (c->arg == ARG_REQUEST) {
		met.arg = 1;
		met.value = request_on(abi, met.value);
	}
	return met;
}

static bool comparison_holds(const struct comparison *written, enum abi abi,
			     const uint64_t args[static 6])
{
	struct comparison c = policy_comparison(written, abi);
	uint64_t value = args[c.arg] & c.mask;

	switch (c.op) {
	case OP_EQ: return value == c.value;
	case OP_NE: return value != c.value;
	case OP_GT: return value > c.value;
	case OP_GE: return value >= c.value;
	case OP_LT: return value < c.value;
	default: return value <= c.value;
	}
}

bool policy_holds(const struct condition *when, enum abi abi, const uint64_t args[static 6])
{
	if (!when)
		return true;
	for (unsigned i = 0; i < when->count; i++)
		if (!comparison_holds(&when->comparisons[i], abi, args))
			return when->sense == SENSE_UNLESS;
	return when->sense == SENSE_WHEN;
}

/* Whether a rule decides against one that was added before it. */
static bool takes_over(const struct policy_rule *rule, const struct policy_rule *best)
{
	if (!best || action_stricter(rule->action, best->action))
		return true;
	return !rule->when && best->when && !action_stricter(best->action, rule->action);
}

/* The rule of a layer that decides a call, or NULL. */
static const struct policy_rule *decide_layer(const struct policy *policy,
					      const struct policy_abi *abi, unsigned layer,
					      const struct call_data *call)
{
	struct policy_cursor cursor = policy_rules_of(policy, abi, call->nr);
	const struct policy_rule *rule, *best = NULL;

	while ((rule = policy_next(&cursor)) != NULL)
		if (rule->layer == layer && takes_over(rule, best) &&
		    policy_holds(rule->when, abi->abi, call->args))
			best = rule;
	return best;
}

static const struct policy_rule *decide(const struct policy *policy, const struct policy_abi *abi,
					const struct call_data *call, uint32_t *action)
{
	const struct policy_rule *best = NULL;

	for (unsigned layer = 0; layer < policy->layer_count; layer++) {
		const struct policy_rule *rule = decide_layer(policy, abi, layer, call);
		uint32_t answer = rule ? rule->action : policy->layer_default[layer];

		if (layer > 0 && !action_stricter(answer, *action))
			continue;
		*action = answer;
		best = rule;
	}
	return best;
}

const struct policy_rule *policy_decide(const struct policy *policy, const struct call_data *call)
{
	const struct policy_abi *abi = policy_find_abi(policy, call->arch);
	uint32_t action;

	return abi ? decide(policy, abi, call, &action) : NULL;
}

uint32_t policy_verdict(const struct policy *policy, const struct call_data *call)
{
	const struct policy_abi *abi = policy_find_abi(policy, call->arch);
	uint32_t action = policy->foreign_action;

	if (abi)
		decide(policy, abi, call, &action);
	return action;
}
