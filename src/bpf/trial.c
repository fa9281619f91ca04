/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bpf/trial.h"

#define GARBAGE TRIAL_GARBAGE

bool trial_disagree(struct checker *c, const struct call_data *call, uint32_t expected,
		    uint32_t found)
{
	c->call = *call;
	c->expected = expected;
	c->found = found;
	return false;
}

/* What a comparison asks of one word: of half an argument. */
struct half {
	unsigned word;
	uint32_t mask, value;
};

#define MAX_HALVES 64

/* One call that is tried with one set of arguments after the other. */
struct trial {
	struct checker *checker;
	enum abi abi;
	const struct sock_filter *from; /* where the program begins to look at arguments */
	struct call_data call;
	struct call_words words; /* the same, as the program reads it */
	const struct number *number;
	unsigned rule_count;
	const struct policy_rule *rules[TRIAL_MAX_RULES]; /* those whose conditions may decide */
	uint32_t compared, whole, masked; /* the words that they compare; as a whole; in part */
	uint32_t swept;			  /* words proven already with all other arguments 0 */
	unsigned half_count;
	struct half halves[MAX_HALVES];
};

/* Where an argument's low half lies; the other half is at the same place ^ 1. */
static unsigned low_word(const struct trial *t, unsigned index)
{
	return WORD_ARGS + 2 * index + (t->checker->endian == ENDIAN_BIG);
}

static void set_arg(struct trial *t, unsigned index, uint64_t value)
{
	unsigned low = low_word(t, index);

	t->call.args[index] = value;
	t->words.word[low] = (uint32_t)value;
	t->words.word[low ^ 1] = (uint32_t)(value >> 32);
}

static void set_word(struct trial *t, unsigned word, uint32_t value)
{
	unsigned index = (word - WORD_ARGS) / 2, shift = low_word(t, index) == word ? 0 : 32;

	t->words.word[word] = value;
	t->call.args[index] &= ~(UINT64_C(0xffffffff) << shift);
	t->call.args[index] |= (uint64_t)value << shift;
}

static bool may_decide(const struct number *number, const struct policy_rule *rule)
{
	const struct policy_rule *floor = number->floor[rule->layer];

	return rule->when && (!floor || action_stricter(rule->action, floor->action));
}

bool trial_is_needed(struct policy_cursor cursor, const struct number *number)
{
	const struct policy_rule *rule;

	while ((rule = policy_next(&cursor)) != NULL)
		if (may_decide(number, rule))
			return true;
	return false;
}

static uint32_t expected_action(const struct trial *t)
{
	const struct policy *policy = t->checker->policy;
	uint32_t answers[POLICY_MAX_LAYERS] = { 0 }, action;
	bool decided[POLICY_MAX_LAYERS] = { false };

	for (unsigned layer = 0; layer < policy->layer_count; layer++)
		answers[layer] = t->number->floor[layer] ? t->number->floor[layer]->action
							 : policy->layer_default[layer];
	for (unsigned i = 0; i < t->rule_count; i++) {
		const struct policy_rule *rule = t->rules[i];
		uint32_t *answer = &answers[rule->layer];

		if ((decided[rule->layer] && !action_stricter(rule->action, *answer)) ||
		    !policy_holds(rule->when, t->abi, t->call.args))
			continue;
		decided[rule->layer] = true;
		*answer = rule->action;
	}
	action = answers[0];
	for (unsigned layer = 1; layer < policy->layer_count; layer++)
		if (action_stricter(answers[layer], action))
			action = answers[layer];
	return action;
}

/*
 * The arguments at hand: the answer must be right, and not come from a word that no rule compares.
 * *last, if not NULL, is how far it holds when the varying word grows.
 */
static bool try_call(const struct trial *t, unsigned varying, uint32_t *last)
{
	struct checker *c = t->checker;
	struct verdict_span span = verdict_span(t->from, &t->words, varying);
	uint32_t expected = expected_action(t);

	c->calls++;
	c->steps += span.steps;
	if (last)
		*last = span.last;
	c->on_arguments = (span.read & ~t->compared) != 0 || (span.whole & ~t->whole) != 0;
	return (span.answer == expected && !c->on_arguments) ||
	       trial_disagree(c, &t->call, expected, span.answer);
}

static bool try_arg(struct trial *t, unsigned index, uint64_t value)
{
	set_arg(t, index, value);
	return try_call(t, WORD_NR, NULL);
}

/* ---- conditions ---- */

/* A condition as the calls of the ABI meet it. */
static struct condition as_met(const struct trial *t, const struct condition *when)
{
	struct condition met = { .sense = when->sense, .count = when->count };

	for (unsigned i = 0; i < when->count; i++)
		met.comparisons[i] = policy_comparison(&when->comparisons[i], t->abi);
	return met;
}

static struct half half_of(const struct trial *t, const struct comparison *cmp, bool upper)
{
	unsigned low = low_word(t, cmp->arg);

	return (struct half){ upper ? low ^ 1 : low, (uint32_t)(cmp->mask >> (upper ? 32 : 0)),
			      (uint32_t)(cmp->value >> (upper ? 32 : 0)) };
}

static void add_half(struct trial *t, struct half half)
{
	if (half.mask == 0)
		return;
	t->compared |= 1u << half.word;
	*(half.mask == UINT32_MAX ? &t->whole : &t->masked) |= 1u << half.word;
	if (t->half_count < MAX_HALVES)
		t->halves[t->half_count++] = half;
	else
		t->masked = UINT32_MAX; /* no room: nothing is swept */
}

static void collect_halves(struct trial *t)
{
	t->compared = t->whole = 1u << WORD_NR | 1u << WORD_ARCH;
	for (unsigned i = 0; i < t->rule_count; i++) {
		struct condition when = as_met(t, t->rules[i]->when);

		for (unsigned j = 0; j < when.count; j++) {
			add_half(t, half_of(t, &when.comparisons[j], false));
			add_half(t, half_of(t, &when.comparisons[j], true));
		}
	}
}

/* The last value of a word, from this one on, up to which no rule's outcome changes. */
static uint32_t same_for_rules(const struct trial *t, unsigned word, uint32_t from)
{
	uint32_t last = UINT32_MAX;

	for (unsigned i = 0; i < t->half_count; i++) {
		const struct half *half = &t->halves[i];
		uint32_t bound = half->value == from ? from : half->value - 1;

		if (half->word == word && half->value >= from && bound < last)
			last = bound;
	}
	return last;
}

/* Each flag of a mask is a fact of its own. */
static bool flip_bits(struct trial *t, unsigned word, uint32_t bits)
{
	uint32_t old = t->words.word[word];

	for (; bits != 0; bits &= bits - 1) {
		set_word(t, word, old ^ (bits & (0 - bits)));
		if (!try_call(t, WORD_NR, NULL))
			return false;
	}
	set_word(t, word, old);
	return true;
}

static bool others_are_zero(const struct trial *t, unsigned word)
{
	uint32_t others = 0;

	for (unsigned i = WORD_ARGS; i < WORD_ARGS + 12; i++)
		others |= i == word ? 0 : t->words.word[i];
	return others == 0;
}

/*
 * Proves the answers for all 2^32 values of a word that is compared as a whole, the rest being as
 * it is. A program that compares it otherwise, bit by bit for example, has too many answers; then
 * its bits are tried. Rules that compare one word with several values would have the same proven
 * once each.
 */
static bool sweep_word(struct trial *t, unsigned word)
{
	uint32_t from = 0, last = 0, same, old = t->words.word[word];

	if (t->swept >> word & 1 && others_are_zero(t, word))
		return true;
	for (unsigned n = 0; n < 4 * MAX_HALVES && last != UINT32_MAX; n++, from = last + 1) {
		set_word(t, word, from);
		if (!try_call(t, word, &last))
			return false;
		same = same_for_rules(t, word, from);
		last = same < last ? same : last;
	}
	set_word(t, word, old);
	if (last != UINT32_MAX)
		return flip_bits(t, word, UINT32_MAX);
	if (others_are_zero(t, word))
		t->swept |= 1u << word;
	return true;
}

static bool try_half(struct trial *t, struct half half)
{
	if (half.mask == 0)
		return true;
	return t->masked >> half.word & 1 ? flip_bits(t, half.word, half.mask)
					  : sweep_word(t, half.word);
}

/* Where the kernel does not look nothing must matter. A word that is not read cannot. */
static bool try_outside(struct trial *t, unsigned index, uint64_t mask)
{
	unsigned low = low_word(t, index);
	uint64_t old = t->call.args[index];

	if (!(t->masked & (1u << low | 1u << (low ^ 1))))
		return true;
	if (!try_arg(t, index, old ^ ~mask))
		return false;
	set_arg(t, index, old);
	return true;
}

/* Around the values where the comparison changes, with all else as it is. */
static bool try_neighbours(struct trial *t, const struct comparison *cmp)
{
	unsigned index = cmp->arg;
	uint64_t holding = t->call.args[index], equal = (holding & ~cmp->mask) | cmp->value;

	for (unsigned bit = 0; bit < 64 && t->checker->thorough; bit++)
		if (!try_arg(t, index, holding ^ UINT64_C(1) << bit) ||
		    !try_arg(t, index, equal ^ UINT64_C(1) << bit))
			return false;
	set_arg(t, index, holding);
	if (!try_outside(t, index, cmp->mask))
		return false;
	if (equal != holding && (!try_arg(t, index, equal) || !try_outside(t, index, cmp->mask)))
		return false;
	if (!try_half(t, half_of(t, cmp, false)) || !try_half(t, half_of(t, cmp, true)))
		return false;
	set_arg(t, index, holding);
	return true;
}

/* An argument for which the comparison holds. */
static uint64_t satisfying(const struct comparison *cmp, uint64_t filler)
{
	uint64_t lowest = cmp->mask & (0 - cmp->mask);

	switch (cmp->op) {
	case OP_EQ: return (filler & ~cmp->mask) | cmp->value;
	case OP_NE: return (filler & ~cmp->mask) | (cmp->value ^ lowest);
	case OP_GT: return cmp->value + 1;
	case OP_LT: return cmp->value - 1;
	default: return cmp->value;
	}
}

/* Fills all arguments, those that the condition compares so that it holds. */
static bool satisfy(struct trial *t, const struct condition *when, uint64_t filler)
{
	for (unsigned i = 0; i < 6; i++)
		set_arg(t, i, filler);
	for (unsigned i = 0; i < when->count; i++) {
		const struct comparison *cmp = &when->comparisons[i];

		set_arg(t, cmp->arg, satisfying(cmp, t->call.args[cmp->arg]));
	}
	return try_call(t, WORD_NR, NULL);
}

/* Whether some word that the rules compare keeps a part of the filler under satisfy. */
static bool filler_matters(const struct trial *t, const struct condition *when)
{
	uint32_t free = t->compared & ~(1u << WORD_NR | 1u << WORD_ARCH);

	for (unsigned i = 0; i < when->count; i++)
		for (unsigned upper = 0; upper < 2; upper++) {
			struct half half = half_of(t, &when->comparisons[i], upper);

			if (half.mask == UINT32_MAX)
				free &= ~(1u << half.word);
		}
	return free != 0;
}

static bool try_condition(struct trial *t, const struct condition *when, uint64_t filler)
{
	const uint64_t fillers[] = { ~filler, GARBAGE, 1, filler };
	unsigned count = sizeof fillers / sizeof fillers[0];

	for (unsigned i = filler_matters(t, when) ? 0 : count - 1; i < count; i++)
		if (!satisfy(t, when, fillers[i]))
			return false;
	for (unsigned i = 0; i < when->count; i++)
		if (!try_neighbours(t, &when->comparisons[i]))
			return false;
	return true;
}

/* No rule need be near. */
static bool try_fillers(struct trial *t)
{
	static const uint64_t fillers[] = { 0, GARBAGE, UINT64_MAX };

	for (unsigned f = 0; f < sizeof fillers / sizeof fillers[0]; f++) {
		for (unsigned i = 0; i < 6; i++)
			set_arg(t, i, fillers[f]);
		if (!try_call(t, WORD_NR, NULL))
			return false;
	}
	return true;
}

static bool try_rule(struct trial *t, const struct policy_rule *rule)
{
	struct condition when = as_met(t, rule->when);

	if (!try_condition(t, &when, 0))
		return false;
	return !t->checker->thorough ||
	       (try_condition(t, &when, GARBAGE) && try_condition(t, &when, UINT64_MAX));
}

/*
 * Where the rules compare one word alone, and as a whole, all its values are all there is: no other
 * word is looked at. *proven is whether that could be shown. Returns false when an answer is wrong.
 */
static bool try_only_word(struct trial *t, bool *proven)
{
	uint32_t words = t->compared & ~(1u << WORD_NR | 1u << WORD_ARCH);
	unsigned word = (unsigned)__builtin_ctz(words | UINT32_C(1) << 31);

	*proven = false;
	if (words == 0 || words & (words - 1) || words & t->masked)
		return true;
	for (unsigned i = 0; i < 6; i++)
		set_arg(t, i, 0);
	if (!sweep_word(t, word))
		return false;
	*proven = t->swept >> word & 1 && !t->checker->thorough;
	return true;
}

static bool collect_rules(struct trial *t, struct policy_cursor cursor)
{
	const struct policy_rule *rule;

	while ((rule = policy_next(&cursor)) != NULL) {
		if (!may_decide(t->number, rule))
			continue;
		if (t->rule_count == TRIAL_MAX_RULES)
			return false;
		t->rules[t->rule_count++] = rule;
	}
	return true;
}

bool trial_number(struct checker *c, const struct policy_abi *abi, uint32_t nr,
		  const struct number *number, const struct sock_filter *from)
{
	struct policy_cursor cursor = policy_rules_of(c->policy, abi, nr);
	struct trial trial;
	bool proven;

	trial.checker = c;
	trial.abi = abi->abi;
	trial.from = from;
	trial.call = (struct call_data){ .nr = nr, .arch = abi_rows[abi->abi].arch };
	trial.words = verdict_words(&trial.call, c->endian);
	trial.number = number;
	trial.rule_count = trial.half_count = 0;
	trial.masked = trial.swept = 0;
	if (!collect_rules(&trial, cursor)) {
		c->too_many = true;
		return trial_disagree(c, &trial.call, 0, 0);
	}
	collect_halves(&trial);
	if (!try_fillers(&trial) || !try_only_word(&trial, &proven))
		return false;
	for (unsigned i = 0; i < trial.rule_count && !proven; i++)
		if (!try_rule(&trial, trial.rules[i]))
			return false;
	return true;
}
