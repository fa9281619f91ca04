/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passfd: sockets that do not come from socket(2).
 *
 *   passfd send COMMAND...     runs COMMAND with a socket pair at descriptor 3, and sends an IPv4
 *                              socket through it (SCM_RIGHTS)
 *   passfd inherit COMMAND...  becomes COMMAND with an IPv4 socket at descriptor 3
 *   passfd ring COMMAND...     becomes COMMAND with an io_uring at descriptor 3
 *
 * and what COMMAND may be, each printing "bound" when it got hold of an IPv4 socket that works,
 * else an errno text:
 *
 *   passfd take                receives the socket that was sent
 *   passfd use                 uses the one that was inherited
 *   passfd use-ring            has the inherited ring make one
 *   passfd own-ring            has a ring of its own make one
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSED_FD 3
#define PARAMS_FD 4
#define OP_SOCKET 45 /* IORING_OP_SOCKET, Linux 5.19 */

static void fail(const char *what)
{
	fprintf(stderr, "passfd: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int become(char **argv)
{
	execvp(argv[0], argv);
	fail(argv[0]);
	return 2;
}

static void put_at(int fd, int at)
{
	if (fd == at)
		return;
	if (dup2(fd, at) < 0)
		fail("dup2");
	close(fd);
}

/* ---- giving ---- */

static void send_fd(int through, int fd)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	memset(&control, 0, sizeof control);
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(header), &fd, sizeof fd);
	if (sendmsg(through, &message, MSG_NOSIGNAL) != 1)
		fail("sendmsg");
}

static int give_by_send(char **argv)
{
	int pair[2], inet, status;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		fail("socketpair");
	inet = socket(AF_INET, SOCK_DGRAM, 0);
	if (inet < 0)
		fail("socket");
	/* Before COMMAND, which may close its end at once. */
	send_fd(pair[0], inet);
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		close(pair[0]);
		close(inet);
		put_at(pair[1], PASSED_FD);
		return become(argv);
	}
	if (waitpid(child, &status, 0) < 0)
		fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int give_by_inheritance(char **argv)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		fail("socket");
	put_at(fd, PASSED_FD);
	return become(argv);
}

static int setup_ring(struct io_uring_params *params)
{
	memset(params, 0, sizeof *params);
	return (int)syscall(SYS_io_uring_setup, 4, params);
}

static int give_ring(char **argv)
{
	struct io_uring_params params;
	int fd = setup_ring(&params), file = memfd_create("params", 0);

	if (fd < 0 || file < 0)
		fail("io_uring_setup");
	/* The kernel makes the ring close-on-exec; dup2 does not keep that. */
	fd = fcntl(fd, F_DUPFD, 10);
	file = fcntl(file, F_DUPFD, 10);
	put_at(fd, PASSED_FD);
	put_at(file, PARAMS_FD);
	if (pwrite(PARAMS_FD, &params, sizeof params, 0) != sizeof params)
		fail("pwrite");
	return become(argv);
}

/* ---- taking ---- */

static int report(bool good)
{
	puts(good ? "bound" : strerror(errno));
	return 0;
}

static bool binds(int fd)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	return fd >= 0 && bind(fd, (struct sockaddr *)&any, sizeof any) == 0;
}

static int take(char **argv)
{
	char space[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = space,
				  .msg_controllen = sizeof space };
	int fd = -1;

	(void)argv;
	if (recvmsg(PASSED_FD, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
		return report(false);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
	return report(binds(fd));
}

static int use(char **argv)
{
	(void)argv;
	return report(binds(PASSED_FD));
}

static void *map_ring(int fd, size_t size, off_t what)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, what);

	if (at == MAP_FAILED)
		fail("mmap of the ring");
	return at;
}

/* Has the ring make an IPv4 socket: a descriptor, or -1 and errno. */
static int socket_by_ring(int fd, const struct io_uring_params *p)
{
	size_t ring_size = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe) + 4096;
	char *sq = map_ring(fd, ring_size, IORING_OFF_SQ_RING);
	char *cq = map_ring(fd, ring_size, IORING_OFF_CQ_RING);
	struct io_uring_sqe *sqe = map_ring(fd, p->sq_entries * sizeof *sqe, IORING_OFF_SQES);
	struct io_uring_cqe *cqe = (struct io_uring_cqe *)(void *)(cq + p->cq_off.cqes);
	uint32_t *tail = (uint32_t *)(void *)(sq + p->sq_off.tail);

	memset(sqe, 0, sizeof *sqe);
	sqe->opcode = OP_SOCKET;
	sqe->fd = AF_INET;
	sqe->off = SOCK_DGRAM;
	((uint32_t *)(void *)(sq + p->sq_off.array))[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -1;
	if (cqe->res < 0) {
		errno = -cqe->res;
		return -1;
	}
	return cqe->res;
}

static int use_ring(char **argv)
{
	struct io_uring_params params;

	(void)argv;
	if (pread(PARAMS_FD, &params, sizeof params, 0) != sizeof params)
		fail("no ring was passed");
	return report(binds(socket_by_ring(PASSED_FD, &params)));
}

static int own_ring(char **argv)
{
	struct io_uring_params params;
	int fd = setup_ring(&params);

	(void)argv;
	return report(fd >= 0 && binds(socket_by_ring(fd, &params)));
}

static const struct {
	const char *name;
	int (*run)(char **argv);
} modes[] = {
	{ "send", give_by_send }, { "inherit", give_by_inheritance },
	{ "ring", give_ring },	  { "take", take },
	{ "use", use },		  { "use-ring", use_ring },
	{ "own-ring", own_ring },
};

int main(int argc, char **argv)
{
	for (unsigned i = 0; argc > 1 && i < sizeof modes / sizeof modes[0]; i++)
		if (strcmp(modes[i].name, argv[1]) == 0)
			return modes[i].run(argv + 2);
	fprintf(stderr,
		"usage: passfd send|inherit|ring COMMAND..., passfd take|use|use-ring|own-ring\n");
	return 2;
}
