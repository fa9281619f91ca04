/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it takes to get a call through: for each key, how far its value must be opened. Answered
 * from the rules alone, whatever the choices at hand.
 */
#ifndef GYVE_NEEDS_H
#define GYVE_NEEDS_H

#include "base/line.h"
#include "policy/policy.h"

/* A rank that no value has: the key does not matter. */
#define NEEDS_NOTHING INT8_MAX
/* And one below all: no value of the key lets the call through. */
#define NEEDS_IMPOSSIBLE (-1)

struct needs {
	int8_t rank[KEY_COUNT]; /* the highest rank at which the call is not denied by this key */
};

/* Everything at NEEDS_NOTHING. */
void needs_init(struct needs *needs);

/*
 * Lowers *needs to what one more call takes. qemu: by the rows of compat=qemu. A row with the exec
 * ticket counts as denying.
 */
void needs_of_call(struct needs *needs, const struct call_data *call, bool qemu);

/* The same for clone3 with these flags, by the rows of the clone that libraries fall back on. */
void needs_of_clone_flags(struct needs *needs, uint64_t flags, bool qemu);

/* The tightest value of a key that a rank permits, or VALUE_COUNT when none does. */
unsigned needs_value(enum key key, int8_t rank);

/*
 * Appends the items to change in these choices, "spawn=allow,namespaces=allow". Returns false, and
 * appends nothing, when no item short of action=log or enable=off would do.
 */
bool needs_items(const struct needs *needs, const struct choices *choices, struct line *line);

#endif
