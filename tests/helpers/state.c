/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state: prints what a process has from its caller, one fact per line, so that two runs can be
 * compared.
 *
 *   state [ARG...]      all of it
 *   state -a [ARG...]   the arguments only, byte for byte
 *
 * What the kernel or a filter must change (no_new_privs, Seccomp) is not printed.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static void print_bytes(const char *what, unsigned i, const char *text)
{
	printf("%s %u %zu ", what, i, strlen(text));
	for (; *text; text++)
		printf("%02x", (unsigned char)*text);
	putchar('\n');
}

static void print_words(const char *what, char **words)
{
	for (unsigned i = 0; words[i]; i++)
		print_bytes(what, i, words[i]);
}

static void print_descriptors(void)
{
	for (int fd = 0; fd < 1024; fd++) {
		struct stat status;
		int flags = fcntl(fd, F_GETFD);

		if (flags < 0 || fstat(fd, &status) < 0)
			continue;
		printf("fd %d flags %d %#x inode %lu offset %ld\n", fd, flags, fcntl(fd, F_GETFL),
		       (unsigned long)status.st_ino, (long)lseek(fd, 0, SEEK_CUR));
	}
}

static void print_signals(void)
{
	sigset_t mask, pending;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	sigpending(&pending);
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;

		if (sigaction(number, NULL, &action) < 0)
			continue;
		printf("signal %d %s%s%s\n", number,
		       action.sa_handler == SIG_DFL   ? "default"
		       : action.sa_handler == SIG_IGN ? "ignored"
						      : "caught",
		       sigismember(&mask, number) == 1 ? " blocked" : "",
		       sigismember(&pending, number) == 1 ? " pending" : "");
	}
}

static void print_limits(void)
{
	for (unsigned i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit;

		getrlimit(i, &limit);
		printf("limit %u %lu %lu\n", i, (unsigned long)limit.rlim_cur,
		       (unsigned long)limit.rlim_max);
	}
}

static void print_scheduling(void)
{
	struct sched_param param;
	struct itimerval timer;
	cpu_set_t processors;

	sched_getparam(0, &param);
	sched_getaffinity(0, sizeof processors, &processors);
	getitimer(ITIMER_REAL, &timer);
	printf("nice %d policy %d %d processors %d timer %s\n", getpriority(PRIO_PROCESS, 0),
	       sched_getscheduler(0), param.sched_priority, CPU_COUNT(&processors),
	       timer.it_value.tv_sec > 0 ? "runs" : "none");
}

static void print_identity(void)
{
	pid_t tty = tcgetpgrp(STDIN_FILENO);
	char name[100];

	printf("pid %d parent %d\n", getpid(), getppid());
	printf("group %d session %d terminal's group %d\n", getpgrp(), getsid(0), tty);
	printf("uid %d %d gid %d %d groups %d\n", getuid(), geteuid(), getgid(), getegid(),
	       getgroups(0, NULL));
	prctl(PR_GET_NAME, name);
	printf("name %s personality %#x dumpable %d\n", name, personality(0xffffffff),
	       prctl(PR_GET_DUMPABLE));
}

/* The lines of a file of /proc that begin so. */
static void print_proc(const char *path, const char *start)
{
	FILE *file = fopen(path, "re");
	char line[300];

	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, start, strlen(start)) == 0)
			fputs(line, stdout);
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	char directory[4096];
	mode_t mask;
	int signals = 0;

	if (argc > 1 && strcmp(argv[1], "-a") == 0) {
		print_words("argument", argv);
		return 0;
	}
	print_descriptors(); /* first: reading /proc opens some */
	print_words("argument", argv);
	print_words("variable", environ);
	print_signals();
	print_limits();
	print_scheduling();
	print_identity();
	mask = umask(0);
	printf("umask %03o directory %s\n", (unsigned)mask,
	       getcwd(directory, sizeof directory) ? directory : strerror(errno));
	prctl(PR_GET_PDEATHSIG, &signals);
	printf("parent's death %d\n", signals);
	print_proc("/proc/self/status", "Cap");
	print_proc("/proc/self/status", "CoreDumping");
	print_proc("/proc/self/status", "Threads");
	print_proc("/proc/self/oom_score_adj", "");
	print_proc("/proc/self/cgroup", "");
	return ferror(stdout) || fflush(stdout) != 0;
}
