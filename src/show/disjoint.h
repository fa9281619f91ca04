/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens to the calls of one number, as sets of calls with one action each that do not
 * overlap: for formats whose readers give overlapping rules no order.
 */
#ifndef GYVE_DISJOINT_H
#define GYVE_DISJOINT_H

#include "profile/arg_filters.h"

#define DISJOINT_MOST 64

struct disjoint_rule {
	uint32_t action;
	struct arg_filters where;
};

struct disjoint {
	unsigned count;
	struct disjoint_rule list[DISJOINT_MOST];
};

/*
 * Splits the calls of a number of an ABI, as short as it can be said; those with the fallback
 * action may be left out. false when it cannot be said in argument filters, or not in few enough.
 * disjoint_free either way.
 */
bool disjoint_of(const struct policy *policy, const struct policy_abi *abi, uint32_t nr,
		 uint32_t fallback, struct disjoint *rules);

void disjoint_free(struct disjoint *rules);

/* Whether both say the same in the same words. */
bool disjoint_equal(const struct disjoint *a, const struct disjoint *b);

#endif
