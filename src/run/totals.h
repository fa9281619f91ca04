/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often what was denied, for the table at a report's end. Its size is fixed. */
#ifndef GYVE_TOTALS_H
#define GYVE_TOTALS_H

#include "run/wording.h"

#define TOTALS 256

struct totals {
	unsigned count;
	struct total list[TOTALS];
	struct total rest; /* what found no row */
};

/* The row that counts denials like this one, or the rest; its count is for the caller to raise. */
struct total *totals_find(struct totals *totals, const struct denial *denial);

/* Sorts the rows: most frequent first, of equals the first seen. */
void totals_sort(struct totals *totals);

#endif
