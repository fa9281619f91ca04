/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gyve: text -> choices -> rules -> compiled program -> checked -> exec. Each arrow is a module;
 * this file is their order.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

#include "bpf/check.h"
#include "policy/cmdline.h"
#include "policy/opening.h"
#include "show/explain.h"
#include "show/format.h"
#include "bpf/filter.h"
#include "run/confine.h"
#include "run/environment.h"
#include "run/launch.h"
#include "run/learn.h"
#include "profile/learn_profile.h"
#include "show/listing.h"
#include "base/output.h"
#include "base/printing.h"
#include "run/probe.h"
#include "profile/profile.h"
#include "run/report.h"
#include "run/room.h"
#include "run/status.h"
#include "run/supervise.h"
#include "run/twin.h"

/*
 * Large, and touched once: in .bss a page costs nothing until it is written. The first four are
 * what a plain launch writes to, and stand together so that they share pages (the compiler lays
 * them out in this order or its reverse).
 */
static struct policy policy;
static struct filter filter;
static struct policy_target target;
static struct request request;
static struct status launch_status;
static struct policy twin;
static struct output output;
static struct profile profile;

static bool draw_ticket(struct error *error)
{
	size_t size = sizeof target.ticket;

	if (getrandom(target.ticket, size, 0) != (ssize_t)size)
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

static void note_ids(void)
{
	target.ids.has_uid = has_one_id(AT_UID, AT_EUID, &target.ids.uid);
	target.ids.has_gid = has_one_id(AT_GID, AT_EGID, &target.ids.gid);
}

static bool choose_kill(struct error *error)
{
	bool available;

	if (!probe_action(SECCOMP_RET_KILL_PROCESS, &available, error))
		return false;
	target.kill = available ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_TRAP;
	if (!available)
		diag_warn("this kernel has no KILL_PROCESS (Linux 4.14): a denied call traps "
			  "instead, by SIGSYS, which COMMAND can catch");
	return true;
}

/* What the policy needs to know of this kernel: as little as possible is asked. */
static bool choose_target(const struct choices *choices, struct error *error)
{
	bool available = true;

	target.native = syscalls_native_abi();
	if (request.mode != OPTION_PRINT)
		note_ids();
	if (!choose_kill(error))
		return false;
	if (choices->value[KEY_ACTION] == VALUE_ACTION_LOG &&
	    !probe_action(SECCOMP_RET_LOG, &available, error))
		return false;
	if (!available)
		return diag_set(
			error, EXIT_GYVE,
			"-sandbox: 'action=log' needs the kernel's action LOG (Linux 4.14), which "
			"this kernel does not offer");
	if (choices->value[KEY_SPAWN] == VALUE_SPAWN_ALLOW && !request.given[OPTION_PROFILE] &&
	    request.mode != OPTION_REPORT)
		return true;
	return target.sealed || draw_ticket(error);
}

/* A profile stands for itself, unless -sandbox or what opens something is given as well. */
static bool has_sandbox(void)
{
	return choices_enabled(&request.choices) &&
	       (request.given[OPTION_SANDBOX] || !request.given[OPTION_PROFILE] ||
		opening_is_given(&request));
}

static bool build_policy(const struct choices *choices, struct error *error)
{
	bool has_profile = request.given[OPTION_PROFILE];

	if (has_profile && !profile_read(&profile, request.arguments[OPTION_PROFILE],
					 request.given[OPTION_STRICT_PROFILE], target.kill, error))
		return false;
	if (!has_sandbox())
		return profile_build(&profile, &policy, &target, error);
	policy_build(&policy, choices, &target);
	return !has_profile || profile_add(&profile, &policy, error);
}

/* What an option promises, the target may not undo. */
static bool add_promises(struct error *error)
{
	return !request.given[OPTION_DIE_WITH_PARENT] ||
	       policy_add_own(&policy, CALL_prctl, CONDITION_CHANGES_PDEATHSIG,
			      SECCOMP_RET_ERRNO | EPERM) ||
	       diag_set(error, EXIT_GYVE,
			"--die-with-parent: the policy has no room for the rule that it takes");
}

static bool prepare_policy(const struct choices *choices, struct error *error)
{
	return choose_target(choices, error) && build_policy(choices, error) && add_promises(error);
}

static bool prepare_filter(const struct policy *from, struct error *error)
{
	return filter_compile(&filter, from, error) &&
	       check_filter(from, filter.program, filter.length, CHECK_LAUNCH, NULL, error);
}

/* A foreign program dies at its first call, before it can say anything. */
static void warn_of_foreign_target(const struct launch *launch)
{
	const char *cure = "'abi=all' would cover it";
	bool in_policy = false, in_profile;
	enum abi abi;

	/* What runs for another machine is an emulator, whose calls are native. */
	if (!launch_elf_abi(launch, &abi) ||
	    !syscalls_same_kernel(syscalls_abi_of_arch(abi_rows[abi].arch), syscalls_native_abi()))
		return;
	for (unsigned i = 0; i < policy.abi_count; i++)
		in_policy |= policy.abis[i].abi == abi;
	in_profile = !request.given[OPTION_PROFILE] || profile.covers[abi];
	if (in_policy && in_profile)
		return;
	if (abi == ABI_X32)
		cure = "no key allows x32";
	else if (!in_profile)
		cure = "the profile does not have its architecture";
	diag_warn("'%.400s' is a program for %s, every call of which the policy stops; %s",
		  launch->search.path, abi_rows[abi].name, cure);
}

/*
 * The words are left over from the check and from passing them to execve on the stack below the
 * caller of this: where its own frame lies, if it is not inlined.
 */
__attribute__((noinline)) static void wipe_stack(void)
{
	unsigned char stack[16384];

	explicit_bzero(stack, sizeof stack);
}

static void wipe_ticket(void)
{
	explicit_bzero(&target, sizeof target);
	explicit_bzero(&policy, sizeof policy);
	explicit_bzero(&filter, sizeof filter);
	wipe_stack();
}

/* The status, if one was asked for. */
static struct status *asked(void)
{
	return request.given[OPTION_STATUS_FD] ? &launch_status : NULL;
}

static bool is_learning(void)
{
	return request.mode == OPTION_LEARN || request.mode == OPTION_LEARN_PROFILE;
}

/* What every launch begins with. */
static bool begin(struct launch *launch, struct error *error)
{
	launch->argv = request.operands;
	launch->status = asked();
	if (launch->status) {
		launch_status.mode = request.mode;
		launch_status.choices = has_sandbox() && !is_learning() ? &request.choices : NULL;
		launch_status.profile = request.arguments[OPTION_PROFILE];
	}
	if (!environment_choose(&request, &launch->envp, error) || !launch_find(launch, error))
		return false;
	if (request.given[OPTION_CLOSE_FDS] && !launch_close_fds(launch->envp, error))
		return false;
	return !request.given[OPTION_DIE_WITH_PARENT] || launch_die_with_parent(error);
}

static void take_filter(struct launch *launch)
{
	launch->program = filter.program;
	launch->length = filter.length;
	launch->flags = request.given[OPTION_PROFILE] ? profile.flags : 0;
	launch->ticket = target.ticket;
}

/* *wanted is what Landlock shall hold of a launch of this file, or untouched. */
static void take_reach(const char *command, const struct reach **wanted)
{
	static struct reach reach;

	if (!has_sandbox())
		return;
	opening_reach(&request, command, &reach);
	if (reach_is_wanted(&reach))
		*wanted = &reach;
}

static void enclose(struct launch *launch)
{
	warn_of_foreign_target(launch);
	launch->no_new_privs = choices_no_new_privs(&request.choices);
	take_reach(launch->search.path, &launch->reach);
	if (launch->reach && !request.given[OPTION_CLOSE_FDS] &&
	    reach_closes_openings(launch->reach))
		launch_warn_of_open_fds(launch->envp);
}

/* Returns only on failure. */
static bool run(struct error *error)
{
	struct launch launch = { 0 };

	if (!begin(&launch, error))
		return false;
	if (has_sandbox() || request.given[OPTION_PROFILE]) {
		if (!prepare_policy(&request.choices, error) || !prepare_filter(&policy, error) ||
		    !launch_reset_sigsys(error))
			return false;
		take_filter(&launch);
		enclose(&launch);
		if (!confine_load(&launch, error))
			return false;
	} else if (!status_started(launch.status, &launch, &(struct domain){ 0 }, error)) {
		return false;
	}
	launch_exec(&launch, error);
	wipe_ticket();
	return false;
}

static bool prepare_supervisor(struct error *error)
{
	bool available;

	if (!probe_action(SECCOMP_RET_USER_NOTIF, &available, error))
		return false;
	if (!available)
		return diag_set(
			error, EXIT_GYVE,
			"cannot supervise: this kernel has no user notification (Linux 5.0)");
	return room_fill_standard_fds(error);
}

static bool open_output(struct error *error)
{
	return output_open(&output, request.arguments[OPTION_REPORT_FILE],
			   request.arguments[OPTION_REPORT_FD], error);
}

static bool is_json(void)
{
	return request.mode_argument && strcmp(request.mode_argument, "json") == 0;
}

static void launched(void)
{
	status_close(asked());
	/* What was written to, and no more: to touch the rest would cost a page fault each. */
	explicit_bzero(&target, sizeof target);
	explicit_bzero(&twin, offsetof(struct policy, rules));
	explicit_bzero(filter.buffer + VERDICT_MAX_LENGTH - filter.length,
		       filter.length * sizeof filter.buffer[0]);
	twin_forget_ticket(&policy);
	wipe_stack();
}

/* The target runs under the twin's filter; the policy itself is for the supervision to consult. */
static bool supervise(struct supervision *supervision, struct launch *launch,
		      struct supervise_end *end, struct error *error)
{
	const char *until = request.arguments[OPTION_UNTIL];

	supervision->policy = &policy;
	supervision->launched = launched;
	supervision->until_target = until && strcmp(until, "target") == 0;
	supervision->die_with_parent = request.given[OPTION_DIE_WITH_PARENT];
	if (!prepare_filter(&twin, error))
		return false;
	take_filter(launch);
	return supervise_run(supervision, launch, end, error);
}

static bool run_reported(struct error *error)
{
	const struct choices *choices = &request.choices;
	unsigned asks = TWIN_ASKS_PDEATHSIG | (report_wants_exec(choices) ? TWIN_ASKS_EXEC : 0);
	struct launch launch = { 0 };
	struct supervision supervision = { .output = &output, .bound = true };
	struct report *report;
	struct supervise_end end;

	if (!choices_enabled(choices)) {
		diag_warn("--report: nothing is denied, so there is nothing to report");
		return run(error);
	}
	if (!prepare_supervisor(error) || !open_output(error) || !begin(&launch, error) ||
	    !prepare_policy(choices, error) || !twin_build(&twin, &policy, asks, error))
		return false;
	enclose(&launch);
	report = report_begin(choices, launch.search.path, is_json(), &output, error);
	if (!report)
		return false;
	supervision.observer = report_observer(report);
	supervision.fd = output.fd;
	if (!supervise(&supervision, &launch, &end, error))
		return false;
	report_finish(report, &end);
	if (end.broken)
		return false;
	supervise_end_alike(&end);
}

static bool run_learning(struct error *error)
{
	const struct choices *choices = &request.choices;
	struct launch launch = { .no_new_privs = NNP_IF_NEEDED };
	struct supervision supervision = { .output = &output, .permissive = true };
	struct learn *learn;
	struct supervise_end end;

	learn_choices(&request.choices);
	if (!prepare_supervisor(error) || !open_output(error))
		return false;
	diag_warn("--learn: nothing is denied in this run, so it does not protect");
	if (!begin(&launch, error) || !prepare_policy(choices, error) ||
	    !twin_build(&twin, &policy, 0, error))
		return false;
	learn = learn_begin(launch.search.path, is_json(), &output, error);
	if (!learn)
		return false;
	supervision.observer = learn_observer(learn);
	supervision.fd = output.fd;
	if (!supervise(&supervision, &launch, &end, error) || end.broken)
		return false;
	/* The run was for the sake of this. */
	if (!learn_finish(learn, &end))
		return diag_errno(error, EXIT_GYVE, output.broken,
				  "--learn: cannot write what was learned");
	supervise_end_alike(&end);
}

static bool run_learning_profile(struct error *error)
{
	struct launch launch = { .no_new_privs = NNP_SET };
	struct supervision supervision = { .output = NULL };
	struct learn_profile *learned;
	struct supervise_end end;

	target.native = syscalls_native_abi();
	if (!prepare_supervisor(error) || !begin(&launch, error) || !draw_ticket(error) ||
	    !twin_build_watching(&twin, &policy, &target, error))
		return false;
	learned = learn_profile_begin(request.mode_argument, error);
	if (!learned)
		return false;
	supervision.observer = learn_profile_observer(learned);
	supervision.fd = learn_profile_fd(learned);
	if (!supervise(&supervision, &launch, &end, error) || end.broken) {
		learn_profile_drop(learned);
		return false;
	}
	if (!learn_profile_finish(learned, error))
		return false;
	supervise_end_alike(&end);
}

static int learn_from_traces(void)
{
	const char *base = request.arguments[OPTION_PROFILE];
	struct error error;
	bool good;

	if (request.mode == OPTION_FROM_STRACE)
		good = learn_profile_strace(request.mode_argument, base, stdout, &error);
	else
		good = learn_profile_audit(&request, stdout, &error);
	return good ? 0 : diag_print(&error);
}

static int probe(void)
{
	struct probe result;

	probe_run(&result);
	if (request.given[OPTION_JSON])
		probe_print_json(&result, stdout);
	else
		probe_print(&result, stdout);
	return (int)result.status;
}

static bool print(struct error *error)
{
	struct export export = { .policy = &policy, .filter = &filter };
	enum format format;

	if (!format_find(request.mode_argument, &format, error))
		return false;
	if (!has_sandbox() && !request.given[OPTION_PROFILE])
		return diag_set(error, EXIT_GYVE,
				"--print: '-sandbox off' leaves nothing to print");
	target.sealed = format_rows[format].exec == FORMAT_SEALED;
	if (format_rows[format].ids)
		note_ids();
	if (!prepare_policy(&request.choices, error) || !prepare_filter(&policy, error))
		return false;
	take_reach(NULL, &export.reach);
	export.choices = has_sandbox() ? &request.choices : NULL;
	export.profile = request.arguments[OPTION_PROFILE];
	export.flags = profile.flags;
	return format_print(format, &export, stdout, error);
}

static int fail(const struct error *error)
{
	status_failed(asked(), error);
	return diag_print(error);
}

int main(int argc, char **argv)
{
	struct error error, ignored;
	bool done;

	if (getauxval(AT_SECURE)) {
		diag_set(&error, EXIT_GYVE,
			 "refusing to run with more privileges than the caller has: "
			 "gyve must not be setuid, setgid or have file capabilities");
		return diag_print(&error);
	}
	done = cmdline_parse(argc, argv, &request, &error);
	if (!status_open(asked(), request.arguments[OPTION_STATUS_FD], done ? &error : &ignored) ||
	    !done)
		return fail(&error);
	if (request.mode == OPTION_LAUNCH) {
		run(&error);
		return fail(&error);
	}
	if (request.mode == OPTION_REPORT || request.mode == OPTION_LEARN ||
	    request.mode == OPTION_LEARN_PROFILE) {
		(void)(request.mode == OPTION_REPORT  ? run_reported(&error)
		       : request.mode == OPTION_LEARN ? run_learning(&error)
						      : run_learning_profile(&error));
		return fail(&error);
	}
	if (!printing_begin(&error))
		return diag_print(&error);
	if (request.mode == OPTION_FROM_STRACE || request.mode == OPTION_FROM_AUDIT)
		return printing_end(learn_from_traces());
	if (request.mode == OPTION_PRINT)
		return print(&error) ? printing_end(0) : diag_print(&error);
	if (request.mode == OPTION_PROBE)
		return printing_end(probe());
	if (request.mode == OPTION_EXPLAIN)
		done = explain_words(request.operands, stdout, &error);
	else if (request.mode == OPTION_EXPLAIN_LOG)
		done = explain_log(&request, stdout, &error);
	else
		done = listing_print(&request, stdout, &error);
	return printing_end(done ? 0 : diag_print(&error));
}
