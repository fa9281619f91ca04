/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bounded: runs a test that finds the same surroundings everywhere, and an end.
 *
 *   bounded SECONDS COMMAND [ARG...]
 *
 * COMMAND starts in a session of its own, with every signal at its default and none blocked (a
 * job in the background of a script ignores SIGINT, and no shell takes that back), with /dev/null
 * for its input and for what is closed of its output. After SECONDS it is killed with all that it
 * has started, in whatever session, and "Bail out!" tells a reader of TAP so. What it leaves behind
 * when it ends by itself is killed, too. The status is COMMAND's, 128 + N for signal N.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* ---- surroundings ---- */

static void open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0) {
		perror("bounded: /dev/null");
		exit(2);
	}
	close(fd);
}

static void become(char **argv)
{
	sigset_t none;

	setsid();
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

/* ---- an end ---- */

static pid_t parent_of(const char *pid)
{
	char path[300], line[512];
	FILE *stat;
	int parent = 0;

	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	stat = fopen(path, "re");
	if (!stat)
		return 0;
	if (fgets(line, sizeof line, stat)) {
		/* the name in parentheses may hold anything */
		char *at = line;

		for (char *c = line; *c; c++)
			if (*c == ')')
				at = c;
		sscanf(at, ") %*c %d", &parent);
	}
	fclose(stat);
	return parent;
}

static void kill_children(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    parent_of(entry->d_name) == getpid())
			kill(atoi(entry->d_name), SIGKILL);
	if (proc)
		closedir(proc);
}

/* Orphans become children of this process, which is their reaper, so none is left out. */
static void kill_all(pid_t child)
{
	time_t limit =
		now() + 10; /* others' processes, which cannot be killed, end by themselves */

	kill(-child, SIGKILL);
	do {
		static const struct timespec pause = { 0, 2000000 };

		kill_children();
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return;
		nanosleep(&pause, NULL);
	} while (now() < limit);
}

/* Waits until the child has ended: true and its status. false: the time is over, or a signal. */
static bool await(pid_t child, const sigset_t *set, time_t limit, int *status, int *signal_number)
{
	for (;;) {
		struct timespec left = { limit - now(), 0 };
		pid_t pid;

		while ((pid = waitpid(-1, status, WNOHANG)) > 0)
			if (pid == child)
				return true;
		if (left.tv_sec <= 0)
			return false;
		*signal_number = sigtimedwait(set, NULL, &left);
		if (*signal_number > 0 && *signal_number != SIGCHLD)
			return false;
		*signal_number = 0;
	}
}

int main(int argc, char **argv)
{
	int status = 0, signal_number = 0;
	sigset_t set;
	long seconds = argc > 2 ? atol(argv[1]) : 0;
	pid_t child;
	bool ended;

	if (seconds <= 0) {
		fprintf(stderr, "usage: bounded SECONDS COMMAND [ARG...]\n");
		return 2;
	}
	open_standard();
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = fork();
	if (child < 0) {
		perror("bounded: fork");
		return 2;
	}
	if (child == 0)
		become(argv + 2);
	ended = await(child, &set, now() + seconds, &status, &signal_number);
	kill_all(child);
	if (signal_number > 0)
		return 128 + signal_number;
	if (!ended) {
		printf("\nBail out! no end after %ld seconds, in what follows the last line "
		       "above\n",
		       seconds);
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
