/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of calls, by their arguments, as unions of boxes. A box is what one rule of libseccomp can
 * say: for each argument at most one comparison, all of which must hold. Used to write conditions
 * of ours, which may be negative, in formats that have no "unless" and no masked "not equal".
 */
#ifndef GYVE_REGIONS_H
#define GYVE_REGIONS_H

#include "policy/policy.h"

/* op is an enum comparison_op; with a mask other than all bits it is always OP_EQ. */
struct box {
	bool used[6];
	struct comparison on[6];
};

struct regions {
	unsigned count, room;
	struct box *list;
	bool inexpressible; /* two comparisons met on one argument that cannot be one */
};

/* Every call: one box without comparisons. */
void regions_all(struct regions *regions);

/* No call. */
void regions_none(struct regions *regions);

void regions_copy(struct regions *to, const struct regions *from);
void regions_free(struct regions *regions);

/*
 * Adds the calls for which a condition holds (or, negated, does not) on this ABI. With expand,
 * "not equal" is written as masked equalities, which can meet others on the same argument.
 */
void regions_add(struct regions *regions, const struct condition *when, bool negated, bool expand,
		 enum abi abi);

/* Keeps of the first what the second has, too. */
void regions_intersect(struct regions *regions, const struct regions *with);

/* Whether both hold the same boxes in the same order. */
bool regions_equal(const struct regions *a, const struct regions *b);

#endif
