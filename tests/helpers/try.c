/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * try: makes one system call and prints what became of it.
 *
 *   try [-i] [-s] CALL [ARG...]
 *   try -e ERRNO
 *
 * CALL is a name or a number; "fork" is the clone that the C library makes of it where the ABI has
 * no fork. ARGs are numbers in C's notation, "=TEXT" for a pointer to TEXT, or a name after "@":
 * @buf (a zeroed page), @flags (clone's flags of a thread, CLONE_CHILD_SETTID aside), @self,
 * @parent and @child (process IDs; the child waits and ends with try), @pidfd and @childfd (pidfds
 * of the last two), @queued (a siginfo_t as sigqueue(3) fills it), @idle (a buffer with the four
 * bytes 5, 0, 0, 0 of a struct sched_attr's SCHED_IDLE, see sched_setattr(2)), @inet (the arguments
 * of an IPv4 stream socket, as socketcall(2) reads them).
 *
 * Prints "ok" or the name of the errno ("ENOSYS") on one line; a call that forks exits silently in
 * the child. Killed by SIGSYS it prints nothing, which is the point. Status 3 when the ABI has no
 * such call, or no register that holds an argument.
 *
 *   -e  prints what this C library says of an errno ("ENOSYS"), as gyve's messages do
 *   -i  makes the call through int 0x80, so as an i386 call (x86-64 only)
 *   -s  catches SIGSYS and prints "SIGSYS" and the name of the call that the kernel says it was
 */
#include <errno.h>
#include <limits.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/syscalls.h"

static enum abi abi;

/* By write(2), not stdio: which calls that makes, and whether a policy has them, is the C
 * library's. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	char text[200];
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(text, sizeof text, format, list);
	va_end(list);
	if (write(STDOUT_FILENO, text, (size_t)length) != length)
		_exit(3);
}

static void say_errno(int number)
{
	for (unsigned i = 0; i < errno_row_count; i++)
		if (errno_rows[i].number == number) {
			say("%s\n", errno_rows[i].name);
			return;
		}
	say("errno %d\n", number);
}

/* A zeroed page that an i386 call can reach, too. */
static char *page(void)
{
#ifdef MAP_32BIT
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT;
#else
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#endif
	char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (at == MAP_FAILED) {
		perror("try: mmap");
		exit(2);
	}
	return at;
}

static pid_t child(void)
{
	static pid_t pid;
	pid_t self = getpid();

	if (pid == 0)
		pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		while (getppid() == self)
			pause();
		_exit(0);
	}
	return pid;
}

static unsigned long pidfd_of(pid_t pid)
{
	uint32_t nr;
	long fd = -1;

	if (syscalls_number(syscalls_native_abi(), CALL_pidfd_open, &nr))
		fd = syscall((long)nr, pid, 0);
	if (fd < 0) {
		perror("try: pidfd_open");
		exit(2);
	}
	return (unsigned long)fd;
}

/* The kernel takes no si_code of 0 or above from a process for another. */
static unsigned long queued_signal(void)
{
	siginfo_t *info = (siginfo_t *)page();

	info->si_code = SI_QUEUE;
	info->si_pid = getpid();
	info->si_uid = getuid();
	return (unsigned long)info;
}

/* struct sched_attr: size, then policy; SCHED_ATTR_SIZE_VER0 is 48. */
static unsigned long sched_attr_idle(void)
{
	char *at = page();
	uint32_t words[2] = { 48, 5 };

	memcpy(at, words, sizeof words);
	return (unsigned long)at;
}

/* Each word is a register of the ABI wide (net/socket.c, net/compat.c). */
static unsigned long socketcall_inet(void)
{
	static const uint32_t words[] = { AF_INET, SOCK_STREAM, 0 };
	char *at = page();

	for (unsigned i = 0; i < 3; i++) {
		uint64_t wide = words[i];

		if (abi_rows[abi].bits == 32)
			memcpy(at + 4 * i, &words[i], 4);
		else
			memcpy(at + 8 * i, &wide, 8);
	}
	return (unsigned long)at;
}

static unsigned long parse_argument(const char *text)
{
	char *end;
	uint64_t value;

	if (strcmp(text, "@buf") == 0)
		return (unsigned long)page();
	if (strcmp(text, "@flags") == 0)
		return CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
		       CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	if (strcmp(text, "@self") == 0)
		return (unsigned long)getpid();
	if (strcmp(text, "@parent") == 0)
		return (unsigned long)getppid();
	if (strcmp(text, "@child") == 0)
		return (unsigned long)child();
	if (strcmp(text, "@pidfd") == 0)
		return pidfd_of(getppid());
	if (strcmp(text, "@childfd") == 0)
		return pidfd_of(child());
	if (strcmp(text, "@queued") == 0)
		return queued_signal();
	if (strcmp(text, "@idle") == 0)
		return sched_attr_idle();
	if (strcmp(text, "@inet") == 0)
		return socketcall_inet();
	if (text[0] == '=')
		return (unsigned long)strncpy(page(), text + 1, 4095);
	errno = 0;
	value = text[0] == '-' ? (uint64_t)strtoll(text, &end, 0) : strtoull(text, &end, 0);
	if (errno || *end || end == text) {
		fprintf(stderr, "try: not a number: %s\n", text);
		exit(2);
	}
	if (text[0] != '-' && value > ULONG_MAX) {
		fprintf(stderr, "try: no register is so wide: %s\n", text);
		exit(3);
	}
	return (unsigned long)value;
}

static long parse_call(const char *text, unsigned long a[static 6])
{
	enum call call = syscalls_named(text);
	uint32_t nr;

	if (call == CALL_COUNT)
		return (long)parse_argument(text);
	if (call == CALL_fork && !syscalls_number(abi, call, &nr)) {
		a[abi_rows[abi].clone_flags] = SIGCHLD;
		call = CALL_clone;
	}
	if (!syscalls_number(abi, call, &nr)) {
		fprintf(stderr, "try: %s has no %s\n", abi_rows[abi].name, text);
		exit(3);
	}
	return (long)nr;
}

#if defined(__x86_64__)
/* rbp would hold the sixth argument; none of the calls tried needs it */
static long int80(long nr, const unsigned long a[static 6])
{
	int result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

/* The child calls exit at once: its return would spoil the stack, which is its parent's, too. */
static long int80_vfork(long nr)
{
	int result;

	__asm__ volatile("int $0x80\n\t"
			 "testl %%eax, %%eax\n\t"
			 "jnz 1f\n\t"
			 "movl $1, %%eax\n\t"
			 "int $0x80\n"
			 "1:"
			 : "=a"(result)
			 : "a"(nr), "b"(0)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	return result;
}

static long i386_call(long nr, const unsigned long a[static 6])
{
	long result = syscalls_at(abi, (uint32_t)nr) == CALL_vfork ? int80_vfork(nr) : int80(nr, a);

	if (result >= 0 || result <= -4096)
		return result;
	errno = (int)-result;
	return -1;
}
#else
static long i386_call(long nr, const unsigned long a[static 6])
{
	(void)nr, (void)a;
	fprintf(stderr, "try: -i is for x86-64\n");
	exit(2);
}
#endif

static long native_call(long nr, const unsigned long a[static 6])
{
	pid_t child;

	if (syscalls_at(abi, (uint32_t)nr) != CALL_vfork)
		return syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	/* syscall(3) would return in the child, on the stack that is its parent's, too. */
	child = vfork();
	if (child == 0)
		_exit(0);
	return child;
}

static int print_text(const char *name)
{
	for (unsigned i = 0; i < errno_row_count; i++)
		if (strcmp(errno_rows[i].name, name) == 0) {
			say("%s\n", strerror(errno_rows[i].number));
			return 0;
		}
	return 2;
}

static void on_sigsys(int number, siginfo_t *info, void *context)
{
	enum call call = syscalls_at(abi, (uint32_t)info->si_syscall);

	(void)number, (void)context;
	if (info->si_arch != abi_rows[abi].arch)
		say("SIGSYS of another ABI, %#x: %d\n", info->si_arch, info->si_syscall);
	else if (call == CALL_COUNT)
		say("SIGSYS %d\n", info->si_syscall);
	else
		say("SIGSYS %s\n", call_rows[call].name);
	_exit(0);
}

static void catch_sigsys(void)
{
	struct sigaction action = { .sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO };

	if (sigaction(SIGSYS, &action, NULL) < 0) {
		perror("try: sigaction");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	unsigned long a[6] = { 0 };
	pid_t self = getpid();
	bool as_i386 = false;
	int option;
	long nr, result;

	abi = syscalls_native_abi();
	while ((option = getopt(argc, argv, "+ise:")) != -1) {
		if (option == 'e')
			return print_text(optarg);
		if (option == 'i') {
			as_i386 = true;
			abi = ABI_I386;
		} else if (option == 's') {
			catch_sigsys();
		} else {
			return 2;
		}
	}
	if (argc <= optind || argc > optind + 7) {
		fprintf(stderr, "usage: try [-i] [-s] CALL [ARG...]\n");
		return 2;
	}
	nr = parse_call(argv[optind], a);
	for (int i = optind + 1; i < argc; i++)
		a[i - optind - 1] = parse_argument(argv[i]);
	errno = 0;
	result = as_i386 ? i386_call(nr, a) : native_call(nr, a);
	if (getpid() != self)
		_exit(0);
	if (result == -1 && errno != 0)
		say_errno(errno);
	else
		say("ok\n");
	return 0;
}
