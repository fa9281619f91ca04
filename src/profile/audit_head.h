/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a line of a log is a record of the kernel's audit, and where its fields begin. Knows the
 * logs that such records are found in: the kernel's own, syslog's, the journal's and auditd's. A
 * line in which another has written, be it what a record looks like, is none.
 */
#ifndef GYVE_AUDIT_HEAD_H
#define GYVE_AUDIT_HEAD_H

#include <stdbool.h>

struct audit_head {
	bool is_seccomp;  /* of type 1326, else 1300 */
	const char *time; /* what stands behind "audit(", or NULL */
	const char *body; /* the fields */
};

/* false when the line is no record of these two types. */
bool audit_head_find(const char *line, struct audit_head *head);

#endif
