/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a descriptor may be used. */
#ifndef GYVE_ACCESS_MODE_H
#define GYVE_ACCESS_MODE_H

#include <fcntl.h>

/*
 * O_RDONLY, O_WRONLY or O_RDWR of the flags of a descriptor (F_GETFL). musl's O_ACCMODE has O_PATH
 * in it, by which a descriptor for nothing would pass for one to write to.
 */
static inline int access_mode(int flags)
{
	return flags & (O_WRONLY | O_RDWR);
}

#endif
