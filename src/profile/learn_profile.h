/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --learn-profile, --from-strace and --from-audit: calls that were seen become an OCI profile that
 * allows these.
 */
#ifndef GYVE_LEARN_PROFILE_H
#define GYVE_LEARN_PROFILE_H

#include <stdio.h>

#include "policy/cmdline.h"
#include "run/launch.h"

/*
 * Runs the found target unrestricted and writes the profile of what it did to file, together with
 * what the file says already. *status is the target's, as wait(2) has it. false and *error when it
 * could not be run or the profile not be written; the file is then as it was.
 */
bool learn_profile_run(const char *file, struct launch *launch, int *status, struct error *error);

/*
 * Prints the profile of what a file of strace, or of the kernel's audit, shows. base, if not NULL,
 * is a learned profile to add to. false and *error.
 */
bool learn_profile_strace(const char *file, const char *base, FILE *out, struct error *error);

/* The same for a log of the kernel's audit: the request says which, and whose records of it. */
bool learn_profile_audit(const struct request *request, FILE *out, struct error *error);

#endif
