/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * try: makes one system call and prints what became of it.
 *
 *   try [-i] CALL [ARG...]
 *
 * CALL is a name of this machine's ABI or a number; ARGs are numbers in C's notation, or a name
 * after "@": @buf (a zeroed page), @flags (clone's flags of a thread, CLONE_CHILD_SETTID aside).
 * Prints "ok" or the name of the errno ("ENOSYS") on one line; a call that forks exits silently in
 * the child. -i (x86-64 only) makes the call through int 0x80, so as an i386 call: CALL must be a
 * number. Killed by SIGSYS it prints nothing, which is the point.
 */
#include <errno.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config.h"
#include "policy.h"

static void print_errno(int number)
{
#ifdef HAVE_STRERRORNAME_NP
	puts(strerrorname_np(number));
#else
	printf("errno %d\n", number); /* musl */
#endif
}

static unsigned long parse_argument(const char *text)
{
	char *end;
	unsigned long value;

	if (strcmp(text, "@buf") == 0)
		return (unsigned long)mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (strcmp(text, "@flags") == 0)
		return CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
		       CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	errno = 0;
	value = text[0] == '-' ? (unsigned long)strtol(text, &end, 0) : strtoul(text, &end, 0);
	if (errno || *end || end == text) {
		fprintf(stderr, "try: not a number: %s\n", text);
		exit(2);
	}
	return value;
}

static long parse_call(const char *text)
{
	enum call call = policy_call(text);
	uint32_t nr;

	if (call == CALL_COUNT)
		return (long)parse_argument(text);
	if (!policy_number(policy_native_abi(), call, &nr)) {
		fprintf(stderr, "try: this ABI has no %s\n", text);
		exit(2);
	}
	return (long)nr;
}

#if defined(__x86_64__)
static long int80(long nr, const unsigned long a[static 6])
{
	long result;

	/* rbp would hold the sixth argument; none of the calls tried needs it */
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
			 : "memory", "r8", "r9", "r10", "r11");
	if (result < 0 && result > -4096) {
		errno = (int)-result;
		return -1;
	}
	return result;
}
#endif

int main(int argc, char **argv)
{
	unsigned long a[6] = { 0 };
	pid_t self = getpid();
	int first = 1;
	long nr, result;

	if (argc > 1 && strcmp(argv[1], "-i") == 0)
		first = 2;
	if (argc <= first || argc > first + 7) {
		fprintf(stderr, "usage: try [-i] CALL [ARG...]\n");
		return 2;
	}
	nr = parse_call(argv[first]);
	for (int i = first + 1; i < argc; i++)
		a[i - first - 1] = parse_argument(argv[i]);
	if (first == 2) {
#if defined(__x86_64__)
		result = int80(nr, a);
#else
		fprintf(stderr, "try: -i is for x86-64\n");
		return 2;
#endif
	} else {
		result = syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	if (getpid() != self)
		_exit(0);
	if (result == -1 && errno != 0)
		print_errno(errno);
	else
		puts("ok");
	return 0;
}
