/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reach: operations on another process; the argument is "outside" or "inside". */
#include "reach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "syscalls/syscalls.h"

/* A child, of which all is known once it is ready. */
static struct peer start_peer(void)
{
	struct peer peer = { 0, 0 };
	int ends[2];

	if (pipe(ends) < 0 || (peer.pid = fork()) < 0)
		exit(2);
	if (peer.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		setpgid(0, 0);
		peer = peer_begin();
		if (write(ends[1], &peer, sizeof peer) != sizeof peer)
			exit(2);
		for (;;)
			pause();
	}
	if (read(ends[0], &peer, sizeof peer) != sizeof peer)
		exit(2);
	return peer;
}

static struct peer peer_of(char **word)
{
	const char *pid = getenv("REACH_PID"), *address = getenv("REACH_ADDRESS");

	if (strcmp(word[0], "inside") == 0)
		return start_peer();
	if (!pid || !address)
		exit(2);
	return (struct peer){ atoi(pid), strtoul(address, NULL, 10) };
}

/* Whether a signal waits for it, of which /proc/PID/status tells whoever asks. */
static bool has_got(pid_t pid, int signal)
{
	char path[40], line[200];
	unsigned long waiting = 0, mask;
	FILE *status;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "SigPnd: %lx", &mask) == 1 ||
		    sscanf(line, "ShdPnd: %lx", &mask) == 1)
			waiting |= mask;
	if (status)
		fclose(status);
	return waiting >> (signal - 1) & 1;
}

/* ---- signals that the kernel sends for us ---- */

static long own(int fd, int how, pid_t pid)
{
	struct f_owner_ex owner = { F_OWNER_PID, pid };

	if (how == F_SETOWN_EX)
		return fcntl(fd, F_SETOWN_EX, &owner);
	if (how == FIOSETOWN)
		return ioctl(fd, FIOSETOWN, &pid);
	return fcntl(fd, F_SETOWN, pid);
}

static long send_io(pid_t pid, int how, int signal)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || own(pair[0], how, pid) < 0 ||
	    (signal != SIGIO && fcntl(pair[0], F_SETSIG, signal) < 0) ||
	    fcntl(pair[0], F_SETFL, O_ASYNC) < 0 || write(pair[1], "t", 1) < 0)
		return -1;
	return has_got(pid < 0 ? -pid : pid, signal) ? 0 : RESULT_LOST;
}

static long set_owner(char **word)
{
	return send_io(peer_of(word).pid, F_SETOWN, SIGIO);
}

static long set_owner_group(char **word)
{
	return send_io(-peer_of(word).pid, F_SETOWN, SIGIO);
}

static long set_owner_signal(char **word)
{
	return send_io(peer_of(word).pid, F_SETOWN, SIGUSR2);
}

static long set_owner_ex(char **word)
{
	return send_io(peer_of(word).pid, F_SETOWN_EX, SIGIO);
}

static long set_owner_ioctl(char **word)
{
	return send_io(peer_of(word).pid, FIOSETOWN, SIGIO);
}

static long kill_group(char **word)
{
	return kill(-peer_of(word).pid, SIGUSR1);
}

/* Of a signal that nobody minds. What kill(2) returns says nothing: EPERM is passed over. */
static long kill_all(char **word)
{
	pid_t pid = peer_of(word).pid;

	return kill(-1, SIGURG) < 0 ? -1 : has_got(pid, SIGURG) ? 0 : RESULT_LOST;
}

static long kill_really(char **word)
{
	pid_t pid = peer_of(word).pid;

	return kill(pid, SIGUSR1) < 0 ? -1 : has_got(pid, SIGUSR1) ? 0 : RESULT_LOST;
}

/* ---- abstract sockets ---- */

struct name {
	struct sockaddr_un address;
	socklen_t length;
	int type;
};

static struct name name_of(char **word, int type)
{
	const char *kind = type == SOCK_STREAM	? "stream"
			   : type == SOCK_DGRAM ? "dgram"
						: "seqpacket";
	struct name name = { .address.sun_family = AF_UNIX, .type = type };

	name.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1);
	name.length +=
		(socklen_t)snprintf(name.address.sun_path + 1, sizeof name.address.sun_path - 1,
				    "reach-%s-%d", kind, (int)peer_of(word).pid);
	return name;
}

static long connect_type(char **word, int type)
{
	struct name name = name_of(word, type);

	return connect(socket(AF_UNIX, type, 0), (struct sockaddr *)&name.address, name.length);
}

static long connect_stream(char **word)
{
	return connect_type(word, SOCK_STREAM);
}

static long connect_dgram(char **word)
{
	return connect_type(word, SOCK_DGRAM);
}

static long connect_seqpacket(char **word)
{
	return connect_type(word, SOCK_SEQPACKET);
}

static long send_dgram(char **word)
{
	struct name name = name_of(word, SOCK_DGRAM);

	return sendto(socket(AF_UNIX, SOCK_DGRAM, 0), "t", 1, 0, (struct sockaddr *)&name.address,
		      name.length);
}

static void fill_connect(struct io_uring_sqe *sqe, const void *argument)
{
	const struct name *name = argument;

	sqe->opcode = IORING_OP_CONNECT;
	sqe->fd = socket(AF_UNIX, name->type, 0);
	sqe->addr = (uintptr_t)&name->address;
	sqe->off = name->length;
}

static long ring_connect_stream(char **word)
{
	struct name name = name_of(word, SOCK_STREAM);

	return ring(fill_connect, &name);
}

/* ---- looking into it ---- */

static long seize(char **word)
{
	return ptrace(PTRACE_SEIZE, peer_of(word).pid, 0, 0);
}

static long access_memory(char **word, int call)
{
	struct peer peer = peer_of(word);
	char text[] = SECRET;
	struct iovec here = { text, sizeof text }, there = { (void *)peer.address, sizeof text };

	return syscall(call, peer.pid, &here, 1UL, &there, 1UL, 0UL);
}

static long read_memory(char **word)
{
	return access_memory(word, SYS_process_vm_readv);
}

static long write_memory(char **word)
{
	return access_memory(word, SYS_process_vm_writev);
}

static long take_descriptor(char **word)
{
	uint32_t open_nr, get_nr;

	if (!syscalls_number(syscalls_native_abi(), CALL_pidfd_open, &open_nr) ||
	    !syscalls_number(syscalls_native_abi(), CALL_pidfd_getfd, &get_nr))
		return -1;
	return syscall((long)get_nr, syscall((long)open_nr, peer_of(word).pid, 0), 0, 0);
}

static const char *file_of(const struct peer *peer, const char *name)
{
	static char path[100];

	snprintf(path, sizeof path, "/proc/%d/%s", (int)peer->pid, name);
	return path;
}

static long open_memory(char **word)
{
	struct peer peer = peer_of(word);
	char text[sizeof SECRET];
	int fd = open(file_of(&peer, "mem"), O_RDWR);

	return fd < 0 ? -1 : pread(fd, text, sizeof text, (off_t)peer.address);
}

static long read_file(char **word, const char *name)
{
	struct peer peer = peer_of(word);
	char text[4];
	int fd = open(file_of(&peer, name), O_RDONLY);

	return fd < 0 ? -1 : read(fd, text, sizeof text);
}

static long read_environment(char **word)
{
	return read_file(word, "environ");
}

static long read_maps(char **word)
{
	return read_file(word, "maps");
}

static long follow(char **word, const char *name)
{
	struct peer peer = peer_of(word);

	return open(file_of(&peer, name), O_PATH);
}

static long follow_descriptor(char **word)
{
	return follow(word, "fd/0");
}

static long follow_root(char **word)
{
	return follow(word, "root");
}

static long follow_directory(char **word)
{
	return follow(word, "cwd");
}

static long follow_program(char **word)
{
	return follow(word, "exe");
}

const struct operation peer_operations[] = {
	{ "kill", kill_really },
	{ "kill-all", kill_all },
	{ "kill-group", kill_group },
	{ "set-owner", set_owner },
	{ "set-owner-group", set_owner_group },
	{ "set-owner-signal", set_owner_signal },
	{ "set-owner-ex", set_owner_ex },
	{ "set-owner-ioctl", set_owner_ioctl },
	{ "connect-stream", connect_stream },
	{ "connect-dgram", connect_dgram },
	{ "connect-seqpacket", connect_seqpacket },
	{ "send-dgram", send_dgram },
	{ "ring-connect-stream", ring_connect_stream },
	{ "seize", seize },
	{ "read-memory", read_memory },
	{ "write-memory", write_memory },
	{ "take-descriptor", take_descriptor },
	{ "open-memory", open_memory },
	{ "read-environment", read_environment },
	{ "read-maps", read_maps },
	{ "follow-descriptor", follow_descriptor },
	{ "follow-root", follow_root },
	{ "follow-directory", follow_directory },
	{ "follow-program", follow_program },
	{ NULL, NULL },
};
