/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it takes to get a call through: for each key, how far its value must be opened. Answered
 * from the rules alone, whatever the choices at hand.
 */
#ifndef GYVE_REMEDY_H
#define GYVE_REMEDY_H

#include "base/line.h"
#include "policy/choices.h"
#include "policy/policy.h"

/* A rank that no value has: the key does not matter. */
#define REMEDY_NOTHING INT8_MAX
/* And one below all: no value of the key lets the call through. */
#define REMEDY_IMPOSSIBLE (-1)

struct remedy {
	int8_t rank[KEY_COUNT]; /* the highest rank at which the call is not denied by this key */
};

/* Everything at REMEDY_NOTHING. */
void remedy_init(struct remedy *remedy);

/*
 * Lowers *remedy to what one more call takes. clone3_flags: of a clone3, the flags behind its
 * pointer; what the clone with these flags takes, since libraries fall back on it. NULL where they
 * could not be read, or the call is another: then what denies the call itself. choices: only
 * for what they say of compat, and of a value that has rows of its own; NULL: nothing. What passes
 * for one launch alone, by its exec ticket or its IDs, counts as denied.
 */
void remedy_of_call(struct remedy *remedy, const struct call_data *call,
		    const uint64_t *clone3_flags, const struct choices *choices);

/* The tightest value of a key that a rank permits, or VALUE_COUNT when none does. */
unsigned remedy_value(enum key key, int8_t rank);

enum remedy_answer {
	REMEDY_ITEMS,	/* these items have to be changed */
	REMEDY_NO_ITEM, /* none has to: the program does without the call */
	REMEDY_BEYOND,	/* none would do, short of action=log or enable=off */
};

/*
 * Appends the items to change in these choices, "spawn=allow,namespaces=allow". Nothing is appended
 * unless the answer is REMEDY_ITEMS.
 */
enum remedy_answer remedy_items(const struct remedy *remedy, const struct choices *choices,
				struct line *line);

#endif
