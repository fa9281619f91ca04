/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a profile says, once it is read for this machine and process; no ABI's numbers yet. */
#ifndef GYVE_CONTENTS_H
#define GYVE_CONTENTS_H

#include "base/diag.h"
#include "policy/policy.h"
#include "syscalls/newer.h"

#define PROFILE_MAX_RULES 8192
#define PROFILE_MAX_CONDITIONS 4096
#define PROFILE_MAX_NEWER 32

struct profile_rule {
	int16_t call; /* enum call; from CALL_COUNT on one of the profile's newer ones */
	uint32_t action;
	const struct condition *when;	     /* NULL: always */
	const struct condition *when_narrow; /* the same on an ABI of 32 bits */
	bool never_narrow;		     /* it holds for no call there */
};

struct profile {
	const char *file;
	bool strict; /* refuse what is not known */
	uint32_t default_action;
	unsigned flags; /* SECCOMP_FILTER_FLAG_ values, for seccomp(2) */
	bool covers[ABI_COUNT];
	bool named[CALL_COUNT + PROFILE_MAX_NEWER]; /* by an entry that applies, whatever it says */
	unsigned newer_count;
	char newer[PROFILE_MAX_NEWER][NEWER_NAME]; /* calls that only libseccomp has numbers of */
	unsigned rule_count, condition_count;
	struct profile_rule rules[PROFILE_MAX_RULES];
	struct condition conditions[PROFILE_MAX_CONDITIONS];
	/* for messages while reading */
	unsigned unknown_count;
	char unknown[200];
};

#endif
