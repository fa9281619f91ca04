/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/regions.h"

#include <stdlib.h>
#include <string.h>

/* A set that needs more boxes than this is not worth writing down. */
#define MOST_BOXES 4096

static struct box *append(struct regions *regions)
{
	if (regions->count == regions->room) {
		unsigned room = regions->room ? 2 * regions->room : 16;
		struct box *list =
			room > MOST_BOXES ? NULL : realloc(regions->list, room * sizeof *list);

		if (!list) {
			regions->inexpressible = true;
			return NULL;
		}
		regions->list = list;
		regions->room = room;
	}
	memset(&regions->list[regions->count], 0, sizeof(struct box));
	return &regions->list[regions->count++];
}

void regions_none(struct regions *regions)
{
	memset(regions, 0, sizeof *regions);
}

void regions_all(struct regions *regions)
{
	regions_none(regions);
	append(regions);
}

void regions_free(struct regions *regions)
{
	free(regions->list);
	regions_none(regions);
}

static void append_box(struct regions *regions, const struct box *box)
{
	struct box *new = append(regions);

	if (new)
		*new = *box;
}

void regions_copy(struct regions *to, const struct regions *from)
{
	regions_none(to);
	to->inexpressible = from->inexpressible;
	for (unsigned i = 0; i < from->count; i++)
		append_box(to, &from->list[i]);
}

static bool comparison_equal(const struct comparison *a, const struct comparison *b)
{
	return a->op == b->op && a->mask == b->mask && a->value == b->value;
}

/*
 * Both on one argument: false when no value can satisfy both. Two masked equalities make one; of
 * anything else only a comparison with itself is one.
 */
static bool merge(struct comparison *into, const struct comparison *with, bool *inexpressible)
{
	uint64_t common = into->mask & with->mask;

	if (comparison_equal(into, with))
		return true;
	if (into->op != OP_EQ || with->op != OP_EQ) {
		*inexpressible = true;
		return false;
	}
	if ((into->value & common) != (with->value & common))
		return false;
	into->mask |= with->mask;
	into->value |= with->value;
	return true;
}

static void append_intersection(struct regions *regions, const struct box *a, const struct box *b)
{
	struct box box = *a;

	for (unsigned i = 0; i < 6; i++) {
		if (!b->used[i])
			continue;
		if (!box.used[i])
			box.on[i] = b->on[i];
		else if (!merge(&box.on[i], &b->on[i], &regions->inexpressible))
			return;
		box.used[i] = true;
	}
	append_box(regions, &box);
}

void regions_intersect(struct regions *regions, const struct regions *with)
{
	struct regions result;

	regions_none(&result);
	result.inexpressible = regions->inexpressible || with->inexpressible;
	for (unsigned i = 0; i < regions->count; i++)
		for (unsigned j = 0; j < with->count; j++)
			append_intersection(&result, &regions->list[i], &with->list[j]);
	regions_free(regions);
	*regions = result;
}

/* ---- from conditions ---- */

static const uint8_t opposite[] = {
	[OP_EQ] = OP_NE, [OP_NE] = OP_EQ, [OP_GT] = OP_LE,
	[OP_LE] = OP_GT, [OP_GE] = OP_LT, [OP_LT] = OP_GE,
};

static void append_comparison(struct regions *regions, const struct comparison *c)
{
	struct box *box = append(regions);

	if (!box)
		return;
	box->used[c->arg] = true;
	box->on[c->arg] = *c;
}

/*
 * "masked and not equal" as boxes: for each bit of the mask, that it differs while those
 * before it are equal. They do not overlap, so that intersections of such sets stay small; the low
 * half comes first, so that this also holds where one set is of 32 bits and another of 64.
 */
static void append_unequal(struct regions *regions, const struct comparison *c)
{
	struct comparison differs = { .arg = c->arg, .op = OP_EQ };

	for (unsigned i = 64; i-- > 0;) {
		uint64_t this = UINT64_C(1) << (i ^ 32);

		if (!(c->mask & this))
			continue;
		differs.mask |= this;
		differs.value = (c->value ^ this) & differs.mask;
		append_comparison(regions, &differs);
	}
}

/*
 * What is compared whole stays so on an ABI of 32 bits, whose readers cut it. As masked equalities
 * it would differ from ABI to ABI: one of upper bits alone would hold for every call there.
 */
static void append_expanded(struct regions *regions, const struct comparison *written, bool negated,
			    bool expand, enum abi abi)
{
	struct comparison c = policy_comparison(written, abi);
	bool whole = written->mask == UINT64_MAX;

	if (negated)
		c.op = opposite[c.op];
	if (c.op == OP_NE && (expand || !whole)) {
		append_unequal(regions, &c);
		return;
	}
	if (c.op != OP_EQ && !whole)
		regions->inexpressible = true;
	c.mask = whole ? UINT64_MAX : c.mask;
	append_comparison(regions, &c);
}

/* Moves the boxes of one set into another. */
static void append_all(struct regions *regions, struct regions *from)
{
	for (unsigned i = 0; i < from->count; i++)
		append_box(regions, &from->list[i]);
	regions->inexpressible |= from->inexpressible;
	regions_free(from);
}

/* The calls for which a comparison holds, or does not. */
static struct regions of_comparison(const struct comparison *c, bool negated, bool expand,
				    enum abi abi)
{
	struct regions one;

	regions_none(&one);
	append_expanded(&one, c, negated, expand, abi);
	return one;
}

/*
 * Those for which one of the comparisons does not hold: for each that it does not while equalities
 * before it do. So the sets do not overlap, and intersections of such sets stay small.
 */
static void add_any(struct regions *regions, const struct condition *when, bool expand,
		    enum abi abi)
{
	struct regions before, one;

	regions_all(&before);
	for (unsigned i = 0; i < when->count; i++) {
		const struct comparison *c = &when->comparisons[i];

		one = of_comparison(c, true, expand, abi);
		regions_intersect(&one, &before);
		append_all(regions, &one);
		if (c->op != OP_EQ)
			continue;
		one = of_comparison(c, false, expand, abi);
		regions_intersect(&before, &one);
		regions_free(&one);
	}
	regions_free(&before);
}

void regions_add(struct regions *regions, const struct condition *when, bool negated, bool expand,
		 enum abi abi)
{
	struct regions all, one;

	if (!when && negated)
		return;
	if (when && (when->sense == SENSE_UNLESS) != negated) {
		add_any(regions, when, expand, abi);
		return;
	}
	regions_all(&all);
	for (unsigned i = 0; when && i < when->count; i++) {
		one = of_comparison(&when->comparisons[i], false, expand, abi);
		regions_intersect(&all, &one);
		regions_free(&one);
	}
	append_all(regions, &all);
}

static bool box_equal(const struct box *a, const struct box *b)
{
	for (unsigned i = 0; i < 6; i++)
		if (a->used[i] != b->used[i] ||
		    (a->used[i] && !comparison_equal(&a->on[i], &b->on[i])))
			return false;
	return true;
}

bool regions_equal(const struct regions *a, const struct regions *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (!box_equal(&a->list[i], &b->list[i]))
			return false;
	return true;
}
