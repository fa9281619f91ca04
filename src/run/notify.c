/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* LOG lets the call through, but a report must say so. */
static uint32_t asking(uint32_t action)
{
	uint32_t kind = action & SECCOMP_RET_ACTION_FULL;

	return kind == SECCOMP_RET_ALLOW || kind == SECCOMP_RET_TRACE ? action
								      : SECCOMP_RET_USER_NOTIF;
}

/* A condition that lies in the policy itself has its place in the other, too. */
static const struct condition *own_condition(const struct policy *notifying,
					     const struct policy *policy,
					     const struct condition *when)
{
	uintptr_t offset = (uintptr_t)when - (uintptr_t)policy;

	if (offset >= sizeof *policy)
		return when;
	return (const struct condition *)(const void *)((const char *)notifying + offset);
}

static bool too_many(struct error *error)
{
	return diag_set(error, EXIT_GYVE, "cannot supervise: the policy has too many rules");
}

static void take_over(struct policy *notifying, const struct policy *policy)
{
	/* The rules in use only: to touch the rest would cost more than the launch. */
	memcpy(notifying, policy,
	       offsetof(struct policy, rules) + policy->count * sizeof policy->rules[0]);
	for (unsigned i = 0; i < notifying->layer_count; i++)
		notifying->layer_default[i] = asking(policy->layer_default[i]);
	notifying->default_action = asking(policy->default_action);
	notifying->foreign_action = asking(policy->foreign_action);
	for (unsigned i = 0; i < notifying->count; i++) {
		struct policy_rule *rule = &notifying->rules[i];

		rule->action = asking(rule->action);
		rule->when = own_condition(notifying, policy, rule->when);
	}
}

static bool ask_about_exec(struct policy *notifying)
{
	struct policy_abi *native = &notifying->abis[0];
	uint32_t nr;

	if (syscalls_number(native->abi, CALL_execve, &nr) &&
	    !policy_add(notifying, native, nr, nr, SECCOMP_RET_USER_NOTIF, &notifying->ticket))
		return false;
	for (unsigned i = 1; i < notifying->abi_count; i++)
		if (syscalls_number(notifying->abis[i].abi, CALL_execve, &nr) &&
		    !policy_add(notifying, &notifying->abis[i], nr, nr, SECCOMP_RET_USER_NOTIF,
				NULL))
			return false;
	return policy_add_own(notifying, CALL_execveat, CONDITION_ALWAYS, SECCOMP_RET_USER_NOTIF);
}

static bool is_asked(const struct path_call_row *row, unsigned asks)
{
	if (row->act == ACT_EXECUTE)
		return false;
	if (row->act == ACT_CONNECT)
		return asks & NOTIFY_ASKS_PORTS;
	return asks & NOTIFY_ASKS_READING ||
	       (asks & NOTIFY_ASKS_WRITING && row->asks != ASKS_NEVER) ||
	       (asks & NOTIFY_ASKS_PORTS && row->act == ACT_BIND);
}

static bool ask_about_paths(struct policy *notifying, unsigned asks)
{
	bool sockets = false;

	for (unsigned i = 0; i < path_call_row_count; i++) {
		const struct path_call_row *row = &path_call_rows[i];
		enum condition_id when = asks & NOTIFY_ASKS_READING || row->asks == ASKS_NEVER
						 ? CONDITION_ALWAYS
						 : (enum condition_id)row->asks;

		if (!is_asked(row, asks))
			continue;
		sockets |= row->act == ACT_BIND;
		if (!policy_add_own(notifying, row->call, when, SECCOMP_RET_USER_NOTIF))
			return false;
	}
	/* Whose calls are behind a pointer. */
	return !sockets || policy_add_own(notifying, CALL_socketcall, CONDITION_ALWAYS,
					  SECCOMP_RET_USER_NOTIF);
}

bool notify_build(struct policy *notifying, const struct policy *policy, unsigned asks,
		  struct error *error)
{
	take_over(notifying, policy);
	if (!policy_add_own(notifying, CALL_seccomp, CONDITION_GETS_LISTENER,
			    SECCOMP_RET_ERRNO | EBUSY))
		return too_many(error);
	if (asks & NOTIFY_ASKS_PDEATHSIG &&
	    !policy_add_own(notifying, CALL_prctl, CONDITION_CHANGES_PDEATHSIG,
			    SECCOMP_RET_USER_NOTIF))
		return too_many(error);
	if (asks & NOTIFY_ASKS_EXEC && !ask_about_exec(notifying))
		return too_many(error);
	return ask_about_paths(notifying, asks) || too_many(error);
}

static bool let_launch_pass(struct policy *notifying, enum call call)
{
	uint32_t nr;

	return !syscalls_number(notifying->abis[0].abi, call, &nr) ||
	       policy_add(notifying, &notifying->abis[0], nr, nr, SECCOMP_RET_ALLOW,
			  &notifying->launch);
}

bool notify_build_watching(struct policy *notifying, struct policy *policy,
			   const struct policy_facts *facts, struct error *error)
{
	policy_init(policy, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW);
	policy_set_ticket(policy, facts);
	policy_add_abis(policy, facts->native, true);
	policy_init(notifying, SECCOMP_RET_USER_NOTIF, SECCOMP_RET_USER_NOTIF);
	policy_set_ticket(notifying, facts);
	policy_add_abis(notifying, facts->native, false);
	return (policy_add_own(policy, CALL_clone3, CONDITION_ALWAYS, SECCOMP_RET_ERRNO | ENOSYS) &&
		let_launch_pass(notifying, CALL_execve) &&
		let_launch_pass(notifying, CALL_exit_group)) ||
	       too_many(error);
}

void notify_forget_ticket(struct policy *policy)
{
	explicit_bzero(&policy->ticket, sizeof policy->ticket);
	explicit_bzero(&policy->launch, sizeof policy->launch);
	/* Without a comparison WHEN holds for every call, and UNLESS for none. */
	policy->ticket.sense = SENSE_WHEN;
	policy->launch.sense = SENSE_UNLESS;
}
