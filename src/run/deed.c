/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/deed.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "run/process.h"

/* The arguments of socketcall(2) are words of 32 bits behind its second one. */
static bool unpack(const struct notification *caller, uint64_t args[static 6])
{
	uint32_t words[6];

	if (process_read(caller->tid, (uint32_t)caller->call.args[1], words, sizeof words) <
	    3 * sizeof words[0])
		return false;
	for (unsigned i = 0; i < 3; i++)
		args[i] = words[i];
	return true;
}

static enum call find_call(const struct notification *caller, uint64_t args[static 6])
{
	enum abi abi = syscalls_abi_of(&caller->call);
	enum call call = abi == ABI_COUNT ? CALL_COUNT : syscalls_at(abi, caller->call.nr);

	for (unsigned i = 0; i < 6; i++)
		args[i] = abi != ABI_COUNT && abi_rows[abi].bits == 32
				  ? (uint32_t)caller->call.args[i]
				  : caller->call.args[i];
	if (call != CALL_socketcall)
		return call;
	for (unsigned i = 0; i < multiplexed_row_count; i++)
		if (multiplexed_rows[i].by == CALL_socketcall &&
		    multiplexed_rows[i].number == (uint32_t)args[0])
			return unpack(caller, args) ? (enum call)multiplexed_rows[i].call
						    : CALL_COUNT;
	return CALL_COUNT;
}

const struct path_call_row *deed_find(const struct notification *caller, uint64_t args[static 6])
{
	enum call call = find_call(caller, args);

	for (unsigned i = 0; call != CALL_COUNT && i < path_call_row_count; i++)
		if (path_call_rows[i].call == (int)call)
			return &path_call_rows[i];
	return NULL;
}

/* The path of a socket; the abstract names that begin with a NUL are none. */
static bool read_socket_path(struct deed *deed, pid_t tid)
{
	struct sockaddr_un address;
	size_t start = offsetof(struct sockaddr_un, sun_path), length = deed->flags;

	if (length <= start || length > sizeof address ||
	    process_read(tid, deed->args[1], &address, length) != length ||
	    address.sun_family != AF_UNIX || !address.sun_path[0])
		return false;
	snprintf(deed->names[0], PATH_MAX, "%.*s", (int)(length - start), address.sun_path);
	return true;
}

/* struct open_how of linux/openat2.h. */
static bool read_open_how(struct deed *deed, pid_t tid)
{
	uint64_t how[3];

	if (process_read(tid, deed->args[2], how, sizeof how) != sizeof how)
		return false;
	deed->flags = how[0];
	deed->limits = how[2];
	return true;
}

static bool read_anchor(struct anchor *anchor, pid_t tid, int directory)
{
	char what[24] = "cwd";

	anchor->tid = tid;
	anchor->root = process_place(tid, "root");
	if (directory != AT_FDCWD)
		snprintf(what, sizeof what, "fd/%d", directory);
	anchor->directory = process_place(tid, what);
	return anchor->root >= 0;
}

static bool read_path(struct deed *deed, pid_t tid, unsigned i, int at, int path)
{
	int directory = at == ARGUMENT_CWD ? AT_FDCWD : (int32_t)deed->args[at];

	deed->name_count++;
	return process_string(tid, deed->args[path], deed->names[i], PATH_MAX) &&
	       read_anchor(&deed->anchor[i], tid, directory);
}

static void clear(struct deed *deed)
{
	deed->name_count = deed->count = 0;
	deed->flags = deed->limits = 0;
	for (unsigned i = 0; i < 2; i++)
		deed->anchor[i] = (struct anchor){ .root = -1, .directory = -1 };
}

bool deed_read(struct deed *deed, const struct notification *caller)
{
	pid_t tid = caller->tid;
	const struct path_call_row *row = deed_find(caller, deed->args);

	clear(deed);
	deed->row = row;
	if (!row || row->act == ACT_CONNECT)
		return false;
	if (row->flags != ARGUMENT_NONE)
		deed->flags = deed->args[row->flags] & UINT32_MAX;
	if (row->act == ACT_CREAT)
		deed->flags = O_CREAT | O_WRONLY | O_TRUNC;
	if (row->act == ACT_OPEN_HOW && !read_open_how(deed, tid))
		return false;
	if (row->act == ACT_MKNOD)
		deed->may_make_nodes = process_has_capability(tid, CAP_MKNOD);
	if (row->act == ACT_BIND) {
		deed->name_count = 1;
		return read_socket_path(deed, tid) && read_anchor(&deed->anchor[0], tid, AT_FDCWD);
	}
	return read_path(deed, tid, 0, row->at, row->path) &&
	       (row->to_path == ARGUMENT_NONE || read_path(deed, tid, 1, row->to_at, row->to_path));
}

void deed_drop(struct deed *deed)
{
	for (unsigned i = 0; i < deed->count; i++)
		resolve_drop(&deed->touches[i].place);
	for (unsigned i = 0; i < 2; i++) {
		if (deed->anchor[i].root >= 0)
			close(deed->anchor[i].root);
		if (deed->anchor[i].directory >= 0)
			close(deed->anchor[i].directory);
	}
	deed->count = 0;
	clear(deed);
}
