/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this kernel offers, asked of the kernel itself and returned as a plain struct. Knows nothing
 * of the user's wishes. Sources: seccomp(2), prctl(2), proc_pid_status(5), landlock(7).
 */
#ifndef GYVE_PROBE_H
#define GYVE_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"

/*
 * Whether a filter may return this action (SECCOMP_GET_ACTION_AVAIL, since Linux 4.14): one call.
 * "No" is what the kernel itself says: EOPNOTSUPP, or of a kernel that cannot be asked EINVAL, or
 * ENOSYS without seccomp(2). Any other failure says nothing about the kernel: false and *error.
 */
bool probe_action(uint32_t action, bool *available, struct error *error);

enum probe_status {
	PROBE_FULL,	/* the sandbox can be enforced in full */
	PROBE_DEGRADED, /* it can be enforced, but not all of the language works */
	PROBE_NONE,	/* it cannot be enforced */
};

enum probe_action_id {
#define PROBE_ACTION(id, ...) PROBE_##id,
#include "tables/probe_actions.def"
#undef PROBE_ACTION
	PROBE_ACTION_COUNT
};

enum probe_flag_id {
#define PROBE_FLAG(id, ...) PROBE_##id,
#include "tables/probe_flags.def"
#undef PROBE_FLAG
	PROBE_FLAG_COUNT
};

struct probe {
	enum probe_status status;
	const char *reason; /* why it is not PROBE_FULL, or NULL */
	char kernel[65];
	bool newer_kernel; /* than the system call table: unknown=deny hides calls from programs */
	const char *abi;
	int load_errno; /* why a child could not load an empty filter; 0: it could */
	bool actions[PROBE_ACTION_COUNT];
	bool flags[PROBE_FLAG_COUNT];
	bool no_new_privs;	    /* set already */
	bool may_skip_no_new_privs; /* CAP_SYS_ADMIN in this user namespace */
	int filters;  /* present already; -1: the kernel does not say (before 5.9, or no /proc) */
	int landlock; /* ABI version; 0: none, landlock_errno says why */
	int landlock_errno;
	const char *libseccomp; /* version and API level of the library in this build, or NULL */
};

/* Asks everything. Starts one child process. */
void probe_run(struct probe *probe);

/* Prints it for people: aligned, one fact a line. */
void probe_print(const struct probe *probe, FILE *out);

/* Prints it as one JSON object. */
void probe_print_json(const struct probe *probe, FILE *out);

#endif
