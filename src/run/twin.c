/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/twin.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* LOG lets the call through, but a report must say so. */
static uint32_t notifying(uint32_t action)
{
	uint32_t kind = action & SECCOMP_RET_ACTION_FULL;

	return kind == SECCOMP_RET_ALLOW || kind == SECCOMP_RET_TRACE ? action
								      : SECCOMP_RET_USER_NOTIF;
}

/* A condition that lies in the policy itself has its place in the twin, too. */
static const struct condition *own_condition(const struct policy *twin, const struct policy *policy,
					     const struct condition *when)
{
	uintptr_t offset = (uintptr_t)when - (uintptr_t)policy;

	if (offset >= sizeof *policy)
		return when;
	return (const struct condition *)(const void *)((const char *)twin + offset);
}

bool twin_build(struct policy *twin, const struct policy *policy, bool bound, struct error *error)
{
	/* The rules in use only: to touch the rest would cost more than the launch. */
	memcpy(twin, policy,
	       offsetof(struct policy, rules) + policy->count * sizeof policy->rules[0]);
	for (unsigned i = 0; i < twin->layer_count; i++)
		twin->layer_default[i] = notifying(policy->layer_default[i]);
	twin->default_action = notifying(policy->default_action);
	twin->foreign_action = notifying(policy->foreign_action);
	for (unsigned i = 0; i < twin->count; i++) {
		struct policy_rule *rule = &twin->rules[i];

		rule->action = notifying(rule->action);
		rule->when = own_condition(twin, policy, rule->when);
	}
	return (policy_add_own(twin, CALL_seccomp, CONDITION_GETS_LISTENER,
			       SECCOMP_RET_ERRNO | EBUSY) &&
		(!bound || policy_add_own(twin, CALL_prctl, CONDITION_CHANGES_PDEATHSIG,
					  SECCOMP_RET_USER_NOTIF))) ||
	       diag_set(error, EXIT_GYVE, "cannot supervise: the policy has too many rules");
}

void twin_forget_ticket(struct policy *policy)
{
	explicit_bzero(&policy->ticket, sizeof policy->ticket);
	explicit_bzero(&policy->launch, sizeof policy->launch);
	/* Without a comparison WHEN holds for every call, and UNLESS for none. */
	policy->ticket.sense = SENSE_WHEN;
	policy->launch.sense = SENSE_UNLESS;
}
