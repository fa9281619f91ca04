/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "policy/policy.h"

static bool has_proc;

void process_begin(void)
{
	char self[16];
	ssize_t size = readlink("/proc/self", self, sizeof self - 1);

	/* A /proc of another PID namespace would tell of other processes by the same numbers. */
	if (size > 0) {
		self[size] = '\0';
		has_proc = atoi(self) == getpid();
	}
}

/* Reads a file of /proc/TID from its start, NUL-terminated. Returns the size, 0 on failure. */
static size_t read_file(pid_t tid, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t length;
	int fd;

	text[0] = '\0';
	if (!has_proc)
		return 0;
	snprintf(path, sizeof path, "/proc/%d/%s", tid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	length = read(fd, text, size - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	return length > 0 ? (size_t)length : 0;
}

/* The text after a field's name in /proc/TID/status, or NULL. */
static const char *find_field(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? at + strlen(name) : NULL;
}

static pid_t find_process(pid_t tid)
{
	char status[4096];
	const char *field;

	if (!read_file(tid, "status", status, sizeof status))
		return 0;
	/* "Name:" stands first, with newlines escaped: no name can look like a field. */
	field = find_field(status, "\nTgid:");
	return field ? atoi(field) : 0;
}

void process_name(pid_t tid, char name[static PROCESS_NAME])
{
	char text[PROCESS_NAME + 1];
	size_t size = read_file(tid, "comm", text, sizeof text);

	if (size && text[size - 1] == '\n')
		text[size - 1] = '\0';
	snprintf(name, PROCESS_NAME, "%.15s", size ? text : "?");
}

void process_identify(pid_t tid, struct process_identity *identity)
{
	pid_t pid = find_process(tid);

	identity->tid = tid;
	identity->pid = pid ? pid : tid;
	process_name(tid, identity->name);
}

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL /* Linux 6.9 */
#endif

static int open_pidfd(pid_t id, unsigned flags)
{
	uint32_t nr;

	if (syscalls_number(syscalls_native_abi(), CALL_pidfd_open, &nr))
		return (int)syscall((long)nr, id, flags);
	errno = ENOSYS;
	return -1;
}

int process_open(pid_t tid, pid_t *pid)
{
	int fd = open_pidfd(tid, 0); /* fails for a thread that is not its process's first */

	*pid = tid;
	if (fd >= 0)
		return fd;
	*pid = find_process(tid);
	return *pid ? open_pidfd(*pid, 0) : open_pidfd(tid, PIDFD_THREAD);
}

bool process_signal(int process, int signal)
{
	uint32_t nr;

	/* By a thread's descriptor SIGKILL, too, ends the whole process. */
	return syscalls_number(syscalls_native_abi(), CALL_pidfd_send_signal, &nr) &&
	       syscall((long)nr, process, signal, NULL, 0) == 0;
}

static bool has_bit(const char *status, const char *field, unsigned bit)
{
	const char *mask = find_field(status, field);

	return mask && strtoull(mask, NULL, 16) >> bit & 1;
}

bool process_catches(pid_t tid, int signal)
{
	char status[4096];

	if (!read_file(tid, "status", status, sizeof status))
		return false;
	return has_bit(status, "\nSigCgt:", (unsigned)signal - 1) &&
	       !has_bit(status, "\nSigBlk:", (unsigned)signal - 1);
}

bool process_has_no_new_privs(pid_t tid)
{
	char status[4096];
	const char *field;

	if (!read_file(tid, "status", status, sizeof status))
		return false;
	field = find_field(status, "\nNoNewPrivs:");
	return field && atoi(field) == 1;
}

bool process_has_capability(pid_t tid, unsigned capability)
{
	char status[4096];

	return read_file(tid, "status", status, sizeof status) &&
	       has_bit(status, "\nCapEff:", capability);
}

bool process_ids(pid_t tid, uid_t *user, gid_t *group)
{
	char status[4096];
	const char *users, *groups;

	if (!read_file(tid, "status", status, sizeof status))
		return false;
	users = find_field(status, "\nUid:");
	groups = find_field(status, "\nGid:");
	return users && groups && sscanf(users, "%*u %u", user) == 1 &&
	       sscanf(groups, "%*u %u", group) == 1;
}

int process_place(pid_t tid, const char *what)
{
	char path[64];

	if (!has_proc)
		return -1;
	snprintf(path, sizeof path, "/proc/%d/%s", tid, what);
	return open(path, O_PATH | O_CLOEXEC);
}

static bool is_our_proc(const struct node *proc)
{
	struct node ours;
	int fd = open("/proc", O_PATH | O_CLOEXEC);
	bool same = fd >= 0 && node_look(fd, &ours) && node_is(&ours, proc);

	if (fd >= 0)
		close(fd);
	return same;
}

/* Of the numbers that a field lists, one for each PID namespace from ours on, the first or last. */
static int number_of(const char *field, bool last)
{
	int number = 0;

	while (field && *field == '\t') {
		number = atoi(field + 1);
		field += 1 + strcspn(field + 1, "\t\n");
		if (!last)
			break;
	}
	return number;
}

bool process_self(pid_t tid, const struct node *proc, bool thread, char *text, size_t size)
{
	bool theirs = !is_our_proc(proc);
	char status[4096];
	int pid, id;

	if (!read_file(tid, "status", status, sizeof status))
		return false;
	pid = number_of(find_field(status, "\nNStgid:"), theirs);
	id = number_of(find_field(status, "\nNSpid:"), theirs);
	snprintf(text, size, thread ? "%d/task/%d" : "%d", pid, id);
	return pid > 0 && id > 0;
}

bool process_rights(pid_t tid, struct process_rights *rights)
{
	char status[4096];
	const char *users, *groups, *more, *capabilities;

	if (!read_file(tid, "status", status, sizeof status))
		return false;
	users = find_field(status, "\nUid:");
	groups = find_field(status, "\nGid:");
	more = find_field(status, "\nGroups:");
	capabilities = find_field(status, "\nCapEff:");
	if (!users || !groups || !more || !capabilities ||
	    sscanf(users, "%*u %*u %*u %u", &rights->user) != 1 ||
	    sscanf(groups, "%*u %*u %*u %u", &rights->group) != 1)
		return false;
	rights->capabilities = strtoull(capabilities, NULL, 16);
	for (rights->group_count = 0; rights->group_count < 64; rights->group_count++) {
		more += strspn(more, "\t ");
		if (*more < '0' || *more > '9')
			break;
		rights->groups[rights->group_count] = (gid_t)strtoul(more, (char **)&more, 10);
	}
	return true;
}

size_t process_read(pid_t tid, uint64_t address, void *buffer, size_t size)
{
	size_t done = 0;

	/* Page by page: a read that reaches into an unmapped page gets none of its bytes. */
	while (done < size) {
		uint64_t at = address + done;
		size_t piece = 4096 - at % 4096;
		struct iovec local, remote;
		ssize_t length;

		if (piece > size - done)
			piece = size - done;
		local = (struct iovec){ (char *)buffer + done, piece };
		remote = (struct iovec){ (void *)(uintptr_t)at, piece };
		length = process_vm_readv(tid, &local, 1, &remote, 1, 0);
		if (length <= 0)
			break;
		done += (size_t)length;
	}
	return done;
}

bool process_string(pid_t tid, uint64_t address, char *text, size_t size)
{
	size_t done = 0, piece;

	/* Most strings end on the page where they begin, and the next may be another's, or slow. */
	for (; done < size; done += piece) {
		piece = 4096 - (address + done) % 4096;
		if (piece > size - done)
			piece = size - done;
		piece = process_read(tid, address + done, text + done, piece);
		if (piece == 0)
			return false;
		if (memchr(text + done, '\0', piece))
			return true;
	}
	return false;
}

#define MAPS_LINE 4352 /* the fixed part and PATH_MAX */

/*
 * Looks through /proc/TID/maps for the mapping that holds an address. The line is
 * "start-end perms offset device inode path"; the kernel escapes newlines in the path.
 */
static bool find_mapping(FILE *maps, uint64_t address, char line[static MAPS_LINE], char **text,
			 uint64_t *offset)
{
	while (fgets(line, MAPS_LINE, maps)) {
		uint64_t start, end, file_offset;
		int at = 0;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %*s %n", &start, &end,
			   &file_offset, &at) < 3 ||
		    at == 0 || address < start || address >= end)
			continue;
		line[strcspn(line, "\n")] = '\0';
		*text = line + at;
		*offset = address - start + file_offset;
		return **text != '\0';
	}
	return false;
}

static FILE *open_maps(pid_t tid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/maps", tid);
	return has_proc ? fopen(path, "re") : NULL;
}

/* The file of which the code at an address is. */
static bool find_code(FILE *maps, uint64_t address, char file[static PROCESS_FILE])
{
	char line[MAPS_LINE], *text, *slash;
	uint64_t offset;

	rewind(maps);
	if (!find_mapping(maps, address, line, &text, &offset) || strchr(line, ' ')[3] != 'x')
		return false;
	slash = strrchr(text, '/');
	snprintf(file, PROCESS_FILE, "%.*s", PROCESS_FILE - 1, slash ? slash + 1 : text);
	return slash != NULL;
}

static bool is_c_library(const char *file)
{
	return strncmp(file, "libc.", 5) == 0 || strncmp(file, "libc-", 5) == 0 ||
	       strncmp(file, "ld-musl-", 8) == 0;
}

/* A function that does nothing but a call has at most a few registers above its return address. */
#define WORDS_OF_FRAME 8

static void find_caller(FILE *maps, pid_t tid, uint64_t stack, unsigned bits,
			char file[static PROCESS_FILE])
{
	unsigned char frame[WORDS_OF_FRAME * 8];
	size_t size = bits / 8, got = process_read(tid, stack, frame, WORDS_OF_FRAME * size);

	for (size_t at = 0; at + size <= got; at += size) {
		uint64_t word = 0;
		uint32_t half;

		if (size == sizeof half) {
			memcpy(&half, frame + at, size);
			word = half;
		} else {
			memcpy(&word, frame + at, size);
		}
		if (find_code(maps, word, file))
			return;
	}
}

/* /proc/TID/syscall ends with the stack's and the instruction's address (proc_pid_syscall(5)). */
bool process_find_code(pid_t tid, unsigned bits, char file[static PROCESS_FILE])
{
	char text[256];
	uint64_t stack, instruction;
	FILE *maps;
	bool found;

	if (!read_file(tid, "syscall", text, sizeof text) ||
	    sscanf(text, "%*s %*s %*s %*s %*s %*s %*s %" SCNx64 " %" SCNx64, &stack,
		   &instruction) != 2)
		return false;
	maps = open_maps(tid);
	if (!maps)
		return false;
	found = find_code(maps, instruction, file);
	if (found && is_c_library(file))
		find_caller(maps, tid, stack, bits, file);
	fclose(maps);
	return found;
}

void process_locate(pid_t tid, uint64_t address, struct line *line)
{
	char buffer[MAPS_LINE], *text;
	FILE *maps = open_maps(tid);
	uint64_t offset;
	bool found = false;

	if (maps) {
		found = find_mapping(maps, address, buffer, &text, &offset);
		fclose(maps);
	}
	if (!found) {
		line_add(line, "%#" PRIx64, address);
		return;
	}
	line_add_word(line, text);
	line_add(line, "+%#" PRIx64, offset);
}
