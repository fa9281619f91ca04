/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * calls: what system calls cost in this process, in nanoseconds each.
 *
 *   calls [COUNT]
 *
 * Prints a line for each call: name, tab, nanoseconds. All of them return at once, from the kernel
 * or from a filter: getppid and read are decided by their number, the others by their arguments.
 */
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const char *name;
	long nr;
	unsigned long args[4];
} calls[] = {
	{ "getppid", SYS_getppid, { 0 } },
	{ "read", SYS_read, { (unsigned long)-1 } },
	{ "ioctl", SYS_ioctl, { (unsigned long)-1, TCGETS } },
	{ "prctl", SYS_prctl, { 38 } },
	{ "prlimit64", SYS_prlimit64, { 0, RLIMIT_NOFILE } },
	/* flags of a thread, on the way to failing: CLONE_THREAD without CLONE_VM is refused first
	 */
	{ "clone", SYS_clone, { CLONE_THREAD } },
	{ "socket", SYS_socket, { AF_UNIX, 0xffff } },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* others' turns do not count */
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;

	for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		const unsigned long *a = calls[i].args;
		double start = now();

		for (unsigned long n = 0; n < count; n++)
			syscall(calls[i].nr, a[0], a[1], a[2], a[3], 0, 0);
		printf("%s\t%.1f\n", calls[i].name, (now() - start) / (double)count);
	}
	return 0;
}
