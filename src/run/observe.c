/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/observe.h"

#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/confine.h"

/* Linux 6.6; headers of Debian 12 do not have it. Wakes the other side on the same processor. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#define SYNC_WAKE_UP 1UL

/* What the child tells its parent. It can make no call to do so: each would wait for the parent. */
struct shared {
	volatile int
		listener; /* NOT_YET, a descriptor, or -1 when the filter could not be loaded */
	volatile int load_errno;
	volatile bool failed; /* the exec did; error says how */
	struct error error;
};

#define NOT_YET (-2)

static volatile sig_atomic_t child, child_ended;

/* ---- the child ---- */

static int load_listener(void)
{
	static const struct sock_filter notify_always = { BPF_RET | BPF_K, 0, 0,
							  SECCOMP_RET_USER_NOTIF };
	struct sock_fprog program = { 1, (struct sock_filter *)&notify_always };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &program);
}

static _Noreturn void become_target(struct launch *launch, struct shared *shared)
{
	int fd;

	if (!launch_reset_sigsys(&shared->error) || !confine_set_no_new_privs(&shared->error)) {
		shared->failed = true;
		shared->listener = -1;
		_exit(EXIT_GYVE);
	}
	fd = load_listener();
	if (fd < 0)
		shared->load_errno = errno;
	shared->listener = fd < 0 ? -1 : fd;
	if (fd >= 0) {
		launch_exec(launch, &shared->error);
		shared->failed = true;
	}
	_exit(EXIT_GYVE);
}

/*
 * Parent and child share their descriptors until the child executes its target, so the listener is
 * in the parent's table the moment it exists.
 */
static pid_t start(struct launch *launch, struct shared *shared)
{
	pid_t pid;

#if defined(__s390x__)
	pid = (pid_t)syscall(SYS_clone, 0UL, (unsigned long)(CLONE_FILES | SIGCHLD), 0UL, 0UL, 0UL);
#else
	pid = (pid_t)syscall(SYS_clone, (unsigned long)(CLONE_FILES | SIGCHLD), 0UL, 0UL, 0UL, 0UL);
#endif
	if (pid == 0)
		become_target(launch, shared);
	return pid;
}

/* ---- the parent ---- */

static void forward(int signal)
{
	int saved = errno;

	if (child > 0)
		kill((pid_t)child, signal);
	errno = saved;
}

/*
 * From here on nobody may be left, which receiving does not notice before Linux 6.11, but polling
 * does. The alarm is for a receive that begins just after this.
 */
static void note_end(int signal)
{
	(void)signal;
	child_ended = 1;
	alarm(1);
}

static void wake_up(int signal)
{
	(void)signal;
}

/* The terminal sends its signals to the target as well; the others have come to us alone. */
static void arrange_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	action.sa_handler = forward;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	action.sa_handler = wake_up;
	sigaction(SIGALRM, &action, NULL);
	action.sa_handler = note_end;
	action.sa_flags = SA_NOCLDSTOP;
	sigaction(SIGCHLD, &action, NULL);
}

static bool wait_for_listener(const struct shared *shared, struct error *error)
{
	const struct timespec pause = { 0, 50000 };

	while (shared->listener == NOT_YET) {
		siginfo_t info = { .si_pid = 0 };

		if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid != 0 && shared->listener == NOT_YET)
			return diag_set(error, EXIT_GYVE,
					"cannot observe: the process that was to become the target "
					"was killed");
		nanosleep(&pause, NULL);
	}
	if (shared->listener >= 0)
		return true;
	if (shared->failed) {
		*error = shared->error;
		return false;
	}
	return diag_errno(error, EXIT_GYVE, shared->load_errno,
			  "cannot observe: loading a filter with user notification (Linux 5.0) "
			  "failed (seccomp SECCOMP_FILTER_FLAG_NEW_LISTENER)%s",
			  shared->load_errno == EBUSY ? "; something observes this process already"
						      : "");
}

/* Waits at most so long for a call. Whether all that had the filter have ended. */
static bool is_deserted(int listener, int timeout)
{
	struct pollfd poll_fd = { .fd = listener, .events = POLLIN };

	return poll(&poll_fd, 1, timeout) == 1 && !(poll_fd.revents & POLLIN) &&
	       poll_fd.revents & POLLHUP;
}

static bool answer(int listener, const struct seccomp_notif *call, int number, struct error *error)
{
	struct seccomp_notif_resp response = { .id = call->id };

	if (number)
		response.error = -number;
	else
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	/* ENOENT: a signal ended the call, which will come again if it restarts. */
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0 || errno == ENOENT)
		return true;
	return diag_errno(error, EXIT_GYVE, errno,
			  "cannot observe: letting a call continue failed (Linux 5.5; ioctl "
			  "SECCOMP_IOCTL_NOTIF_SEND)");
}

/* The kernel writes as much as its own structure has: a longer one would not fit. */
static bool notices_fit(struct error *error)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot observe (seccomp SECCOMP_GET_NOTIF_SIZES)");
	if (sizes.seccomp_notif <= sizeof(struct seccomp_notif) &&
	    sizes.seccomp_notif_resp <= sizeof(struct seccomp_notif_resp))
		return true;
	return diag_set(error, EXIT_GYVE,
			"cannot observe: this kernel's notices are longer than this gyve knows");
}

static bool serve(int listener, observe_call *see, void *context, struct error *error)
{
	struct seccomp_notif call;
	struct call_data data;

	if (!notices_fit(error))
		return false;
	for (;;) {
		if (child_ended && is_deserted(listener, -1))
			return true;
		memset(&call, 0, sizeof call); /* the kernel refuses anything else */
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) {
			if (is_deserted(listener, 0))
				return true;
			if (errno == EINTR || errno == ENOENT)
				continue;
			return diag_errno(error, EXIT_GYVE, errno,
					  "cannot observe (ioctl SECCOMP_IOCTL_NOTIF_RECV)");
		}
		data.nr = (uint32_t)call.data.nr;
		data.arch = call.data.arch;
		data.ip = call.data.instruction_pointer;
		memcpy(data.args, call.data.args, sizeof data.args);
		if (!answer(listener, &call, see(&data, context), error))
			return false;
	}
}

static bool finish(const struct shared *shared, int *status, struct error *error)
{
	while (waitpid((pid_t)child, status, 0) < 0)
		if (errno != EINTR)
			return diag_errno(error, EXIT_GYVE, errno,
					  "cannot wait for the target (waitpid)");
	if (!shared->failed)
		return true;
	*error = shared->error;
	return false;
}

bool observe_run(struct launch *launch, observe_call *see, void *context, int *status,
		 struct error *error)
{
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return diag_errno(error, EXIT_GYVE, errno, "cannot share memory (mmap)");
	shared->listener = NOT_YET;
	child = start(launch, shared);
	if (child < 0)
		return diag_errno(error, EXIT_GYVE, errno, "cannot make a process (clone)");
	arrange_signals();
	if (!wait_for_listener(shared, error)) {
		waitpid((pid_t)child, status, 0);
		return false;
	}
	ioctl(shared->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNC_WAKE_UP); /* a gain, no need */
	if (!serve(shared->listener, see, context, error)) {
		kill((pid_t)child, SIGKILL);
		waitpid((pid_t)child, status, 0);
		return false;
	}
	return finish(shared, status, error);
}
