/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bpf/filter.h"

#include <stddef.h>

#include "bpf/compact.h"

/*
 * All jumps of BPF go forward, so the program is written from its end: what an instruction jumps to
 * exists already. A place is named by its distance from the end, the last instruction having 0.
 * Negative places are returns that are not written yet: -1 - i is "return returns[i].action".
 */
typedef int place;

#define MAX_WRITTEN 16

struct writer {
	struct sock_filter *end; /* one past the last instruction */
	place count;		 /* instructions written; also the place of the next */
	const char *refusal;	 /* why there is no program; NULL: there is one */
	const struct policy *policy;
	const struct policy_abi *abi;
	unsigned return_count;
	struct filter_return *returns;
	/* Conditions written last: calls with the same ones before the same answers share them. */
	unsigned written_count;
	struct {
		const struct condition *when;
		place if_true, if_false, at;
	} written[MAX_WRITTEN];
};

#define NAME(number) NAME_(number)
#define NAME_(number) #number

static const char too_long[] =
	"it is longer than the " NAME(VERDICT_MAX_LENGTH) " instructions "
							  "that the kernel takes";
static const char too_many[] = "a call has more than " NAME(POLICY_MAX_CONDITIONAL) " rules with "
										    "conditions";

static place write_insn(struct writer *w, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	if (w->count == VERDICT_MAX_LENGTH) {
		w->refusal = too_long;
		return 0;
	}
	w->count++;
	w->end[-w->count] = (struct sock_filter){ code, jt, jf, k };
	return w->count - 1;
}

static place return_place(struct writer *w, uint32_t action)
{
	for (unsigned i = 0; i < w->return_count; i++)
		if (w->returns[i].action == action)
			return -1 - (int)i;
	if (w->return_count == VERDICT_MAX_LENGTH) {
		w->refusal = too_long; /* each is an instruction at least */
		return -1;
	}
	w->returns[w->return_count].action = action;
	w->returns[w->return_count].last = -1;
	w->return_count++;
	return -(int)w->return_count;
}

/* Conditional jumps have 8 bits. The margin leaves room for what reach() itself may write. */
static bool is_near(const struct writer *w, place target)
{
	return w->count - 1 - target <= 250;
}

/* A place that the instruction after next can jump to: the target, or a copy or jump close by. */
static place reach(struct writer *w, place target)
{
	if (target < 0) {
		unsigned i = (unsigned)(-1 - target);

		if (w->returns[i].last < 0 || !is_near(w, w->returns[i].last))
			w->returns[i].last =
				write_insn(w, BPF_RET | BPF_K, 0, 0, w->returns[i].action);
		return w->returns[i].last;
	}
	if (is_near(w, target))
		return target;
	return write_insn(w, BPF_JMP | BPF_JA, 0, 0, (uint32_t)(w->count - 1 - target));
}

static place write_jump(struct writer *w, uint16_t op, uint32_t k, place if_true, place if_false)
{
	place t, f;

	if (if_true == if_false)
		return if_true;
	t = reach(w, if_true);
	f = reach(w, if_false);
	return write_insn(w, BPF_JMP | op | BPF_K, (uint8_t)(w->count - 1 - t),
			  (uint8_t)(w->count - 1 - f), k);
}

/* ---- conditions ---- */

static uint32_t arg_offset(const struct writer *w, unsigned arg, bool upper)
{
	unsigned word = upper == (abi_rows[w->abi->abi].endian == ENDIAN_LITTLE);

	return (uint32_t)offsetof(struct seccomp_data, args) + 8 * arg + 4 * word;
}

/* Loads a word of seccomp_data into A and goes on at target, which is written already. */
static place write_load(struct writer *w, uint32_t offset, place target)
{
	if (target < 0)
		return target; /* a return needs no word */
	if (target != w->count - 1)
		write_insn(w, BPF_JMP | BPF_JA, 0, 0, (uint32_t)(w->count - 1 - target));
	return write_insn(w, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

/* Where to go with the word at offset in A unchanged: a second load of it can be jumped over. */
static place skip_load(const struct writer *w, place target, uint32_t offset)
{
	const struct sock_filter *insn = target < 0 ? NULL : &w->end[-1 - target];

	if (insn && insn->code == (BPF_LD | BPF_W | BPF_ABS) && insn->k == offset)
		return target - 1;
	return target;
}

/* "(half of the argument & mask) == value" */
static place write_half_equal(struct writer *w, const struct comparison *c, bool upper,
			      place if_true, place if_false)
{
	uint32_t mask = (uint32_t)(c->mask >> (upper ? 32 : 0));
	uint32_t value = (uint32_t)(c->value >> (upper ? 32 : 0));
	uint32_t offset = arg_offset(w, c->arg, upper);
	place at;

	if (if_true == if_false)
		return if_true;
	if (mask == 0)
		return value == 0 ? if_true : if_false;
	if (mask != UINT32_MAX && value != 0) {
		write_jump(w, BPF_JEQ, value, if_true, if_false);
		at = write_insn(w, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
		return write_load(w, offset, at);
	}
	if_true = skip_load(w, if_true, offset);
	if_false = skip_load(w, if_false, offset);
	if (mask == UINT32_MAX)
		at = write_jump(w, BPF_JEQ, value, if_true, if_false);
	else
		at = write_jump(w, BPF_JSET, mask, if_false, if_true);
	return write_load(w, offset, at);
}

/* Loads half of an argument, masked. */
static place write_half(struct writer *w, const struct comparison *c, bool upper, place target)
{
	uint32_t mask = (uint32_t)(c->mask >> (upper ? 32 : 0));

	if (target < 0)
		return target;
	if (mask != UINT32_MAX) {
		if (target != w->count - 1)
			write_insn(w, BPF_JMP | BPF_JA, 0, 0, (uint32_t)(w->count - 1 - target));
		target = write_insn(w, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
	}
	return write_load(w, arg_offset(w, c->arg, upper), target);
}

/* "(argument & mask) > value", or ">=": the upper half decides unless it is equal. */
static place write_ordered(struct writer *w, const struct comparison *c, uint16_t op, place if_true,
			   place if_false)
{
	uint32_t upper_value = (uint32_t)(c->value >> 32);
	place at = write_jump(w, op, (uint32_t)c->value, if_true, if_false);

	at = write_half(w, c, false, at);
	if ((c->mask | c->value) >> 32 == 0)
		return at;
	at = write_jump(w, BPF_JEQ, upper_value, at, if_false);
	at = write_jump(w, BPF_JGT, upper_value, if_true, at);
	return write_half(w, c, true, at);
}

static place write_comparison(struct writer *w, const struct comparison *c, place if_true,
			      place if_false)
{
	place lower;

	if (if_true == if_false)
		return if_true;
	switch (c->op) {
	case OP_GT: return write_ordered(w, c, BPF_JGT, if_true, if_false);
	case OP_GE: return write_ordered(w, c, BPF_JGE, if_true, if_false);
	case OP_LE: return write_ordered(w, c, BPF_JGT, if_false, if_true);
	case OP_LT: return write_ordered(w, c, BPF_JGE, if_false, if_true);
	case OP_NE: {
		place swap = if_true;

		if_true = if_false;
		if_false = swap;
	} /* fall through */
	default:
		lower = write_half_equal(w, c, false, if_true, if_false);
		return write_half_equal(w, c, true, lower, if_false);
	}
}

static place write_condition(struct writer *w, const struct condition *when, place if_true,
			     place if_false)
{
	place all = when->sense == SENSE_WHEN ? if_true : if_false;
	place not_all = when->sense == SENSE_WHEN ? if_false : if_true;
	unsigned slot = w->written_count % MAX_WRITTEN;

	for (unsigned i = 0; i < MAX_WRITTEN && i < w->written_count; i++)
		if (w->written[i].when == when && w->written[i].if_true == if_true &&
		    w->written[i].if_false == if_false)
			return w->written[i].at;
	for (unsigned i = when->count; i-- > 0;) {
		struct comparison c = policy_comparison(&when->comparisons[i], w->abi->abi);

		all = write_comparison(w, &c, all, not_all);
	}
	w->written[slot].when = when;
	w->written[slot].if_true = if_true;
	w->written[slot].if_false = if_false;
	w->written[slot].at = all;
	w->written_count++;
	return all;
}

/* ---- one number ---- */

/* The rules with a condition on a number that can decide it, strictest first; their number. */
static unsigned conditional(struct writer *w, unsigned layer, uint32_t nr,
			    const struct policy_rule *list[static POLICY_MAX_CONDITIONAL])
{
	struct policy_cursor cursor = policy_rules_of(w->policy, w->abi, nr);
	const struct policy_rule *rule;
	unsigned count = 0;

	while ((rule = policy_next(&cursor)) != NULL) {
		unsigned i = count;

		if (!policy_can_decide(w->policy, w->abi, layer, nr, rule))
			continue;
		if (count == POLICY_MAX_CONDITIONAL) {
			w->refusal = too_many;
			return 0;
		}
		for (; i > 0 && action_stricter(rule->action, list[i - 1]->action); i--)
			list[i] = list[i - 1];
		list[i] = rule;
		count++;
	}
	return count;
}

static bool is_conditional(const struct writer *w, uint32_t nr)
{
	struct policy_cursor cursor = policy_rules_of(w->policy, w->abi, nr);
	const struct policy_rule *rule;

	while ((rule = policy_next(&cursor)) != NULL)
		if (rule->when && policy_can_decide(w->policy, w->abi, rule->layer, nr, rule))
			return true;
	return false;
}

static uint32_t stricter_of(uint32_t a, uint32_t b)
{
	return action_stricter(b, a) ? b : a;
}

/*
 * The comparisons of a number's conditional rules, written from the mildest. What a layer answers
 * is the least that the following layers may answer, and leads on to their comparisons.
 */
static place write_layers(struct writer *w, unsigned layer, uint32_t nr, uint32_t least)
{
	const struct policy_rule *list[POLICY_MAX_CONDITIONAL];
	uint32_t floor, action;
	place at, if_true;
	unsigned count;

	if (layer == w->policy->layer_count)
		return return_place(w, least);
	count = conditional(w, layer, nr, list);
	floor = action = policy_floor(w->policy, w->abi, layer, nr);
	at = if_true = write_layers(w, layer + 1, nr, layer ? stricter_of(least, floor) : floor);
	while (count-- > 0) {
		/* The list is sorted, so rules of one action follow each other. */
		if (list[count]->action != action) {
			action = list[count]->action;
			if_true = write_layers(w, layer + 1, nr,
					       layer ? stricter_of(least, action) : action);
		}
		at = write_condition(w, list[count]->when, if_true, at);
	}
	return at;
}

/* ---- the tree ---- */

/* Where the answer changes: from this number on, until the next interval, one answer holds. */
struct interval {
	uint32_t start;
	uint32_t action;
	bool conditional; /* a single number with comparisons; action is not used */
};

/* Each number of the span may be one, and what follows it another; few rules are on ranges. */
#define MAX_INTERVALS (4 * POLICY_SPAN)

struct intervals {
	unsigned count;
	struct interval list[MAX_INTERVALS];
};

/* The strictest of the layers' answers where no condition holds, in one walk over the rules. */
static struct interval interval_at(const struct writer *w, uint32_t nr)
{
	struct policy_cursor cursor = policy_rules_of(w->policy, w->abi, nr);
	const struct policy_rule *rule, *floor[POLICY_MAX_LAYERS] = { NULL };
	struct interval new = { .start = nr };
	bool conditions = false;

	while ((rule = policy_next(&cursor)) != NULL) {
		const struct policy_rule **best = &floor[rule->layer];

		if (rule->when)
			conditions = true;
		else if (!*best || action_stricter(rule->action, (*best)->action))
			*best = rule;
	}
	for (unsigned i = 0; i < w->policy->layer_count; i++) {
		uint32_t action = floor[i] ? floor[i]->action : w->policy->layer_default[i];

		new.action = i == 0 ? action : stricter_of(new.action, action);
	}
	new.conditional = conditions &&is_conditional(w, nr);
	return new;
}

static void add_interval(struct writer *w, struct intervals *intervals, uint32_t start)
{
	struct interval *last = intervals->count ? &intervals->list[intervals->count - 1] : NULL;
	struct interval new = interval_at(w, start);

	if (last && !last->conditional && !new.conditional && last->action == new.action)
		return;
	if (intervals->count == MAX_INTERVALS)
		w->refusal = "its rules are on more ranges of numbers than can be compiled";
	else
		intervals->list[intervals->count++] = new;
}

static void collect_intervals(struct writer *w, struct intervals *intervals)
{
	uint32_t nr = 0;

	intervals->count = 0;
	do
		add_interval(w, intervals, nr);
	while ((nr = policy_next_change(w->policy, w->abi, nr)) != 0);
}

static place write_tree(struct writer *w, const struct interval *list, unsigned count)
{
	unsigned middle = count / 2;
	place right, left;

	if (count == 1)
		return list->conditional ? write_layers(w, 0, list->start, 0)
					 : return_place(w, list->action);
	right = write_tree(w, list + middle, count - middle);
	left = write_tree(w, list, middle);
	return write_jump(w, BPF_JGE, list[middle].start, right, left);
}

static place write_abi(struct writer *w, const struct policy_abi *abi)
{
	static struct intervals intervals;

	w->abi = abi;
	w->written_count = 0; /* a condition reads other words there */
	collect_intervals(w, &intervals);
	return write_load(w, offsetof(struct seccomp_data, nr),
			  write_tree(w, intervals.list, intervals.count));
}

bool filter_compile(struct filter *filter, const struct policy *policy, struct error *error)
{
	struct writer w = { .end = filter->buffer + VERDICT_MAX_LENGTH,
			    .policy = policy,
			    .returns = filter->returns };
	place at = return_place(&w, policy->foreign_action);

	for (unsigned i = policy->abi_count; i-- > 0;) {
		place abi = write_abi(&w, &policy->abis[i]);

		at = write_jump(&w, BPF_JEQ, abi_rows[policy->abis[i].abi].arch, abi, at);
	}
	if (write_load(&w, offsetof(struct seccomp_data, arch), at) < 0)
		reach(&w, at); /* one answer for every call of every ABI */
	if (w.refusal)
		return diag_set(error, EXIT_GYVE, "cannot compile the filter: %s", w.refusal);
	w.count = (place)compact_program(w.end - w.count, (unsigned)w.count);
	filter->program = w.end - w.count;
	filter->length = (unsigned)w.count;
	return true;
}
