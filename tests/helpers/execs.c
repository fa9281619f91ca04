/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * execs: executes itself in one of the ways there are, and then prints "executed".
 *
 *   execs WAY [WORD WORD WORD]    the words stand in the argument registers that WAY leaves free
 *   execs WAY stdin [BIT]         the words are read from standard input; bit 0 to 191 is flipped
 *   execs executed                what is executed: prints "executed"
 *
 * WAY: execve; execveat; fexecve; memfd (execveat with AT_EMPTY_PATH on a copy in memory).
 * Prints the errno text when the call fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static const char self[] = "/proc/self/exe";
static char *target_argv[] = { (char *)"execs", (char *)"executed", NULL };
static uint64_t words[3];

static void by_execve(void)
{
	syscall(SYS_execve, self, target_argv, environ, words[0], words[1], words[2]);
}

static void by_execveat(void)
{
	syscall(SYS_execveat, AT_FDCWD, self, target_argv, environ, 0, words[2]);
}

static void by_fexecve(void)
{
	int fd = open(self, O_RDONLY);

	if (fd >= 0)
		fexecve(fd, target_argv, environ);
}

static void by_memfd(void)
{
	int from = open(self, O_RDONLY), to = memfd_create("copy", 0);
	char buffer[65536];
	ssize_t size;

	while ((size = read(from, buffer, sizeof buffer)) > 0)
		if (write(to, buffer, (size_t)size) != size)
			return;
	syscall(SYS_execveat, to, "", target_argv, environ, AT_EMPTY_PATH, words[2]);
}

static const struct {
	const char *name;
	void (*try)(void);
} ways[] = {
	{ "execve", by_execve },
	{ "execveat", by_execveat },
	{ "fexecve", by_fexecve },
	{ "memfd", by_memfd },
};

static void read_words(const char *bit)
{
	if (scanf("%" SCNx64 " %" SCNx64 " %" SCNx64, &words[0], &words[1], &words[2]) != 3) {
		fprintf(stderr, "execs: no words on standard input\n");
		exit(2);
	}
	if (bit)
		words[atoi(bit) / 64] ^= UINT64_C(1) << atoi(bit) % 64;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "executed") == 0) {
		puts("executed");
		return 0;
	}
	if (argc > 2 && strcmp(argv[2], "stdin") == 0)
		read_words(argc > 3 ? argv[3] : NULL);
	else
		for (int i = 2; i < argc && i < 5; i++)
			words[i - 2] = strtoull(argv[i], NULL, 0);
	for (unsigned i = 0; argc > 1 && i < sizeof ways / sizeof ways[0]; i++) {
		if (strcmp(ways[i].name, argv[1]) != 0)
			continue;
		ways[i].try();
		puts(strerror(errno));
		return 0;
	}
	fprintf(stderr, "usage: execs WAY [WORD WORD WORD | stdin [BIT]]\n");
	return 2;
}
