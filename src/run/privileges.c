/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/privileges.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "run/decode.h"
#include "run/process.h"

#define AT_CWD (-100) /* AT_FDCWD, whatever headers say */

bool privileges_path(const struct notification *caller, char path[static PRIVILEGES_PATH],
		     char name[static PRIVILEGES_NAME])
{
	const struct call_data *data = &caller->call;
	enum abi abi = syscalls_abi_of(data);
	enum call call = abi == ABI_COUNT ? CALL_COUNT : syscalls_at(abi, data->nr);
	bool at = call == CALL_execveat;
	int directory = at ? (int32_t)data->args[0] : AT_CWD;
	size_t length;

	if (call != CALL_execve && !at)
		return false;
	length = decode_string(caller->tid, data->args[at ? 1 : 0], name, PRIVILEGES_NAME);
	if (length + 1 == PRIVILEGES_NAME)
		return false;
	if (name[0] == '/')
		snprintf(path, PRIVILEGES_PATH, "/proc/%d/root%s", caller->tid, name);
	else if (directory == AT_CWD)
		snprintf(path, PRIVILEGES_PATH, "/proc/%d/cwd/%s", caller->tid, name);
	else
		snprintf(path, PRIVILEGES_PATH, "/proc/%d/fd/%d%s%s", caller->tid, directory,
			 length ? "/" : "", name);
	return true;
}

static bool sets_group(const struct stat *status)
{
	return (status->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
}

static bool has_capabilities(const char *path)
{
	return getxattr(path, "security.capability", NULL, 0) > 0;
}

static bool is_program(const char *path, struct stat *status)
{
	return stat(path, status) == 0 && S_ISREG(status->st_mode);
}

bool privileges_given(const char *path)
{
	struct stat status;

	return is_program(path, &status) &&
	       (status.st_mode & S_ISUID || sets_group(&status) || has_capabilities(path));
}

/* Whether a program gives something to a process that does not have it yet. */
static bool is_gain(const char *path, pid_t tid, struct stat *status)
{
	struct statvfs mount;
	uid_t user;
	gid_t group;

	if (!is_program(path, status) || !process_ids(tid, &user, &group))
		return false;
	if (!(status->st_mode & S_ISUID && status->st_uid != user) &&
	    !(sets_group(status) && status->st_gid != group) &&
	    !(user != 0 && has_capabilities(path)))
		return false;
	return statvfs(path, &mount) < 0 || !(mount.f_flag & ST_NOSUID);
}

static bool is_new(struct privileges_seen *seen, const struct stat *status)
{
	unsigned i = 0;

	while (i < seen->count && (seen->programs[i].device != status->st_dev ||
				   seen->programs[i].inode != status->st_ino))
		i++;
	if (i < seen->count || i == sizeof seen->programs / sizeof seen->programs[0])
		return false;
	seen->programs[i].device = status->st_dev;
	seen->programs[i].inode = status->st_ino;
	seen->count++;
	return true;
}

bool privileges_withheld(struct privileges_seen *seen, const char *path, pid_t tid)
{
	struct stat status;

	return is_gain(path, tid, &status) && process_has_no_new_privs(tid) &&
	       is_new(seen, &status);
}
