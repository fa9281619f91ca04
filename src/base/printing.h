/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard output where it is what a mode is for: written whole, or the status says so. Not for a
 * mode that executes a target, which would inherit what is changed here.
 */
#ifndef GYVE_PRINTING_H
#define GYVE_PRINTING_H

#include "base/diag.h"

/*
 * Before anything is opened, which would take the place of a closed standard output. false and
 * *error when it is closed. From here on a limit on file sizes is an error of write(2) and no
 * signal.
 */
bool printing_begin(struct error *error);

/* At the end. Returns status, or 125 with a message when not all that was printed is written. */
int printing_end(int status);

#endif
