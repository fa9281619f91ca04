/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two layers in one filter: the stricter of their answers holds, call by call, and the compiled
 * program agrees with the model.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/check.h"
#include "bpf/filter.h"
#include "tap.h"

static struct policy policy;
static struct filter filter;

#define ERRNO(number) (SECCOMP_RET_ERRNO | (number))

static const struct condition below_10 = { SENSE_WHEN, 1, { { 0, OP_LT, UINT64_MAX, 10 } } };
static const struct condition unless_5 = { SENSE_UNLESS, 1, { { 0, OP_EQ, UINT32_MAX, 5 } } };
static const struct condition second_1 = { SENSE_WHEN, 1, { { 1, OP_EQ, UINT64_MAX, 1 } } };

static void add(uint32_t nr, uint32_t action, const struct condition *when)
{
	if (!policy_add(&policy, &policy.abis[0], nr, nr, action, when))
		exit(1);
}

/* Layer 0 allows by default, layer 1 refuses by default with the action given. */
static void build(uint32_t refusal)
{
	policy_init(&policy, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
	policy_add_abi(&policy, ABI_X86_64);
	add(1, ERRNO(EPERM), NULL);
	add(2, SECCOMP_RET_LOG, NULL);
	add(3, ERRNO(EACCES), &unless_5);
	add(4, SECCOMP_RET_KILL_PROCESS, &unless_5);
	policy_add_layer(&policy, refusal);
	add(1, SECCOMP_RET_ALLOW, NULL);
	add(3, SECCOMP_RET_ALLOW, &below_10);
	add(3, SECCOMP_RET_LOG, &second_1);
	add(4, SECCOMP_RET_ALLOW, &below_10);
	add(5, SECCOMP_RET_ALLOW, NULL);
}

static const struct {
	uint32_t nr;
	uint64_t args[2];
	uint32_t with_errno, with_kill; /* expected, by the default of layer 1 */
} expected[] = {
	{ 0, { 0, 0 }, ERRNO(ENOSYS), SECCOMP_RET_KILL_PROCESS },
	{ 1, { 0, 0 }, ERRNO(EPERM), ERRNO(EPERM) },
	/* A LOG of one layer does not soften the refusal of the other. */
	{ 2, { 0, 0 }, ERRNO(ENOSYS), SECCOMP_RET_KILL_PROCESS },
	{ 3, { 5, 0 }, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW },
	{ 3, { 5, 1 }, SECCOMP_RET_LOG, SECCOMP_RET_LOG },
	{ 3, { 6, 1 }, ERRNO(EACCES), ERRNO(EACCES) },
	{ 3, { 11, 1 }, ERRNO(EACCES), ERRNO(EACCES) },
	{ 3, { 11, 0 }, ERRNO(EACCES), SECCOMP_RET_KILL_PROCESS },
	/* The low half is 5, so layer 0 allows; not below 10 in 64 bits, so layer 1 does not. */
	{ 3, { UINT64_C(0x100000005), 0 }, ERRNO(ENOSYS), SECCOMP_RET_KILL_PROCESS },
	{ 4, { 6, 0 }, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_PROCESS },
	{ 4, { 5, 0 }, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW },
	{ 5, { 0, 0 }, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW },
};

static void test_answers(bool kill, const char *what)
{
	char why[200] = "";

	for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		struct call_data call = { .nr = expected[i].nr, .arch = abi_rows[ABI_X86_64].arch };
		uint32_t want = kill ? expected[i].with_kill : expected[i].with_errno;
		uint32_t model, ran;
		struct call_words words;

		memcpy(call.args, expected[i].args, sizeof expected[i].args);
		words = verdict_words(&call, ENDIAN_LITTLE);
		model = policy_verdict(&policy, &call);
		ran = verdict_run(filter.program, &words, NULL);
		if (model != want || ran != want)
			snprintf(why, sizeof why, "row %u: expected %#x, model %#x, filter %#x", i,
				 want, model, ran);
	}
	tap_check(!*why, "%s %s", what, why);
}

static void test(bool kill)
{
	struct error error = { .text = "" };
	bool good;

	build(kill ? SECCOMP_RET_KILL_PROCESS : ERRNO(ENOSYS));
	good = filter_compile(&filter, &policy, &error) &&
	       check_filter(&policy, filter.program, filter.length, CHECK_THOROUGH, NULL, &error);
	tap_check(good, "%s default: the filter agrees with the model %s",
		  kill ? "killing" : "errno", error.text);
	test_answers(kill, kill ? "killing default: the stricter layer wins"
				: "errno default: the stricter layer wins");
}

/* Errnos are equally strict, so the order of the rules must not say which one is answered. */
static void test_equally_strict(bool condition_first)
{
	struct call_data call = { .nr = 1, .arch = abi_rows[ABI_X86_64].arch };
	struct error error = { .text = "" };

	policy_init(&policy, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
	policy_add_abi(&policy, ABI_X86_64);
	add(1, ERRNO(EPERM), condition_first ? &below_10 : NULL);
	add(1, ERRNO(ENOSYS), condition_first ? NULL : &below_10);
	if (filter_compile(&filter, &policy, &error))
		check_filter(&policy, filter.program, filter.length, CHECK_THOROUGH, NULL, &error);
	tap_check(!*error.text && policy_verdict(&policy, &call) ==
					  ERRNO((uint32_t)(condition_first ? ENOSYS : EPERM)),
		  "equally strict: without a condition, added %s %s",
		  condition_first ? "last" : "first", error.text);
}

/* Rules on one call, each with an errno and a value of its own. */
static void add_errnos(uint32_t nr, unsigned count)
{
	static struct condition conditions[600];

	for (unsigned i = 0; i < count; i++) {
		conditions[i] = (struct condition){
			SENSE_WHEN, 1, { { i % 6, OP_EQ, UINT64_MAX, UINT64_C(0x100000000) + i } }
		};
		add(nr, ERRNO(1 + i), &conditions[i]);
	}
}

/* With so many rules on one call, and the same on others; NULL or why it is refused. */
static const char *refusal_of(unsigned count, uint32_t calls)
{
	static struct error error;

	policy_init(&policy, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
	policy_add_abi(&policy, ABI_X86_64);
	for (uint32_t nr = 0; nr < calls; nr++)
		add_errnos(nr, count);
	return filter_compile(&filter, &policy, &error) &&
			       check_filter(&policy, filter.program, filter.length, CHECK_LAUNCH,
					    NULL, &error)
		       ? NULL
		       : error.text;
}

static void test_many(void)
{
	const char *refusal = refusal_of(31, 1);

	tap_check(!refusal, "31 errnos on one call %s", refusal ? refusal : "");
	refusal = refusal_of(POLICY_MAX_CONDITIONAL, 1);
	tap_check(!refusal, "512 errnos on one call %s", refusal ? refusal : "");
	refusal = refusal_of(POLICY_MAX_CONDITIONAL + 1, 1);
	tap_check(refusal && strstr(refusal, "a call has more than 512 rules with conditions"),
		  "513 are refused as too many");
	refusal = refusal_of(POLICY_MAX_CONDITIONAL, 3);
	tap_check(refusal && strstr(refusal, "longer than the 4096 instructions"),
		  "a program that is too long is refused as one");
}

int main(void)
{
	test_many();
	test(false);
	test(true);
	test_equally_strict(true);
	test_equally_strict(false);
	return tap_done();
}
