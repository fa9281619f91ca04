/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/answer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/process.h"

/* ---- what ---- */

static bool is(const struct call_data *call, enum call name, enum condition_id condition)
{
	enum abi abi = syscalls_abi_of(call);
	uint32_t nr;

	return abi != ABI_COUNT && syscalls_number(abi, name, &nr) && nr == call->nr &&
	       policy_holds(&condition_rows[condition], abi, call->args);
}

/* Whether the caller belongs to this process, or may do. */
static bool may_be(pid_t process, pid_t tid)
{
	pid_t pid;
	int fd = process_open(tid, &pid);

	if (fd >= 0)
		close(fd);
	return fd < 0 || pid == process || pid == 0;
}

/* What no policy says: that the target shall not get a supervisor's place, nor outlive it. */
static uint32_t decide_for_ourselves(const struct judge *judge, const struct notification *caller)
{
	/* Of an ABI that the filter covers this does not come here (notify.h). */
	if (is(&caller->call, CALL_seccomp, CONDITION_GETS_LISTENER))
		return SECCOMP_RET_ERRNO | EBUSY;
	if (!is(&caller->call, CALL_prctl, CONDITION_CHANGES_PDEATHSIG))
		return SECCOMP_RET_ALLOW;
	if (judge->tied || (judge->bound && may_be(judge->bound, caller->tid)))
		return SECCOMP_RET_ERRNO | EPERM;
	return SECCOMP_RET_ALLOW;
}

static const char *denying_group(const struct policy *policy, const struct call_data *call)
{
	const struct policy_rule *rule = policy_decide(policy, call);

	return group_rows[rule ? rule->group : GROUP_ABI].name;
}

void answer_decide(const struct judge *judge, struct asked *asked)
{
	const struct call_data *call = &asked->notification.call;

	asked->group = "supervision";
	asked->action = asked->denial = decide_for_ourselves(judge, &asked->notification);
	asked->ours = asked->action != SECCOMP_RET_ALLOW;
	if (asked->ours)
		return;
	asked->action = asked->denial = policy_verdict(judge->policy, call);
	asked->group =
		asked->action == SECCOMP_RET_ALLOW ? NULL : denying_group(judge->policy, call);
	if (judge->permissive)
		asked->action = SECCOMP_RET_ALLOW;
}

/* ---- how ---- */

static bool settle(enum listener_result result, struct answer *answer)
{
	if (result == LISTENER_GONE)
		answer->outcome = OUTCOME_GONE;
	return result != LISTENER_BROKEN;
}

static bool refuse(struct judge *judge, uint64_t id, int number, struct answer *answer,
		   struct error *error)
{
	answer->outcome = OUTCOME_FAILED;
	answer->number = number;
	return settle(listener_refuse(judge->listener, id, number, error), answer);
}

static bool let_pass(struct judge *judge, uint64_t id, struct answer *answer, struct error *error)
{
	enum listener_result result =
		listener_let_pass(judge->listener, id, &answer->number, error);

	answer->outcome = answer->number ? OUTCOME_FAILED : OUTCOME_PASSED;
	return settle(result, answer);
}

/* Whoever cannot be killed or trapped (a setuid program's process) still does not get through. */
static bool refuse_unreachable(struct judge *judge, uint64_t id, struct answer *answer,
			       struct error *error)
{
	answer->out_of_reach = true;
	return refuse(judge, id, EPERM, answer, error);
}

/*
 * The caller sits in the call while this goes on, so it never runs again. That it still does so
 * after the descriptor was opened means that the descriptor is of the caller's process and not of
 * one that got its number later.
 */
static bool kill_process(struct judge *judge, const struct notification *caller,
			 struct answer *answer, struct error *error)
{
	pid_t pid;
	int process = process_open(caller->tid, &pid);
	enum listener_result result = listener_look(judge->listener, caller->id, error);
	bool sent = result == LISTENER_DONE && process >= 0 && process_signal(process, SIGKILL);

	if (process >= 0)
		close(process);
	answer->outcome = OUTCOME_KILLED;
	if (result != LISTENER_DONE)
		return settle(result, answer);
	if (!sent)
		return refuse_unreachable(judge, caller->id, answer, error);
	if (judge->target && (pid == judge->target || pid == 0))
		judge->killed = true;
	return true;
}

/* Only the kernel may send si_code SYS_SECCOMP; the rest of siginfo is as it would be. */
static bool send_sigsys(const struct notification *caller)
{
	struct process_identity identity;
	siginfo_t info;

	process_identify(caller->tid, &identity);
	memset(&info, 0, sizeof info);
	info.si_signo = SIGSYS;
	info.si_code = SI_QUEUE;
	info.si_call_addr = (void *)(uintptr_t)caller->call.ip;
	info.si_syscall = (int)caller->call.nr;
	info.si_arch = caller->call.arch;
	return syscall(SYS_rt_tgsigqueueinfo, identity.pid, caller->tid, SIGSYS, &info) == 0;
}

/*
 * A caller that does not catch SIGSYS dies of it in the kernel, so it dies here. The call itself
 * fails with ENOSYS. Where the caller is held until it is answered, the signal is sent before, so
 * that the handler runs first, as in the kernel; else it would end the notification.
 */
static bool trap(struct judge *judge, const struct notification *caller, struct answer *answer,
		 struct error *error)
{
	bool held = judge->listener->held;
	enum listener_result result;

	if (!process_catches(caller->tid, SIGSYS))
		return kill_process(judge, caller, answer, error);
	result = held ? listener_look(judge->listener, caller->id, error)
		      : listener_refuse(judge->listener, caller->id, ENOSYS, error);
	answer->outcome = OUTCOME_FAILED;
	answer->number = ENOSYS;
	if (result != LISTENER_DONE)
		return settle(result, answer);
	if (!send_sigsys(caller))
		return !held || refuse_unreachable(judge, caller->id, answer, error);
	answer->outcome = OUTCOME_TRAPPED;
	answer->number = 0;
	return !held ||
	       listener_refuse(judge->listener, caller->id, ENOSYS, error) != LISTENER_BROKEN;
}

bool answer_give(struct judge *judge, const struct asked *asked, struct answer *answer,
		 struct error *error)
{
	const struct notification *caller = &asked->notification;

	*answer = (struct answer){ .outcome = OUTCOME_GONE };
	switch (asked->action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG: return let_pass(judge, caller->id, answer, error);
	case SECCOMP_RET_ERRNO:
		return refuse(judge, caller->id, (int)(asked->action & SECCOMP_RET_DATA), answer,
			      error);
	case SECCOMP_RET_TRAP: return trap(judge, caller, answer, error);
	default: return kill_process(judge, caller, answer, error);
	}
}
