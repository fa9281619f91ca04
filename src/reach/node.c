/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach/node.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "syscalls/syscalls.h"

/* struct statx of linux/stat.h, as far as it is read. */
struct status {
	uint32_t mask, block_size;
	uint64_t attributes;
	uint32_t links, owner, group;
	uint16_t mode, unused;
	uint64_t inode, size, blocks, attributes_mask;
	uint64_t times[8];
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t mount;
	uint64_t rest[13];
};
_Static_assert(sizeof(struct status) == 256, "struct statx has 256 bytes");

#define BASIC_STATS 0x7ff
#define MNT_ID 0x1000
#define DONT_SYNC 0x4000

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

bool node_look(int fd, struct node *node)
{
	struct status status;
	uint32_t nr;

	errno = ENOSYS;
	if (!syscalls_number(syscalls_native_abi(), CALL_statx, &nr) ||
	    syscall((long)nr, fd, "", AT_EMPTY_PATH | DONT_SYNC, BASIC_STATS | MNT_ID, &status) < 0)
		return false;
	*node = (struct node){
		.device = (uint64_t)status.dev_major << 32 | status.dev_minor,
		.inode = status.inode,
		.mount = status.mask & MNT_ID ? status.mount : 0,
		.size = status.size,
		.mode = status.mode,
		.owner = status.owner,
		.links = status.links,
	};
	return true;
}
