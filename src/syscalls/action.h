/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a filter answers to a call: SECCOMP_RET_ values, their order and their names.
 */
#ifndef GYVE_ACTION_H
#define GYVE_ACTION_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether action a is more restrictive than b, in the kernel's order; the data bits do not count.
 */
inline bool action_stricter(uint32_t a, uint32_t b)
{
	return (int32_t)(a & SECCOMP_RET_ACTION_FULL) < (int32_t)(b & SECCOMP_RET_ACTION_FULL);
}

/*
 * Writes an action for people, "KILL_PROCESS" or "ERRNO(EPERM)", into text, and returns text.
 */
char *action_name(uint32_t action, char text[static 32]);

#endif
