/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which denied calls a program is known to do without (tables/harmless.def). Advice, and no more: a
 * caller that wants to can pass for such a program, and gets a tighter SPEC proposed for it.
 */
#ifndef GYVE_HARMLESS_H
#define GYVE_HARMLESS_H

#include "run/answer.h"

/* The row of a call that the policy denies, or NULL. The caller must still wait in it. */
const struct harmless_row *harmless_find(const struct asked *asked);

#endif
