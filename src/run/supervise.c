/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/confine.h"
#include "run/process.h"

extern char **environ;

/* What the child tells before it becomes the target: a page that both have. */
struct handover {
	int listener; /* -1 until it is there */
	bool held;
	bool failed;
	struct error error;
};

struct supervisor {
	const struct supervise *supervise;
	struct handover *handover;
	sigset_t caller_mask;
	struct sigaction caller_chld;
	pid_t target;
	int listener; /* -1 when no process bears the filter any more */
	bool held;
	int signals; /* signalfd */
	bool ended;  /* the target has */
	bool killed; /* the target was, by us */
	bool alone;  /* the target has ended, other bearers of the filter are left */
	bool stop;   /* asked to, after the target ended */
	int status;
	struct seccomp_notif *notif;
	struct seccomp_notif_resp *resp;
	size_t notif_size, resp_size;
};

/* ---- starting ---- */

/* The kernel's structures may be longer than those we were compiled with (SECCOMP_GET_NOTIF_SIZES).
 */
static bool allocate_notices(struct supervisor *s, struct error *error)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot supervise: this kernel has no user notification "
				  "(seccomp SECCOMP_GET_NOTIF_SIZES, Linux 5.0)");
	s->notif_size =
		sizes.seccomp_notif > sizeof *s->notif ? sizes.seccomp_notif : sizeof *s->notif;
	s->resp_size = sizes.seccomp_notif_resp > sizeof *s->resp ? sizes.seccomp_notif_resp
								  : sizeof *s->resp;
	s->notif = calloc(1, s->notif_size);
	s->resp = calloc(1, s->resp_size);
	s->handover = mmap(NULL, sizeof *s->handover, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!s->notif || !s->resp || s->handover == MAP_FAILED)
		return diag_errno(error, EXIT_GYVE, errno, "cannot supervise");
	s->handover->listener = -1;
	diag_set(&s->handover->error, EXIT_GYVE, "the child was killed before it was the target");
	return true;
}

/*
 * All signals that another process may send are read from a descriptor. Those that the kernel sends
 * for our own faults are left alone, as is SIGPIPE: writing says it by EPIPE.
 */
static bool take_signals(struct supervisor *s, struct error *error)
{
	static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };
	const struct sigaction normal = { .sa_handler = SIG_DFL };
	sigset_t all;

	sigfillset(&all);
	for (unsigned i = 0; i < sizeof own / sizeof own[0]; i++)
		sigdelset(&all, own[i]);
	/* Ignored, it would have the kernel reap the target without telling how it ended. */
	if (sigaction(SIGCHLD, &normal, &s->caller_chld) < 0 ||
	    sigprocmask(SIG_BLOCK, &all, &s->caller_mask) < 0)
		return diag_errno(error, EXIT_GYVE, errno, "cannot take over the signals");
	sigdelset(&all, SIGPIPE);
	s->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0)
		return diag_errno(error, EXIT_GYVE, errno, "cannot read signals (signalfd)");
	return true;
}

/* systemd names the process that it means; that is now the child (sd_listen_fds(3)). */
static void rename_in_environment(const char *name, pid_t parent)
{
	const char *value = getenv(name);
	char number[16];

	if (!value || atoi(value) != parent)
		return;
	snprintf(number, sizeof number, "%d", getpid());
	setenv(name, number, 1);
}

/*
 * The child: everything as the caller of this program has it, then the filter, then exec. Nothing
 * is called in between, so the last word goes to the parent through memory.
 */
static void become_target(struct supervisor *s, struct launch *launch, pid_t parent)
{
	struct handover *handover = s->handover;
	struct error *error = &handover->error;

	handover->failed = true;
	environ = (char **)launch->envp;
	rename_in_environment("LISTEN_PID", parent);
	rename_in_environment("WATCHDOG_PID", parent);
	launch->envp = environ;
	sigaction(SIGCHLD, &s->caller_chld, NULL);
	sigprocmask(SIG_SETMASK, &s->caller_mask, NULL);
	if ((s->supervise->bound || s->supervise->die_with_parent) &&
	    !launch_die_with_parent(error))
		return;
	if (!launch_reset_sigsys(error) ||
	    !confine_load_notifying(launch, &handover->listener, &handover->held, error))
		return;
	handover->failed = false;
	launch_exec(launch, error);
	handover->failed = true;
}

/*
 * CLONE_FILES: the descriptor table is one until the child's exec gives it a copy of its own, so
 * the listener that the child opens is here as well; close-on-exec, it is not in the target.
 * CLONE_VFORK: this process goes on when the exec is done, or has failed.
 */
static pid_t start_child(struct supervisor *s, struct launch *launch)
{
	unsigned long flags = CLONE_FILES | CLONE_VFORK | SIGCHLD;
	bool flags_second = abi_rows[syscalls_native_abi()].clone_flags == 1;
	pid_t parent = getpid();
	pid_t child = (pid_t)syscall(SYS_clone, flags_second ? 0 : flags, flags_second ? flags : 0,
				     NULL, NULL, 0);

	if (child != 0)
		return child;
	become_target(s, launch, parent);
	_exit(s->handover->error.status);
}

static bool start(struct supervisor *s, struct launch *launch, struct error *error)
{
	/* Not to be traced, read or looked at under /proc by a process of the same user. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot shield the supervisor (prctl PR_SET_DUMPABLE)");
	s->target = start_child(s, launch);
	if (s->target < 0)
		return diag_errno(error, EXIT_GYVE, errno, "cannot start a child (clone)");
	s->listener = s->handover->listener;
	s->held = s->handover->held;
	if (!s->handover->failed)
		return true;
	while (waitpid(s->target, NULL, 0) < 0 && errno == EINTR)
		;
	*error = s->handover->error;
	return false;
}

/* ---- what this process holds open ---- */

static void close_between(int first, int last)
{
	uint32_t nr;

	if (first > last)
		return;
	if (syscalls_number(syscalls_native_abi(), CALL_close_range, &nr) &&
	    syscall((long)nr, first, last, 0) == 0)
		return;
	if (last > 65535)
		last = 65535;
	for (int fd = first; fd <= last; fd++)
		close(fd);
}

static void put_null(int first, int last)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = first; fd <= last && null >= 0; fd++)
		dup2(null, fd);
	if (null > last)
		close(null);
}

/*
 * Whoever reads from a pipe that the target has closed must see its end: keep nothing of the
 * caller's but what the report goes to and, for a last word, standard error as long as the target
 * lives. 0 to 2 stay taken, so that no other file gets there.
 */
static void keep_own_fds(const struct supervisor *s)
{
	int keep[3] = { s->listener, s->signals, s->supervise->output->fd };
	int from = 3;

	put_null(STDIN_FILENO, STDOUT_FILENO);
	for (int i = 0; i < 3; i++)
		for (int j = i + 1; j < 3; j++)
			if (keep[j] < keep[i]) {
				int swap = keep[i];

				keep[i] = keep[j];
				keep[j] = swap;
			}
	for (int i = 0; i < 3; i++) {
		close_between(from, keep[i] - 1);
		from = keep[i] + 1;
	}
	close_between(from, INT32_MAX);
}

/* ---- answering ---- */

static bool is_waiting(const struct supervisor *s, uint64_t id)
{
	return ioctl(s->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

static struct supervise_result respond(struct supervisor *s, uint64_t id, int number)
{
	struct supervise_result result = { OUTCOME_FAILED, number, false };

	memset(s->resp, 0, s->resp_size);
	s->resp->id = id;
	s->resp->error = -number;
	if (ioctl(s->listener, SECCOMP_IOCTL_NOTIF_SEND, s->resp) < 0)
		result.outcome = OUTCOME_GONE;
	return result;
}

static struct supervise_result let_pass(struct supervisor *s, uint64_t id)
{
	struct supervise_result result = { OUTCOME_PASSED, 0, false };

	memset(s->resp, 0, s->resp_size);
	s->resp->id = id;
	s->resp->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	if (ioctl(s->listener, SECCOMP_IOCTL_NOTIF_SEND, s->resp) == 0)
		return result;
	/* EINVAL: Linux before 5.5 has no CONTINUE. Unanswered, the caller would wait for ever. */
	if (errno == EINVAL)
		return respond(s, id, ENOSYS);
	result.outcome = OUTCOME_GONE;
	return result;
}

/* Whoever cannot be killed or trapped (a setuid program's process) still does not get through. */
static struct supervise_result refuse_unreachable(struct supervisor *s, uint64_t id)
{
	struct supervise_result result = respond(s, id, EPERM);

	result.unwilling = true;
	return result;
}

/*
 * The caller sits in the call while this goes on, so it never runs again. That the notice is still
 * valid after the descriptor was opened means that the descriptor is of the caller's process and
 * not of one that got its number later.
 */
static struct supervise_result kill_process(struct supervisor *s,
					    const struct supervise_notice *notice)
{
	struct supervise_result result = { OUTCOME_KILLED, 0, false };
	pid_t pid;
	int process = process_open(notice->tid, &pid);
	bool sent;

	if (!is_waiting(s, notice->id)) {
		if (process >= 0)
			close(process);
		result.outcome = OUTCOME_GONE;
		return result;
	}
	sent = process >= 0 && process_signal(process, SIGKILL);
	if (process >= 0)
		close(process);
	if (!sent)
		return refuse_unreachable(s, notice->id);
	if (pid == s->target || pid == 0)
		s->killed = true;
	return result;
}

/*
 * Only the kernel may send si_code SYS_SECCOMP; the rest of siginfo is as it would be. A caller
 * that does not catch SIGSYS dies of it in the kernel, so it dies here. The call itself fails with
 * ENOSYS; where the caller is held until it is answered, the handler runs first, as in the kernel.
 */
static struct supervise_result trap(struct supervisor *s, const struct supervise_notice *notice)
{
	struct supervise_result result = { OUTCOME_TRAPPED, 0, false };
	struct process_identity identity;
	siginfo_t info;

	if (!process_catches(notice->tid, SIGSYS))
		return kill_process(s, notice);
	process_identify(notice->tid, &identity);
	memset(&info, 0, sizeof info);
	info.si_signo = SIGSYS;
	info.si_code = SI_QUEUE;
	info.si_call_addr = (void *)(uintptr_t)notice->call.ip;
	info.si_syscall = (int)notice->call.nr;
	info.si_arch = notice->call.arch;
	if (!s->held)
		result = respond(s, notice->id, ENOSYS);
	if (result.outcome == OUTCOME_GONE || (s->held && !is_waiting(s, notice->id)))
		return (struct supervise_result){ OUTCOME_GONE, 0, false };
	if (syscall(SYS_rt_tgsigqueueinfo, identity.pid, notice->tid, SIGSYS, &info) < 0)
		return s->held ? refuse_unreachable(s, notice->id) : result;
	if (s->held)
		respond(s, notice->id, ENOSYS);
	result.outcome = OUTCOME_TRAPPED;
	return result;
}

static struct supervise_result answer(struct supervisor *s, const struct supervise_notice *notice,
				      uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO: return respond(s, notice->id, (int)(action & SECCOMP_RET_DATA));
	case SECCOMP_RET_TRAP: return trap(s, notice);
	case SECCOMP_RET_LOG: return let_pass(s, notice->id);
	default: return kill_process(s, notice);
	}
}

static bool is(const struct call_data *call, enum call name, enum condition_id condition)
{
	enum abi abi = syscalls_abi_of(call);

	return abi != ABI_COUNT && syscalls_at(abi, call->nr) == name &&
	       policy_holds(&condition_rows[condition], abi, call->args);
}

/* By an ABI that the filter covers the call does not come here (twin.h). */
static bool asks_for_listener(const struct call_data *call)
{
	return is(call, CALL_seccomp, CONDITION_GETS_LISTENER);
}

/* Whether the caller is the target's process, or may be. */
static bool may_be_target(const struct supervisor *s, pid_t tid)
{
	pid_t pid;
	int process = process_open(tid, &pid);

	if (process >= 0)
		close(process);
	return process < 0 || pid == s->target || pid == 0;
}

/* Which only the target itself may not do. */
static bool is_free_to_change_pdeathsig(const struct supervisor *s,
					const struct supervise_notice *notice)
{
	return s->supervise->bound && !s->supervise->die_with_parent &&
	       is(&notice->call, CALL_prctl, CONDITION_CHANGES_PDEATHSIG) &&
	       !may_be_target(s, notice->tid);
}

static void receive(struct supervisor *s)
{
	const struct supervise_calls *calls = &s->supervise->calls;
	struct supervise_notice notice;
	struct supervise_result result;
	uint32_t action;

	memset(s->notif, 0, s->notif_size);
	if (ioctl(s->listener, SECCOMP_IOCTL_NOTIF_RECV, s->notif) < 0)
		return; /* ENOENT: the caller died in between */
	notice.id = s->notif->id;
	notice.tid = (pid_t)s->notif->pid;
	notice.call.nr = (uint32_t)s->notif->data.nr;
	notice.call.arch = s->notif->data.arch;
	notice.call.ip = s->notif->data.instruction_pointer;
	for (unsigned i = 0; i < 6; i++)
		notice.call.args[i] = s->notif->data.args[i];
	if (is_free_to_change_pdeathsig(s, &notice)) {
		let_pass(s, notice.id);
		return;
	}
	action = calls->decide(calls->context, &notice);
	if (asks_for_listener(&notice.call))
		action = SECCOMP_RET_ERRNO | EBUSY;
	result = answer(s, &notice, action);
	calls->answered(calls->context, &notice, &result);
}

/* ---- standing for the target ---- */

static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/*
 * Under job control the shell has to see that its job has stopped. Without a terminal nobody would
 * wake this process again, so then only the target stops.
 */
static void stop_alike(const struct supervisor *s)
{
	if (getpgid(s->target) == getpgrp() && has_terminal())
		kill(getpid(), SIGSTOP);
}

/* As process 1 of a container this process is everyone's parent: others are reaped as well. */
static void reap(struct supervisor *s)
{
	int status;
	pid_t child;

	while ((child = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (child != s->target || s->ended)
			continue;
		if (WIFSTOPPED(status)) {
			stop_alike(s);
			continue;
		}
		s->ended = true;
		s->status = status;
	}
}

static bool comes_from_terminals(int signal)
{
	return signal == SIGINT || signal == SIGQUIT || signal == SIGHUP || signal == SIGTSTP ||
	       signal == SIGTTIN || signal == SIGTTOU || signal == SIGWINCH || signal == SIGCONT;
}

/*
 * A key on the terminal reaches the whole foreground group, so the target has it already, unless it
 * went into a group of its own. What the target sent is not for it.
 */
static bool has_it_already(const struct supervisor *s, const struct signalfd_siginfo *info)
{
	bool from_terminal = info->ssi_code > 0 && comes_from_terminals((int)info->ssi_signo);
	bool same_group = getpgid(s->target) == getpgrp();

	return (from_terminal && same_group) ||
	       (info->ssi_code <= 0 && info->ssi_pid == (uint32_t)s->target);
}

static bool ends_a_wait(int signal)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT;
}

static void pass_on(struct supervisor *s, const struct signalfd_siginfo *info)
{
	int signal = (int)info->ssi_signo;
	union sigval value = { .sival_ptr = (void *)(uintptr_t)info->ssi_ptr };

	if (signal == SIGCHLD) {
		reap(s);
	} else if (s->ended) {
		s->stop = s->stop || ends_a_wait(signal);
	} else if (!has_it_already(s, info)) {
		if (info->ssi_code == SI_QUEUE)
			sigqueue(s->target, signal, value);
		else
			kill(s->target, signal);
	}
}

static void read_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof info) == (ssize_t)sizeof info)
		pass_on(s, &info);
}

static bool goes_on(const struct supervisor *s)
{
	if (!s->ended)
		return true;
	return s->listener >= 0 && !s->supervise->until_target && !s->stop;
}

/* When the target has just ended, one look at whether that was the last bearer comes first. */
static int patience(struct supervisor *s)
{
	const struct supervise_calls *calls = &s->supervise->calls;

	return s->ended && !s->alone ? 0 : calls->tick(calls->context);
}

static void take_events(struct supervisor *s, const struct pollfd fds[static 3])
{
	if (fds[0].revents & POLLIN)
		receive(s);
	else if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		s->listener = -1; /* the last bearer is gone; closed at exit */
	if (fds[1].revents)
		read_signals(s);
	if (fds[2].revents)
		output_continue(s->supervise->output);
}

static void watch(struct supervisor *s)
{
	struct output *output = s->supervise->output;

	while (goes_on(s)) {
		struct pollfd fds[3] = {
			{ .fd = s->listener, .events = POLLIN },
			{ .fd = s->signals, .events = POLLIN },
			{ .fd = output_waits(output) ? output->fd : -1, .events = POLLOUT },
		};
		bool ended = s->ended;

		if (poll(fds, 3, patience(s)) < 0)
			continue;
		take_events(s, fds);
		if (ended && !s->alone && goes_on(s)) {
			s->alone = true;
			put_null(STDERR_FILENO, STDERR_FILENO);
		}
	}
}

/* Linux 6.6: wake the other side on this processor, as both never run at once. */
static void wake_at_once(int listener)
{
	uint64_t sync_wake_up = 1;

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS _IOW(SECCOMP_IOC_MAGIC, 4, uint64_t)
#endif
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, sync_wake_up);
}

struct supervise_end supervise_end_of(int status)
{
	bool by_signal = WIFSIGNALED(status);

	return (struct supervise_end){
		.by_signal = by_signal,
		.number = by_signal ? WTERMSIG(status) : WEXITSTATUS(status),
	};
}

bool supervise_run(const struct supervise *supervise, struct launch *launch,
		   struct supervise_end *end, struct error *error)
{
	struct supervisor s = { .supervise = supervise };

	process_begin();
	if (!allocate_notices(&s, error) || !take_signals(&s, error) || !start(&s, launch, error))
		return false;
	supervise->launched();
	signal(SIGPIPE, SIG_IGN);
	keep_own_fds(&s);
	wake_at_once(s.listener);
	watch(&s);
	*end = supervise_end_of(s.status);
	end->by_policy = s.killed && end->by_signal && end->number == SIGKILL;
	if (end->by_policy)
		end->number = SIGSYS;
	/* From here on a signal ends this process, also while it waits for a slow reader. */
	sigprocmask(SIG_SETMASK, &s.caller_mask, NULL);
	return true;
}

_Noreturn void supervise_end_alike(const struct supervise_end *end)
{
	const struct rlimit none = { 0, 0 };
	sigset_t set;

	if (!end->by_signal)
		exit(end->number);
	setrlimit(RLIMIT_CORE, &none);
	signal(end->number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, end->number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(end->number);
	exit(128 +
	     end->number); /* a signal whose default is not death cannot have ended the target */
}
