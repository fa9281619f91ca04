/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/files_seen.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/deed_look.h"

/* Those that say what is done to files; the others may differ. */
#define FILE_CAPABILITIES                                                                          \
	(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER | 1u << CAP_CHOWN | \
	 1u << CAP_MKNOD)

bool files_seen_begin(struct files_seen *seen, const struct reach *reach, int version,
		      struct error *error)
{
	process_rights(getpid(), &seen->own);
	return cover_begin(&seen->cover, reach, version) ||
	       diag_errno(error, EXIT_GYVE, errno, "cannot keep what is open to COMMAND");
}

/* ---- another's permissions ---- */

static bool is_alike(const struct process_rights *a, const struct process_rights *b)
{
	return a->user == b->user && a->group == b->group && a->group_count == b->group_count &&
	       ((a->capabilities ^ b->capabilities) & FILE_CAPABILITIES) == 0 &&
	       memcmp(a->groups, b->groups, a->group_count * sizeof a->groups[0]) == 0;
}

/* What is kept of this process's capabilities when it becomes another user are the other's. */
static bool limit_capabilities(uint64_t capabilities)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) < 0)
		return false;
	for (unsigned i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(capabilities >> (32 * i));
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &head, data) == 0;
}

static bool become(const struct process_rights *rights)
{
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_setgroups, (size_t)rights->group_count, rights->groups) == 0 &&
	       syscall(SYS_setresgid, rights->group, rights->group, rights->group) == 0 &&
	       syscall(SYS_setresuid, rights->user, rights->user, rights->user) == 0 &&
	       limit_capabilities(rights->capabilities);
}

/* A process of its own, since there is no way back; and only for what will be told. */
static bool works_for(struct files_seen *seen, const struct process_rights *rights)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		for (unsigned i = 0; i < seen->deed.count; i++)
			resolve_drop(&seen->deed.touches[i].place);
		_exit(!become(rights) || deed_look(&seen->deed) ? 0 : 1);
	}
	if (child < 0)
		return true;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}

/* Only root's supervisor can ask for another; a target of the same user has nobody else's rights.
 */
static bool works(struct files_seen *seen, pid_t tid)
{
	struct process_rights rights;

	return seen->own.user != 0 || !process_rights(tid, &rights) ||
	       is_alike(&seen->own, &rights) || works_for(seen, &rights);
}

/* ---- looking ---- */

static bool find_missing(struct files_seen *seen)
{
	bool any = false;

	if (!deed_look(&seen->deed))
		return false;
	for (unsigned i = 0; i < seen->deed.count; i++) {
		const struct touch *touch = &seen->deed.touches[i];

		seen->missing[i] =
			cover_missing(&seen->cover, touch->on_parent ? -1 : touch->place.object,
				      touch->place.parent, touch->rights);
		any |= seen->missing[i] != 0;
	}
	return any;
}

bool files_seen_look(struct files_seen *seen, const struct notification *caller)
{
	return deed_read(&seen->deed, caller) && find_missing(seen) && works(seen, caller->tid);
}

void files_seen_drop(struct files_seen *seen)
{
	deed_drop(&seen->deed);
}

int files_seen_errno(const struct files_seen *seen)
{
	uint64_t missing = 0;

	for (unsigned i = 0; i < seen->deed.count; i++)
		missing |= seen->missing[i];
	return missing == right_bit(RIGHT_REFER) ? EXDEV : EACCES;
}
