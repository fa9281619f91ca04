/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of the check that looks at arguments: one number of one ABI is tried with arguments that
 * match the conditions of its rules and that miss them.
 */
#ifndef GYVE_TRIAL_H
#define GYVE_TRIAL_H

#include "bpf/verdict.h"
#include "policy/policy.h"

/* More rules with conditions on one number are not tried. The compiler takes no more in a layer. */
#define TRIAL_MAX_RULES (POLICY_MAX_LAYERS * POLICY_MAX_CONDITIONAL)

/* A filler for arguments that no condition expects. */
#define TRIAL_GARBAGE UINT64_C(0xa5a5a5a55a5a5a5a)

/* One check, and where it failed. */
struct checker {
	const struct policy *policy;
	const struct sock_filter *program;
	bool thorough;
	enum endian endian;    /* of the machine: one for all its ABIs */
	unsigned seen;	       /* rules that were met: each is counted at its first number */
	unsigned calls, steps; /* tried, and what the program took for them */
	struct call_data call; /* where it failed */
	uint32_t expected, found;
	bool on_arguments; /* it failed by looking at arguments where no rule does */
	bool too_many;	   /* it failed by more than TRIAL_MAX_RULES */
};

/* Notes where it failed. Returns false, to end the check. */
bool trial_disagree(struct checker *c, const struct call_data *call, uint32_t expected,
		    uint32_t found);

/* What the rules say of a number before any argument is looked at. */
struct number {
	const struct policy_rule *floor[POLICY_MAX_LAYERS]; /* the strictest without a condition */
	uint32_t action; /* the answer where no rule with a condition holds */
};

/* Whether a rule with a condition may decide the number whose rules these are. */
bool trial_is_needed(struct policy_cursor rules, const struct number *number);

/*
 * Tries a number on arguments. from is where the program begins to look at them. false at the first
 * disagreement, which is noted.
 */
bool trial_number(struct checker *c, const struct policy_abi *abi, uint32_t nr,
		  const struct number *number, const struct sock_filter *from);

#endif
