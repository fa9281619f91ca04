/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All answers of a filter at once, as far as they depend on the ABI and the number alone. Instead
 * of running the program on one call after the other, walk follows it with a whole range of arch
 * values and numbers, and splits the range at each comparison. What comes out covers every pair of
 * 32-bit values, in about as many steps as the program has instructions.
 */
#ifndef GYVE_WALK_H
#define GYVE_WALK_H

#include "bpf/verdict.h"

/* Calls that take one path through the program: a range of arch values times a range of numbers. */
struct walk_region {
	uint32_t arch_first, arch_last;
	uint32_t nr_first, nr_last;
	bool answered;	 /* false: the path goes on to something else than arch and number */
	uint32_t action; /* the answer, when there is one */
	unsigned resume; /* else: an instruction that the path reaches with nothing in A and X that
			    matters, so that a run may begin there */
};

/* Receives each region. Returns false to end the walk. */
typedef bool walk_visit(const struct walk_region *region, void *context);

/*
 * Walks a program that verdict_valid accepts. The regions do not overlap, and together they are the
 * whole space. false when visit ended the walk, or when the program has more paths than any filter
 * made from a table of numbers has; *paths, if not NULL, then says which: it is 0.
 */
bool walk_filter(const struct sock_filter *program, walk_visit *visit, void *context,
		 unsigned *paths);

#endif
