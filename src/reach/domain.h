/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Landlock domain (landlock(7)): it holds what a filter cannot, since it is behind a path or
 * concerns another process. No privilege is needed, nothing stays resident, and the process keeps
 * its ID. One ruleset for everything: of two domains, one in the other, neither lets a file be
 * renamed from what only the one opens into what only the other does.
 *
 * Of any domain it is true that what is in it can neither trace a process outside it nor open such
 * a process's mem, environ, fd, root and the like under /proc (security/landlock/task.c).
 */
#ifndef GYVE_DOMAIN_H
#define GYVE_DOMAIN_H

#include "reach/reach.h"

/* The kernel's Landlock ABI, 1 and up; 0 and errno when it offers none. One call. */
int domain_version(void);

/* What was entered. */
struct domain {
	int abi;	      /* the kernel's; 0: none was entered */
	bool held[KEY_COUNT]; /* the keys that it holds whole */
};

/*
 * Enters the domain that holds what is wanted, for which the kernel demands no_new_privs or
 * CAP_SYS_ADMIN. On ABI 1 (Linux 5.13 to 5.18) no domain that holds files can allow them to be
 * renamed or linked into another directory (EXDEV).
 *
 * Where the kernel cannot hold a key, a wished one costs a warning, of which there is one. false
 * and *error for a demanded one; for a path or device that cannot be opened; and when a domain was
 * entered and does not hold, so that something answers in the kernel's place.
 */
bool domain_enter(const struct reach *reach, struct domain *domain, struct error *error);

#endif
