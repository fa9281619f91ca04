/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of the calls that a supervisor is asked about a Landlock domain will deny for the files
 * that they reach, and would not fail without it. The calls go on: the kernel denies, whatever
 * memory says by then.
 */
#ifndef GYVE_FILES_SEEN_H
#define GYVE_FILES_SEEN_H

#include "reach/cover.h"
#include "run/deed.h"
#include "run/process.h"

struct files_seen {
	struct cover cover;
	struct process_rights own;
	struct deed deed;		/* the last one that was looked at */
	uint64_t missing[DEED_TOUCHES]; /* of each of its touches: the RIGHT_ bits that it lacks */
};

/*
 * Before the target starts: takes what is open to it, as a kernel with this ABI of Landlock holds
 * it. false and *error when there is no memory, or no such path.
 */
bool files_seen_begin(struct files_seen *seen, const struct reach *reach, int version,
		      struct error *error);

/*
 * Whether the domain denies the call of a caller that waits, and what it lacks. What was found is
 * in deed until files_seen_drop, which must follow.
 */
bool files_seen_look(struct files_seen *seen, const struct notification *caller);

void files_seen_drop(struct files_seen *seen);

/* EACCES, or EXDEV where nothing but the right to refer is missing. */
int files_seen_errno(const struct files_seen *seen);

#endif
