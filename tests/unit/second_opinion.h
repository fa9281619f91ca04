/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same policy, compiled by libseccomp. What it makes is held against the policy as our own
 * program is (check.h); two compilers that share nothing and agree are hard to argue with. Knows
 * libseccomp, alone.
 */
#ifndef GYVE_TESTS_SECOND_OPINION_H
#define GYVE_TESTS_SECOND_OPINION_H

#include "bpf/verdict.h"
#include "base/diag.h"
#include "policy/policy.h"

/*
 * The number by which libseccomp takes a call of an ABI, which is below 0 for one that this machine
 * lacks (SCMP_SYS(3)); false when it has none, or takes that number for another call.
 */
bool second_opinion_number(enum abi abi, uint32_t nr, int *number);

/*
 * Compiles a policy into program and its *length. false and *error for what libseccomp cannot
 * express: a wide range of numbers other than x32's, a masked ordered comparison, a call of another
 * ABI that it has no number for, a machine of the other byte order; and when libseccomp fails.
 */
bool second_opinion_bpf(const struct policy *policy,
			struct sock_filter program[static VERDICT_MAX_LENGTH], unsigned *length,
			struct error *error);

#endif
