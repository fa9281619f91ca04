/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a Landlock domain holds: what must fail in it is tried, since emulators and supervisors
 * have been seen that answer 0 to landlock_restrict_self(2) and enforce nothing.
 */
#ifndef GYVE_ATTEMPT_H
#define GYVE_ATTEMPT_H

#include "reach/ruleset.h"

/* Before the domain is entered: a socket outside of it, to be reached for from within. */
struct attempt {
	int outside; /* close-on-exec; or -1 */
};

struct attempt attempt_begin(const bool held[static KEY_COUNT]);

/*
 * Within it: false when something works that must not. Of a key nothing is said where there is
 * nothing to try: a parent of another user, no /proc, each port opened. Nothing is left open.
 */
bool attempt_holds(struct attempt attempt, const struct reach *reach,
		   const bool held[static KEY_COUNT], const struct ruleset_roots *roots);

#endif
