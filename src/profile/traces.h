/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of calls that strace made. Text in, struct record out; knows nothing of profiles.
 */
#ifndef GYVE_TRACES_H
#define GYVE_TRACES_H

#include "base/diag.h"
#include "profile/record.h"

/*
 * Adds what a file ("-": standard input) of strace shows: the table of "strace -c", or the log of
 * "strace" or "strace -f" with or without process IDs and times. Lines that are neither are an
 * error that names the first, unless strace writes them between calls (signals, exits).
 */
bool traces_strace(struct record *record, const char *file, struct error *error);

#endif
