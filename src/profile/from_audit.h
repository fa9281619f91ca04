/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log of the kernel's audit, by whatever way it came, as a record of calls.
 */
#ifndef GYVE_FROM_AUDIT_H
#define GYVE_FROM_AUDIT_H

#include "policy/cmdline.h"
#include "profile/audit.h"
#include "profile/record.h"

/* Whether a record is of a program that the request names, or the request names none. */
bool from_audit_is_named(const struct request *request, const struct audit_record *audit);

/*
 * Adds the calls of the file that the request's mode names: those of one program, of several that
 * are named, or of all, as asked. false and *error when the file cannot be read, has none of their
 * calls, or has those of several programs and the request does not say whose are meant. What is
 * passed over is said.
 */
bool from_audit(const struct request *request, struct record *record, struct error *error);

#endif
