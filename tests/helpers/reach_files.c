/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reach: operations on files; the first argument is a directory of the stage. */
#include "reach.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

static char *const no_words[] = { NULL };

static int number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? atoi(text) : -1;
}

/* ---- opening, by detours ---- */

static long list(char **word)
{
	DIR *directory = opendir(word[0]);

	return directory && readdir(directory) ? 0 : -1;
}

static long open_below_path(char **word)
{
	return openat(open(word[0], O_PATH | O_DIRECTORY), "file", O_RDONLY);
}

static long open_from_within(char **word)
{
	return chdir(word[0]) < 0 ? -1 : open("file", O_RDONLY);
}

static long reopen(int fd, int flags)
{
	char path[40];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return fd < 0 ? -1 : open(path, flags);
}

static long reopen_path(char **word)
{
	return reopen(open(path_in(word[0], "file"), O_PATH), O_RDONLY);
}

static long open_by_root(char **word)
{
	return open(path_in("/proc/self/root", path_in(word[0], "file")), O_RDONLY);
}

static long open_by_cwd(char **word)
{
	return chdir(word[0]) < 0 ? -1 : open("/proc/self/cwd/file", O_RDONLY);
}

struct handle {
	struct file_handle head;
	unsigned char bytes[MAX_HANDLE_SZ];
};

static long handle_of(const char *at, struct handle *handle)
{
	int mount;

	handle->head.handle_bytes = MAX_HANDLE_SZ;
	return name_to_handle_at(AT_FDCWD, path_in(at, "file"), &handle->head, &mount, 0);
}

static long name_to_handle(char **word)
{
	static struct handle handle;

	return handle_of(word[0], &handle);
}

static long open_handle(char **word)
{
	static struct handle handle;

	if (handle_of(word[0], &handle) < 0)
		return -1;
	return open_by_handle_at(STAGE_DIR, &handle.head, O_RDONLY);
}

static long open_nameless(char **word)
{
	return open(word[0], O_TMPFILE | O_WRONLY, 0600);
}

static void fill_open(struct io_uring_sqe *sqe, const void *path)
{
	sqe->opcode = IORING_OP_OPENAT;
	sqe->fd = AT_FDCWD;
	sqe->addr = (uintptr_t)path;
	sqe->open_flags = O_RDONLY;
}

static long ring_open(char **word)
{
	return ring(fill_open, path_in(word[0], "file"));
}

static void fill_unlink(struct io_uring_sqe *sqe, const void *path)
{
	sqe->opcode = 36; /* IORING_OP_UNLINKAT, Linux 5.11 */
	sqe->fd = AT_FDCWD;
	sqe->addr = (uintptr_t)path;
}

static long ring_unlink(char **word)
{
	return ring(fill_unlink, path_in(word[0], "file"));
}

static long control_device(char **word)
{
	struct termios settings;
	int fd = open(path_in(word[0], "zero"), O_RDONLY);

	return fd < 0 ? -1 : ioctl(fd, TCGETS, &settings);
}

static long open_made_device(char **word)
{
	const char *path = path_in(word[0], "new");

	return mknod(path, S_IFCHR | 0600, makedev(1, 11)) < 0 ? -1 : open(path, O_RDONLY);
}

/* ---- execution ---- */

static long execute_path(char **word)
{
	return syscall(SYS_execveat, open(path_in(word[0], "exec"), O_PATH), "", no_words, no_words,
		       AT_EMPTY_PATH);
}

static long execute_memory(char **word)
{
	int from = open("/proc/self/exe", O_RDONLY), to = memfd_create("reach", 0);
	struct stat status;

	(void)word;
	if (from < 0 || to < 0 || fstat(from, &status) < 0 ||
	    sendfile(to, from, NULL, (size_t)status.st_size) != status.st_size)
		return -1;
	return syscall(SYS_execveat, to, "", no_words, no_words, AT_EMPTY_PATH);
}

/* What starts every dynamic program, and starts one for which it has no permission as well. */
static const char *loader(void)
{
	const ElfW(Phdr) *heads = (const void *)getauxval(AT_PHDR);
	const char *base = NULL;

	for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++)
		if (heads[i].p_type == PT_PHDR)
			base = (const char *)heads - heads[i].p_vaddr;
		else if (heads[i].p_type == PT_INTERP)
			return base + heads[i].p_vaddr;
	return NULL;
}

static long execute_by_loader(char **word)
{
	const char *path = path_in(word[0], "exec"), *start = loader();

	if (chmod(path, 0444) < 0 || open(path, O_RDONLY) < 0)
		return -1;
	if (start)
		return execl(start, start, path, (char *)NULL);
	errno = ENOENT;
	return -1;
}

static long map_inherited(char **word)
{
	(void)word;
	return mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, STAGE_FILE, 0) == MAP_FAILED ? -1
											      : 0;
}

/* Instructions that were never in a file that may be executed. */
static long execute_mapping(char **word)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)word;
	return page == MAP_FAILED ? -1 : mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

/* ---- looking ---- */

static long open_path(char **word)
{
	struct stat status;
	int fd = open(path_in(word[0], "file"), O_PATH);

	return fd < 0 ? -1 : fstat(fd, &status);
}

static long watch(char **word)
{
	return inotify_add_watch(inotify_init1(0), word[0], IN_ALL_EVENTS);
}

/* Without privilege since Linux 5.13, when events have no descriptors. */
static long watch_all(char **word)
{
	int fd = fanotify_init(FAN_REPORT_FID, 0);

	return fd < 0 ? -1 : fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, word[0]);
}

/* ---- sockets with a file ---- */

static long with_address(const char *at, const char *name, int type,
			 int (*call)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, name);
	return chdir(at) < 0 ? -1
			     : call(socket(AF_UNIX, type, 0), (struct sockaddr *)&address,
				    sizeof address);
}

static long bind_name(char **word)
{
	return with_address(word[0], "new", SOCK_STREAM, bind);
}

static long connect_name(char **word)
{
	return with_address(word[0], "stream", SOCK_STREAM, connect);
}

static int send_to(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)sendto(fd, "t", 1, 0, address, length);
}

static long send_name(char **word)
{
	return with_address(word[0], "dgram", SOCK_DGRAM, send_to);
}

/* A subvolume of Btrfs below a directory that is open for reading. */
static long make_subvolume(char **word)
{
	struct {
		int64_t fd;
		char name[4088];
	} arguments = { 0, "new" };

	return ioctl(open(word[0], O_RDONLY | O_DIRECTORY), 0x5000940eUL, &arguments);
}

/* ---- what has no path ---- */

static long attach_shared(char **word)
{
	(void)word;
	return shmat(number_of("REACH_SHM"), NULL, 0) == (void *)-1 ? -1 : 0;
}

static long receive_message(char **word)
{
	struct {
		long type;
		char text[8];
	} message;

	(void)word;
	return msgrcv(number_of("REACH_MSG"), &message, sizeof message.text, 0, IPC_NOWAIT);
}

static long raise_semaphore(char **word)
{
	struct sembuf raise = { 0, 1, 0 };

	(void)word;
	return semop(number_of("REACH_SEM"), &raise, 1);
}

static long open_queue(char **word)
{
	(void)word;
	return mq_open(getenv("REACH_QUEUE"), O_RDONLY);
}

/* Where the kernel asks whether a queue may be opened only once it is made. */
static long make_queue(char **word)
{
	char queue[60];
	long made;

	(void)word;
	snprintf(queue, sizeof queue, "%s.new", getenv("REACH_QUEUE"));
	made = mq_open(queue, O_RDWR | O_CREAT, 0600, NULL);
	if (made >= 0)
		mq_unlink(queue);
	return made;
}

static long remove_queue(char **word)
{
	(void)word;
	return mq_unlink(getenv("REACH_QUEUE"));
}

/* ---- descriptors of the stage ---- */

static long read_inherited(char **word)
{
	char byte;

	(void)word;
	return pread(STAGE_FILE, &byte, 1, 0);
}

static long write_inherited(char **word)
{
	(void)word;
	return pwrite(STAGE_FILE, "T", 1, 0);
}

static long truncate_inherited(char **word)
{
	(void)word;
	return ftruncate(STAGE_FILE, 0);
}

static long list_inherited(char **word)
{
	DIR *directory = fdopendir(STAGE_DIR);

	(void)word;
	return directory && readdir(directory) ? 0 : -1;
}

static long open_below_inherited(char **word)
{
	(void)word;
	return openat(STAGE_DIR, "file", O_RDONLY);
}

static long reopen_inherited(char **word)
{
	(void)word;
	return reopen(STAGE_FILE, O_RDONLY);
}

static long read_received(char **word)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec text = { &byte, 1 };
	struct msghdr message = { .msg_iov = &text,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	int fd;

	(void)word;
	if (recvmsg(STAGE_PASSED, &message, 0) < 0)
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
	return pread(fd, &byte, 1, 0);
}

/* ---- metadata ---- */

static void fill_setxattr(struct io_uring_sqe *sqe, const void *path)
{
	sqe->opcode = 42; /* IORING_OP_SETXATTR, Linux 5.19 */
	sqe->addr = (uintptr_t) "user.new";
	sqe->addr2 = (uintptr_t) "1";
	sqe->len = 1;
	/* addr3, which older headers do not have */
	memcpy((char *)sqe + 48, &(uint64_t){ (uintptr_t)path }, 8);
}

static long ring_setxattr(char **word)
{
	return ring(fill_setxattr, path_in(word[0], "file"));
}

static void fill_fsetxattr(struct io_uring_sqe *sqe, const void *none)
{
	fill_setxattr(sqe, none);
	sqe->opcode = 41; /* IORING_OP_FSETXATTR */
	sqe->fd = STAGE_FILE;
}

static long ring_fsetxattr(char **word)
{
	(void)word;
	return ring(fill_fsetxattr, NULL);
}

const struct operation file_operations[] = {
	{ "list", list },
	{ "open-below-path", open_below_path },
	{ "open-from-within", open_from_within },
	{ "open-by-root", open_by_root },
	{ "open-by-cwd", open_by_cwd },
	{ "reopen-path", reopen_path },
	{ "name-to-handle", name_to_handle },
	{ "open-handle", open_handle },
	{ "open-nameless", open_nameless },
	{ "ring-open", ring_open },
	{ "ring-unlink", ring_unlink },
	{ "control-device", control_device },
	{ "open-made-device", open_made_device },
	{ "execute-path", execute_path },
	{ "execute-memory", execute_memory },
	{ "execute-by-loader", execute_by_loader },
	{ "map-inherited", map_inherited },
	{ "execute-mapping", execute_mapping },
	{ "open-path", open_path },
	{ "watch", watch },
	{ "watch-all", watch_all },
	{ "bind-name", bind_name },
	{ "connect-name", connect_name },
	{ "send-name", send_name },
	{ "make-subvolume", make_subvolume },
	{ "attach-shared", attach_shared },
	{ "receive-message", receive_message },
	{ "raise-semaphore", raise_semaphore },
	{ "open-queue", open_queue },
	{ "make-queue", make_queue },
	{ "remove-queue", remove_queue },
	{ "read-inherited", read_inherited },
	{ "write-inherited", write_inherited },
	{ "truncate-inherited", truncate_inherited },
	{ "list-inherited", list_inherited },
	{ "open-below-inherited", open_below_inherited },
	{ "reopen-inherited", reopen_inherited },
	{ "read-received", read_received },
	{ "ring-setxattr", ring_setxattr },
	{ "ring-fsetxattr", ring_fsetxattr },
	{ NULL, NULL },
};
