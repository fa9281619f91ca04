/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GARBAGE UINT64_C(0xa5a5a5a55a5a5a5a)

struct checker {
	const struct policy *policy;
	const struct sock_filter *program;
	enum check_effort effort;
	enum endian endian; /* of the machine: one for all its ABIs */
	struct check_result result;
	bool failed;
	struct call_data call; /* where it failed */
	uint32_t expected, found;
};

static void try_call(struct checker *c, const struct call_data *call)
{
	struct call_words words;
	uint32_t found, expected;

	if (c->failed)
		return;
	words = verdict_words(call, c->endian);
	found = verdict_run(c->program, &words, &c->result.steps);
	expected = policy_verdict(c->policy, call);
	c->result.calls++;
	if (found == expected)
		return;
	c->failed = true;
	c->call = *call;
	c->expected = expected;
	c->found = found;
}

static void try_number(struct checker *c, uint32_t arch, uint32_t nr)
{
	struct call_data call = { .nr = nr, .arch = arch };

	for (unsigned i = 0; i < 6; i++)
		call.args[i] = GARBAGE;
	try_call(c, &call);
	if (c->effort == CHECK_LAUNCH)
		return;
	call.ip = GARBAGE;
	memset(call.args, 0, sizeof call.args);
	try_call(c, &call);
	memset(call.args, 0xff, sizeof call.args);
	try_call(c, &call);
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
static void try_neighbours(struct checker *c, const struct call_data *call,
			   const struct comparison *cmp, enum abi abi)
{
	struct call_data near = *call;
	uint64_t *arg = &near.args[arg_index(cmp, abi)];
	uint64_t flip = bits_to_flip(cmp, c->effort), holding = *arg;
	uint64_t equal = (holding & ~cmp->mask) | cmp->value;
	const uint64_t edges[] = {
		equal,
		equal ^ flip,
		cmp->value - 1,
		cmp->value + 1,
		cmp->value ^ (UINT64_C(1) << 32),
	};

	for (unsigned bit = 0; bit < 64; bit++) {
		if (!(flip >> bit & 1))
			continue;
		*arg = holding ^ (UINT64_C(1) << bit);
		try_call(c, &near);
		if (cmp->op == OP_EQ)
			continue; /* holding is equal: the same vector */
		*arg = equal ^ (UINT64_C(1) << bit);
		try_call(c, &near);
	}
	for (unsigned i = 0; i < sizeof edges / sizeof edges[0]; i++) {
		*arg = edges[i];
		try_call(c, &near);
	}
}

static void try_condition(struct checker *c, const struct policy_rule *rule, enum abi abi,
			  uint32_t nr, uint64_t filler)
{
	struct call_data call = { .nr = nr, .arch = abi_rows[abi].arch };
	const struct condition *when = rule->when;

	for (unsigned i = 0; i < 6; i++)
		call.args[i] = filler;
	for (unsigned i = 0; i < when->count; i++) {
		uint64_t *arg = &call.args[arg_index(&when->comparisons[i], abi)];

		*arg = satisfying(&when->comparisons[i], *arg);
	}
	try_call(c, &call);
	for (unsigned i = 0; i < when->count; i++)
		try_neighbours(c, &call, &when->comparisons[i], abi);
}

/* ---- numbers ---- */

/* Returns how many rules have this number as their first: each rule is counted once. */
static unsigned try_rules(struct checker *c, const struct policy_abi *abi, uint32_t nr)
{
	struct policy_cursor cursor = policy_rules_of(c->policy, abi, nr);
	const struct policy_rule *rule;
	unsigned seen = 0;

	while ((rule = policy_next(&cursor)) != NULL) {
		seen += rule->first == nr;
		if (!rule->when)
			continue;
		try_condition(c, rule, abi->abi, nr, 0);
		if (c->effort == CHECK_THOROUGH) {
			try_condition(c, rule, abi->abi, nr, GARBAGE);
			try_condition(c, rule, abi->abi, nr, UINT64_MAX);
		}
	}
	return seen;
}

static uint32_t numbers_end(void)
{
	return POLICY_SPAN;
}

static unsigned check_abi(struct checker *c, const struct policy_abi *abi)
{
	uint32_t arch = abi_rows[abi->abi].arch;
	unsigned seen = 0;

	for (uint32_t nr = 0; nr < numbers_end(); nr++) {
		try_number(c, arch, nr);
		seen += try_rules(c, abi, nr);
	}
	for (int i = abi->ranges; i >= 0; i = c->policy->rules[i].next) {
		const struct policy_rule *rule = &c->policy->rules[i];

		try_number(c, arch, rule->first - 1);
		try_number(c, arch, rule->first);
		try_number(c, arch, rule->first + (rule->last - rule->first) / 2);
		try_number(c, arch, rule->last);
		try_number(c, arch, rule->last + 1);
		if (rule->first >= numbers_end())
			seen += try_rules(c, abi, rule->first);
	}
	return seen;
}

/* Numbers that need no rule to be wrong: the whole range of x32, the sign bit, -1. */
static void check_outskirts(struct checker *c, uint32_t arch)
{
	static const uint32_t far[] = {
		0x0000ffff, 0x000f0000, 0x000f0001, 0x000f0006, 0x3fffffff,
		0x7fffffff, 0x80000000, 0xbfffffff, 0xfffffffe, 0xffffffff
	};
	unsigned stride = c->effort == CHECK_THOROUGH ? 1 : 8;

	for (unsigned i = 0; i < sizeof far / sizeof far[0]; i++)
		try_number(c, arch, far[i]);
	for (uint32_t nr = 0; nr < numbers_end(); nr += stride)
		try_number(c, arch, X32_BIT + nr);
}

/* An arch value that the policy does not cover: one answer whatever the number. */
static void check_foreign(struct checker *c, uint32_t arch)
{
	if (policy_find_abi(c->policy, arch))
		return;
	for (uint32_t nr = 0; nr < numbers_end(); nr += c->effort == CHECK_THOROUGH ? 1 : 8)
		try_number(c, arch, nr);
	try_number(c, arch, UINT32_MAX);
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
		verdict_name(c->expected, expected), verdict_name(c->found, found));
}

bool check_filter(const struct policy *policy, const struct sock_filter *program, unsigned length,
		  enum check_effort effort, struct check_result *result, struct error *error)
{
	struct checker c = { .policy = policy, .program = program, .effort = effort };
	unsigned seen = 0, at;

	if (!verdict_valid(program, length, &at))
		return diag_set(error, EXIT_GYVE,
				"the compiled filter is not one that the kernel takes: instruction "
				"%u of %u",
				at, length);
	c.endian = abi_rows[policy->abis[0].abi].endian;
	for (unsigned i = 0; i < policy->abi_count; i++) {
		seen += check_abi(&c, &policy->abis[i]);
		check_outskirts(&c, abi_rows[policy->abis[i].abi].arch);
	}
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		check_foreign(&c, abi_rows[abi].arch);
	check_foreign(&c, 0);
	check_foreign(&c, UINT32_MAX);
	if (c.failed)
		return explain_failure(&c, error);
	if (seen != policy->count)
		return diag_set(error, EXIT_GYVE,
				"the policy has %u rules, of which the check reached %u",
				policy->count, seen);
	if (result)
		*result = c.result;
	return true;
}
