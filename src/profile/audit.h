/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's records of calls, as they come from dmesg, journalctl, syslog, auditd's log, and
 * ausearch with and without -i: what seccomp did, type=1326, and calls that audit was told to log,
 * type=1300 (linux/audit.h AUDIT_SECCOMP, AUDIT_SYSCALL). Source: audit_seccomp and
 * audit_log_exit in the kernel's kernel/auditsc.c. What a record says of a process' name and
 * program was chosen by that process: it is never taken for another field, nor for a record.
 */
#ifndef GYVE_AUDIT_H
#define GYVE_AUDIT_H

#include <limits.h>

#include "bpf/verdict.h"

struct audit_record {
	bool is_seccomp;	/* of type 1326, else 1300 */
	char time[40];		/* local time, or as the line has it; empty if it has none */
	long pid;		/* -1: not given */
	char command[64];	/* comm, as it was: not escaped */
	char program[PATH_MAX]; /* exe, the same; empty if not given, or not to be told */
	long signal;		/* 0: none */
	struct call_data call;	/* nr, arch and ip */
	bool has_args;		/* type 1300 only: call.args has the first four */
	bool has_code;
	uint32_t code; /* SECCOMP_RET_ value; without its errno in ausearch -i's form */
};

enum audit_line {
	AUDIT_OTHER,	/* no such record */
	AUDIT_RECORD,	/* *record is filled */
	AUDIT_ILLEGIBLE /* such a record without a legible arch= and syscall=; only is_seccomp is */
};

/*
 * Reads one line, which is NUL-terminated; what auditd appends to a record is cut off. A type-1300
 * record in ausearch -i's form is AUDIT_ILLEGIBLE: its arguments are words there, and a program's
 * name cannot be told from what follows it.
 */
enum audit_line audit_read(char *line, struct audit_record *record);

#endif
