/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach/attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- debug ---- */

/*
 * Whether our parent, who is outside, can still be read. The address is nobody's, so that EFAULT is
 * the answer of a kernel that would have read it. Most other answers say nothing: the parent may be
 * another user's.
 */
static bool reads_parent(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)1, 1 };

	return syscall(SYS_process_vm_readv, getppid(), &here, 1ul, &there, 1ul, 0ul) < 0 &&
	       errno == EFAULT;
}

/* ---- files ---- */

static bool lists_root(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool is_opened_for_writing(const struct reach *reach, dev_t device)
{
	struct stat status;

	for (unsigned i = 0; i < reach->opened_count; i++)
		if (reach->opened[i].what == OPENED_WRITE &&
		    stat(reach->opened[i].text, &status) == 0 && status.st_dev == device)
			return true;
	return false;
}

/* A file that everybody may write, and which opening does not change: this process's own name. */
static bool writes_proc(const struct reach *reach)
{
	int fd = open("/proc/self/comm", O_WRONLY | O_CLOEXEC);
	struct stat status;
	bool opened;

	if (fd < 0)
		return false;
	opened = fstat(fd, &status) < 0 || is_opened_for_writing(reach, status.st_dev);
	close(fd);
	return !opened;
}

static bool files_hold(const struct reach *reach, const struct ruleset_roots *roots)
{
	if (reach->closes_reading && !roots->readable && lists_root())
		return false;
	return roots->writable || !writes_proc(reach);
}

/* ---- ports ---- */

/* The highest port that is closed, or -1: a low one might be refused for want of a privilege. */
static int closed_port(const struct reach *reach, unsigned what)
{
	int port = UINT16_MAX;

	for (unsigned i = 0; i < reach->opened_count && port >= 0; i++)
		if (reach->opened[i].what == what && reach->opened[i].first <= port &&
		    port <= reach->opened[i].last) {
			port = reach->opened[i].first - 1;
			i = UINT_MAX; /* the others once more */
		}
	return port;
}

/* Of this machine's own address, without waiting. What a closed port answers is EACCES. */
static bool reaches_port(const struct reach *reach, unsigned what,
			 int (*call)(int, const struct sockaddr *, socklen_t))
{
	int port = closed_port(reach, what);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = port < 0 ? -1 : socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool reached;

	if (fd < 0)
		return false;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	reached = call(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno != EACCES;
	close(fd);
	return reached;
}

/* ---- outside ---- */

struct attempt attempt_begin(const bool held[static KEY_COUNT])
{
	struct sockaddr_un nameless = { .sun_family = AF_UNIX };
	struct attempt attempt = { -1 };

	if (held[KEY_OUTSIDE])
		attempt.outside = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* With nothing but a family the kernel chooses an abstract name. */
	if (attempt.outside >= 0)
		bind(attempt.outside, (struct sockaddr *)&nameless, sizeof nameless.sun_family);
	return attempt;
}

static bool reaches_outside(int outside)
{
	struct sockaddr_un name;
	socklen_t length = sizeof name;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool reached = fd >= 0 && getsockname(outside, (struct sockaddr *)&name, &length) == 0 &&
		       connect(fd, (struct sockaddr *)&name, length) == 0;

	close(fd);
	close(outside);
	return reached;
}

bool attempt_holds(struct attempt attempt, const struct reach *reach,
		   const bool held[static KEY_COUNT], const struct ruleset_roots *roots)
{
	if (attempt.outside >= 0 && reaches_outside(attempt.outside))
		return false;
	if (held[KEY_NETWORK] && (reaches_port(reach, OPENED_BIND, bind) ||
				  reaches_port(reach, OPENED_CONNECT, connect)))
		return false;
	if (reach->need[KEY_FILES] != NEED_NONE && !files_hold(reach, roots))
		return false;
	return !reads_parent();
}
