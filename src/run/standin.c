/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/standin.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * All signals that another process may send are read from a descriptor. Those that the kernel sends
 * for our own faults are left alone, as are those that writing says by an errno: SIGPIPE, SIGXFSZ.
 */
bool standin_begin(struct standin *s, struct error *error)
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
	sigdelset(&all, SIGXFSZ);
	s->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0)
		return diag_errno(error, EXIT_GYVE, errno, "cannot read signals (signalfd)");
	return true;
}

void standin_give_back(const struct standin *s)
{
	sigaction(SIGCHLD, &s->caller_chld, NULL);
	sigprocmask(SIG_SETMASK, &s->caller_mask, NULL);
}

void standin_ignore(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

void standin_finish(const struct standin *s)
{
	sigprocmask(SIG_SETMASK, &s->caller_mask, NULL);
}

/* ---- the target's stops and end ---- */

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
static void stop_alike(const struct standin *s)
{
	if (getpgid(s->target) == getpgrp() && has_terminal())
		kill(getpid(), SIGSTOP);
}

static void note_change(struct standin *s, pid_t child, int status)
{
	if (child != s->target || s->ended)
		return;
	if (WIFSTOPPED(status)) {
		stop_alike(s);
		return;
	}
	s->ended = true;
	s->status = status;
}

/* As process 1 of a container this process is everyone's parent: others are reaped as well. */
static bool reap(struct standin *s, struct error *error)
{
	int status;

	for (;;) {
		pid_t child = waitpid(-1, &status, WNOHANG | WUNTRACED);

		if (child > 0)
			note_change(s, child, status);
		else if (child == 0 || (errno == ECHILD && s->ended))
			return true;
		else if (errno != EINTR || !retry_allowed(&s->retry))
			return diag_errno(error, EXIT_GYVE, errno,
					  "cannot wait for COMMAND (wait4)");
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
static bool has_it_already(const struct standin *s, const struct signalfd_siginfo *info)
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

static bool pass_on(struct standin *s, const struct signalfd_siginfo *info, struct error *error)
{
	int signal = (int)info->ssi_signo;
	union sigval value = { .sival_ptr = (void *)(uintptr_t)info->ssi_ptr };

	if (signal == SIGCHLD)
		return reap(s, error);
	if (s->ended)
		s->stop = s->stop || ends_a_wait(signal);
	else if (has_it_already(s, info))
		return true;
	else if (info->ssi_code == SI_QUEUE)
		sigqueue(s->target, signal, value);
	else
		kill(s->target, signal);
	return true;
}

bool standin_read(struct standin *s, struct error *error)
{
	struct signalfd_siginfo info;
	ssize_t size;
	bool any = false;

	while ((size = read(s->signals, &info, sizeof info)) == (ssize_t)sizeof info) {
		any = true;
		s->retry.failures = 0;
		if (!pass_on(s, &info, error))
			return false;
	}
	if (size < 0 && (errno == EAGAIN || errno == EINTR) && (any || retry_allowed(&s->retry)))
		return true;
	return diag_errno(error, EXIT_GYVE, size < 0 ? errno : EIO,
			  "cannot read signals (read of a signalfd)");
}

void standin_wait(struct standin *s)
{
	struct retry retry = { 0 };

	while (!s->ended)
		s->ended = waitpid(s->target, &s->status, 0) == s->target || errno != EINTR ||
			   !retry_allowed(&retry);
}

/* They were the target's, and would end this process when it takes them again. */
static void discard_signals(void)
{
	const struct timespec now = { 0, 0 };
	sigset_t all;

	sigfillset(&all);
	while (sigtimedwait(&all, NULL, &now) > 0)
		;
}

void standin_kill(struct standin *s)
{
	if (!s->ended) {
		s->status = SIGKILL; /* as wait(2) will have it */
		if (kill(s->target, SIGKILL) == 0)
			standin_wait(s);
		s->ended = true;
	}
	discard_signals();
}
