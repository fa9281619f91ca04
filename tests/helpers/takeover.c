/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * takeover: a target that wants to answer for itself. It loads a filter with a listener of its own,
 * whose notifications a thread of it answers with "continue", and then makes calls that its policy
 * denies. Of two filters that notify, the kernel asks the newer one's listener.
 *
 *   takeover now       at once
 *   takeover kill      when it has killed its parent, the supervisor, having undone first what
 *                      would have the kernel kill it as well
 *   takeover child     a child of it does the same; the parent waits
 *   takeover orphan    a child of it does it, when the parent has ended and the supervisor is gone
 *   takeover undo      undoes PR_SET_PDEATHSIG, in every way
 *
 * A second argument "i386" has it try by i386 calls, too, which abi=native answers with death.
 * Prints a line for each way to load the filter ("listener native ok"), then one for each denied
 * call ("socket ENOSYS"), or "undo WAY OUTCOME".
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tables/tables.h"

#define UPPER (UINT64_C(0xdeadbeef) << 32)

static volatile int listener = -1;
static bool tries_i386;

/* ---- words ---- */

static const char *word(long result)
{
	if (result >= 0)
		return "ok";
	for (unsigned i = 0; i < errno_row_count; i++)
		if (errno_rows[i].number == errno)
			return errno_rows[i].name;
	return "?";
}

static void say(const char *what, const char *way, long result)
{
	printf("%s%s%s %s\n", what, *way ? " " : "", way, word(result));
	fflush(stdout);
}

/* ---- calls ---- */

static void nap(void)
{
	struct timespec pause = { 0, 5000000 };

	nanosleep(&pause, NULL);
}

/* All 64 bits of each argument, as the C library's functions would not pass them. */
static long native(long nr, uint64_t a, uint64_t b, uint64_t c)
{
	return syscall(nr, (unsigned long)a, (unsigned long)b, (unsigned long)c, 0UL, 0UL, 0UL);
}

#if defined(__x86_64__)
/* An i386 call with garbage above the 32 bits of its first three arguments. */
static long i386(long nr, uint64_t a, uint64_t b, uint64_t c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(nr), "b"(a | UPPER), "c"(b | UPPER), "d"(c | UPPER), "S"(0L), "D"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	errno = (int)-(int32_t)result;
	return (int32_t)result < 0 ? -1 : (int32_t)result;
}
#endif

/* ---- the takeover ---- */

static void *serve(void *unused)
{
	struct seccomp_notif call;
	struct seccomp_notif_resp answer;

	(void)unused;
	while (listener < 0)
		nap();
	for (;;) {
		memset(&call, 0, sizeof call);
		memset(&answer, 0, sizeof answer);
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
			continue;
		answer.id = call.id;
		answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
	return NULL;
}

/* Notifies of the calls below; in memory that an i386 call can reach, too. */
static void *make_program(void)
{
	static const long wanted[] = { SYS_socket, SYS_setsid, SYS_clone, SYS_execve };
	enum { COUNT = sizeof wanted / sizeof wanted[0] };
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	struct sock_filter *filter;
	struct sock_fprog *native_form;
	char *page;

#ifdef MAP_32BIT
	flags |= MAP_32BIT;
#endif
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (page == MAP_FAILED)
		exit(2);
	filter = (struct sock_filter *)(page + 64);
	*filter++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
	for (unsigned i = 0; i < COUNT; i++)
		*filter++ = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)wanted[i], (uint8_t)(COUNT - i), 0);
	*filter++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	*filter++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	native_form = (struct sock_fprog *)page;
	native_form->len = COUNT + 3;
	native_form->filter = (struct sock_filter *)(page + 64);
	return page;
}

#if defined(__x86_64__)
/* struct sock_fprog as a 32-bit program has it. */
static void *narrow_program(const struct sock_fprog *program)
{
	uint32_t *form = (uint32_t *)((char *)program + 32);

	form[0] = program->len;
	form[1] = (uint32_t)(uintptr_t)program->filter;
	return form;
}
#endif

static void load(void)
{
	static const uint64_t op = SECCOMP_SET_MODE_FILTER;
	uint64_t flag = SECCOMP_FILTER_FLAG_NEW_LISTENER, program = (uintptr_t)make_program();
	long fd;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	fd = native(SYS_seccomp, op, flag, program);
	say("listener", "native", fd);
	if (fd < 0) {
		fd = native(SYS_seccomp, op | UPPER, flag | UPPER, program);
		say("listener", "upper", fd);
	}
	if (fd < 0) {
		fd = native(SYS_seccomp, op, flag | SECCOMP_FILTER_FLAG_LOG, program);
		say("listener", "flags", fd);
	}
#if defined(__x86_64__)
	if (fd < 0 && tries_i386) {
		fd = i386(354, op, flag, (uintptr_t)narrow_program((void *)(uintptr_t)program));
		say("listener", "i386", fd);
	}
#endif
	listener = (int)fd;
}

static void make_denied_calls(void)
{
	char *none[] = { NULL };
	long child;

	say("socket", "", socket(AF_INET, SOCK_STREAM, 0));
	say("setsid", "", setsid());
	say("execve", "", execve("/", none, none)); /* EACCES when it is let through */
	child = native(SYS_clone, SIGCHLD, 0, 0);
	if (child == 0)
		_exit(0);
	say("fork", "", child);
}

static int take_over(void)
{
	pthread_t server;

	if (pthread_create(&server, NULL, serve, NULL) != 0)
		return 2;
	load();
	make_denied_calls();
	return 0;
}

/* ---- before it ---- */

static void undo_one(const char *way, long result)
{
	int signal = -1;

	prctl(PR_GET_PDEATHSIG, &signal, 0, 0, 0);
	printf("undo %s %s, is %d\n", way, word(result), signal);
	fflush(stdout);
}

static void undo(void)
{
	undo_one("native", native(SYS_prctl, PR_SET_PDEATHSIG, 0, 0));
	undo_one("upper", native(SYS_prctl, PR_SET_PDEATHSIG | UPPER, 0, 0));
	undo_one("other", native(SYS_prctl, PR_SET_PDEATHSIG, SIGCONT, 0));
#if defined(__x86_64__)
	if (tries_i386)
		undo_one("i386", i386(172, PR_SET_PDEATHSIG, 0, 0));
#endif
}

static int kill_and_take_over(pid_t supervisor)
{
	undo();
	if (kill(supervisor, SIGKILL) < 0) {
		perror("takeover: kill");
		return 2;
	}
	while (kill(supervisor, 0) == 0)
		nap();
	return take_over();
}

static int in_child(pid_t supervisor, bool orphan)
{
	pid_t child = fork();

	if (child < 0)
		return 2;
	if (child > 0 && orphan)
		return 0;
	if (child > 0)
		return waitpid(child, NULL, 0) != child;
	if (!orphan)
		return kill_and_take_over(supervisor);
	while (kill(supervisor, 0) == 0)
		nap();
	return take_over();
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	pid_t supervisor = getppid();

	tries_i386 = argc > 2 && strcmp(argv[2], "i386") == 0;
	if (strcmp(how, "now") == 0)
		return take_over();
	if (strcmp(how, "kill") == 0)
		return kill_and_take_over(supervisor);
	if (strcmp(how, "child") == 0 || strcmp(how, "orphan") == 0)
		return in_child(supervisor, strcmp(how, "orphan") == 0);
	if (strcmp(how, "undo") == 0)
		return undo(), undo_one("same", native(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0)), 0;
	fprintf(stderr, "takeover: how?\n");
	return 2;
}
