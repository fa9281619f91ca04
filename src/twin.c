/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin.h"

#include <string.h>

/* LOG lets the call through, but a report must say so. */
static uint32_t notifying(uint32_t action)
{
	uint32_t kind = action & SECCOMP_RET_ACTION_FULL;

	return kind == SECCOMP_RET_ALLOW || kind == SECCOMP_RET_TRACE ? action
								      : SECCOMP_RET_USER_NOTIF;
}

void twin_build(struct policy *twin, const struct policy *policy)
{
	memcpy(twin, policy, sizeof *twin);
	twin->default_action = notifying(policy->default_action);
	twin->foreign_action = notifying(policy->foreign_action);
	for (unsigned i = 0; i < twin->count; i++) {
		struct policy_rule *rule = &twin->rules[i];

		rule->action = notifying(rule->action);
		if (rule->when == &policy->ticket)
			rule->when = &twin->ticket;
	}
}

void twin_forget_ticket(struct policy *policy)
{
	explicit_bzero(&policy->ticket, sizeof policy->ticket);
	policy->ticket.sense = SENSE_WHEN; /* and no comparison: holds for every call */
}
