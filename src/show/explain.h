/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is denied, by whom and how, in the words of someone who has to change a SPEC: of calls,
 * numbers, groups and keys (--explain), and of what the kernel logged (--explain-log).
 */
#ifndef GYVE_EXPLAIN_H
#define GYVE_EXPLAIN_H

#include <stdio.h>

#include "base/diag.h"
#include "policy/cmdline.h"
#include "syscalls/syscalls.h"

/*
 * Explains each operand: a call's name or number, alone or after "ABI:"; a group; a key; KEY=VALUE; a
 * path, which has a slash. false and *error (status 125) for one that is none of these, with the
 * nearest suggested.
 */
bool explain_words(const struct request *request, FILE *out, struct error *error);

/*
 * Explains each seccomp record among the lines of standard input, or those of the programs that the
 * request names, and passes over the others. false and *error (status 125) when not all of it can
 * be read, when a record is not legible, or when there is none.
 */
bool explain_log(const struct request *request, FILE *out, struct error *error);

/* ---- what they share ---- */

/*
 * Explains a path: what closes it, and which option opens it for what. false and *error (status 125)
 * when it cannot be looked at, but for one that is not there.
 */
bool explain_path(const char *path, FILE *out, struct error *error);

/* Says in a line what a row of rules.def denies, and which item allows it. */
void explain_row(unsigned index, FILE *out);

/* Says what an item does to a number by itself, whatever call it is; nothing of a call's own. */
void explain_kind(enum number_kind kind, FILE *out);

#endif
