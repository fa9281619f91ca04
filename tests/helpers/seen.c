/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seen: makes calls with paths, for the supervisor to look at. Prints "ok" or the name of an errno
 * of the last one, unless it says otherwise.
 *
 *   seen chroot DIRECTORY PATH    opens PATH for reading in DIRECTORY as its root
 *   seen enter FD PATH            in the mount namespace behind a descriptor
 *   seen from DIRECTORY PATH      from a descriptor of DIRECTORY, which O_PATH opened before
 *   seen as UID PATH              as another user
 *   seen many N PATH              in N processes at once; prints how many were refused
 *   seen hostile PATH             with a path that is nowhere, without an end, too long, that
 *                                 another thread changes, that drives a terminal; then PATH
 *   seen how FLAGS PATH           with openat2(2) and these resolve flags
 *   seen words PATH...            opens each, and prints an outcome a line
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "seen: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int try(const char *path)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
}

static int tell(int fd)
{
	printf("%s\n", fd >= 0		 ? "ok"
		       : errno == EACCES ? "EACCES"
		       : errno == ENOENT ? "ENOENT"
					 : strerror(errno));
	return 0;
}

static int in_chroot(const char *directory, const char *path)
{
	must(chroot(directory), "chroot");
	must(chdir("/"), "chdir");
	return tell(try(path));
}

static int in_namespace(const char *fd, const char *path)
{
	must(setns(atoi(fd), CLONE_NEWNS), "setns");
	return tell(try(path));
}

static int from_directory(const char *directory, const char *path)
{
	int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

	must(fd, directory);
	return tell(openat(fd, path, O_RDONLY | O_CLOEXEC));
}

static int as_user(const char *id, const char *path)
{
	uid_t user = (uid_t)atoi(id);

	must(syscall(SYS_setresgid, user, user, user), "setresgid");
	must(syscall(SYS_setresuid, user, user, user), "setresuid");
	return tell(try(path));
}

static int in_many(const char *number, const char *path)
{
	int count = atoi(number), refused = 0, status, gate[2];
	char byte;

	must(pipe(gate), "pipe");
	for (int i = 0; i < count; i++) {
		pid_t child = fork();

		must(child, "fork");
		if (child > 0)
			continue;
		close(gate[1]);
		if (read(gate[0], &byte, 1) < 0)
			_exit(2);
		_exit(try(path) < 0 && errno == EACCES);
	}
	close(gate[1]);
	while (wait(&status) > 0)
		refused += WIFEXITED(status) && WEXITSTATUS(status) == 1;
	printf("%d\n", refused);
	return 0;
}

/* ---- paths that are meant to hurt ---- */

static char flipping[4096];
static volatile int done;

static void *flip(void *path)
{
	while (!done) {
		strcpy(flipping, path);
		flipping[0] = '\0';
		memset(flipping, 'x', sizeof flipping);
	}
	return NULL;
}

static void without_end(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(pages == MAP_FAILED ? -1 : 0, "mmap");
	must(munmap(pages + 4096, 4096), "munmap");
	memset(pages, '/', 4096);
	try(pages);
	memset(pages, 'a', 4096);
	try(pages);
	try(pages + 4095);
}

static void too_long(void)
{
	char path[3 * 4096];

	memset(path, 'a', sizeof path);
	path[sizeof path - 1] = '\0';
	try(path);
	for (size_t i = 0; i < sizeof path - 1; i++)
		path[i] = "../"[i % 3];
	path[4094] = '\0';
	try(path);
	memset(path, '/', 4095);
	path[4095] = '\0';
	try(path);
}

static int hostile(char *path)
{
	char name[4096];
	pthread_t thread;

	try(NULL);
	try((const char *)1);
	try((const char *)UINTPTR_MAX);
	without_end();
	too_long();
	snprintf(name, sizeof name,
		 "%s\n{\"event\":\"end\"}\n\033[2Jgyve: all is well; to allow: --read x", path);
	must(open(name, O_RDONLY | O_CREAT, 0644) < 0 && errno != EACCES ? -1 : 0, "open");
	try(name);
	must(pthread_create(&thread, NULL, flip, path) ? -1 : 0, "pthread_create");
	for (int i = 0; i < 2000; i++) {
		int fd = try(flipping);

		if (fd >= 0)
			close(fd);
	}
	done = 1;
	pthread_join(thread, NULL);
	return tell(try(path));
}

static int limited(const char *flags, const char *path)
{
	uint64_t how[3] = { O_RDONLY | O_CLOEXEC, 0, strtoull(flags, NULL, 0) };

	return tell((int)syscall(SYS_openat2, AT_FDCWD, path, how, sizeof how));
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (argc == 4 && strcmp(what, "chroot") == 0)
		return in_chroot(argv[2], argv[3]);
	if (argc == 4 && strcmp(what, "enter") == 0)
		return in_namespace(argv[2], argv[3]);
	if (argc == 4 && strcmp(what, "from") == 0)
		return from_directory(argv[2], argv[3]);
	if (argc == 4 && strcmp(what, "as") == 0)
		return as_user(argv[2], argv[3]);
	if (argc == 4 && strcmp(what, "many") == 0)
		return in_many(argv[2], argv[3]);
	if (argc == 3 && strcmp(what, "hostile") == 0)
		return hostile(argv[2]);
	if (argc == 4 && strcmp(what, "how") == 0)
		return limited(argv[2], argv[3]);
	if (strcmp(what, "words") != 0)
		return 2;
	for (int i = 2; i < argc; i++)
		tell(try(argv[i]));
	return 0;
}
