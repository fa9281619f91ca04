/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bpf/check.h"

#include <inttypes.h>
#include <stdio.h>

#include "bpf/trial.h"
#include "bpf/walk.h"

/* ---- numbers ---- */

static struct number look_up(struct checker *c, const struct policy_abi *abi, uint32_t nr,
			     bool *conditional)
{
	struct policy_cursor cursor = policy_rules_of(c->policy, abi, nr);
	const struct policy_rule *rule;
	struct number number = { .action = 0 };

	*conditional = false;
	while ((rule = policy_next(&cursor)) != NULL) {
		const struct policy_rule **floor = &number.floor[rule->layer];

		c->seen += rule->first == nr;
		if (rule->when)
			*conditional = true;
		else if (!*floor || action_stricter(rule->action, (*floor)->action))
			*floor = rule;
	}
	*conditional =
		*conditional && trial_is_needed(policy_rules_of(c->policy, abi, nr), &number);
	for (unsigned layer = 0; layer < c->policy->layer_count; layer++) {
		uint32_t action = number.floor[layer] ? number.floor[layer]->action
						      : c->policy->layer_default[layer];

		if (layer == 0 || action_stricter(action, number.action))
			number.action = action;
	}
	return number;
}

/* One number, or a range in which no rule begins or ends. */
static bool check_numbers(struct checker *c, const struct policy_abi *abi, uint32_t nr,
			  const struct walk_region *region)
{
	bool conditional;
	struct number number = look_up(c, abi, nr, &conditional);

	if (conditional)
		return trial_number(c, abi, nr, &number,
				    c->program + (region->answered ? 0 : region->resume));
	if (region->answered && region->action == number.action)
		return true;
	c->on_arguments = !region->answered;
	return trial_disagree(c, &(struct call_data){ .nr = nr, .arch = abi_rows[abi->abi].arch },
			      number.action, region->action);
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
	return trial_disagree(c, &call, c->policy->foreign_action, region->action);
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

/* ---- the same again for tests, number by number and by policy_verdict ---- */

static bool try_whole(struct checker *c, uint32_t arch, uint32_t nr, uint64_t filler)
{
	struct call_data call = { nr, arch, filler, { 0 } };
	struct call_words words;
	uint32_t expected, found;

	for (unsigned i = 0; i < 6; i++)
		call.args[i] = filler;
	words = verdict_words(&call, c->endian);
	expected = policy_verdict(c->policy, &call);
	found = verdict_run(c->program, &words, &c->steps);
	c->calls++;
	return found == expected || trial_disagree(c, &call, expected, found);
}

static bool check_again(struct checker *c, uint32_t arch)
{
	static const uint32_t bases[] = { 0, 0x000f0000, X32_BIT, 0x80000000, 0 - POLICY_SPAN };

	for (unsigned i = 0; i < sizeof bases / sizeof bases[0]; i++)
		for (uint32_t nr = bases[i] - 1; nr != bases[i] + POLICY_SPAN; nr++)
			if (!try_whole(c, arch, nr, 0) || !try_whole(c, arch, nr, TRIAL_GARBAGE) ||
			    !try_whole(c, arch, nr, UINT64_MAX))
				return false;
	return true;
}

static bool check_thoroughly(struct checker *c)
{
	c->on_arguments = false;
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (!check_again(c, abi_rows[abi].arch))
			return false;
	return check_again(c, 0) && check_again(c, UINT32_MAX);
}

static bool explain_failure(const struct checker *c, struct error *error)
{
	const struct policy_abi *abi = policy_find_abi(c->policy, c->call.arch);
	enum call call = abi ? syscalls_at(abi->abi, c->call.nr) : CALL_COUNT;
	char expected[32], found[32];

	if (c->too_many)
		return diag_set(error, EXIT_GYVE,
				"call %" PRIu32 " has more than %d rules with conditions, which "
				"cannot be checked",
				c->call.nr, TRIAL_MAX_RULES);
	return diag_set(
		error, EXIT_GYVE,
		"the compiled filter does not do what the policy says, so nothing was started: "
		"%s call %" PRIu32 " (%s), arguments %#" PRIx64 " %#" PRIx64 " %#" PRIx64
		" %#" PRIx64 " %#" PRIx64 " %#" PRIx64 ": expected %s, found %s",
		abi ? abi_rows[abi->abi].name : "foreign", c->call.nr,
		call == CALL_COUNT ? "no name" : call_rows[call].name, c->call.args[0],
		c->call.args[1], c->call.args[2], c->call.args[3], c->call.args[4], c->call.args[5],
		action_name(c->expected, expected),
		c->on_arguments ? "an answer that depends on what no rule compares"
				: action_name(c->found, found));
}

bool check_filter(const struct policy *policy, const struct sock_filter *program, unsigned length,
		  enum check_effort effort, struct check_result *result, struct error *error)
{
	struct checker c = { .policy = policy,
			     .program = program,
			     .thorough = effort == CHECK_THOROUGH };
	unsigned at, paths;

	if (!verdict_valid(program, length, &at))
		return diag_set(error, EXIT_GYVE,
				"the compiled filter is not one that the kernel takes: instruction "
				"%u of %u",
				at, length);
	c.endian = abi_rows[policy->abis[0].abi].endian;
	if (!walk_filter(program, check_region, &c, &paths))
		return paths == 0
			       ? diag_set(error, EXIT_GYVE,
					  "the compiled filter has more paths than can be checked")
			       : explain_failure(&c, error);
	if (effort == CHECK_THOROUGH && !check_thoroughly(&c))
		return explain_failure(&c, error);
	if (c.seen != policy->count)
		return diag_set(error, EXIT_GYVE,
				"the policy has %u rules, of which the check reached %u",
				policy->count, c.seen);
	if (result)
		*result = (struct check_result){ paths, c.calls, c.steps };
	return true;
}
