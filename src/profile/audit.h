/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's records of what seccomp did, type=1326 (linux/audit.h AUDIT_SECCOMP), as they come
 * from dmesg, journalctl, auditd's log, and ausearch with and without -i. Source: audit_seccomp in
 * the kernel's kernel/auditsc.c. What is in a record was chosen by the process it is about.
 */
#ifndef GYVE_AUDIT_H
#define GYVE_AUDIT_H

#include <limits.h>

#include "bpf/verdict.h"

struct audit_record {
	char time[40];		/* local time, or as the line has it; empty if it has none */
	long pid;		/* -1: not given */
	char command[64];	/* comm, as it was: not escaped */
	char program[PATH_MAX]; /* exe, the same; empty if not given */
	long signal;		/* 0: none */
	struct call_data call;	/* nr, arch and ip; the arguments are not recorded */
	bool has_code;
	uint32_t code; /* SECCOMP_RET_ value; without its errno in ausearch -i's form */
};

enum audit_line {
	AUDIT_OTHER,	 /* not about seccomp */
	AUDIT_SECCOMP,	 /* *record is filled */
	AUDIT_UNREADABLE /* about seccomp, but without a legible arch= and syscall= */
};

/* Reads one line, which is NUL-terminated. */
enum audit_line audit_read(const char *line, struct audit_record *record);

#endif
