/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/arg_filters.h"

#include <stdlib.h>
#include <string.h>

/* A set that needs more argument filters than this is not worth writing down. */
#define MOST_FILTERS 4096

static struct arg_filter *append(struct arg_filters *filters)
{
	if (filters->count == filters->room) {
		unsigned room = filters->room ? 2 * filters->room : 16;
		struct arg_filter *list =
			room > MOST_FILTERS ? NULL : realloc(filters->list, room * sizeof *list);

		if (!list) {
			filters->inexpressible = true;
			return NULL;
		}
		filters->list = list;
		filters->room = room;
	}
	memset(&filters->list[filters->count], 0, sizeof(struct arg_filter));
	return &filters->list[filters->count++];
}

void arg_filters_none(struct arg_filters *filters)
{
	memset(filters, 0, sizeof *filters);
}

void arg_filters_all(struct arg_filters *filters)
{
	arg_filters_none(filters);
	append(filters);
}

void arg_filters_free(struct arg_filters *filters)
{
	free(filters->list);
	arg_filters_none(filters);
}

static void append_filter(struct arg_filters *filters, const struct arg_filter *filter)
{
	struct arg_filter *new = append(filters);

	if (new)
		*new = *filter;
}

void arg_filters_copy(struct arg_filters *to, const struct arg_filters *from)
{
	arg_filters_none(to);
	to->inexpressible = from->inexpressible;
	for (unsigned i = 0; i < from->count; i++)
		append_filter(to, &from->list[i]);
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

static void append_intersection(struct arg_filters *filters, const struct arg_filter *a,
				const struct arg_filter *b)
{
	struct arg_filter filter = *a;

	for (unsigned i = 0; i < 6; i++) {
		if (!b->used[i])
			continue;
		if (!filter.used[i])
			filter.on[i] = b->on[i];
		else if (!merge(&filter.on[i], &b->on[i], &filters->inexpressible))
			return;
		filter.used[i] = true;
	}
	append_filter(filters, &filter);
}

void arg_filters_intersect(struct arg_filters *filters, const struct arg_filters *with)
{
	struct arg_filters result;

	arg_filters_none(&result);
	result.inexpressible = filters->inexpressible || with->inexpressible;
	for (unsigned i = 0; i < filters->count; i++)
		for (unsigned j = 0; j < with->count; j++)
			append_intersection(&result, &filters->list[i], &with->list[j]);
	arg_filters_free(filters);
	*filters = result;
}

/* ---- from conditions ---- */

static const uint8_t opposite[] = {
	[OP_EQ] = OP_NE, [OP_NE] = OP_EQ, [OP_GT] = OP_LE,
	[OP_LE] = OP_GT, [OP_GE] = OP_LT, [OP_LT] = OP_GE,
};

static void append_comparison(struct arg_filters *filters, const struct comparison *c)
{
	struct arg_filter *filter = append(filters);

	if (!filter)
		return;
	filter->used[c->arg] = true;
	filter->on[c->arg] = *c;
}

/*
 * "masked and not equal" as argument filters: for each bit of the mask, that it differs while those
 * before it are equal. They do not overlap, so that intersections of such sets stay small; the low
 * half comes first, so that this also holds where one set is of 32 bits and another of 64.
 */
static void append_unequal(struct arg_filters *filters, const struct comparison *c)
{
	struct comparison differs = { .arg = c->arg, .op = OP_EQ };

	for (unsigned i = 64; i-- > 0;) {
		uint64_t this = UINT64_C(1) << (i ^ 32);

		if (!(c->mask & this))
			continue;
		differs.mask |= this;
		differs.value = (c->value ^ this) & differs.mask;
		append_comparison(filters, &differs);
	}
}

/*
 * What is compared whole stays so on an ABI of 32 bits, whose readers cut it. As masked equalities
 * it would differ from ABI to ABI: one of upper bits alone would hold for every call there.
 */
static void append_expanded(struct arg_filters *filters, const struct comparison *written,
			    bool negated, bool expand, enum abi abi)
{
	struct comparison c = policy_comparison(written, abi);
	bool whole = written->mask == UINT64_MAX;

	if (negated)
		c.op = opposite[c.op];
	if (c.op == OP_NE && (expand || !whole)) {
		append_unequal(filters, &c);
		return;
	}
	if (c.op != OP_EQ && !whole)
		filters->inexpressible = true;
	c.mask = whole ? UINT64_MAX : c.mask;
	append_comparison(filters, &c);
}

/* Moves the argument filters of one set into another. */
static void append_all(struct arg_filters *filters, struct arg_filters *from)
{
	for (unsigned i = 0; i < from->count; i++)
		append_filter(filters, &from->list[i]);
	filters->inexpressible |= from->inexpressible;
	arg_filters_free(from);
}

/* The calls for which a comparison holds, or does not. */
static struct arg_filters of_comparison(const struct comparison *c, bool negated, bool expand,
					enum abi abi)
{
	struct arg_filters one;

	arg_filters_none(&one);
	append_expanded(&one, c, negated, expand, abi);
	return one;
}

/*
 * Those for which one of the comparisons does not hold: for each that it does not while equalities
 * before it do. So the sets do not overlap, and intersections of such sets stay small.
 */
static void add_any(struct arg_filters *filters, const struct condition *when, bool expand,
		    enum abi abi)
{
	struct arg_filters before, one;

	arg_filters_all(&before);
	for (unsigned i = 0; i < when->count; i++) {
		const struct comparison *c = &when->comparisons[i];

		one = of_comparison(c, true, expand, abi);
		arg_filters_intersect(&one, &before);
		append_all(filters, &one);
		if (c->op != OP_EQ)
			continue;
		one = of_comparison(c, false, expand, abi);
		arg_filters_intersect(&before, &one);
		arg_filters_free(&one);
	}
	arg_filters_free(&before);
}

void arg_filters_add(struct arg_filters *filters, const struct condition *when, bool negated,
		     bool expand, enum abi abi)
{
	struct arg_filters all, one;

	if (!when && negated)
		return;
	if (when && (when->sense == SENSE_UNLESS) != negated) {
		add_any(filters, when, expand, abi);
		return;
	}
	arg_filters_all(&all);
	for (unsigned i = 0; when && i < when->count; i++) {
		one = of_comparison(&when->comparisons[i], false, expand, abi);
		arg_filters_intersect(&all, &one);
		arg_filters_free(&one);
	}
	append_all(filters, &all);
}

static bool filter_equal(const struct arg_filter *a, const struct arg_filter *b)
{
	for (unsigned i = 0; i < 6; i++)
		if (a->used[i] != b->used[i] ||
		    (a->used[i] && !comparison_equal(&a->on[i], &b->on[i])))
			return false;
	return true;
}

bool arg_filters_equal(const struct arg_filters *a, const struct arg_filters *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (!filter_equal(&a->list[i], &b->list[i]))
			return false;
	return true;
}
