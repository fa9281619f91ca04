/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile's filter as runc makes it, with libseccomp: what libcontainer/seccomp
 * (seccomp_linux.go) does with the "linux.seccomp" object of the runtime specification, and
 * libcontainer's patchbpf (enosys_linux.go) with the program. Without "includes", "excludes" and
 * "archMap", which Docker resolves before.
 */
#ifndef GYVE_TESTS_RUNC_H
#define GYVE_TESTS_RUNC_H

#include "bpf/verdict.h"

struct runc {
	struct sock_filter program[VERDICT_MAX_LENGTH];
	bool answers_newer; /* with ENOSYS, where it is above the highest of the ABI, if that is not
			       0 */
	uint32_t highest[ABI_COUNT];
};

/* Whether this build has libseccomp; without it the others are not to be called. */
bool runc_is_here(void);

/* 0, or the negative errno with which libseccomp, and so runc, refuses the profile. */
int runc_compile(struct runc *runc, const char *file);

/* Whether this libseccomp has a call on an ABI: runc leaves out entries of others, in silence. */
bool runc_knows(enum abi abi, enum call call);

/* Whether runc answers a call before libseccomp's program does. */
bool runc_is_newer(const struct runc *runc, enum abi abi, uint32_t nr);

/* What the kernel would answer under both. */
uint32_t runc_answer(const struct runc *runc, enum abi abi, const struct call_data *call);

#endif
