/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file a descriptor is of, one of O_PATH too, and in which mount it was found (statx(2),
 * whose structure and wrapper older systems lack).
 */
#ifndef GYVE_NODE_H
#define GYVE_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct node {
	uint64_t device, inode;
	uint64_t mount; /* 0 before Linux 5.8 */
	uint64_t size;
	mode_t mode;
	uid_t owner;
	uint32_t links;
};

/* false and errno when it cannot be had. What a file system has at hand is good enough: no server
 * is asked. */
bool node_look(int fd, struct node *node);

/* The same file, wherever it is mounted. */
static inline bool node_is(const struct node *a, const struct node *b)
{
	return a->device == b->device && a->inode == b->inode;
}

#endif
