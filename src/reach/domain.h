/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Landlock domain (landlock(7)): what a filter cannot hold, since it is behind a path or concerns
 * another process. No privilege is needed, nothing stays resident, and the process keeps its ID.
 * Knows nothing of policies.
 *
 * Of any domain it is true that what is in it can neither trace a process outside it nor open such
 * a process's mem, environ, fd, root and the like under /proc (security/landlock/task.c).
 */
#ifndef GYVE_DOMAIN_H
#define GYVE_DOMAIN_H

#include "base/diag.h"

/* What becomes of the launch where the domain cannot be had. */
enum domain_need {
	DOMAIN_NONE,	 /* none is wanted */
	DOMAIN_WISHED,	 /* it starts all the same, with a warning */
	DOMAIN_DEMANDED, /* nothing is started */
};

/* The kernel's Landlock ABI, 1 and up; 0 and errno when it offers none. One call. */
int domain_version(void);

/*
 * Enters the smallest domain: everything that it handles is allowed below "/", so that it separates
 * processes and nothing else. On ABI 1 (Linux 5.13 to 5.18) a domain cannot allow files to be
 * renamed or linked into another directory: EXDEV.
 *
 * Returns 0; or the errno of what failed, with *error. EPERM is the kernel's demand for
 * no_new_privs or CAP_SYS_ADMIN, nothing has been entered then. EREMOTEIO is ours: it was entered
 * and does not hold, so that something answers in the kernel's place.
 */
int domain_enter(struct error *error);

#endif
