/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests that prove something by many tries need besides tap.h. */
#ifndef GYVE_TESTS_PROOF_H
#define GYVE_TESTS_PROOF_H

#include <stdint.h>

#include "policy/build.h"
#include "policy/choices.h"
#include "tap.h"

/* Numbers that are the same in every run (the splitmix64 generator). */
static inline uint64_t proof_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* A launch on an ABI. The ticket's words have all bits of a half, none, and some. */
static inline struct policy_facts proof_facts(enum abi native)
{
	return (struct policy_facts){ .native = native,
				      .kill = SECCOMP_RET_KILL_PROCESS,
				      .ticket = { UINT64_C(0x0123456789abcdef),
						  UINT64_C(0xfedcba9876543210),
						  UINT64_C(0xffffffff00000001) } };
}

/* The settled choices of a SPEC; false with *error when it is none. */
static inline bool proof_choose(const char *spec, struct choices *out, struct error *error)
{
	choices_init(out);
	return choices_parse(spec, out, error) && choices_settle(out, error);
}

/*
 * The policy of a SPEC for a launch on an ABI, by a user whose group ID has more than 16 bits;
 * false with *error when it is none.
 */
static inline bool proof_policy(const char *spec, enum abi native, struct policy *out,
				struct error *error)
{
	struct policy_facts facts = proof_facts(native);
	struct choices choices;

	facts.ids = (struct ids){ true, true, 1000, 70000 };
	if (!proof_choose(spec, &choices, error))
		return false;
	build_policy(out, &choices, &facts);
	return true;
}

/* An argument at which a rule may change its mind, or any. */
static inline uint64_t proof_argument(const struct policy_rule *rule, uint64_t *state)
{
	uint64_t value = proof_random(state);
	const struct comparison *cmp;

	if (!rule || !rule->when || value % 8 == 0)
		return value % 3 ? value : value >> 60;
	cmp = &rule->when->comparisons[value / 8 % rule->when->count];
	switch (value >> 32 & 7) {
	case 0: return cmp->value;
	case 1: return cmp->value ^ UINT64_C(1) << (value >> 40 & 63);
	case 2: return cmp->value | (value & ~cmp->mask);
	case 3: return (cmp->value ^ UINT64_C(1) << (value >> 40 & 63)) | (value & ~cmp->mask);
	case 4: return cmp->value + 1;
	case 5: return cmp->value - 1;
	case 6: return cmp->mask & value;
	default: return cmp->value ^ (value & (value << 13) & cmp->mask & value >> 7);
	}
}

#endif
