/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a system call is tried again that fails as if it were to be: EINTR, EAGAIN. A kernel
 * says so now and then, something in its place may say so for ever.
 */
#ifndef GYVE_RETRY_H
#define GYVE_RETRY_H

#include <stdbool.h>

/* All zero at first, and again when something has come of it. */
struct retry {
	unsigned failures; /* in a row */
};

/* After one more failure: whether to try again. */
static inline bool retry_allowed(struct retry *retry)
{
	return ++retry->failures < 1000;
}

#endif
