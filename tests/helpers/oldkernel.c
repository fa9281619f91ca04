/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oldkernel: runs a command under a filter that makes this kernel answer some calls as another
 * kernel would. A simulation: the calls are not made. For tests only.
 *
 *   oldkernel ANSWER... -- COMMAND [ARG...]
 *
 * ANSWER is CALL:ERRNO, always so; CALL:N=VALUE:ERRNO, when the low half of argument N is VALUE;
 * CALL:N&MASK:ERRNO, when one of these bits of it is set; or NUMBER+:ERRNO, for this number and all
 * above. CALL is a name, of a call that this ABI may lack; ERRNO a name of errno.h's, or OK; VALUE
 * a number or one of the names below. no_new_privs is set only where the kernel demands it, so that
 * root keeps its choice.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy/policy.h"

static struct sock_filter program[200];
static unsigned short length;

static void emit(struct sock_filter insn)
{
	if (length == sizeof program / sizeof program[0]) {
		fprintf(stderr, "oldkernel: too many answers\n");
		exit(2);
	}
	program[length++] = insn;
}

static void load(uint32_t offset)
{
	emit((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static unsigned errno_of(const char *name)
{
	static const struct {
		const char *name;
		unsigned number;
	} errnos[] = {
		{ "OK", 0 }, /* success, though nothing was done */
#define ERRNO(name) { #name, name },
#include "tables/errnos.def"
#undef ERRNO
	};

	for (unsigned i = 0; i < sizeof errnos / sizeof errnos[0]; i++)
		if (strcmp(errnos[i].name, name) == 0)
			return errnos[i].number;
	fprintf(stderr, "oldkernel: unknown errno %s\n", name);
	exit(2);
}

/* Requests of ioctl(2), whose numbers differ by architecture. */
static uint32_t value_of(const char *text)
{
	static const struct {
		const char *name;
		uint32_t value;
	} names[] = {
		{ "NOTIF_ADDFD", SECCOMP_IOCTL_NOTIF_ADDFD },
		{ "NOTIF_RECV", SECCOMP_IOCTL_NOTIF_RECV },
		{ "NOTIF_SEND", SECCOMP_IOCTL_NOTIF_SEND },
		{ "NOTIF_ID_VALID", SECCOMP_IOCTL_NOTIF_ID_VALID },
	};

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i].name, text) == 0)
			return names[i].value;
	return (uint32_t)strtoul(text, NULL, 0);
}

static void answer_from(uint32_t first, unsigned number)
{
	load(offsetof(struct seccomp_data, nr));
	emit((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 1));
	emit((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | number));
}

static void answer_call(const char *name, const char *argument, unsigned number)
{
	enum call call = syscalls_named(name);
	uint32_t nr;

	if (call == CALL_COUNT) {
		fprintf(stderr, "oldkernel: unknown call %s\n", name);
		exit(2);
	}
	if (!syscalls_number(syscalls_native_abi(), call, &nr))
		return;
	load(offsetof(struct seccomp_data, nr));
	emit((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, argument ? 3 : 1));
	if (argument) {
		uint32_t value = value_of(argument + 2);
		unsigned half = abi_rows[syscalls_native_abi()].endian == ENDIAN_BIG ? 4 : 0;

		load((uint32_t)(offsetof(struct seccomp_data, args) +
				8 * (unsigned)(argument[0] - '0') + half));
		emit((struct sock_filter)BPF_JUMP(
			BPF_JMP | (argument[1] == '&' ? BPF_JSET : BPF_JEQ) | BPF_K, value, 0, 1));
	}
	emit((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | number));
}

static void answer(char *text)
{
	char *call = strtok(text, ":"), *middle = strtok(NULL, ":"), *last = strtok(NULL, ":");
	size_t size;

	if (!call || !middle) {
		fprintf(stderr, "oldkernel: not an answer: %s\n", text);
		exit(2);
	}
	size = strlen(call);
	if (call[size - 1] == '+')
		answer_from((uint32_t)strtoul(call, NULL, 0), errno_of(middle));
	else
		answer_call(call, last ? middle : NULL, errno_of(last ? last : middle));
}

static long install(void)
{
	struct sock_fprog fprog = { length, program };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog);
}

int main(int argc, char **argv)
{
	int i = 1;

	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		answer(argv[i]);
	if (length == 0 || i + 1 >= argc) {
		fprintf(stderr, "usage: oldkernel ANSWER... -- COMMAND [ARG...]\n");
		return 2;
	}
	emit((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	if (install() < 0 && errno == EACCES) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		install();
	}
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_MODE_FILTER) {
		perror("oldkernel: cannot load the filter");
		return 2;
	}
	execvp(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 2;
}
