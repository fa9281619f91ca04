/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mode/session.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

#include "bpf/check.h"
#include "policy/build.h"
#include "policy/cmdline.h"
#include "run/confine.h"
#include "run/environment.h"
#include "run/probe.h"

bool session_has_sandbox(const struct session *session)
{
	const struct request *request = &session->request;

	return choices_enabled(&request->choices) &&
	       (request->given[OPTION_SANDBOX] || !request->given[OPTION_PROFILE] ||
		cmdline_opens(request));
}

/* ---- what the policy depends on ---- */

bool session_draw_ticket(struct session *session, struct error *error)
{
	size_t size = sizeof session->facts.ticket;

	if (getrandom(session->facts.ticket, size, 0) != (ssize_t)size)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot draw the exec ticket (getrandom)");
	return true;
}

/* execve(2) sets saved and file-system ID to the effective one (security/commoncap.c). */
static bool has_one_id(unsigned long real, unsigned long effective, uint32_t *id)
{
	errno = 0;
	*id = (uint32_t)getauxval(real);
	return getauxval(effective) == *id && errno == 0;
}

void session_note_ids(struct session *session)
{
	struct ids *ids = &session->facts.ids;

	ids->has_uid = has_one_id(AT_UID, AT_EUID, &ids->uid);
	ids->has_gid = has_one_id(AT_GID, AT_EGID, &ids->gid);
}

static bool choose_kill(struct policy_facts *facts, struct error *error)
{
	bool available;

	if (!probe_action(SECCOMP_RET_KILL_PROCESS, &available, error))
		return false;
	facts->kill = available ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_TRAP;
	if (!available)
		diag_warn("this kernel has no KILL_PROCESS (Linux 4.14): a denied call traps "
			  "instead, by SIGSYS, which COMMAND can catch");
	return true;
}

static bool find_facts(struct session *session, struct error *error)
{
	const struct request *request = &session->request;
	const struct choices *choices = &request->choices;
	bool available = true;

	session->facts.native = syscalls_native_abi();
	if (request->mode != OPTION_PRINT)
		session_note_ids(session);
	if (!choose_kill(&session->facts, error))
		return false;
	if (choices->value[KEY_ACTION] == VALUE_ACTION_LOG &&
	    !probe_action(SECCOMP_RET_LOG, &available, error))
		return false;
	if (!available)
		return diag_set(
			error, EXIT_GYVE,
			"-sandbox: 'action=log' needs the kernel's action LOG (Linux 4.14), which "
			"this kernel does not offer");
	if (choices->value[KEY_SPAWN] == VALUE_SPAWN_ALLOW && !request->given[OPTION_PROFILE] &&
	    request->mode != OPTION_REPORT)
		return true;
	return session->facts.sealed || session_draw_ticket(session, error);
}

/* ---- the policy and its program ---- */

static bool add_rules(struct session *session, struct error *error)
{
	const struct request *request = &session->request;
	bool has_profile = request->given[OPTION_PROFILE];

	if (has_profile &&
	    !profile_read(&session->profile, request->arguments[OPTION_PROFILE],
			  request->given[OPTION_STRICT_PROFILE], session->facts.kill, error))
		return false;
	if (!session_has_sandbox(session))
		return profile_build(&session->profile, &session->policy, &session->facts, error);
	build_policy(&session->policy, &request->choices, &session->facts);
	return !has_profile || profile_add(&session->profile, &session->policy, error);
}

/* What an option promises, the target may not undo. */
static bool add_promises(struct session *session, struct error *error)
{
	return policy_add_own(&session->policy, CALL_prctl, CONDITION_CHANGES_PDEATHSIG,
			      SECCOMP_RET_ERRNO | EPERM) ||
	       diag_set(error, EXIT_GYVE,
			"--die-with-parent: the policy has no room for the rule that it takes");
}

bool session_build_policy(struct session *session, struct error *error)
{
	return find_facts(session, error) && add_rules(session, error) &&
	       (!session->request.given[OPTION_DIE_WITH_PARENT] || add_promises(session, error));
}

bool session_compile(struct session *session, const struct policy *policy, struct error *error)
{
	struct filter *filter = &session->filter;

	if (!filter_compile(filter, policy, error) ||
	    !check_filter(policy, filter->program, filter->length, CHECK_LAUNCH, NULL, error))
		return false;
	session->launch.program = filter->program;
	session->launch.length = filter->length;
	session->launch.flags = session->request.given[OPTION_PROFILE] ? session->profile.flags : 0;
	session->launch.ticket = session->facts.ticket;
	return true;
}

/* ---- the launch ---- */

/* What "started" says of it: of a run that learns nothing is enforced. */
bool session_open_status(struct session *session, struct error *error)
{
	session->launch.status = &session->status;
	return status_open(&session->status, session->request.arguments[OPTION_STATUS_FD], error);
}

int session_fail(struct session *session, const struct error *error)
{
	status_failed(session->launch.status, error);
	return diag_print(error);
}

static void describe(struct session *session)
{
	const struct request *request = &session->request;
	bool learns = request->mode == OPTION_LEARN || request->mode == OPTION_LEARN_PROFILE;

	session->status.mode = request->mode;
	session->status.choices =
		session_has_sandbox(session) && !learns ? &request->choices : NULL;
	session->status.profile = request->arguments[OPTION_PROFILE];
}

bool session_begin(struct session *session, struct error *error)
{
	const struct request *request = &session->request;
	struct launch *launch = &session->launch;

	launch->argv = request->operands;
	if (launch->status)
		describe(session);
	if (!environment_choose(request, &launch->envp, error) || !launch_find(launch, error))
		return false;
	if (request->given[OPTION_CLOSE_FDS] && !launch_close_fds(launch->envp, error))
		return false;
	return !request->given[OPTION_DIE_WITH_PARENT] || launch_die_with_parent(error);
}

/* A foreign program dies at its first call, before it can say anything. */
static void warn_of_foreign_program(const struct session *session)
{
	const struct policy *policy = &session->policy;
	const char *cure = "'abi=all' would cover it";
	bool in_policy = false, in_profile;
	enum abi abi;

	/* What runs for another machine is an emulator, whose calls are native. */
	if (!launch_elf_abi(&session->launch, &abi) ||
	    !syscalls_same_kernel(syscalls_abi_of_arch(abi_rows[abi].arch), syscalls_native_abi()))
		return;
	for (unsigned i = 0; i < policy->abi_count; i++)
		in_policy |= policy->abis[i].abi == abi;
	in_profile = !session->request.given[OPTION_PROFILE] || session->profile.covers[abi];
	if (in_policy && in_profile)
		return;
	if (abi == ABI_X32)
		cure = "no key allows x32";
	else if (!in_profile)
		cure = "the profile does not have its architecture";
	diag_warn("'%.400s' is a program for %s, every call of which the policy stops; %s",
		  session->launch.search.path, abi_rows[abi].name, cure);
}

const struct reach *session_reach(struct session *session, const char *command)
{
	if (!session_has_sandbox(session))
		return NULL;
	cmdline_reach(&session->request, command, &session->reach);
	return reach_is_wanted(&session->reach) ? &session->reach : NULL;
}

void session_enclose(struct session *session)
{
	const struct request *request = &session->request;
	struct launch *launch = &session->launch;

	warn_of_foreign_program(session);
	launch->no_new_privs = choices_no_new_privs(&request->choices);
	launch->reach = session_reach(session, launch->search.path);
	if (launch->reach && !request->given[OPTION_CLOSE_FDS] &&
	    reach_closes_openings(launch->reach))
		launch_warn_of_open_fds(launch->envp);
}

/*
 * The words are left over from the check and from passing them to execve on the stack below the
 * caller of this: where its own frame lies, if it is not inlined.
 */
__attribute__((noinline)) void session_wipe_stack(void)
{
	unsigned char stack[16384];

	explicit_bzero(stack, sizeof stack);
}

static void wipe_ticket(struct session *session)
{
	explicit_bzero(&session->facts, sizeof session->facts);
	explicit_bzero(&session->policy, sizeof session->policy);
	explicit_bzero(&session->filter, sizeof session->filter);
	session_wipe_stack();
}

static bool confine(struct session *session, struct error *error)
{
	if (!session_build_policy(session, error) ||
	    !session_compile(session, &session->policy, error) || !launch_reset_sigsys(error))
		return false;
	session_enclose(session);
	return confine_load(&session->launch, error);
}

bool session_launch(struct session *session, struct error *error)
{
	struct launch *launch = &session->launch;

	if (!session_begin(session, error))
		return false;
	if (session_has_sandbox(session) || session->request.given[OPTION_PROFILE]) {
		if (!confine(session, error))
			return false;
	} else if (!status_started(launch->status, launch, &(struct domain){ 0 }, error)) {
		return false;
	}
	launch_exec(launch, error);
	wipe_ticket(session);
	return false;
}
