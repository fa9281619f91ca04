/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can the check fail? Every instruction of several compiled filters is changed, one field at a
 * time. A mutant that changes any verdict must be refused by the check that is made at a launch.
 *
 * Whether a mutant changes a verdict is found out without the check: the model answers a large set
 * of calls once, and the mutant answers them again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bpf/check.h"
#include "bpf/filter.h"
#include "proof.h"

static struct policy policy;
static struct filter filter;

static bool build(const char *text, enum abi native)
{
	struct error error;

	if (proof_policy(text, native, &policy, &error) && filter_compile(&filter, &policy, &error))
		return true;
	printf("# %s: %s\n", text, error.text);
	return false;
}

/* ---- the judge's calls ---- */

#define MAX_VECTORS 60000

static unsigned vector_count;
static struct call_words vectors[MAX_VECTORS];
static uint32_t answers[MAX_VECTORS];
static uint64_t random_state = 1;

static void add_vector(const struct call_data *call)
{
	if (vector_count == MAX_VECTORS)
		abort();
	vectors[vector_count] = verdict_words(call, abi_rows[policy.abis[0].abi].endian);
	answers[vector_count++] = policy_verdict(&policy, call);
}

/* Values that the comparisons of a rule know, their neighbours, and others. */
static uint64_t interesting(const struct condition *when, unsigned arg, enum abi abi)
{
	uint64_t value = proof_random(&random_state);

	for (unsigned i = 0; i < when->count; i++) {
		struct comparison met = policy_comparison(&when->comparisons[i], abi), *cmp = &met;

		if (cmp->arg != arg)
			continue;
		switch (value % 16) {
		case 0: return value;
		case 1: return cmp->value ^ (value & cmp->mask);
		case 2: return cmp->value + 1;
		case 3: return cmp->value - 1;
		case 4: return 0;
		case 5: return cmp->mask;
		case 6:
		case 7: return cmp->value | (value & ~cmp->mask);
		case 8:
		case 9:
		case 10: return cmp->value ^ UINT64_C(1) << (value >> 8 & 63);
		default: return cmp->value;
		}
	}
	return value % 3 == 0 ? 0 : value;
}

static bool concerns(const struct condition *when, unsigned arg, enum abi abi)
{
	for (unsigned i = 0; i < when->count; i++)
		if (arg == policy_comparison(&when->comparisons[i], abi).arg)
			return true;
	return false;
}

static void add_conditional(const struct policy_rule *rule, enum abi abi, unsigned count)
{
	struct call_data call = { .nr = rule->first, .arch = abi_rows[abi].arch };

	for (unsigned n = 0; n < count; n++) {
		for (unsigned i = 0; i < 6; i++)
			call.args[i] = interesting(rule->when, i, abi);
		add_vector(&call);
	}
	/* Each bit of each argument off a call that the rule's first comparisons fit. */
	for (unsigned i = 0; i < 6; i++)
		call.args[i] = 0;
	for (unsigned i = 0; i < rule->when->count; i++) {
		struct comparison c = policy_comparison(&rule->when->comparisons[i], abi);

		call.args[c.arg] = c.value;
	}
	for (unsigned i = 0; i < 6; i++)
		for (unsigned bit = 0; bit < 64 && concerns(rule->when, i, abi); bit++) {
			call.args[i] ^= UINT64_C(1) << bit;
			add_vector(&call);
			call.args[i] ^= UINT64_C(1) << bit;
		}
}

static void collect_vectors(void)
{
	static const uint32_t archs[] = { 0, UINT32_MAX, 0xc000003f, 0xc000003d, 0x4000003e };

	vector_count = 0;
	for (unsigned i = 0; i < policy.abi_count; i++) {
		uint32_t arch = abi_rows[policy.abis[i].abi].arch;

		for (uint32_t nr = 0; nr < 700; nr++) {
			struct call_data call = { .nr = nr, .arch = arch };

			if (nr % 4 == 0)
				add_vector(&call);
			memset(call.args, 0x5a, sizeof call.args);
			add_vector(&call);
		}
		for (unsigned bit = 9; bit < 32; bit++)
			for (int off = -1; off < 2; off++)
				add_vector(&(struct call_data){ .nr = (1u << bit) + (uint32_t)off,
								.arch = arch });
		add_vector(&(struct call_data){ .nr = UINT32_MAX, .arch = arch });
		for (unsigned n = 0; n < 100; n++)
			add_vector(&(struct call_data){ .nr = (uint32_t)proof_random(&random_state),
							.arch = arch });
	}
	for (unsigned i = 0; i < policy.count; i++) {
		unsigned abi = 0;

		if (!policy.rules[i].when)
			continue;
		for (unsigned j = 0; j < policy.abi_count; j++)
			for (int k = policy.abis[j].head[policy.rules[i].first]; k >= 0;
			     k = policy.rules[k].next)
				abi = (unsigned)k == i ? j : abi;
		add_conditional(&policy.rules[i], policy.abis[abi].abi, 100);
	}
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		for (uint32_t nr = 0; nr < 20; nr++)
			for (unsigned bit = 0; bit < 33; bit++)
				if (nr % 10 == 0 || bit == 32)
					add_vector(&(struct call_data){
						.nr = nr,
						.arch = abi_rows[abi].arch ^
							(bit < 32 ? 1u << bit : 0) });
	for (unsigned i = 0; i < sizeof archs / sizeof archs[0]; i++)
		add_vector(&(struct call_data){ .nr = 1, .arch = archs[i] });
}

/* The calls that a mutant answers otherwise are mostly those that the last one did, too. */
static bool changes_a_verdict(const struct sock_filter *program)
{
	static unsigned last;

	for (unsigned n = 0; n < vector_count; n++) {
		unsigned i = (last + n) % vector_count;

		if (verdict_run(program, &vectors[i], NULL) == answers[i])
			continue;
		last = i;
		return true;
	}
	return false;
}

/* ---- the mutants ---- */

struct score {
	unsigned made, invalid, changed, caught, missed;
};

static struct sock_filter mutant[VERDICT_MAX_LENGTH];

static void judge(struct score *score, unsigned at)
{
	struct error error;
	bool refused, changed;

	score->made++;
	if (!verdict_valid(mutant, filter.length, NULL)) {
		score->invalid++;
		return;
	}
	refused = !check_filter(&policy, mutant, filter.length, CHECK_LAUNCH, NULL, &error);
	/* What was refused was mostly changed: only the rest needs the long look. */
	if (refused) {
		score->caught++;
		score->changed++;
		return;
	}
	changed = changes_a_verdict(mutant);
	score->changed += changed;
	if (changed && score->missed++ < 5)
		printf("# missed: instruction %u of %u, code %#x jt %u jf %u k %#x\n", at,
		       filter.length, mutant[at].code, mutant[at].jt, mutant[at].jf, mutant[at].k);
}

static void mutate_field(struct score *score, unsigned at, uint8_t *field)
{
	uint8_t old = *field;

	for (unsigned bit = 0; bit < 8; bit++) {
		*field = old ^ (uint8_t)(1u << bit);
		judge(score, at);
	}
	*field = (uint8_t)(old + 1);
	judge(score, at);
	*field = (uint8_t)(old - 1);
	judge(score, at);
	*field = old;
}

static void mutate_constant(struct score *score, unsigned at)
{
	uint32_t old = mutant[at].k;

	for (unsigned bit = 0; bit < 32; bit++) {
		mutant[at].k = old ^ 1u << bit;
		judge(score, at);
	}
	mutant[at].k = old + 1;
	judge(score, at);
	mutant[at].k = old - 1;
	judge(score, at);
	mutant[at].k = old;
}

static void mutate_code(struct score *score, unsigned at)
{
	static const uint16_t codes[] = {
		BPF_LD | BPF_W | BPF_ABS,  BPF_JMP | BPF_JA,	      BPF_JMP | BPF_JEQ | BPF_K,
		BPF_JMP | BPF_JGE | BPF_K, BPF_JMP | BPF_JGT | BPF_K, BPF_JMP | BPF_JSET | BPF_K,
		BPF_JMP | BPF_JEQ | BPF_X, BPF_ALU | BPF_AND | BPF_K, BPF_ALU | BPF_OR | BPF_K,
		BPF_ALU | BPF_ADD | BPF_K, BPF_ALU | BPF_NEG,	      BPF_RET | BPF_K,
		BPF_RET | BPF_A,	   BPF_LD | BPF_IMM,	      BPF_MISC | BPF_TAX,
	};
	uint16_t old = mutant[at].code;

	for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		if (codes[i] == old)
			continue;
		mutant[at].code = codes[i];
		judge(score, at);
	}
	mutant[at].code = old;
}

static void mutate_return(struct score *score, unsigned at)
{
	static const uint32_t values[] = {
		SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP,
		SECCOMP_RET_ERRNO,	  SECCOMP_RET_ERRNO | 38,  SECCOMP_RET_USER_NOTIF,
		SECCOMP_RET_TRACE,	  SECCOMP_RET_LOG,	   SECCOMP_RET_ALLOW,
	};
	uint32_t old = mutant[at].k;

	for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
		mutant[at].k = values[i];
		if (values[i] != old)
			judge(score, at);
	}
	mutant[at].k = old;
}

static void test_mutants(const char *text, enum abi native)
{
	struct score score = { 0 };
	struct error error;

	if (!tap_check(build(text, native), "%s, %s: compiles", text, abi_rows[native].name))
		return;
	collect_vectors();
	memcpy(mutant, filter.program, filter.length * sizeof mutant[0]);
	tap_check(check_filter(&policy, mutant, filter.length, CHECK_LAUNCH, NULL, &error) &&
			  !changes_a_verdict(mutant),
		  "%s, %s: unchanged, it passes the check and %u calls", text,
		  abi_rows[native].name, vector_count);
	for (unsigned at = 0; at < filter.length; at++) {
		mutate_constant(&score, at);
		mutate_code(&score, at);
		if (BPF_CLASS(mutant[at].code) == BPF_JMP) {
			mutate_field(&score, at, &mutant[at].jt);
			mutate_field(&score, at, &mutant[at].jf);
		}
		if (BPF_CLASS(mutant[at].code) == BPF_RET)
			mutate_return(&score, at);
	}
	printf("# %s, %s: %u instructions, %u mutants made, %u invalid, %u refused, %u that change "
	       "a verdict missed\n",
	       text, abi_rows[native].name, filter.length, score.made, score.invalid, score.caught,
	       score.missed);
	tap_check(score.missed == 0 && score.caught > score.made / 2,
		  "%s, %s: every mutant that changes a verdict is refused", text,
		  abi_rows[native].name);
}

/* Each of these is wrong in one way that the check has a sentence of its own for. */
static void test_refusals(void)
{
	struct error error;
	struct sock_filter *program = mutant;
	unsigned last;

	build("on", ABI_X86_64);
	memcpy(mutant, filter.program, filter.length * sizeof mutant[0]);
	last = filter.length - 1;
	program[last].code = BPF_JMP | BPF_JA;
	tap_check(!check_filter(&policy, mutant, filter.length, CHECK_LAUNCH, NULL, &error) &&
			  strstr(error.text, "not one that the kernel takes"),
		  "an invalid program is refused: %s", error.text);
	program[last] = filter.program[last];
	policy_add(&policy, &policy.abis[0], 5000, 4000, SECCOMP_RET_ALLOW, NULL);
	tap_check(!check_filter(&policy, mutant, filter.length, CHECK_LAUNCH, NULL, &error) &&
			  strstr(error.text, "reached"),
		  "a rule that no call reaches is refused: %s", error.text);
	build("on", ABI_X86_64);
	policy.abis[0].head[1] = -1; /* write(2) has no rule now, nor before */
	policy_add(&policy, &policy.abis[0], 1, 1, SECCOMP_RET_ERRNO | 1, NULL);
	tap_check(!check_filter(&policy, mutant, filter.length, CHECK_LAUNCH, NULL, &error) &&
			  error.status == EXIT_GYVE &&
			  strstr(error.text, "x86_64 call 1 (write)") &&
			  strstr(error.text, "expected ERRNO(EPERM), found ALLOW"),
		  "a wrong answer is named with ABI, call, expected and found: %s", error.text);
	{
		const struct sock_filter computes[] = {
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
			BPF_STMT(BPF_ALU | BPF_OR | BPF_K, 1),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 3, 0, 0),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		};

		policy_init(&policy, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW);
		policy_add_abi(&policy, ABI_X86_64);
		tap_check(!check_filter(&policy, computes, 4, CHECK_LAUNCH, NULL, &error),
			  "a program that cannot be followed is refused, soon: %s", error.text);
	}
	{
		const struct sock_filter looks[] = {
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 3, 0, 0),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		};

		policy_init(&policy, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW);
		policy_add_abi(&policy, ABI_X86_64);
		tap_check(!check_filter(&policy, looks, 3, CHECK_LAUNCH, NULL, &error) &&
				  strstr(error.text, "what no rule compares"),
			  "an argument that nothing asks for is not looked at: %s", error.text);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The budget: 100 microseconds for the fullest policy of one ABI. The time is said; held are the
 * steps that it takes, which are the same on a busy machine. */
static void test_budget(const char *text)
{
	struct check_result result = { 0 };
	struct error error;
	double best = 1e9;
	bool ok = build(text, ABI_X86_64);

	for (unsigned i = 0; ok && i < 50; i++) {
		double start = now();

		ok = check_filter(&policy, filter.program, filter.length, CHECK_LAUNCH, &result,
				  &error);
		if (now() - start < best)
			best = now() - start;
	}
	printf("# %s: the check takes %.1f us: %u calls, %u steps, %u instructions long\n", text,
	       best, result.calls, result.steps, filter.length);
	tap_check(ok && result.steps < 20 * filter.length, "%s: the check is quick", text);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_refusals();
	test_budget("strict");
	test_budget("strict,abi=all");
	test_mutants("on", ABI_X86_64);
	test_mutants("on,spawn=deny", ABI_X86_64);
	test_mutants("on,network=local", ABI_X86_64);
	test_mutants("on,elevateprivileges=deny,namespaces=deny,tty=allow", ABI_X86_64);
	test_mutants("on,kernel=deny,resourcecontrol=deny,unknown=deny,action=errno", ABI_X86_64);
	test_mutants("on,elevateprivileges=children,spawn=deny,resourcecontrol=deny,compat=qemu",
		     ABI_X86_64);
	test_mutants("strict", ABI_X86_64);
	test_mutants("strict,abi=all", ABI_X86_64);
	test_mutants("strict", ABI_S390X);
	test_mutants("strict,abi=all", ABI_AARCH64);
	return tap_done();
}
