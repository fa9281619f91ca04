/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor: a static program that becomes its command and does nothing else.
 *
 *   floor COMMAND [ARG...]
 *   floor -f N COMMAND [ARG...]    first loads a filter of N instructions that allows everything
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int load(unsigned length)
{
	static struct sock_filter filter[4096];
	struct sock_fprog program = { (unsigned short)length, filter };

	if (length < 1 || length > 4096)
		return -1;
	for (unsigned i = 0; i + 1 < length; i++)
		filter[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
	filter[length - 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int main(int argc, char **argv)
{
	int first = 1;

	if (argc > 3 && strcmp(argv[1], "-f") == 0) {
		if (load((unsigned)atoi(argv[2])) != 0)
			return 125;
		first = 3;
	}
	if (argc <= first)
		return 125;
	execvp(argv[first], argv + first);
	return 127;
}
