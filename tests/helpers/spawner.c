/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spawner: starts a thread or a process by the means that the C library offers.
 *
 *   spawner pthread|posix_spawn|fork|vfork|system|popen
 *   spawner in-thread pthread|posix_spawn|...
 *
 * Prints "ok" when what was started has run, else the errno text. in-thread does it in a second
 * thread, while the first one waits to say "survived" should only the second be killed.
 */
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void *thread(void *ran)
{
	*(int *)ran = 1;
	return NULL;
}

/* 0, or an errno. */
static int by_pthread(void)
{
	pthread_t id;
	int ran = 0, number = pthread_create(&id, NULL, thread, &ran);

	if (number == 0)
		number = pthread_join(id, NULL);
	return number ? number : ran ? 0 : ECHILD;
}

static int wait_for(pid_t child)
{
	int status;

	if (child < 0)
		return errno;
	return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7
		       ? 0
		       : ECHILD;
}

static int by_posix_spawn(void)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)"exit 7", NULL };
	pid_t child;
	int number = posix_spawn(&child, "/bin/sh", NULL, NULL, argv, environ);

	return number ? number : wait_for(child);
}

static int by_fork(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(7);
	return wait_for(child);
}

static int by_vfork(void)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(7);
	return wait_for(child);
}

static int by_system(void)
{
	int status;

	errno = 0;
	status = system("exit 7");
	if (status == -1 && errno)
		return errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 7 ? 0 : ECHILD;
}

static int by_popen(void)
{
	FILE *pipe = popen("exit 7", "r");
	int status;

	if (!pipe)
		return errno;
	status = pclose(pipe);
	return WIFEXITED(status) && WEXITSTATUS(status) == 7 ? 0 : ECHILD;
}

static const struct means {
	const char *name;
	int (*try)(void);
} all_means[] = {
	{ "pthread", by_pthread }, { "posix_spawn", by_posix_spawn }, { "fork", by_fork },
	{ "vfork", by_vfork },	   { "system", by_system },	      { "popen", by_popen },
};

static void report(const struct means *means)
{
	int number = means->try();

	puts(number ? strerror(number) : "ok");
	fflush(stdout);
}

static void *report_in_thread(void *means)
{
	report(means);
	return NULL;
}

static void in_thread(const struct means *means)
{
	pthread_t id;

	if (pthread_create(&id, NULL, report_in_thread, (void *)means) != 0) {
		puts("no thread");
		return;
	}
	sleep(1);
	/* A thread that was killed in the middle of fork(3) holds the locks of stdio for ever. */
	_exit(write(STDOUT_FILENO, "survived\n", 9) != 9);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[argc - 1] : "";

	for (unsigned i = 0; i < sizeof all_means / sizeof all_means[0]; i++) {
		if (strcmp(all_means[i].name, name) != 0)
			continue;
		if (argc > 2)
			in_thread(&all_means[i]);
		else
			report(&all_means[i]);
		return 0;
	}
	fprintf(stderr, "usage: spawner [in-thread] MEANS\n");
	return 2;
}
