/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it takes to get a call through: for each key, how far its value must be opened. Answered
 * from the rules alone, whatever the choices at hand.
 */
#ifndef GYVE_NEEDS_H
#define GYVE_NEEDS_H

#include "base/line.h"
#include "policy/choices.h"
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
 * Lowers *needs to what one more call takes. clone3_flags: of a clone3, the flags behind its
 * pointer; what the clone with these flags takes, since libraries fall back on it. NULL where they
 * could not be read, or the call is another: then what denies the call itself. choices: only
 * for what they say of compat, and of a value that has rows of its own; NULL: nothing. What passes
 * for one launch alone, by its exec ticket or its IDs, counts as denied.
 */
void needs_of_call(struct needs *needs, const struct call_data *call, const uint64_t *clone3_flags,
		   const struct choices *choices);

/* The tightest value of a key that a rank permits, or VALUE_COUNT when none does. */
unsigned needs_value(enum key key, int8_t rank);

enum needs_answer {
	NEEDS_ITEMS,   /* these items have to be changed */
	NEEDS_NO_ITEM, /* none has to: the program does without the call */
	NEEDS_BEYOND,  /* none would do, short of action=log or enable=off */
};

/*
 * Appends the items to change in these choices, "spawn=allow,namespaces=allow". Nothing is appended
 * unless the answer is NEEDS_ITEMS.
 */
enum needs_answer needs_items(const struct needs *needs, const struct choices *choices,
			      struct line *line);

#endif
