/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holds a compiled filter against the policy it was compiled from, by running it. Done before each
 * launch, so that neither the compiler nor the library that made the bytes has to be trusted.
 */
#ifndef GYVE_CHECK_H
#define GYVE_CHECK_H

#include "base/diag.h"
#include "bpf/verdict.h"
#include "policy/policy.h"

enum check_effort {
	CHECK_LAUNCH,	/* each word of each comparison, each bit of a mask: before every launch */
	CHECK_THOROUGH, /* each bit of each argument, other values in the rest, and all once more
			   number by number: for tests */
};

struct check_result {
	unsigned paths; /* by which arch and number alone are answered, or lead to arguments */
	unsigned calls; /* calls that were tried, for the rules with conditions */
	unsigned steps; /* instructions that the filter took to answer them */
};

/*
 * Follows the program for every arch value and every number (walk.h): all 2^64 pairs, x32's numbers
 * and -1 among them, must be answered as the rules say, and arguments looked at only where a rule
 * does. Where one does, the program is run (verdict.h) on arguments that match the rule's
 * condition, that miss it by one bit, and that carry garbage where the kernel does not look; a word
 * that is compared as a whole takes all its 2^32 values in turn (verdict_span), and words that no
 * rule on this number compares must not be looked at.
 *
 * The first disagreement, an invalid program, or a rule that no call reached: false and *error,
 * which names ABI, call, arguments, expected and found. *result, if not NULL, is filled on success.
 */
bool check_filter(const struct policy *policy, const struct sock_filter *program, unsigned length,
		  enum check_effort effort, struct check_result *result, struct error *error);

#endif
