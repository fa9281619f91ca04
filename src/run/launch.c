/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/launch.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/environment.h"

extern char **environ;

/* ---- the path search ---- */

#define DEFAULT_PATH "/bin:/usr/bin" /* confstr(_CS_PATH) of glibc */

static void search_begin(struct launch_search *search, const char *file, const char *path)
{
	search->file = file;
	search->remembered = ENOENT;
	if (strchr(file, '/') || *file == '\0')
		search->rest = "";
	else
		search->rest = path ? path : DEFAULT_PATH;
}

/* false: no further candidate. One that does not fit into PATH_MAX cannot exist and is left out. */
static bool search_next(struct launch_search *search)
{
	size_t length = strlen(search->file);
	bool named = strchr(search->file, '/') || length == 0;

	while (search->rest) {
		const char *directory = search->rest, *colon = strchr(directory, ':');
		size_t size = named ? 0 : colon ? (size_t)(colon - directory) : strlen(directory);
		bool slash = size > 0;

		search->rest = colon && !named ? colon + 1 : NULL;
		if (size + slash + length + 1 > sizeof search->path)
			continue;
		memcpy(search->path, directory, size);
		search->path[size] = '/';
		memcpy(search->path + size + slash, search->file, length + 1);
		return true;
	}
	return false;
}

/* 0, or the errno with which execve(2) would refuse the file at this path. */
static int why_not_executable(const char *path)
{
	struct stat status;

	if (access(path, X_OK) < 0)
		return errno;
	if (stat(path, &status) < 0)
		return errno;
	return S_ISREG(status.st_mode) ? 0 : EACCES;
}

/* Of all candidates' failures EACCES is the one that execvp(3) reports, else the last. */
static void remember(struct launch_search *search, int number)
{
	if (search->remembered != EACCES)
		search->remembered = number;
}

/* execvp(3) goes on to the next directory of PATH after these. */
static bool is_worth_going_on(int number)
{
	return number == EACCES || number == ENOENT || number == ENOTDIR || number == ESTALE ||
	       number == ENODEV || number == ETIMEDOUT;
}

/* Where a file that was not found has been looked for. */
static const char *place_of_search(const struct launch *launch)
{
	if (strchr(launch->search.file, '/'))
		return "";
	if (environment_value(launch->envp, "PATH"))
		return " in PATH";
	return launch->envp == environ ? " in " DEFAULT_PATH ", as PATH is not set"
				       : " in " DEFAULT_PATH
					 ", as --env gives no PATH: '--env PATH' passes it on";
}

/* Whether the domain may be what execve(2) refuses for: COMMAND is open, what it names may not be.
 */
static bool is_closed(const struct launch *launch, int number)
{
	return number == EACCES && launch->reach && launch->reach->command;
}

static bool cannot_run(struct launch *launch, int number, struct error *error)
{
	const char *file = launch->search.file;

	if (number == ENOENT)
		return diag_errno(error, EXIT_NOT_FOUND, number, "cannot find command '%.400s'%s",
				  file, place_of_search(launch));
	return diag_set(error, EXIT_CANNOT_RUN, "cannot execute '%.400s': %s%s", file,
			strerror(number),
			is_closed(launch, number)
				? "; what it names as interpreter or loader may be closed by "
				  "files=deny: --read opens it"
				: "");
}

bool launch_find(struct launch *launch, struct error *error)
{
	search_begin(&launch->search, launch->argv[0], environment_value(launch->envp, "PATH"));
	if (strchr(launch->argv[0], '/') && strlen(launch->argv[0]) >= PATH_MAX)
		return cannot_run(launch, ENAMETOOLONG, error);
	while (search_next(&launch->search)) {
		int number = why_not_executable(launch->search.path);

		if (number == 0)
			return true;
		if (!is_worth_going_on(number))
			return cannot_run(launch, number, error);
		remember(&launch->search, number);
	}
	return cannot_run(launch, launch->search.remembered, error);
}

/* ---- the target's ABI ---- */

bool launch_elf_abi(const struct launch *launch, enum abi *abi)
{
	unsigned char head[20]; /* e_ident, e_type, e_machine: the same in both classes (elf(5)) */
	int fd = open(launch->search.path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t size = fd < 0 ? -1 : read(fd, head, sizeof head);
	unsigned machine;

	if (fd >= 0)
		close(fd);
	if (size != sizeof head || memcmp(head, ELFMAG, SELFMAG) != 0)
		return false;
	machine =
		head[EI_DATA] == ELFDATA2MSB ? head[18] << 8 | head[19] : head[19] << 8 | head[18];
	for (unsigned i = 0; i < ABI_COUNT; i++) {
		const struct abi_row *row = &abi_rows[i];

		if (ARCH_ELF_MACHINE(row->arch) == machine &&
		    head[EI_CLASS] == (row->bits == 64 ? ELFCLASS64 : ELFCLASS32) &&
		    head[EI_DATA] == (row->endian == ENDIAN_BIG ? ELFDATA2MSB : ELFDATA2LSB)) {
			*abi = i;
			return true;
		}
	}
	return false;
}

/* ---- what the target inherits ---- */

bool launch_reset_sigsys(struct error *error)
{
	sigset_t set;

	if (signal(SIGSYS, SIG_DFL) == SIG_ERR)
		return diag_errno(error, EXIT_GYVE, errno, "cannot reset SIGSYS (sigaction)");
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	if (sigprocmask(SIG_UNBLOCK, &set, NULL) < 0)
		return diag_errno(error, EXIT_GYVE, errno, "cannot unblock SIGSYS (sigprocmask)");
	return true;
}

bool launch_die_with_parent(struct error *error)
{
	pid_t parent = getppid();

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot tie this process to its parent (prctl PR_SET_PDEATHSIG)");
	if (getppid() != parent)
		return diag_set(error, EXIT_GYVE, "the parent process ended before the launch");
	return true;
}

/* The last descriptor that systemd passed, as the target is told (sd_listen_fds(3)), or 2. */
static int last_passed_fd(char *const *envp)
{
	const char *pid = environment_value(envp, "LISTEN_PID");
	const char *count = environment_value(envp, "LISTEN_FDS");
	char *end;
	long n;

	if (!pid || !count || strtol(pid, &end, 10) != getpid() || *end != '\0')
		return 2;
	n = strtol(count, &end, 10);
	if (*end != '\0' || n < 1 || n > INT_MAX - 3)
		return 2;
	return 2 + (int)n;
}

void launch_warn_of_open_fds(char *const *envp)
{
	struct pollfd fds[253];
	int first = last_passed_fd(envp) + 1, count = 256 - first;

	for (int i = 0; i < count; i++)
		fds[i] = (struct pollfd){ .fd = first + i };
	/* EINVAL where fewer may be open: then each is looked at. */
	if (count > 0)
		poll(fds, (nfds_t)count, 0);
	for (int i = 0; i < count; i++) {
		int flags = fds[i].revents & POLLNVAL ? -1 : fcntl(fds[i].fd, F_GETFD);

		if (flags < 0 || flags & FD_CLOEXEC)
			continue;
		diag_warn("descriptor %d is open, and COMMAND gets at what it leads to "
			  "whatever is closed; --close-fds closes it",
			  fds[i].fd);
		return;
	}
}

static bool mark_one_by_one(int first, struct error *error)
{
	DIR *fds = opendir("/proc/self/fd");
	struct dirent *entry;

	if (!fds)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot close inherited descriptors: no close_range(2), and "
				  "/proc/self/fd cannot be read");
	while ((entry = readdir(fds)) != NULL) {
		int fd = atoi(entry->d_name);

		if (fd >= first)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	closedir(fds);
	return true;
}

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1u << 2)
#endif

bool launch_close_fds(char *const *envp, struct error *error)
{
	unsigned first = (unsigned)last_passed_fd(envp) + 1;
	uint32_t nr;

	if (!syscalls_number(syscalls_native_abi(), CALL_close_range, &nr))
		return diag_set(error, EXIT_GYVE, "this ABI has no close_range(2)");
	if (syscall((long)nr, first, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
		return true;
	/* The flag is younger (Linux 5.11) than the call: EINVAL in between. */
	if (errno != ENOSYS && errno != EINVAL)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot close inherited descriptors (close_range)");
	return mark_one_by_one((int)first, error);
}

/* ---- exec ---- */

/*
 * execve takes three arguments, but a filter sees all six argument registers: the words in the
 * other three are the ticket. Without one they are zero and nobody looks.
 */
static void exec_once(const struct launch *launch, const char *path)
{
	static const uint64_t none[3];
	const uint64_t *word = launch->ticket ? launch->ticket : none;

	syscall(SYS_execve, path, launch->argv, launch->envp, (unsigned long)word[0],
		(unsigned long)word[1], (unsigned long)word[2]);
}

bool launch_exec(struct launch *launch, struct error *error)
{
	int number;

	do {
		exec_once(launch, launch->search.path);
		number = errno;
		if (number == ENOEXEC) {
			launch->argv[0] = launch->search.path;
			launch->argv--;
			launch->argv[0] = (char *)"/bin/sh";
			exec_once(launch, launch->argv[0]);
			number = errno;
			break;
		}
		/* Another program of this name is not what was asked for. */
		if (!is_worth_going_on(number) || is_closed(launch, number))
			break;
		remember(&launch->search, number);
		number = launch->search.remembered;
	} while (search_next(&launch->search));
	if (number == ENOENT)
		return diag_errno(
			error, EXIT_NOT_FOUND, number,
			"cannot execute '%.400s': the interpreter or loader that it names "
			"is missing",
			launch->search.file);
	return cannot_run(launch, number, error);
}
