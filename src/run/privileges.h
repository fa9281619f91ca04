/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that give whoever executes them privileges: set-user-ID, set-group-ID and capabilities
 * of files (execve(2)). Under no_new_privs they give none.
 */
#ifndef GYVE_PRIVILEGES_H
#define GYVE_PRIVILEGES_H

#include <sys/types.h>

#include "run/listener.h"

/* Long enough for a path of PRIVILEGES_NAME bytes below /proc/TID/fd/N. */
#define PRIVILEGES_NAME 1024
#define PRIVILEGES_PATH (PRIVILEGES_NAME + 64)

/*
 * The path by which this process reaches the file that a notified execve or execveat executes, in
 * the caller's root and directory; and what the caller calls it. false for other calls, and for
 * what cannot be read.
 */
bool privileges_path(const struct notification *caller, char path[static PRIVILEGES_PATH],
		     char name[static PRIVILEGES_NAME]);

/* Whether the file at a path gives privileges to anybody. */
bool privileges_given(const char *path);

/* Programs that have been told of. All zero at first. */
struct privileges_seen {
	unsigned count;
	struct {
		dev_t device;
		ino_t inode;
	} programs[64];
};

/*
 * Whether no_new_privs keeps the process of this thread from privileges that the program at a path
 * gives, which it does not have yet; once for each program. Where no program gives any (mount
 * option nosuid) it is false.
 */
bool privileges_withheld(struct privileges_seen *seen, const char *path, pid_t tid);

#endif
