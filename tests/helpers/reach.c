/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reach: one operation, and what became of it; and the stage for it.
 *
 *   reach OPERATION [ARG...]
 *       prints "ok", the name of an errno, or "lost" where the call succeeded without effect. One
 * on files takes a directory of the stage; one on ports a port, and "4", "6", "mapped" or "none"
 *       for the address; one on a process "outside", see below, or "inside", a child of its own.
 *   reach stage DIRECTORY PORT,... COMMAND [ARG...]
 *       makes DIRECTORY/closed, seen and open, alike and afresh; listens on TCP ports of both
 *       loopbacks; is itself a process to act on; and runs COMMAND, whose end is its own. Where
 *       $REACH_FDS is set, COMMAND inherits the descriptors of reach.h.
 *   reach peer
 *       is a process to act on, and says where: "REACH_PID=... REACH_ADDRESS=...".
 *   reach free N
 *       prints N ports that nobody listens on.
 *
 * Without an argument it prints "ok": what is executed is another copy of it.
 */
#include "reach.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tables/tables.h"

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "reach: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Never freed: one operation is all of this program. */
const char *path_in(const char *directory, const char *name)
{
	char *path;

	must(asprintf(&path, "%s/%s", directory, name), "asprintf");
	return path;
}

/* ---- io_uring, which has no wrapper in the C library ---- */

long ring(void (*fill)(struct io_uring_sqe *sqe, const void *argument), const void *argument)
{
	struct io_uring_params params;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqe;
	uint32_t *tail, *array;
	char *rings;
	int fd;

	memset(&params, 0, sizeof params);
	fd = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (fd < 0)
		return -1;
	/* Both rings are one mapping since Linux 5.4 (IORING_FEAT_SINGLE_MMAP). */
	rings = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING);
	sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)IORING_OFF_SQES);
	if (rings == MAP_FAILED || (void *)sqes == MAP_FAILED)
		return -1;
	fill(&sqes[0], argument);
	tail = (uint32_t *)(rings + params.sq_off.tail);
	array = (uint32_t *)(rings + params.sq_off.array);
	array[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -1;
	cqe = (struct io_uring_cqe *)(rings + params.cq_off.cqes);
	if (cqe->res >= 0)
		return cqe->res;
	errno = -cqe->res;
	return -1;
}

/* ---- a process to act on ---- */

static void listen_abstract(int type, const char *kind)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "reach-%s-%d",
			      kind, (int)getpid());

	must(fd, "socket");
	must(bind(fd, (struct sockaddr *)&address,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (unsigned)length)),
	     "bind of an abstract name");
	if (type != SOCK_DGRAM)
		must(listen(fd, 5), "listen");
}

struct peer peer_begin(void)
{
	static char secret[] = SECRET;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	listen_abstract(SOCK_STREAM, "stream");
	listen_abstract(SOCK_DGRAM, "dgram");
	listen_abstract(SOCK_SEQPACKET, "seqpacket");
	return (struct peer){ getpid(), (unsigned long)secret };
}

/* ---- the stage ---- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)status, (void)kind, (void)ftw;
	return remove(path);
}

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	must(fd, path);
	must(write(fd, "text\n", 5), path);
	close(fd);
}

static void make_socket(const char *name, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, name);
	must(bind(fd, (struct sockaddr *)&address, sizeof address), name);
	if (type == SOCK_STREAM)
		must(listen(fd, 5), name);
}

static void copy_self(const char *path)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	char buffer[65536];
	ssize_t got;

	must(from, "/proc/self/exe");
	must(to, path);
	while ((got = read(from, buffer, sizeof buffer)) > 0)
		must(write(to, buffer, (size_t)got), path);
	close(from);
	close(to);
}

static void make_place(const char *directory)
{
	int back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	must(mkdir(directory, 0755), directory);
	must(chdir(directory), directory);
	make_file("file");
	make_file("other");
	setxattr("file", "user.old", "1", 1, 0);
	must(mkdir("dir", 0755), "dir");
	must(mkdir("full", 0755), "full");
	make_file("full/file");
	must(symlink("file", "link"), "link");
	must(mkfifo("fifo", 0644), "fifo");
	make_socket("stream", SOCK_STREAM);
	make_socket("dgram", SOCK_DGRAM);
	mknod("zero", S_IFCHR | 0666, makedev(1, 5)); /* root alone can */
	copy_self("exec");
	must(fchdir(back), "the directory before");
	close(back);
}

static void listen_on(int family, unsigned port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0 && family == AF_INET6)
		return;
	must(fd, "socket");
	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	v6.sin6_addr = in6addr_loopback;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (family == AF_INET)
		must(bind(fd, (struct sockaddr *)&v4, sizeof v4), "bind to a port of IPv4");
	else
		must(bind(fd, (struct sockaddr *)&v6, sizeof v6), "bind to a port of IPv6");
	must(listen(fd, 5), "listen");
}

static void listen_on_all(char *ports)
{
	for (char *port = strtok(ports, ","); port; port = strtok(NULL, ",")) {
		listen_on(AF_INET, (unsigned)atoi(port));
		listen_on(AF_INET6, (unsigned)atoi(port));
	}
}

static void export(const char *name, unsigned long value)
{
	char text[24];

	snprintf(text, sizeof text, "%lu", value);
	setenv(name, text, 1);
}

/* System V's objects, which have no path, and a queue of POSIX, which has one of its own. */
static int shared = -1, semaphore = -1, messages = -1;
static char queue[40];

static void make_ipc(void)
{
	struct {
		long type;
		char text[1];
	} message = { 1, { 't' } };
	struct mq_attr smallest = { .mq_maxmsg = 1, .mq_msgsize = 1 };

	shared = shmget(IPC_PRIVATE, 4096, 0600);
	semaphore = semget(IPC_PRIVATE, 1, 0600);
	messages = msgget(IPC_PRIVATE, 0600);
	must(shared, "shmget");
	must(semaphore, "semget");
	must(messages, "msgget");
	must(msgsnd(messages, &message, 1, 0), "msgsnd");
	export("REACH_SHM", (unsigned long)shared);
	export("REACH_SEM", (unsigned long)semaphore);
	export("REACH_MSG", (unsigned long)messages);
	snprintf(queue, sizeof queue, "/reach-%d", (int)getpid());
	must(mq_open(queue, O_RDWR | O_CREAT | O_EXCL, 0600, &smallest), "mq_open");
	setenv("REACH_QUEUE", queue, 1);
}

static void leave_ipc(void)
{
	shmctl(shared, IPC_RMID, NULL);
	semctl(semaphore, 0, IPC_RMID);
	msgctl(messages, IPC_RMID, NULL);
	mq_unlink(queue);
}

static void pass(int socket, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec text = { (char[]){ "t" }, 1 };
	struct msghdr message = { .msg_iov = &text,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	must(sendmsg(socket, &message, 0), "sendmsg");
}

static void leave_descriptors(const char *directory)
{
	int pair[2], file = open(path_in(directory, "file"), O_RDWR | O_CLOEXEC);

	must(file, "file");
	must(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), "socketpair");
	pass(pair[1], file);
	must(dup2(pair[0], STAGE_PASSED), "dup2");
	must(dup2(file, STAGE_FILE), "dup2");
	must(dup2(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), STAGE_DIR), "directory");
	must(dup2(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), STAGE_TCP), "socket");
	must(dup2(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), STAGE_UDP), "socket");
}

/* In a process group of its own, so that a signal to ours is for us alone. */
static int run_command(char **command)
{
	sigset_t before;
	int status;
	pid_t pid;

	sigprocmask(SIG_SETMASK, NULL, &before);
	export("REACH_PID", (unsigned long)getpid());
	export("REACH_ADDRESS", peer_begin().address);
	setpgid(0, 0);
	pid = fork();
	must(pid, "fork");
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		execvp(command[0], command);
		must(-1, command[0]);
	}
	must(waitpid(pid, &status, 0), "waitpid");
	leave_ipc();
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	signal(WTERMSIG(status), SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	raise(WTERMSIG(status));
	return 2;
}

static int stage(char **argv)
{
	umask(022);
	make_place(path_in(argv[0], "closed"));
	make_place(path_in(argv[0], "seen"));
	make_place(path_in(argv[0], "open"));
	listen_on_all(argv[1]);
	make_ipc();
	if (getenv("REACH_FDS"))
		leave_descriptors(path_in(argv[0], "closed"));
	return run_command(argv + 2);
}

/* ---- one operation ---- */

static void print_ports(int count)
{
	int fds[16];

	for (int i = 0; i < count && i < 16; i++) {
		struct sockaddr_in address = { .sin_family = AF_INET };
		socklen_t length = sizeof address;

		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		must(bind(fds[i], (struct sockaddr *)&address, length), "bind");
		must(getsockname(fds[i], (struct sockaddr *)&address, &length), "getsockname");
		printf("%d\n", ntohs(address.sin_port));
	}
}

static void be_peer(void)
{
	struct peer peer = peer_begin();

	printf("REACH_PID=%d REACH_ADDRESS=%lu\n", (int)peer.pid, peer.address);
	fflush(stdout);
	for (;;)
		pause();
}

static void print_result(long result)
{
	const char *word = result == RESULT_LOST ? "lost" : result >= 0 ? "ok" : NULL;

	for (unsigned i = 0; !word && i < errno_row_count; i++)
		if (errno_rows[i].number == errno)
			word = errno_rows[i].name;
	printf("%s\n", word ? word : strerror(errno));
}

static const struct operation *find(const struct operation *operation, const char *name)
{
	while (operation->name && strcmp(operation->name, name) != 0)
		operation++;
	return operation->name ? operation : NULL;
}

int main(int argc, char **argv)
{
	const struct operation *const operations[] = { file_operations, port_operations,
						       peer_operations };
	const struct operation *operation = NULL;

	if (argc < 2) {
		puts("ok");
		return 0;
	}
	if (strcmp(argv[1], "stage") == 0 && argc > 4)
		return stage(argv + 2);
	if (strcmp(argv[1], "peer") == 0)
		be_peer();
	if (strcmp(argv[1], "free") == 0 && argc == 3)
		return print_ports(atoi(argv[2])), 0;
	for (unsigned i = 0; i < 3 && !operation; i++)
		operation = find(operations[i], argv[1]);
	if (!operation) {
		fprintf(stderr, "reach: there is no operation %s\n", argv[1]);
		return 2;
	}
	print_result(operation->run(argv + 2));
	return 0;
}
