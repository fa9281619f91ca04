/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a policy to a BPF program. For each ABI the program is a binary tree over the system call
 * numbers, whose leaves are returns or, for calls with conditions, a few comparisons of arguments.
 * Only instructions that the kernel can evaluate when the filter is loaded decide a call without
 * conditions (seccomp_is_const_allow, since Linux 5.11), so that allowed calls cost next to
 * nothing.
 *
 * Whether the result is right is not for this module to say: check.h holds it against the policy.
 */
#ifndef GYVE_FILTER_H
#define GYVE_FILTER_H

#include "base/diag.h"
#include "bpf/verdict.h"
#include "policy/policy.h"

/* For the compiler alone: an answer, and where in the program it was written last, or -1. */
struct filter_return {
	uint32_t action;
	int last;
};

struct filter {
	const struct sock_filter *program; /* points into buffer */
	unsigned length;
	struct sock_filter buffer[VERDICT_MAX_LENGTH];
	struct filter_return returns[VERDICT_MAX_LENGTH]; /* touched as far as there are any */
};

/*
 * Compiles a policy. false and *error when the program would be longer than the kernel takes, or a
 * call has more than POLICY_MAX_CONDITIONAL rules with conditions. The result points into *filter,
 * which must not be moved.
 */
bool filter_compile(struct filter *filter, const struct policy *policy, struct error *error);

#endif
