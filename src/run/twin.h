/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A policy's twin for supervision: the same rules, each denial of which asks a supervisor
 * (SECCOMP_RET_USER_NOTIF) instead of answering. It is compiled and checked like any other policy.
 */
#ifndef GYVE_TWIN_H
#define GYVE_TWIN_H

#include "policy/policy.h"

/* Fills *twin from a policy. The rules point into *twin: it must not be moved. */
void twin_build(struct policy *twin, const struct policy *policy);

/*
 * Makes the policy deny the ticketed execve, too, and forgets the words. The filter goes on letting
 * the ticket pass, so this is for the time after the launch, when nobody may hold it.
 */
void twin_forget_ticket(struct policy *policy);

#endif
