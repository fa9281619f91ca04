/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty: runs a command in a terminal of its own and talks with it.
 *
 *   pty STEP... -- COMMAND [ARG...]
 *
 * STEP is "<TEXT", wait until the command has written TEXT since the last step that waited; or
 * ">TEXT", type it. In what is typed "^C" and the like are control characters, "^[" is escape, "^M"
 * the return key. Then waits for the end of the command. All that it has written goes to standard
 * output. The status is the command's (128 + N for signal N), or 2 with a message when a step has
 * waited for 20 seconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 20

static char seen[1 << 20];
static size_t size, waited;
static int master;
static pid_t child;

static void fail(const char *what, const char *detail)
{
	fwrite(seen, 1, size, stdout);
	printf("\npty: %s: %s\n", what, detail);
	fflush(stdout);
	kill(-child, SIGKILL);
	kill(child, SIGKILL);
	exit(2);
}

/* 0 at the end of output, -1 when none came in time. */
static int read_more(time_t deadline)
{
	struct pollfd poll_fd = { master, POLLIN, 0 };
	time_t left = deadline - time(NULL);
	ssize_t got;

	if (left <= 0 || poll(&poll_fd, 1, (int)left * 1000) <= 0)
		return -1;
	if (size == sizeof seen - 1)
		fail("too much output", "");
	got = read(master, seen + size, sizeof seen - 1 - size);
	if (got <= 0)
		return 0; /* EIO: nobody has the terminal open any more */
	/* strstr stops at a zero byte */
	for (ssize_t i = 0; i < got; i++)
		if (seen[size + (size_t)i] == '\0')
			seen[size + (size_t)i] = ' ';
	size += (size_t)got;
	return 1;
}

static void await(const char *text)
{
	time_t deadline = time(NULL) + SECONDS;
	char *at;

	while (!(at = strstr(seen + waited, text)))
		if (read_more(deadline) <= 0)
			fail("never seen", text);
	waited = (size_t)(at - seen) + strlen(text);
}

static void type(const char *text)
{
	for (; *text; text++) {
		char byte = *text;

		if (byte == '^' && text[1])
			byte = (char)(*++text & 0x1f);
		if (write(master, &byte, 1) != 1)
			fail("cannot type", strerror(errno));
	}
}

static void start(char **argv)
{
	struct winsize window = { .ws_row = 24, .ws_col = 80 };
	int slave;

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    (slave = open(ptsname(master), O_RDWR | O_NOCTTY)) < 0) {
		perror("pty: no terminal");
		exit(3);
	}
	ioctl(slave, TIOCSWINSZ, &window);
	child = fork();
	if (child < 0) {
		perror("pty: fork");
		exit(3);
	}
	if (child == 0) {
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		dup2(slave, 0);
		dup2(slave, 1);
		dup2(slave, 2);
		if (slave > 2)
			close(slave);
		execvp(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	close(slave);
}

static int finish(void)
{
	time_t deadline = time(NULL) + SECONDS;
	int status, more;

	while ((more = read_more(deadline)) > 0)
		;
	while (waitpid(child, &status, WNOHANG) != child) {
		if (more < 0 || time(NULL) > deadline)
			fail("did not end", "");
		poll(NULL, 0, 10);
	}
	fwrite(seen, 1, size, stdout);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	int steps = 1;

	while (steps < argc && strcmp(argv[steps], "--") != 0)
		steps++;
	if (steps + 1 >= argc) {
		fprintf(stderr, "usage: pty STEP... -- COMMAND [ARG...]\n");
		return 2;
	}
	start(argv + steps + 1);
	for (int i = 1; i < steps; i++) {
		if (argv[i][0] == '<')
			await(argv[i] + 1);
		else
			type(argv[i] + 1);
	}
	return finish();
}
