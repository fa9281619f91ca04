/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A policy's twin for supervision: the same rules, each denial of which asks a supervisor
 * (SECCOMP_RET_USER_NOTIF) instead of answering. It is compiled and checked like any other policy.
 */
#ifndef GYVE_TWIN_H
#define GYVE_TWIN_H

#include "policy/policy.h"

/*
 * Fills *twin from a policy. The rules point into *twin: it must not be moved. One rule more denies
 * a listener of the target's own (seccomp(2) with NEW_LISTENER, EBUSY, as while there is a
 * supervisor) without asking: of two filters that notify the kernel asks the newer one's listener,
 * which could answer "continue" once the supervisor is gone. bound: asks about PR_SET_PDEATHSIG,
 * too (supervise.h). false and *error when the rules are too many.
 */
bool twin_build(struct policy *twin, const struct policy *policy, bool bound, struct error *error);

/*
 * Makes the policy deny the ticketed execve, too, and forgets the words. The filter goes on letting
 * the ticket pass, so this is for the time after the launch, when nobody may hold it.
 */
void twin_forget_ticket(struct policy *policy);

#endif
