/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What strace(1) wrote, as a record of calls. Text in, struct record out; knows nothing of
 * profiles.
 */
#ifndef GYVE_FROM_STRACE_H
#define GYVE_FROM_STRACE_H

#include "base/diag.h"
#include "profile/record.h"

/*
 * Adds what a file ("-": standard input) shows: tables of "strace -c", logs of "strace", or both.
 * false and *error when it cannot be read, or shows no call. What is passed over, among it what the
 * program itself has written into the same file, is said.
 */
bool from_strace(struct record *record, const char *file, struct error *error);

#endif
