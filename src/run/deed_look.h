/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at the files that a call is about, as deed.h says, which reads the call. */
#ifndef GYVE_DEED_LOOK_H
#define GYVE_DEED_LOOK_H

#include "run/deed.h"

/*
 * Fills the touches of a deed that was read. false when the call fails whatever Landlock says. They
 * hold descriptors until deed_drop.
 */
bool deed_look(struct deed *deed);

#endif
