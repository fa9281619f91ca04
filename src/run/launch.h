/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the target and becoming it. Whatever may need a system call is done before the filter is
 * loaded (confine.h); after that there is only execve(2).
 */
#ifndef GYVE_LAUNCH_H
#define GYVE_LAUNCH_H

#include <limits.h>

#include "base/diag.h"
#include "bpf/filter.h"
#include "policy/choices.h"
#include "reach/reach.h"

/*
 * Where execvp(3) would look: each call of launch_next fills path with the next candidate. A name
 * with a slash is its own only candidate.
 */
struct launch_search {
	const char *file;
	const char *rest; /* of PATH, or NULL: no further candidate */
	int remembered;	  /* the errno to report when no candidate can be executed */
	char path[PATH_MAX];
};

struct domain;

struct launch {
	char **argv; /* the target's; argv[-1] must be ours to overwrite (gyve's own argv) */
	char *const *envp;
	struct launch_search search;
	enum no_new_privs no_new_privs;
	const struct reach *reach; /* what Landlock shall hold, or NULL */
	struct domain *domain;	   /* where it is noted what holds it, or NULL */
	struct status *status;	   /* where it is told, or NULL */
	const struct sock_filter *program;
	unsigned length;
	unsigned flags;		/* SECCOMP_FILTER_FLAG_ values besides TSYNC */
	const uint64_t *ticket; /* three words for execve's unused registers, or NULL */
};

/*
 * Finds the target by execvp's rules, with the PATH that it will have, as env(1) does, without
 * executing anything. path is left at the first
 * candidate that is an executable file. false and *error with status 127 when there is none, 126
 * when what there is may not be executed.
 */
bool launch_find(struct launch *launch, struct error *error);

/*
 * The machine of an ELF file at the found path: true and *abi when it is an ABI that gyve knows;
 * false when the file is no ELF file, unreadable, or for a machine that gyve does not know.
 */
bool launch_elf_abi(const struct launch *launch, enum abi *abi);

/* Resets SIGSYS to its default and unblocks it: inherited, it could hide or hang on a kill. */
bool launch_reset_sigsys(struct error *error);

/*
 * Warns when a descriptor above 2 is open that systemd did not pass and execve leaves open: what it
 * leads to is outside every domain. Of those below 256, which one poll(2) tells.
 */
void launch_warn_of_open_fds(char *const *envp);

/* Has the kernel send SIGKILL to this process, also after execve, when its parent ends. */
bool launch_die_with_parent(struct error *error);

/*
 * Has the exec close every descriptor from 3 on except those that systemd passed, as the target's
 * environment tells it (LISTEN_FDS, when LISTEN_PID names this process); this process goes on using
 * them. close_range(2), or before Linux 5.11 one by one from /proc/self/fd.
 */
bool launch_close_fds(char *const *envp, struct error *error);

/*
 * Becomes the target. Returns only on failure: false and *error with status 126 or 127; the caller
 * then wipes the ticket. ENOEXEC falls back on /bin/sh, as execvp does, for which argv[-1] and
 * argv[0] are overwritten.
 */
bool launch_exec(struct launch *launch, struct error *error);

#endif
