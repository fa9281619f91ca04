/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the libseccomp of this machine knows beyond gyve's table: it may be newer. Without it
 * (--without-libseccomp) the table is all there is, and these say so.
 */
#ifndef GYVE_NEWER_H
#define GYVE_NEWER_H

#include "syscalls/syscalls.h"

#define NEWER_NAME 40

/* "2.5.4"; NULL without the library. */
const char *newer_library(void);

/* What it can use of this kernel (seccomp_api_get(3)); asks the kernel. 0 without the library. */
unsigned newer_api(void);

/* Whether it has a name on any machine. Without the library: false, and *asked is false. */
bool newer_knows(const char *name, bool *asked);

/* The number of a name on an ABI, as seccomp_data.nr has it; false when it knows none. */
bool newer_number(enum abi abi, const char *name, uint32_t *nr);

/* The name of a number on an ABI; false when it knows none that fits. */
bool newer_name(enum abi abi, uint32_t nr, char name[static NEWER_NAME]);

#endif
