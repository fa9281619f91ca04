/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of calls, by their arguments, as unions of argument filters. A filter is what one rule of
 * libseccomp can say: for each argument at most one comparison, all of which must hold. Used to
 * write conditions of ours, which may be negative, in formats that have no "unless" and no masked
 * "not equal".
 */
#ifndef GYVE_ARG_FILTERS_H
#define GYVE_ARG_FILTERS_H

#include "policy/policy.h"

/* op is an enum comparison_op; with a mask other than all bits it is always OP_EQ. */
struct arg_filter {
	bool used[6];
	struct comparison on[6];
};

struct arg_filters {
	unsigned count, room;
	struct arg_filter *list;
	bool inexpressible; /* two comparisons met on one argument that cannot be one */
};

/* Every call: one filter without comparisons. */
void arg_filters_all(struct arg_filters *filters);

/* No call. */
void arg_filters_none(struct arg_filters *filters);

void arg_filters_copy(struct arg_filters *to, const struct arg_filters *from);
void arg_filters_free(struct arg_filters *filters);

/*
 * Adds the calls for which a condition holds (or, negated, does not) on this ABI. With expand,
 * "not equal" is written as masked equalities, which can meet others on the same argument.
 */
void arg_filters_add(struct arg_filters *filters, const struct condition *when, bool negated,
		     bool expand, enum abi abi);

/* Keeps of the first what the second has, too. */
void arg_filters_intersect(struct arg_filters *filters, const struct arg_filters *with);

/* Whether both hold the same argument filters in the same order. */
bool arg_filters_equal(const struct arg_filters *a, const struct arg_filters *b);

#endif
