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

/* One call that is tried with one set of arguments after the other. */
struct trial {
	struct checker *checker;
	enum abi abi;
	const struct sock_filter *from; /* where the program begins to look at arguments */
	struct call_data call;
	struct call_words words; /* the same, as the program reads it */
};

static void set_arg(struct trial *t, unsigned index, uint64_t value)
{
	unsigned low = t->checker->endian == ENDIAN_BIG;

	t->call.args[index] = value;
	t->words.word[4 + 2 * index + low] = (uint32_t)value;
	t->words.word[5 + 2 * index - low] = (uint32_t)(value >> 32);
}

static bool try_call(const struct trial *t)
{
	struct checker *c = t->checker;
	uint32_t found = verdict_run(t->from, &t->words, &c->result.steps);
	uint32_t expected = policy_verdict(c->policy, &t->call);

	c->result.calls++;
	return found == expected || disagree(c, &t->call, expected, found);
}

static bool try_arg(struct trial *t, unsigned index, uint64_t value)
{
	set_arg(t, index, value);
	return try_call(t);
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
static bool try_neighbours(struct trial *t, const struct comparison *cmp)
{
	unsigned index = arg_index(cmp, t->abi);
	uint64_t flip = bits_to_flip(cmp, t->checker->effort), holding = t->call.args[index];
	uint64_t equal = (holding & ~cmp->mask) | cmp->value;
	const uint64_t edges[] = {
		equal, equal ^ flip, cmp->value - 1, cmp->value + 1, cmp->value ^ UPPER_BIT,
	};

	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t flipped = UINT64_C(1) << bit;

		if (!(flip & flipped))
			continue;
		if (!try_arg(t, index, holding ^ flipped))
			return false;
		/* Where the comparison is for equality, holding is equal: the same vector. */
		if (cmp->op != OP_EQ && !try_arg(t, index, equal ^ flipped))
			return false;
	}
	for (unsigned i = 0; i < sizeof edges / sizeof edges[0]; i++)
		if (!try_arg(t, index, edges[i]))
			return false;
	set_arg(t, index, holding);
	return true;
}

static bool try_condition(struct trial *t, const struct condition *when, uint64_t filler)
{
	for (unsigned i = 0; i < 6; i++)
		set_arg(t, i, filler);
	if (!try_call(t))
		return false;
	for (unsigned i = 0; i < when->count; i++) {
		unsigned index = arg_index(&when->comparisons[i], t->abi);

		set_arg(t, index, satisfying(&when->comparisons[i], t->call.args[index]));
	}
	if (!try_call(t))
		return false;
	for (unsigned i = 0; i < when->count; i++)
		if (!try_neighbours(t, &when->comparisons[i]))
			return false;
	return true;
}

static bool try_rule(struct trial *t, const struct policy_rule *rule)
{
	if (!try_condition(t, rule->when, 0))
		return false;
	return t->checker->effort == CHECK_LAUNCH ||
	       (try_condition(t, rule->when, GARBAGE) && try_condition(t, rule->when, UINT64_MAX));
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

static bool try_rules(struct checker *c, const struct policy_abi *abi, uint32_t nr,
		      const struct walk_region *region)
{
	struct policy_cursor cursor = policy_rules_of(c->policy, abi, nr);
	const struct policy_rule *rule;
	struct trial trial = {
		.checker = c,
		.abi = abi->abi,
		.from = c->program + (region->answered ? 0 : region->resume),
		.call = { .nr = nr, .arch = abi_rows[abi->abi].arch },
	};

	trial.words = verdict_words(&trial.call, c->endian);
	while ((rule = policy_next(&cursor)) != NULL)
		if (rule->when && !try_rule(&trial, rule))
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
		return try_rules(c, abi, nr, region);
	if (region->answered && region->action == expected)
		return true;
	c->on_arguments = !region->answered;
	return disagree(c, &call, expected, region->action);
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
