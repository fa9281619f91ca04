/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a call would do to files, found out while its caller waits: which files and directories it
 * needs which of Landlock's rights for, and whether it would succeed without Landlock, as far as
 * looking can tell. The rows of path_calls.def; open(2), rename(2) and the others say what each is
 * refused for. Nothing is opened, made or removed: what an open does to a device, a pipe or a lease
 * is done by the call alone.
 */
#ifndef GYVE_DEED_H
#define GYVE_DEED_H

#include "run/listener.h"
#include "run/resolve.h"

#define DEED_NAMES 4
#define DEED_TOUCHES 4

/* A file or directory for which rights are needed. */
struct touch {
	struct place place;
	bool on_parent;	   /* the rights are on the directory that it stands in */
	uint64_t rights;   /* RIGHT_ bits */
	const char *name;  /* as the caller calls it */
	const char *words; /* what is done to it: "for reading" */
};

struct deed {
	const struct path_call_row *row;
	uint64_t args[6];	/* also where the call passed them behind a pointer */
	uint64_t flags, limits; /* of openat2(2) as well */
	bool may_make_nodes;
	struct anchor anchor[2]; /* of each path */
	unsigned name_count;
	char names[DEED_NAMES][PATH_MAX]; /* the paths; of an execution that of each interpreter */
	unsigned count;
	struct touch touches[DEED_TOUCHES];
};

/* The row of a call, also of one that is made through socketcall(2), and its arguments; or NULL. */
const struct path_call_row *deed_find(const struct notification *caller, uint64_t args[static 6]);

/*
 * Reads what the caller wants, and from where: its root, directory, descriptors. false when it
 * cannot be read, or is nothing that is done to a file. Then, and otherwise too, deed_drop.
 */
bool deed_read(struct deed *deed, const struct notification *caller);

void deed_drop(struct deed *deed);

#endif
