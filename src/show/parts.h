/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens to the calls of one number, as sets of calls with one action each that do not
 * overlap: for formats whose readers give overlapping rules no order.
 */
#ifndef GYVE_PARTS_H
#define GYVE_PARTS_H

#include "profile/regions.h"

#define PARTS_MOST 64

struct part {
	uint32_t action;
	struct regions where;
};

struct parts {
	unsigned count;
	struct part list[PARTS_MOST];
};

/*
 * Parts the calls of a number of an ABI, as short as it can be said; those with the fallback action
 * may be left out. false when it cannot be said in boxes, or not in few enough. parts_free either
 * way.
 */
bool parts_of(const struct policy *policy, const struct policy_abi *abi, uint32_t nr,
	      uint32_t fallback, struct parts *parts);

void parts_free(struct parts *parts);

/* Whether both say the same in the same words. */
bool parts_equal(const struct parts *a, const struct parts *b);

#endif
