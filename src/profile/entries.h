/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries of a profile, "syscalls", as rules of it. */
#ifndef GYVE_ENTRIES_H
#define GYVE_ENTRIES_H

#include "profile/reader.h"

/* false and the reader's *error. Warns, once, of the calls that nobody knows. */
bool entries_read(struct reader *r, const struct json *root);

#endif
