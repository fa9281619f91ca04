/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ports_seen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/deed.h"
#include "run/process.h"

#define SHORTEST_V6 24 /* SIN6_LEN_RFC2133, which Landlock is content with */

static int duplicate(pid_t tid, int number)
{
	pid_t pid;
	uint32_t nr;
	int process = process_open(tid, &pid), fd;

	if (process < 0)
		return -1;
	fd = syscalls_number(syscalls_native_abi(), CALL_pidfd_getfd, &nr)
		     ? (int)syscall((long)nr, process, number, 0)
		     : -1;
	close(process);
	return fd;
}

static int option_of(int socket, int option)
{
	int value = -1;
	socklen_t size = sizeof value;

	return getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

/* Whether Landlock looks at the call: a TCP socket, of the address's family (its net.c). */
static bool is_tcp(pid_t tid, int number, int family)
{
	int fd = duplicate(tid, number);
	bool tcp = fd >= 0 && option_of(fd, SO_TYPE) == SOCK_STREAM &&
		   option_of(fd, SO_PROTOCOL) == IPPROTO_TCP &&
		   (family == AF_UNSPEC || option_of(fd, SO_DOMAIN) == family);

	if (fd >= 0)
		close(fd);
	return tcp;
}

static bool read_address(const struct notification *caller, uint64_t at, size_t size,
			 struct port_seen *seen, int *family)
{
	union {
		sa_family_t family;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
	char text[INET6_ADDRSTRLEN] = "?";

	memset(&address, 0, sizeof address);
	if (size < sizeof address.v4)
		return false;
	if (size > sizeof address)
		size = sizeof address;
	if (process_read(caller->tid, at, &address, size) != size)
		return false;
	*family = address.family;
	if (*family == AF_INET6) {
		seen->port = ntohs(address.v6.sin6_port);
		inet_ntop(AF_INET6, &address.v6.sin6_addr, text, sizeof text);
		snprintf(seen->address, sizeof seen->address, "[%s]", text);
		return size >= SHORTEST_V6;
	}
	seen->port = ntohs(address.v4.sin_port);
	inet_ntop(AF_INET, &address.v4.sin_addr, text, sizeof text);
	snprintf(seen->address, sizeof seen->address, "%s", text);
	/* Unspecified, it ends a connection, and to bind it is AF_INET (inet_bind). */
	return *family == AF_INET || (*family == AF_UNSPEC && seen->binds);
}

static bool is_opened(const struct reach *reach, const struct port_seen *seen)
{
	unsigned what = seen->binds ? OPENED_BIND : OPENED_CONNECT;

	for (unsigned i = 0; i < reach->opened_count; i++)
		if (reach->opened[i].what == what && reach->opened[i].first <= seen->port &&
		    seen->port <= reach->opened[i].last)
			return true;
	return false;
}

/* ip(7), ip_unprivileged_port_start. */
static bool is_privileged(uint16_t port)
{
	unsigned first = 1024;
	FILE *file = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");

	if (file) {
		if (fscanf(file, "%u", &first) != 1)
			first = 1024;
		fclose(file);
	}
	return port != 0 && port < first;
}

bool ports_seen_look(const struct reach *reach, const struct notification *caller,
		     struct port_seen *seen)
{
	uint64_t args[6];
	const struct path_call_row *row = deed_find(caller, args);
	int family;

	if (!row || (row->act != ACT_CONNECT && row->act != ACT_BIND))
		return false;
	seen->binds = row->act == ACT_BIND;
	if (!read_address(caller, args[row->path], (uint32_t)args[row->flags], seen, &family) ||
	    is_opened(reach, seen) || !is_tcp(caller->tid, (int)args[row->at], family))
		return false;
	return !seen->binds || !is_privileged(seen->port) ||
	       process_has_capability(caller->tid, CAP_NET_BIND_SERVICE);
}
