/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * landlock: runs a command under a kernel whose Landlock is older. A simulation: this process
 * answers its calls as such a kernel would, and lets those pass that it would have taken. For tests
 * only.
 *
 *   landlock ABI COMMAND [ARG...]      1 to 7
 *   landlock ABI=fake COMMAND [ARG...] and landlock_restrict_self says yes and does nothing, once
 * it has looked at its arguments
 *
 * Ends as COMMAND does. no_new_privs is set only where the kernel demands it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reach/ruleset.h"

static int abi;
static bool fakes;

static const enum call calls[] = { CALL_landlock_create_ruleset, CALL_landlock_add_rule,
				   CALL_landlock_restrict_self };
enum { COUNT = sizeof calls / sizeof calls[0] };

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "landlock: %s: %s\n", what, strerror(errno));
	exit(2);
}

static long number_of(enum call call)
{
	uint32_t nr;

	return syscalls_number(syscalls_native_abi(), call, &nr) ? (long)nr : -1;
}

/* ---- what such a kernel answers: an errno, or 0 to let the call pass ---- */

/* Members of struct landlock_ruleset_attr that it does not know must be 0 (lib/usercopy.c). */
static int judge_ruleset(pid_t pid, uint64_t address, uint64_t size)
{
	size_t known = abi < 4 ? 8 : abi < 6 ? 16 : 24;
	struct ruleset ruleset = { 0, 0, 0 };
	struct iovec here = { &ruleset, size < sizeof ruleset ? size : sizeof ruleset };
	struct iovec there = { (void *)(uintptr_t)address, here.iov_len };

	if (size < 8)
		return EINVAL;
	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)here.iov_len)
		return EFAULT;
	for (size_t i = known; i < here.iov_len; i++)
		if (((const char *)&ruleset)[i])
			return E2BIG;
	return ruleset.files & ~ruleset_rights(abi, true) ? EINVAL : 0;
}

static void answer(const struct seccomp_notif *notice, struct seccomp_notif_resp *reply)
{
	const uint64_t *args = (const uint64_t *)notice->data.args;
	long nr = notice->data.nr;
	int number = 0;

	if (nr == number_of(CALL_landlock_create_ruleset) && args[2] == 1) {
		reply->val = abi;
		return;
	}
	if (nr == number_of(CALL_landlock_create_ruleset))
		number = args[2] ? EINVAL : judge_ruleset((pid_t)notice->pid, args[0], args[1]);
	else if (nr == number_of(CALL_landlock_add_rule))
		number = abi < 4 && args[1] == 2 ? EINVAL : 0;
	else if (args[1] && abi < 7)
		number = EINVAL;
	else if (fakes && (int)args[0] >= 0)
		return;
	reply->error = -number;
	reply->flags = number ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
}

/* Until nobody has the filter any more. */
static void serve(int listener)
{
	struct pollfd waits = { .fd = listener, .events = POLLIN };
	union {
		struct seccomp_notif notice;
		char room[512];
	} in;
	union {
		struct seccomp_notif_resp reply;
		char room[512];
	} out;

	while (poll(&waits, 1, -1) >= 0 && !(waits.revents & POLLHUP)) {
		memset(&in, 0, sizeof in);
		memset(&out, 0, sizeof out);
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &in) < 0)
			continue;
		out.reply.id = in.notice.id;
		answer(&in.notice, &out.reply);
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &out);
	}
}

/* ---- the command ---- */

static long load(void)
{
	struct sock_filter filter[COUNT + 3] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
							  offsetof(struct seccomp_data, nr)) };
	struct sock_fprog program = { COUNT + 3, filter };

	for (unsigned i = 0; i < COUNT; i++)
		filter[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							     (uint32_t)number_of(calls[i]),
							     (uint8_t)(COUNT - i), 0);
	filter[COUNT + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	filter[COUNT + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		       &program);
}

static void become(char **command, const int ends[2])
{
	int listener = (int)load();
	char taken;

	if (listener < 0 && errno == EACCES) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		listener = (int)load();
	}
	must(listener, "the filter");
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	must(write(ends[1], &listener, sizeof listener), "pipe");
	/* The parent takes the descriptor before an exec closes it. */
	must(read(ends[0], &taken, 1), "pipe");
	execvp(command[0], command);
	must(-1, command[0]);
}

int main(int argc, char **argv)
{
	int to[2], from[2], theirs, listener, status;
	pid_t child;

	if (argc < 3 || (abi = atoi(argv[1])) < 1) {
		fprintf(stderr, "usage: landlock ABI[=fake] COMMAND [ARG...]\n");
		return 2;
	}
	fakes = strstr(argv[1], "=fake") != NULL;
	must(pipe2(to, O_CLOEXEC), "pipe");
	must(pipe2(from, O_CLOEXEC), "pipe");
	child = fork();
	must(child, "fork");
	if (child == 0)
		become(argv + 2, (int[]){ to[0], from[1] });
	must(read(from[0], &theirs, sizeof theirs) == sizeof theirs ? 0 : -1, "the command");
	listener = (int)syscall(number_of(CALL_pidfd_getfd),
				syscall(number_of(CALL_pidfd_open), child, 0), theirs, 0);
	must(listener, "pidfd_getfd");
	must(write(to[1], "t", 1), "pipe");
	serve(listener);
	must(waitpid(child, &status, 0), "waitpid");
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}
