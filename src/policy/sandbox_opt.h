/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text after -sandbox: items separated by commas, ",," a literal comma, the first bare word the
 * value of "enable", as QEMU's option strings have it (qemu-option.c). Knows keys and values from
 * their tables, and nothing of what they do.
 */
#ifndef GYVE_SANDBOX_OPT_H
#define GYVE_SANDBOX_OPT_H

#include "base/diag.h"
#include "policy/policy.h"

/*
 * Reads a SPEC into *choices on top of what is there: of a key that comes twice the last wins.
 * Anything unknown or malformed: false, and *error names the item, lists what is accepted and
 * suggests what was meant; *choices is then half filled and not to be used.
 */
bool sandbox_opt_parse(const char *text, struct choices *choices, struct error *error);

/* Notes the key of --degrade, one of those that go beyond system calls. */
void sandbox_opt_degrade(const char *key, struct choices *choices);

#endif
