/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GYVE_TESTS_WHOLE_LIBSECCOMP_H
#define GYVE_TESTS_WHOLE_LIBSECCOMP_H

#include <seccomp.h>

/* Has libseccomp do what it can, not what it finds the kernel to do: nothing is loaded here, and
 * qemu-user has no seccomp(2). */
static inline void whole_libseccomp(void)
{
	unsigned level = 99;

	while (level > 0 && seccomp_api_set(level) < 0)
		level--;
}

#endif
