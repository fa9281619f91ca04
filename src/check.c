/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>

#include "walk.h"

#define GARBAGE UINT64_C(0xa5a5a5a55a5a5a5a)
#define UPPER_BIT (UINT64_C(1) << 32)

struct checker {
	const struct policy *policy;
	const struct sock_filter *program;
	enum check_effort effort;
	enum endian endian; /* of the machine: one for all its ABIs */
	unsigned seen;	    /* rules that were met: each is counted at its first number */
	struct check_result result;
	struct call_data call; /* where it failed */
	uint32_t expected, found;
	bool on_arguments; /* it failed by looking at arguments where no rule does */
};

/* Returns false, to end the check. */
static bool disagree(struct checker *c, const struct call_data *call, uint32_t expected,
		     uint32_t found)
{
	c->call = *call;
	c->expected = expected;
	c->found = found;
	return false;
}

static bool try_call(struct checker *c, const struct call_data *call)
{
	struct call_words words = verdict_words(call, c->endian);
	uint32_t found = verdict_run(c->program, &words, &c->result.steps);
	uint32_t expected = policy_verdict(c->policy, call);

	c->result.calls++;
	return found == expected || disagree(c, call, expected, found);
}

/* ---- conditions ---- */

/* Bits of an argument whose change should be noticed, or should not: one is tried after the other.
 */
static uint64_t bits_to_flip(const struct comparison *cmp, enum check_effort effort)
{
	uint64_t ends = UINT64_C(0x8000000180000001); /* the outer bits of both halves */

	if (effort == CHECK_THOROUGH)
		return UINT64_MAX;
	/* A mask of single flags: each of them is a fact of its own. */
	if ((uint32_t)cmp->mask != UINT32_MAX && (uint32_t)cmp->mask != 0)
		return ends | (uint32_t)cmp->mask;
	return ends;
}

/* An argument for which the comparison holds. */
static uint64_t satisfying(const struct comparison *cmp, uint64_t filler)
{
	uint64_t lowest = cmp->mask & (0 - cmp->mask);

	switch (cmp->op) {
	case OP_EQ: return (filler & ~cmp->mask) | cmp->value;
	case OP_NE: return (filler & ~cmp->mask) | (cmp->value ^ lowest);
	case OP_GT: return cmp->value + 1;
	case OP_LT: return cmp->value - 1;
	default: return cmp->value;
	}
}

static unsigned arg_index(const struct comparison *cmp, enum abi abi)
{
	return cmp->arg == ARG_CLONE_FLAGS ? abi_rows[abi].clone_flags : cmp->arg;
}

/* Around the values where the comparison changes, with all else as it is. */
static bool try_neighbours(struct checker *c, const struct call_data *call,
			   const struct comparison *cmp, enum abi abi)
{
	struct call_data near = *call;
	uint64_t *arg = &near.args[arg_index(cmp, abi)];
	uint64_t flip = bits_to_flip(cmp, c->effort), holding = *arg;
	uint64_t equal = (holding & ~cmp->mask) | cmp->value;
	const uint64_t edges[] = {
		equal, equal ^ flip, cmp->value - 1, cmp->value + 1, cmp->value ^ UPPER_BIT,
	};

	for (unsigned bit = 0; bit < 64; bit++) {
		if (!(flip >> bit & 1))
			continue;
		*arg = holding ^ (UINT64_C(1) << bit);
		if (!try_call(c, &near))
			return false;
		if (cmp->op == OP_EQ)
			continue; /* holding is equal: the same vector */
		*arg = equal ^ (UINT64_C(1) << bit);
		if (!try_call(c, &near))
			return false;
	}
	for (unsigned i = 0; i < sizeof edges / sizeof edges[0]; i++) {
		*arg = edges[i];
		if (!try_call(c, &near))
			return false;
	}
	return true;
}

static bool try_condition(struct checker *c, const struct condition *when, enum abi abi,
			  uint32_t nr, uint64_t filler)
{
	struct call_data call = { .nr = nr, .arch = abi_rows[abi].arch };

	for (unsigned i = 0; i < 6; i++)
		call.args[i] = filler;
	if (!try_call(c, &call))
		return false;
	for (unsigned i = 0; i < when->count; i++) {
		uint64_t *arg = &call.args[arg_index(&when->comparisons[i], abi)];

		*arg = satisfying(&when->comparisons[i], *arg);
	}
	if (!try_call(c, &call))
		return false;
	for (unsigned i = 0; i < when->count; i++)
		if (!try_neighbours(c, &call, &when->comparisons[i], abi))
			return false;
	return true;
}

static bool try_rule(struct checker *c, const struct policy_rule *rule, enum abi abi, uint32_t nr)
{
	if (!try_condition(c, rule->when, abi, nr, 0))
		return false;
	return c->effort == CHECK_LAUNCH || (try_condition(c, rule->when, abi, nr, GARBAGE) &&
					     try_condition(c, rule->when, abi, nr, UINT64_MAX));
}

/* ---- numbers ---- */

/* What the rules say of a number before any argument is looked at. */
struct number {
	const struct policy_rule *floor; /* the strictest rule without a condition, or NULL */
	bool conditional;		 /* a rule with a condition may decide */
};

static struct number look_up(struct checker *c, const struct policy_abi *abi, uint32_t nr)
{
	struct policy_cursor cursor = policy_rules_of(c->policy, abi, nr);
	const struct policy_rule *rule, *strictest = NULL;
	struct number number = { NULL, false };

	while ((rule = policy_next(&cursor)) != NULL) {
		const struct policy_rule **best = rule->when ? &strictest : &number.floor;

		c->seen += rule->first == nr;
		if (!*best || verdict_stricter(rule->action, (*best)->action))
			*best = rule;
	}
	number.conditional = strictest && (!number.floor || verdict_stricter(strictest->action,
									     number.floor->action));
	return number;
}

static bool try_rules(struct checker *c, const struct policy_abi *abi, uint32_t nr)
{
	struct policy_cursor cursor = policy_rules_of(c->policy, abi, nr);
	const struct policy_rule *rule;

	while ((rule = policy_next(&cursor)) != NULL)
		if (rule->when && !try_rule(c, rule, abi->abi, nr))
			return false;
	return true;
}

/* One number, or a range in which no rule begins or ends. */
static bool check_numbers(struct checker *c, const struct policy_abi *abi, uint32_t nr,
			  const struct walk_region *region)
{
	struct number number = look_up(c, abi, nr);
	uint32_t expected = number.floor ? number.floor->action : c->policy->default_action;
	struct call_data call = { .nr = nr, .arch = abi_rows[abi->abi].arch };

	if (number.conditional)
		return try_rules(c, abi, nr);
	if (region->answered)
		return region->action == expected || disagree(c, &call, expected, region->action);
	c->on_arguments = true;
	return disagree(c, &call, expected, 0);
}

static bool check_region_of_abi(struct checker *c, const struct policy_abi *abi,
				const struct walk_region *region)
{
	uint32_t nr = region->nr_first;

	do {
		if (!check_numbers(c, abi, nr, region))
			return false;
		nr = policy_next_change(c->policy, abi, nr);
	} while (nr != 0 && nr <= region->nr_last);
	return true;
}

/* An arch value that the policy does not cover: one answer whatever the number. */
static bool check_foreign(struct checker *c, const struct walk_region *region)
{
	struct call_data call = { .nr = region->nr_first, .arch = region->arch_first };

	while (policy_find_abi(c->policy, call.arch))
		call.arch++;
	if (region->answered && region->action == c->policy->foreign_action)
		return true;
	c->on_arguments = !region->answered;
	return disagree(c, &call, c->policy->foreign_action, region->action);
}

static bool check_region(const struct walk_region *region, void *context)
{
	struct checker *c = context;
	uint64_t foreign = (uint64_t)region->arch_last - region->arch_first + 1;

	for (unsigned i = 0; i < c->policy->abi_count; i++) {
		uint32_t arch = abi_rows[c->policy->abis[i].abi].arch;

		if (arch < region->arch_first || arch > region->arch_last)
			continue;
		foreign--;
		if (!check_region_of_abi(c, &c->policy->abis[i], region))
			return false;
	}
	return foreign == 0 || check_foreign(c, region);
}

static bool explain_failure(const struct checker *c, struct error *error)
{
	const struct policy_abi *abi = policy_find_abi(c->policy, c->call.arch);
	enum call call = abi ? policy_call_at(abi->abi, c->call.nr) : CALL_COUNT;
	char expected[32], found[32];

	return diag_set(
		error, EXIT_GYVE,
		"the compiled filter does not do what the policy says, so nothing was started: "
		"%s call %" PRIu32 " (%s), arguments %#" PRIx64 " %#" PRIx64 " %#" PRIx64
		" %#" PRIx64 " %#" PRIx64 " %#" PRIx64 ": expected %s, found %s",
		abi ? abi_rows[abi->abi].name : "foreign", c->call.nr,
		call == CALL_COUNT ? "no name" : call_rows[call].name, c->call.args[0],
		c->call.args[1], c->call.args[2], c->call.args[3], c->call.args[4], c->call.args[5],
		verdict_name(c->expected, expected),
		c->on_arguments ? "an answer that depends on more than the number"
				: verdict_name(c->found, found));
}

bool check_filter(const struct policy *policy, const struct sock_filter *program, unsigned length,
		  enum check_effort effort, struct check_result *result, struct error *error)
{
	struct checker c = { .policy = policy, .program = program, .effort = effort };
	unsigned at;

	if (!verdict_valid(program, length, &at))
		return diag_set(error, EXIT_GYVE,
				"the compiled filter is not one that the kernel takes: instruction "
				"%u of %u",
				at, length);
	c.endian = abi_rows[policy->abis[0].abi].endian;
	if (!walk_filter(program, check_region, &c, &c.result.paths))
		return c.result.paths == 0
			       ? diag_set(error, EXIT_GYVE,
					  "the compiled filter has more paths than can be checked")
			       : explain_failure(&c, error);
	if (c.seen != policy->count)
		return diag_set(error, EXIT_GYVE,
				"the policy has %u rules, of which the check reached %u",
				policy->count, c.seen);
	if (result)
		*result = c.result;
	return true;
}
