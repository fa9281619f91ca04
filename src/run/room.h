/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process that stays beside its target needs for itself, secured before the target starts,
 * and what it gives up then: descriptors and stack.
 */
#ifndef GYVE_ROOM_H
#define GYVE_ROOM_H

#include "base/diag.h"

/*
 * Fills those of descriptors 0, 1 and 2 that are closed with one by which nothing can be read or
 * written (EBADF, as if it were closed), close-on-exec. So no descriptor of ours can get there and
 * end up as the target's standard output, and in the target they are closed, as they were.
 */
bool room_fill_standard_fds(struct error *error);

/* Such a descriptor, above 2 where these are taken; or -1 and *error. */
int room_open_void(struct error *error);

/*
 * Closes every descriptor from 3 on but these, of which -1 stands for none: whoever reads from a
 * pipe that the target has closed must see its end.
 */
void room_close_others(const int *keep, unsigned count);

/*
 * Takes the stack that supervision needs. A fault for want of it would come in the midst of the
 * run, and the target can lower the limit then (prlimit(2) asks for the same user alone). false and
 * *error when the limit does not leave so much.
 */
bool room_take_stack(struct error *error);

#endif
