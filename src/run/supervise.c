/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/confine.h"
#include "run/process.h"
#include "run/room.h"
#include "run/standin.h"

extern char **environ;

/* What the child tells before it becomes the target: a page that both have. */
struct handover {
	int listener; /* -1 until it is there */
	bool held;
	bool failed;
	struct domain domain;
	struct error error;
};

struct supervisor {
	const struct supervision *supervision;
	struct handover *handover;
	struct listener listener;
	struct judge judge;
	struct standin standin;
	int nothing; /* a descriptor that stands in for those that are given up (room.h) */
	bool alone;  /* the target has ended, other bearers of the filter are left */
	struct retry retry;
};

/* ---- starting ---- */

static bool prepare(struct supervisor *s, struct error *error)
{
	process_begin();
	if (!room_take_stack(error) || !listener_prepare(&s->listener, error))
		return false;
	s->nothing = room_open_void(error);
	if (s->nothing < 0)
		return false;
	s->handover = mmap(NULL, sizeof *s->handover, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->handover == MAP_FAILED)
		return diag_errno(error, EXIT_GYVE, errno, "cannot supervise");
	s->handover->listener = -1;
	diag_set(&s->handover->error, EXIT_GYVE, "the child was killed before it was the target");
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
	const struct supervision *supervision = s->supervision;
	struct handover *handover = s->handover;
	struct error *error = &handover->error;

	handover->failed = true;
	launch->domain = &handover->domain;
	environ = (char **)launch->envp;
	rename_in_environment("LISTEN_PID", parent);
	rename_in_environment("WATCHDOG_PID", parent);
	launch->envp = environ;
	standin_give_back(&s->standin);
	if ((supervision->bound || supervision->die_with_parent) && !launch_die_with_parent(error))
		return;
	if (!launch_reset_sigsys(error) ||
	    !confine_load_notifying(launch, &handover->listener, &handover->held, error))
		return;
	handover->failed = false;
	launch_exec(launch, error);
	handover->failed = true;
}

/* The parent is suspended, and could not be asked: so this passes by the ticket, as execve does. */
static _Noreturn void leave(const struct launch *launch, int status)
{
	const uint64_t *word = launch->ticket;

	syscall(SYS_exit_group, (long)status, 0L, 0L, (unsigned long)word[0],
		(unsigned long)word[1], (unsigned long)word[2]);
	_exit(status);
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
	leave(launch, s->handover->error.status);
}

static bool start(struct supervisor *s, struct launch *launch, struct error *error)
{
	/* Not to be traced, read or looked at under /proc by a process of the same user. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot shield the supervisor (prctl PR_SET_DUMPABLE)");
	s->standin.target = start_child(s, launch);
	if (s->standin.target < 0)
		return diag_errno(error, EXIT_GYVE, errno, "cannot start a child (clone)");
	s->listener.fd = s->handover->listener;
	s->listener.held = s->handover->held;
	if (!s->handover->failed)
		return true;
	standin_wait(&s->standin);
	*error = s->handover->error;
	return false;
}

/* 0 to 2 stay taken, and standard error is there for a last word as long as the target lives. */
static void keep_own_fds(const struct supervisor *s)
{
	int keep[] = { s->listener.fd, s->standin.signals, s->nothing, s->supervision->fd };

	dup3(s->nothing, STDIN_FILENO, O_CLOEXEC);
	dup3(s->nothing, STDOUT_FILENO, O_CLOEXEC);
	room_close_others(keep, sizeof keep / sizeof keep[0]);
}

/* ---- answering ---- */

/* What the kernel said was there was not, or a signal came. That may be, but not for ever. */
static bool try_again(struct supervisor *s, const char *call, int number, struct error *error)
{
	return retry_allowed(&s->retry) ||
	       diag_errno(error, EXIT_GYVE, number, "the supervision failed (%s)", call);
}

static bool serve(struct supervisor *s, struct error *error)
{
	const struct observer *observer = &s->supervision->observer;
	struct asked asked;
	struct answer answer;

	switch (listener_receive(&s->listener, &asked.notification, error)) {
	case LISTENER_BROKEN: return false;
	case LISTENER_GONE: return try_again(s, "ioctl SECCOMP_IOCTL_NOTIF_RECV", ENOENT, error);
	case LISTENER_DONE: break;
	}
	s->retry.failures = 0;
	answer_decide(&s->judge, &asked);
	if (observer->asked)
		observer->asked(observer->context, &asked);
	if (!answer_give(&s->judge, &asked, &answer, error))
		return false;
	if (observer->answered)
		observer->answered(observer->context, &asked, &answer);
	return true;
}

/* ---- the loop ---- */

static bool must_stay(const struct supervisor *s)
{
	if (!s->standin.ended)
		return true;
	return s->listener.fd >= 0 && !s->supervision->until_target && !s->standin.stop &&
	       listener_tells_end(&s->listener);
}

/* When the target has just ended, one look at whether that was the last bearer comes first. */
static int time_to_wait(struct supervisor *s)
{
	const struct observer *observer = &s->supervision->observer;

	if (s->standin.ended && !s->alone)
		return 0;
	return observer->tick ? observer->tick(observer->context) : -1;
}

/* An error of the listener is a signal that came while the kernel looked (seccomp_notify_poll). */
static bool take_notification(struct supervisor *s, short events, struct error *error)
{
	if (events & POLLIN)
		return serve(s, error);
	if (events & POLLERR)
		return try_again(s, "poll of the listener", EIO, error);
	if (events & POLLHUP)
		s->listener.fd = -1; /* the last bearer is gone; closed at exit */
	return !(events & POLLNVAL) ||
	       diag_errno(error, EXIT_GYVE, EBADF, "the supervision failed (poll of the listener)");
}

static bool take_events(struct supervisor *s, const struct pollfd fds[static 3],
			struct error *error)
{
	if (fds[0].revents && !take_notification(s, fds[0].revents, error))
		return false;
	if (fds[1].revents && !standin_read(&s->standin, error))
		return false;
	if (s->standin.ended) /* its number may be another process's */
		s->judge.target = s->judge.bound = 0;
	if (fds[2].revents)
		output_continue(s->supervision->output);
	return true;
}

static bool wait_for_events(struct supervisor *s, struct error *error)
{
	struct output *output = s->supervision->output;
	struct pollfd fds[3] = {
		{ .fd = s->listener.fd, .events = POLLIN },
		{ .fd = s->standin.signals, .events = POLLIN },
		{ .fd = output && output_waits(output) ? output->fd : -1, .events = POLLOUT },
	};

	if (poll(fds, 3, time_to_wait(s)) >= 0)
		return take_events(s, fds, error);
	if (errno == EINTR)
		return try_again(s, "poll", errno, error);
	return diag_errno(error, EXIT_GYVE, errno, "the supervision failed (poll)");
}

static bool watch(struct supervisor *s, struct error *error)
{
	while (must_stay(s)) {
		bool ended = s->standin.ended;

		if (!wait_for_events(s, error))
			return false;
		if (ended && !s->alone && must_stay(s)) {
			s->alone = true;
			dup3(s->nothing, STDERR_FILENO, O_CLOEXEC);
		}
	}
	return true;
}

/* ---- the end ---- */

/* Answers those who are left, until they are gone as well. */
static _Noreturn void keep_answering(struct supervisor *s)
{
	static const struct supervision unobserved;
	struct error error;
	bool good = setsid() >= 0 && chdir("/") == 0;

	s->supervision = &unobserved;
	dup3(s->nothing, STDERR_FILENO, O_CLOEXEC);
	room_close_others(&s->listener.fd, 1);
	while (good && s->listener.fd >= 0) {
		struct pollfd fd = { .fd = s->listener.fd, .events = POLLIN };

		good = poll(&fd, 1, -1) < 0 ? try_again(s, "poll", errno, &error)
					    : take_notification(s, fd.revents, &error);
	}
	_exit(0);
}

static void leave_behind(struct supervisor *s)
{
	pid_t keeper;

	if (s->listener.fd < 0 || !listener_tells_end(&s->listener))
		return;
	keeper = fork();
	if (keeper == 0)
		keep_answering(s);
	if (keeper < 0)
		diag_warn("denied calls of what the target leaves behind fail with ENOSYS from now "
			  "on: cannot start a process to answer them (fork)");
}

static struct supervise_end end_of(const struct supervisor *s, bool broken)
{
	int status = s->standin.status;
	bool by_signal = WIFSIGNALED(status);
	int number = by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
	bool by_policy = s->judge.killed && by_signal && number == SIGKILL;

	return (struct supervise_end){
		.by_signal = by_signal,
		.by_policy = by_policy,
		.broken = broken,
		.number = by_policy ? SIGSYS : number,
	};
}

/* A target that nobody answers does not live on. */
static bool give_up(struct supervisor *s, const struct error *why, struct error *error)
{
	standin_kill(&s->standin);
	return diag_set(error, EXIT_GYVE, "%s; COMMAND was killed, since nobody would answer it",
			why->text);
}

static bool stay(struct supervisor *s, struct error *error)
{
	const struct supervision *supervision = s->supervision;
	const struct observer *observer = &supervision->observer;
	struct error why;

	s->judge = (struct judge){
		.policy = supervision->policy,
		.listener = &s->listener,
		.permissive = supervision->permissive,
		.tied = supervision->die_with_parent,
		.bound = supervision->bound ? s->standin.target : 0,
		.target = s->standin.target,
	};
	standin_ignore();
	keep_own_fds(s);
	listener_wake_at_once(&s->listener);
	if (observer->started)
		observer->started(observer->context, s->standin.target,
				  &s->handover->domain);
	if (!watch(s, &why))
		return give_up(s, &why, error);
	leave_behind(s);
	return true;
}

bool supervise_run(const struct supervision *supervision, struct launch *launch,
		   struct supervise_end *end, struct error *error)
{
	struct supervisor s = { .supervision = supervision };
	bool good;

	if (!prepare(&s, error) || !standin_begin(&s.standin, error) || !start(&s, launch, error))
		return false;
	supervision->launched(supervision->context);
	good = stay(&s, error);
	*end = end_of(&s, !good);
	standin_finish(&s.standin); /* also while it waits for a slow reader */
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
