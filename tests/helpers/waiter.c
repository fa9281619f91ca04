/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiter: runs a command as its child and tells what wait(2) says of it.
 *
 *   waiter [-s] COMMAND [ARG...]
 *
 * Prints "exited N" or "killed N". -s: in the child, before the command, SIGSYS is ignored
 * and blocked, SIGUSR1 ignored, SIGUSR2 blocked and pending.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGSYS, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	raise(SIGUSR2);
}

int main(int argc, char **argv)
{
	int first = argc > 1 && strcmp(argv[1], "-s") == 0 ? 2 : 1, status;
	pid_t child;

	if (argc <= first) {
		fprintf(stderr, "usage: waiter [-s] COMMAND [ARG...]\n");
		return 2;
	}
	child = fork();
	if (child == 0) {
		if (first == 2)
			set_signals();
		execvp(argv[first], argv + first);
		perror("waiter");
		_exit(2);
	}
	if (child < 0 || waitpid(child, &status, 0) != child) {
		perror("waiter");
		return 2;
	}
	if (WIFEXITED(status))
		printf("exited %d\n", WEXITSTATUS(status));
	else
		printf("killed %d\n", WTERMSIG(status));
	return 0;
}
