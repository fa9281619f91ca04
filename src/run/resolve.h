/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A path of another process, followed as the kernel follows it for that process
 * (path_resolution(7)): in its root, from its directory, by its /proc/self. One name at a time, and
 * nothing is opened for more than to be looked at (O_PATH), so that no device, pipe or server
 * notices.
 *
 * The caller waits meanwhile, but others may change what is walked through: what is found is
 * evidence, and nothing is decided by it.
 */
#ifndef GYVE_RESOLVE_H
#define GYVE_RESOLVE_H

#include <limits.h>
#include <sys/types.h>

#include "reach/node.h"

/* Where a path begins. Descriptors of O_PATH. */
struct anchor {
	pid_t tid;
	int root;
	int directory; /* -1: there is none; then only absolute paths lead anywhere */
};

/* Where a path ends. Descriptors of O_PATH, -1 where there is none. */
struct place {
	int object; /* what is there; -1: nothing is */
	int parent; /* the directory that it stands in, or would; -1 where no name leads to it */
	struct node node, parent_node;
	bool is_dot;   /* the last name is "." or "..", or there is none */
	bool is_slash; /* a slash follows it */
};

/*
 * Follows a path. follow: also a symbolic link that is the last name. An empty path is what the
 * anchor's directory is, a file as well. false and errno when the path leads nowhere, for this
 * process's permissions; a last name that is not there is no failure.
 */
bool resolve_path(const struct anchor *anchor, const char *path, bool follow, struct place *place);

void resolve_drop(struct place *place);

/* The name by which this process reaches what a descriptor is of; false when there is none. */
bool resolve_name(int fd, char name[static PATH_MAX]);

#endif
