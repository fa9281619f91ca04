/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two compilers, one policy: libseccomp's program and ours give the same answers; and where
 * libseccomp is known to be wrong, the check finds it out.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/check.h"
#include "bpf/filter.h"
#include "second_opinion.h"
#include "proof.h"
#include "whole_libseccomp.h"

static struct policy whole, policy;
static struct filter filter;
static struct sock_filter theirs[VERDICT_MAX_LENGTH];
static unsigned theirs_length;
static uint64_t random_state = 2;

/* An ABI of 64 bits that libseccomp can filter here: this machine's, or one with its byte order. */
static enum abi wide;
static uint32_t wide_write; /* the number of write(2) on it */

/* What libseccomp takes for granted on x86-64 alone. */
static void add_x32(struct policy_abi *abi)
{
	if (abi->abi == ABI_X86_64)
		policy_add(&policy, abi, X32_BIT, UINT32_MAX - 1, SECCOMP_RET_KILL_PROCESS, NULL);
}

/* Numbers without a name (those of x32 without its bit) libseccomp takes on its own machine only.
 */
static bool expressible(enum abi abi, const struct policy_rule *rule)
{
	int number;

	for (uint32_t nr = rule->first; nr <= rule->last && nr < X32_BIT; nr++)
		if (!second_opinion_number(abi, nr, &number))
			return false;
	return true;
}

/*
 * Copies the policy without the rules that libseccomp cannot express: on calls that it has no
 * number for. Returns how many were left out.
 */
static unsigned copy_expressible(void)
{
	unsigned left_out = 0;

	policy_init(&policy, whole.default_action, whole.foreign_action);
	for (unsigned i = 0; i < whole.abi_count; i++) {
		struct policy_abi *abi = policy_add_abi(&policy, whole.abis[i].abi);

		for (uint32_t nr = 0; nr <= POLICY_SPAN; nr++) {
			int head = nr < POLICY_SPAN ? whole.abis[i].head[nr] : whole.abis[i].ranges;

			for (int j = head; j >= 0; j = whole.rules[j].next) {
				struct policy_rule *rule = &whole.rules[j];

				if (!expressible(abi->abi, rule))
					left_out++;
				else
					policy_add(&policy, abi, rule->first, rule->last,
						   rule->action, rule->when);
			}
		}
	}
	return left_out;
}

/* ---- both programs on the same calls ---- */

static unsigned compare_programs(unsigned count)
{
	unsigned differences = 0;

	for (unsigned n = 0; n < count; n++) {
		const struct policy_rule *rule = &policy.rules[n % policy.count];
		const struct policy_abi *abi = &policy.abis[n / policy.count % policy.abi_count];
		struct call_data call = { .arch = abi_rows[abi->abi].arch };
		struct call_words words;
		uint32_t a, b;

		call.nr = n % 4 ? rule->first : (uint32_t)proof_random(&random_state) % 1024;
		for (unsigned i = 0; i < 6; i++)
			call.args[i] = proof_argument(rule, &random_state);
		words = verdict_words(&call, abi_rows[abi->abi].endian);
		a = verdict_run(filter.program, &words, NULL);
		b = verdict_run(theirs, &words, NULL);
		if ((a != b || a != policy_verdict(&policy, &call)) && differences++ < 3)
			printf("# arch %#x nr %u args %#llx %#llx %#llx: ours %#x, theirs %#x\n",
			       call.arch, call.nr, (unsigned long long)call.args[0],
			       (unsigned long long)call.args[1], (unsigned long long)call.args[2],
			       a, b);
	}
	return differences;
}

static void test_policy(const char *text, enum abi native, unsigned vectors)
{
	struct error error = { 0 };
	unsigned left_out, differences;
	bool ok;

	if (abi_rows[native].endian != abi_rows[syscalls_native_abi()].endian) {
		tap_skip("needs byte-order: that of %s, for %s", abi_rows[native].name, text);
		return;
	}
	if (!tap_check(proof_policy(text, native, &whole, &error), "%s, %s %s", text,
		       abi_rows[native].name, error.text))
		return;
	left_out = copy_expressible();
	ok = second_opinion_bpf(&policy, theirs, &theirs_length, &error) &&
	     check_filter(&policy, theirs, theirs_length, CHECK_THOROUGH, NULL, &error);
	tap_check(
		ok,
		"%s, %s: libseccomp's %u instructions do what the policy says (%u rules left out) "
		"%s",
		text, abi_rows[native].name, theirs_length, left_out, ok ? "" : error.text);
	if (!ok)
		return;
	ok = filter_compile(&filter, &policy, &error) &&
	     check_filter(&policy, filter.program, filter.length, CHECK_THOROUGH, NULL, &error);
	differences = ok ? compare_programs(vectors) : 1;
	tap_check(ok && differences == 0, "%s, %s: our %u instructions give the same %u answers %s",
		  text, abi_rows[native].name, filter.length, vectors, ok ? "" : error.text);
}

/* Every combination of the keys that share calls, and each of the others once. */
static void test_combinations(void)
{
	static const char *const spawn[] = { "", ",spawn=deny" },
				 *const elevate[] = { "", ",elevateprivileges=deny" },
				 *const namespaces[] = { "", ",namespaces=deny" },
				 *const network[] = { "", ",network=local", ",network=deny" },
				 *const kernel[] = {
					 "", ",kernel=deny,debug=deny,resourcecontrol=deny"
				 };
	unsigned count = 0, vectors = 30000;

	for (unsigned n = 0; n < 48; n++) {
		char text[200];

		snprintf(text, sizeof text, "on%s%s%s%s%s%s", spawn[n & 1], elevate[n >> 1 & 1],
			 namespaces[n >> 2 & 1], kernel[n >> 3 & 1], network[n >> 4],
			 n % 5 == 0 ? ",obsolete=allow,tty=allow" : "");
		test_policy(text, wide, vectors);
		count += vectors;
	}
	printf("# %u calls of both programs compared\n", count);
}

/* ---- what libseccomp cannot express ---- */

static void test_errors(void)
{
	struct error error = { 0 };
	static const struct condition masked = { SENSE_WHEN,
						 1,
						 { { 0, OP_GT, UINT64_C(0xffffffff), 5 } } };

	policy_init(&policy, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
	policy_add(&policy, policy_add_abi(&policy, wide), 600, 5000, SECCOMP_RET_ERRNO | 1, NULL);
	tap_check(!second_opinion_bpf(&policy, theirs, &theirs_length, &error) &&
			  strstr(error.text, "range of numbers"),
		  "a range of numbers is an error: %s", error.text);
	policy_init(&policy, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
	policy_add(&policy, policy_add_abi(&policy, wide), wide_write, wide_write,
		   SECCOMP_RET_ERRNO | 1, &masked);
	tap_check(!second_opinion_bpf(&policy, theirs, &theirs_length, &error) &&
			  strstr(error.text, "conditions"),
		  "a masked ordered comparison is an error: %s", error.text);
	error.text[0] = '\0';
	tap_check(filter_compile(&filter, &policy, &error) &&
			  check_filter(&policy, filter.program, filter.length, CHECK_THOROUGH, NULL,
				       &error),
		  "which our compiler can express %s", error.text);
}

/* ---- ordered 64-bit comparisons on one argument ---- */

/*
 * Rules on one call that compare one argument by order. libseccomp before 2.6.1 merges some of
 * them wrongly (GHSA-4q85-33p6-j5g6). *caught counts programs that are wrong and were refused,
 * *missed those that a search finds wrong and the check does not.
 */
static bool random_rules(unsigned *wrong, unsigned *missed, unsigned *failed)
{
	static struct condition conditions[4];
	unsigned count = 2 + proof_random(&random_state) % 3;
	struct policy_abi *abi;
	struct error error;
	bool accepted, right = true;

	policy_init(&policy, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
	abi = policy_add_abi(&policy, wide);
	add_x32(abi);
	for (unsigned i = 0; i < count; i++) {
		uint64_t upper = proof_random(&random_state) % 3,
			 lower = proof_random(&random_state) % 4;

		conditions[i] = (struct condition){
			SENSE_WHEN,
			1,
			{ { 0, (uint8_t)(OP_EQ + proof_random(&random_state) % 6), UINT64_MAX,
			    upper << 32 | lower } }
		};
		policy_add(&policy, abi, wide_write, wide_write, SECCOMP_RET_ERRNO | 1,
			   &conditions[i]);
	}
	if (!filter_compile(&filter, &policy, &error) ||
	    !check_filter(&policy, filter.program, filter.length, CHECK_LAUNCH, NULL, &error)) {
		printf("# ours: %s\n", error.text);
		return false;
	}
	if (!second_opinion_bpf(&policy, theirs, &theirs_length, &error)) {
		++*failed;
		return true;
	}
	accepted = check_filter(&policy, theirs, theirs_length, CHECK_LAUNCH, NULL, &error);
	for (uint64_t upper = 0; upper < 5; upper++)
		for (uint64_t lower = 0; lower < 6; lower++) {
			struct call_data call = { .nr = wide_write,
						  .arch = abi_rows[wide].arch,
						  .args = { upper << 32 |
							    (lower == 5 ? UINT32_MAX : lower) } };
			struct call_words words = verdict_words(&call, abi_rows[wide].endian);

			if (verdict_run(filter.program, &words, NULL) !=
			    policy_verdict(&policy, &call))
				return false;
			right &=
				verdict_run(theirs, &words, NULL) == policy_verdict(&policy, &call);
		}
	*wrong += !right;
	*missed += !right && accepted;
	if (!right && *wrong <= 3) {
		printf("# wrong merge:");
		for (unsigned i = 0; i < count; i++)
			printf(" op%u %#llx", conditions[i].comparisons[0].op,
			       (unsigned long long)conditions[i].comparisons[0].value);
		printf("\n# %s: %s\n", accepted ? "ACCEPTED" : "refused", error.text);
	}
	return true;
}

/* One ordered comparison alone libseccomp gets right. */
static bool single_rules(void)
{
	static struct condition condition = { SENSE_WHEN, 1, { { 0, OP_GT, UINT64_MAX, 0 } } };
	struct error error;
	bool ok = true;

	for (unsigned op = OP_GT; op <= OP_LE; op++) {
		condition.comparisons[0].op = (uint8_t)op;
		condition.comparisons[0].value = UINT64_C(0x200000003);
		policy_init(&policy, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
		policy_add(&policy, policy_add_abi(&policy, wide), wide_write, wide_write,
			   SECCOMP_RET_ERRNO | 1, &condition);
		add_x32(&policy.abis[0]);
		ok &= second_opinion_bpf(&policy, theirs, &theirs_length, &error) &&
		      check_filter(&policy, theirs, theirs_length, CHECK_THOROUGH, NULL, &error);
	}
	return ok;
}

static void test_ordered(void)
{
	const struct scmp_version *version = seccomp_version();
	unsigned wrong = 0, missed = 0, failed = 0, count = 4000;
	bool ours = true;

	tap_check(single_rules(), "ordered comparisons: each alone is right");
	for (unsigned i = 0; i < count; i++)
		ours &= random_rules(&wrong, &missed, &failed);
	printf("# libseccomp %u.%u.%u: %u rule sets, %u merged wrongly, %u not accepted by it\n",
	       version->major, version->minor, version->micro, count, wrong, failed);
	tap_check(ours, "ordered comparisons: our program passes, and is right");
	tap_check(missed == 0, "ordered comparisons: each wrong merge of libseccomp is refused");
	if (version->major == 2 &&
	    (version->minor < 6 || (version->minor == 6 && version->micro == 0)))
		tap_check(wrong > 0,
			  "ordered comparisons: this libseccomp is known to be wrong, and is");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	whole_libseccomp();
	wide = abi_rows[syscalls_native_abi()].bits == 64 ? syscalls_native_abi() : ABI_X86_64;
	syscalls_number(wide, CALL_write, &wide_write);
	test_errors();
	test_ordered();
	test_policy("on", ABI_X86_64, 10000);
	test_policy("strict,unknown=allow", ABI_X86_64, 1000000);
	test_policy("strict,unknown=allow,action=errno", ABI_X86_64, 10000);
	test_policy("strict,unknown=allow,abi=all,action=trap", ABI_X86_64, 1000000);
	test_policy("on,spawn=deny,elevateprivileges=children,resourcecontrol=deny,compat=qemu",
		    ABI_X86_64, 100000);
	test_policy("strict,unknown=allow", ABI_AARCH64, 100000);
	test_policy("strict,unknown=allow,abi=all", ABI_AARCH64, 100000);
	test_policy("strict,unknown=allow", ABI_RISCV64, 100000);
	test_policy("strict,unknown=allow", ABI_PPC64LE, 100000);
	test_policy("strict,unknown=allow", ABI_S390X, 100000);
	test_combinations();
	return tap_done();
}
