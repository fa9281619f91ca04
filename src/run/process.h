/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Another process, looked at from outside while it is held still: who it is, what it has in memory,
 * where its code comes from. Knows nothing of policies. Sources: proc(5), pidfd_open(2),
 * process_vm_readv(2).
 *
 * A thread is named by its ID in this process's PID namespace. IDs are used again: what is said of
 * a thread is only true if the caller can tell afterwards that it was there all the time.
 */
#ifndef GYVE_PROCESS_H
#define GYVE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/line.h"
#include "reach/node.h"

/* The name that the kernel gives a thread is at most 15 bytes. */
#define PROCESS_NAME 16

struct process_identity {
	pid_t tid;
	pid_t pid;		 /* of the process that the thread belongs to; tid if unknown */
	char name[PROCESS_NAME]; /* as it is, not escaped; "?" if unknown */
};

/* Must be called before the others: sees whether /proc is there and is of our PID namespace. */
void process_begin(void);

/* The thread's name alone: one file less to read. */
void process_name(pid_t tid, char name[static PROCESS_NAME]);

void process_identify(pid_t tid, struct process_identity *identity);

/*
 * A descriptor of the process that a thread belongs to, close-on-exec; or -1 and errno. *pid is the
 * process, or 0 when the descriptor could be had but not the number.
 */
int process_open(pid_t tid, pid_t *pid);

/* Sends a signal to the whole process behind a descriptor. */
bool process_signal(int process, int signal);

/* Whether a signal has a handler and is not blocked: false also when that cannot be found out. */
bool process_catches(pid_t tid, int signal);

/* Whether a thread has no_new_privs: false also when that cannot be found out. */
bool process_has_no_new_privs(pid_t tid);

/* A thread's effective IDs; false when they cannot be found out. */
bool process_ids(pid_t tid, uid_t *user, gid_t *group);

/* Whether a thread has an effective capability: false also when that cannot be found out. */
bool process_has_capability(pid_t tid, unsigned capability);

#define PROCESS_FILE 64

/*
 * The name, without its directory and cut, of the file whose code made the call in which the thread
 * waits: where that is the C library, of the one that called the C library, as far as the stack
 * shows it, which may be the C library. bits: of an address there. false when it cannot be found
 * out.
 */
bool process_find_code(pid_t tid, unsigned bits, char file[static PROCESS_FILE]);

/*
 * A descriptor of O_PATH, close-on-exec, of a thread's "root", "cwd" or "fd/N" under /proc, or -1.
 */
int process_place(pid_t tid, const char *what);

/*
 * Where /proc/self leads a thread, or thread-self, by the /proc whose root is this node: "PID" or
 * "PID/task/TID" in its numbers. false when they cannot be found out.
 */
bool process_self(pid_t tid, const struct node *proc, bool thread, char *text, size_t size);

/*
 * What decides what a thread may do to files (credentials(7)), where it is not what decides it for
 * this process: user and group for files, supplementary groups, effective capabilities.
 */
struct process_rights {
	uid_t user;
	gid_t group;
	uint64_t capabilities;
	unsigned group_count;
	gid_t groups[64];
};

/* false when it cannot be found out. Of more groups than there is room for the rest is left out. */
bool process_rights(pid_t tid, struct process_rights *rights);

/* Copies memory. Returns how many bytes from the start could be read. */
size_t process_read(pid_t tid, uint64_t address, void *buffer, size_t size);

/*
 * Copies a string. false when no NUL ends it within size bytes, or before what cannot be read.
 */
bool process_string(pid_t tid, uint64_t address, char *text, size_t size);

/* Appends the file that an address was mapped from, as line_add_word does, and the offset in it, or
 * the bare address. */
void process_locate(pid_t tid, uint64_t address, struct line *line);

#endif
