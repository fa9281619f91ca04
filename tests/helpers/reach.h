/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reach: what a single call cannot show of files, ports and other processes (helpers/try makes
 * single calls). reach.c says how it is run.
 */
#ifndef REACH_H
#define REACH_H

#include <stddef.h>
#include <stdbool.h>
#include <sys/types.h>

/* Results beyond those of a system call. */
enum { RESULT_LOST = -2 }; /* the call succeeded and had no effect */

/* An operation: 0 or more, -1 and errno as a system call, or RESULT_LOST. */
struct operation {
	const char *name;
	long (*run)(char **word); /* its arguments, NULL behind the last */
};

extern const struct operation file_operations[], port_operations[], peer_operations[];

/* ---- what "reach stage" leaves for the command: descriptors of the stage's first directory ----
 */
enum {
	STAGE_FILE = 120,  /* its file, for reading and writing */
	STAGE_DIR = 121,   /* the directory */
	STAGE_TCP = 122,   /* an unconnected TCP socket of IPv4 */
	STAGE_UDP = 123,   /* the same of UDP */
	STAGE_PASSED = 124 /* a socket in which a message with the file waits */
};

/* Another process to act on: its ID, and where its secrets are. */
struct peer {
	pid_t pid;
	unsigned long address;
};

#define SECRET "SECRET=of-the-peer"

/* Readies this process to be one: signals wait, sockets listen, and a secret lies in memory. */
struct peer peer_begin(void);

/* "directory/name". */
const char *path_in(const char *directory, const char *name);

/* An io_uring with one operation in it; as that system call would have ended. */
struct io_uring_sqe;
long ring(void (*fill)(struct io_uring_sqe *sqe, const void *argument), const void *argument);

#endif
