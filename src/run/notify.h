/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A policy for supervision: the same rules, each denial of which asks a supervisor
 * (SECCOMP_RET_USER_NOTIF) instead of answering. It is compiled and checked like any other policy.
 */
#ifndef GYVE_NOTIFY_H
#define GYVE_NOTIFY_H

#include "base/diag.h"
#include "policy/policy.h"

/* What it asks about besides. */
enum notify_asks {
	NOTIFY_ASKS_PDEATHSIG = 1, /* prctl(2) that undoes the target's PR_SET_PDEATHSIG */
	NOTIFY_ASKS_EXEC = 2,	   /* each execve and execveat but the launch */
	NOTIFY_ASKS_WRITING = 4,   /* what changes files, or opens one for that */
	NOTIFY_ASKS_READING = 8,   /* what opens one besides; executions are asked for apart */
	NOTIFY_ASKS_PORTS = 16,	   /* connect and bind */
};

/*
 * Fills *notifying from a policy. The rules point into *notifying: it must not be moved. One rule
 * more denies a listener of the target's own (seccomp(2) with NEW_LISTENER, EBUSY, as while there
 * is a supervisor) without asking: of two filters that notify the kernel asks the newer one's
 * listener, which could answer "continue" once the supervisor is gone. false and *error when the
 * rules are too many.
 */
bool notify_build(struct policy *notifying, const struct policy *policy, unsigned asks,
		  struct error *error);

/*
 * Fills *policy with one that denies nothing but clone3, whose flags are behind a pointer, with
 * ENOSYS, so that libraries fall back on clone; and *notifying with one that asks about every call
 * of every ABI but the launch's execve and exit_group.
 */
bool notify_build_watching(struct policy *notifying, struct policy *policy,
			   const struct policy_facts *facts, struct error *error);

/*
 * Makes the policy deny the ticketed execve, too, and forgets the words. The filter goes on letting
 * the ticket pass, so this is for the time after the launch, when nobody may hold it.
 */
void notify_forget_ticket(struct policy *policy);

#endif
