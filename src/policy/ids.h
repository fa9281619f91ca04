/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that set a launch's IDs to what they are: the conditions under which the set*id family is
 * denied all the same. Knows how wide those calls' arguments are.
 */
#ifndef GYVE_IDS_H
#define GYVE_IDS_H

#include "syscalls/syscalls.h"

/*
 * Of a launch whose real, effective, saved and file-system ID are one, that one: a call that sets
 * some of them to it, or leaves them (-1), changes nothing, and with no_new_privs and the rest of
 * the group denied never will. An ID that a user namespace does not map reads as 65534.
 */
struct ids {
	bool has_uid, has_gid;
	uint32_t uid, gid;
};

/* For each condition on an ID one at 32 bits and one at 16. */
#define IDS_CONDITIONS (2 * (CONDITION_OTHER_GID_3 - CONDITION_OTHER_UID_1 + 1))

/* Whether a condition compares an ID with the launch's. */
static inline bool ids_are_compared(enum condition_id condition)
{
	return condition >= CONDITION_OTHER_UID_1 && condition <= CONDITION_OTHER_GID_3;
}

/* Writes the conditions with these IDs in them. */
void ids_fill(struct condition list[static IDS_CONDITIONS], const struct ids *ids);

/* Whether a row may be left out: without an ID to compare with, a call's first row denies it. */
bool ids_needless(const struct rule_row *row, const struct ids *ids);

/* Which of the filled conditions a row has on this ABI; NULL: it denies whatever the ID. */
const struct condition *ids_condition(const struct condition list[static IDS_CONDITIONS],
				      const struct rule_row *row, enum abi abi,
				      const struct ids *ids);

#endif
