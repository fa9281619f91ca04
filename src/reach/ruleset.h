/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Landlock's ruleset, filled with what is opened. Own definitions of the kernel's structures, since
 * the headers of older systems lack the newer members (include/uapi/linux/landlock.h).
 */
#ifndef GYVE_RULESET_H
#define GYVE_RULESET_H

#include "reach/reach.h"
#include "syscalls/syscalls.h"

/* struct landlock_ruleset_attr; the kernel takes members that it does not know as long as they are
 * 0. */
struct ruleset {
	uint64_t files;	 /* RIGHT_ bits that are handled: denied where no rule allows them */
	uint64_t ports;	 /* PORT_ bits */
	uint64_t scopes; /* SCOPE_ bits */
};

enum { PORT_BIND = 1, PORT_CONNECT = 2 };
enum { SCOPE_ABSTRACT = 1, SCOPE_SIGNAL = 2 };

/* Whether what the check would try is opened: then it is no test of the domain. */
struct ruleset_roots {
	bool readable, writable; /* "/" and so everything */
};

/*
 * One of Landlock's calls, -1 and errno as from syscall(2). They have one number on every
 * architecture but alpha, and no wrapper in any C library.
 */
long ruleset_call(enum call call, long a, long b, long c, long d);

/* The rights of the kernel's ABI that are closed: all, or without those of reading. */
uint64_t ruleset_rights(int version, bool reading);

/*
 * Makes a ruleset that handles this, with a rule for each thing that is opened, and of files for
 * what the standard streams lead to; in one that handles
 * REFER or MAKE_SYM alone everything below "/" is. *fd is close-on-exec. false and *error, with
 * *lacking the errno where it is the kernel that cannot, or 0 where it is a path that is wrong.
 */
bool ruleset_make(const struct ruleset *ruleset, const struct reach *reach, int *fd,
		  struct ruleset_roots *roots, int *lacking, struct error *error);

/* Takes the rights that a rule allows to the file behind a descriptor, which is closed then. */
struct ruleset_list {
	void *context;
	bool (*note)(void *context, int fd, uint64_t rights);
};

/* Tells each of the rules on files that ruleset_make would make. false when one cannot be had. */
bool ruleset_each(const struct ruleset *ruleset, const struct reach *reach,
		  const struct ruleset_list *list);

#endif
