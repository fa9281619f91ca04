/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --learn-profile, --from-strace and --from-audit: calls that were seen become an OCI profile that
 * allows these.
 */
#ifndef GYVE_LEARN_PROFILE_H
#define GYVE_LEARN_PROFILE_H

#include <stdio.h>

#include "policy/cmdline.h"
#include "run/supervise.h"

struct learn_profile;

/*
 * Reads what the file says already, if it exists, and makes sure that it can be written. NULL and
 * *error.
 */
struct learn_profile *learn_profile_begin(const char *file, struct error *error);

/* Of a supervision that asks about every call (notify_build_watching). */
struct observer learn_profile_observer(struct learn_profile *learned);

/* The descriptor that it will write to. */
int learn_profile_fd(const struct learn_profile *learned);

/* Writes the file. false and *error; it is then as it was. */
bool learn_profile_finish(struct learn_profile *learned, struct error *error);

/* Instead of finishing: leaves the file as it was. */
void learn_profile_drop(struct learn_profile *learned);

/*
 * Prints the profile of what a file of strace shows; --profile names a learned one to add to. false
 * and *error.
 */
bool learn_profile_strace(const struct request *request, FILE *out, struct error *error);

/* The same for a log of the kernel's audit: the request says whose records of it. */
bool learn_profile_audit(const struct request *request, FILE *out, struct error *error);

#endif
