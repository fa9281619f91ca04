/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile means what it means to runc: random profiles, read here from their JSON and handed to
 * libseccomp as runc hands them (libcontainer/seccomp), with x86-64 and i386, and both filters
 * asked the same calls, garbage in the upper halves of the i386 ones. A third, naive reading of the
 * rules is the judge between them: where libseccomp answers what no rule that holds says, it has
 * merged rules wrongly, and that is told apart from an error of ours. Prints TAP.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/check.h"
#include "bpf/filter.h"
#include "profile/profile.h"
#include "proof.h"
#include "runc.h"

/* ---- a random profile ---- */

#define MAX_ENTRIES 12
#define MAX_ARGS 3

struct arg {
	unsigned index;
	enum scmp_compare op;
	uint64_t value, second;
};

struct entry {
	enum call call;
	uint32_t action; /* as libseccomp has it */
	unsigned arg_count;
	struct arg args[MAX_ARGS];
};

static struct {
	uint32_t fallback;
	unsigned count;
	struct entry entries[MAX_ENTRIES];
} random_profile;

/* On both ABIs, none with an argument that gyve would warn of; two are multiplexed on i386. */
static const enum call calls[] = {
	CALL_read,     CALL_lseek, CALL_kill, CALL_openat,  CALL_fchmod,
	CALL_mprotect, CALL_tkill, CALL_dup3, CALL_connect, CALL_shmget
};
#define CALLS (sizeof calls / sizeof calls[0])

static const struct {
	enum scmp_compare op;
	const char *name;
} ops[] = {
	{ SCMP_CMP_NE, "NE" },
	{ SCMP_CMP_LT, "LT" },
	{ SCMP_CMP_LE, "LE" },
	{ SCMP_CMP_EQ, "EQ" },
	{ SCMP_CMP_GE, "GE" },
	{ SCMP_CMP_GT, "GT" },
	{ SCMP_CMP_MASKED_EQ, "MASKED_EQ" },
};

static const struct {
	uint32_t action;
	const char *text;
} actions[] = {
	{ SCMP_ACT_ALLOW, "SCMP_ACT_ALLOW\"" },
	{ SCMP_ACT_ERRNO(EPERM), "SCMP_ACT_ERRNO\"" },
	{ SCMP_ACT_ERRNO(EACCES), "SCMP_ACT_ERRNO\", \"errnoRet\": 13" },
	{ SCMP_ACT_LOG, "SCMP_ACT_LOG\"" },
	{ SCMP_ACT_TRAP, "SCMP_ACT_TRAP\"" },
	{ SCMP_ACT_KILL_THREAD, "SCMP_ACT_KILL\"" },
};

static const uint64_t values[] = {
	0,
	1,
	5,
	0x5401,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	UINT64_C(0x100000000),
	UINT64_C(0x100000005),
	UINT64_C(0x8000000000000000),
	UINT64_MAX,
};

static uint64_t random_state = 3;

static unsigned below(unsigned limit)
{
	return (unsigned)(proof_random(&random_state) % limit);
}

static uint64_t random_value(void)
{
	uint64_t value = values[below(sizeof values / sizeof values[0])];

	return below(4) ? value : value ^ UINT64_C(1) << below(64);
}

/* The lower numbers of errors and actions are drawn more often, so that rules say the same. */
static unsigned random_action(void)
{
	return below(2) ? below(2) : below(sizeof actions / sizeof actions[0]);
}

static void draw_entry(struct entry *entry)
{
	entry->call = calls[below(CALLS)];
	entry->action = random_action();
	entry->arg_count = below(MAX_ARGS + 1);
	for (unsigned i = 0; i < entry->arg_count; i++)
		entry->args[i] = (struct arg){ below(3), below(sizeof ops / sizeof ops[0]),
					       random_value(), random_value() };
}

static void write_entry(const struct entry *entry, bool last, FILE *out)
{
	fprintf(out, "{\"names\": [\"%s\"], \"action\": \"%s, \"args\": [",
		call_rows[entry->call].name, actions[entry->action].text);
	for (unsigned i = 0; i < entry->arg_count; i++)
		fprintf(out,
			"%s{\"index\": %u, \"value\": %llu, \"valueTwo\": %llu, \"op\": "
			"\"SCMP_CMP_%s\"}",
			i ? ", " : "", entry->args[i].index,
			(unsigned long long)entry->args[i].value,
			(unsigned long long)entry->args[i].second, ops[entry->args[i].op].name);
	fprintf(out, "]}%s\n", last ? "" : ",");
}

/* Draws one and writes it; indices into the tables become what they stand for. */
static bool draw_profile(const char *file)
{
	unsigned fallback = random_action();
	FILE *out = fopen(file, "w");

	if (!out)
		return false;
	random_profile.count = 1 + below(MAX_ENTRIES);
	fprintf(out,
		"{\"defaultAction\": \"%s, \"architectures\": [\"SCMP_ARCH_X86_64\", "
		"\"SCMP_ARCH_X86\"], \"syscalls\": [\n",
		fallback == 2 ? "SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 13"
			      : actions[fallback].text);
	random_profile.fallback = actions[fallback].action;
	for (unsigned i = 0; i < random_profile.count; i++) {
		struct entry *entry = &random_profile.entries[i];

		draw_entry(entry);
		write_entry(entry, i + 1 == random_profile.count, out);
		entry->action = actions[entry->action].action;
		for (unsigned j = 0; j < entry->arg_count; j++)
			entry->args[j].op = ops[entry->args[j].op].op;
	}
	fprintf(out, "]}\n");
	return fclose(out) == 0;
}

/* Two comparisons of one argument: then each is a rule of its own. */
static bool has_alternatives(const struct entry *entry)
{
	for (unsigned i = 0; i < entry->arg_count; i++)
		for (unsigned j = 0; j < i; j++)
			if (entry->args[i].index == entry->args[j].index)
				return true;
	return false;
}

static uint32_t highest_named(enum abi abi)
{
	uint32_t highest = 0, nr;

	for (unsigned i = 0; i < random_profile.count; i++) {
		enum call call = random_profile.entries[i].call;

		if (abi == ABI_I386 && syscalls_multiplexed(call))
			continue; /* to libseccomp its number is below 0 there */
		if (syscalls_number(abi, call, &nr) && nr > highest)
			highest = nr;
	}
	return highest;
}

/* What runc puts before libseccomp's program (patchbpf): newer calls fail with ENOSYS. */
static bool is_newer(enum abi abi, uint32_t nr)
{
	return highest_named(abi) != 0 && nr > highest_named(abi) &&
	       action_stricter(random_profile.fallback, SCMP_ACT_LOG);
}

/* ---- the naive reading ---- */

static bool compares(const struct arg *arg, uint64_t value, uint64_t mask)
{
	uint64_t datum = arg->value & mask;

	switch (arg->op) {
	case SCMP_CMP_NE: return value != datum;
	case SCMP_CMP_LT: return value < datum;
	case SCMP_CMP_LE: return value <= datum;
	case SCMP_CMP_EQ: return value == datum;
	case SCMP_CMP_GE: return value >= datum;
	case SCMP_CMP_GT: return value > datum;
	default: return (value & datum) == (arg->second & datum);
	}
}

/* whole: an ordered comparison with more than 32 bits as it is written, not cut. */
static bool holds(const struct arg *arg, enum abi abi, const struct call_data *call, bool whole)
{
	bool ordered = arg->op == SCMP_CMP_LT || arg->op == SCMP_CMP_LE || arg->op == SCMP_CMP_GE ||
		       arg->op == SCMP_CMP_GT;
	uint64_t value = call->args[arg->index];

	if (abi_rows[abi].bits == 64)
		return compares(arg, value, UINT64_MAX);
	return compares(arg, (uint32_t)value, whole && ordered ? UINT64_MAX : UINT32_MAX);
}

/* Whether a call of i386 is one of this entry's through socketcall or ipc. */
static bool is_made_through(const struct entry *entry, enum abi abi, const struct call_data *call)
{
	const struct multiplexed_row *row = syscalls_multiplexed(entry->call);

	return abi == ABI_I386 && row && call->nr == (uint32_t)call_numbers[abi][row->by] &&
	       (uint32_t)call->args[0] == row->number;
}

/* As below. Arguments are behind a pointer, which libseccomp does not mind but for the first. */
static bool holds_through(const struct entry *entry, enum abi abi, const struct call_data *call,
			  bool strict)
{
	bool all = true, any = false;

	if (strict)
		return entry->arg_count == 0 ||
		       !action_stricter(random_profile.fallback, entry->action);
	for (unsigned i = 0; i < entry->arg_count; i++) {
		bool is = entry->args[i].index == 0 || holds(&entry->args[i], abi, call, false);

		all &= is;
		any |= is;
	}
	return has_alternatives(entry) ? any : all;
}

/* strict: what denies has to hold by one of the readings, what allows by both. */
static bool entry_holds(const struct entry *entry, enum abi abi, const struct call_data *call,
			bool strict)
{
	bool denies = action_stricter(entry->action, random_profile.fallback);
	bool allows = entry->action == SCMP_ACT_ALLOW, all = true, any = false;

	if (is_made_through(entry, abi, call))
		return holds_through(entry, abi, call, strict);

	for (unsigned i = 0; i < entry->arg_count; i++) {
		bool cut = holds(&entry->args[i], abi, call, false);
		bool whole = holds(&entry->args[i], abi, call, true);
		bool is = cut;

		if (strict && (denies || allows))
			is = denies ? cut || whole : cut && whole;

		all &= is;
		any |= is;
	}
	return has_alternatives(entry) ? any : all;
}

static bool concerns(const struct entry *entry, enum abi abi, const struct call_data *call)
{
	uint32_t nr;

	return entry->action != random_profile.fallback &&
	       (is_made_through(entry, abi, call) ||
		(syscalls_number(abi, entry->call, &nr) && nr == call->nr));
}

/* What gyve promises: the strictest of the rules that hold. */
static uint32_t expected(enum abi abi, const struct call_data *call)
{
	const struct entry *best = NULL;

	for (unsigned i = 0; i < random_profile.count; i++) {
		const struct entry *entry = &random_profile.entries[i];

		if (concerns(entry, abi, call) && entry_holds(entry, abi, call, true) &&
		    (!best || action_stricter(entry->action, best->action)))
			best = entry;
	}
	if (is_newer(abi, call->nr) &&
	    !(best && action_stricter(best->action, SCMP_ACT_ERRNO(ENOSYS))))
		return SCMP_ACT_ERRNO(ENOSYS);
	return best ? best->action : random_profile.fallback;
}

/* Whether some rule that holds, or where none does the default, says this. */
static bool is_said(enum abi abi, const struct call_data *call, uint32_t answer)
{
	bool any = false;

	for (unsigned i = 0; i < random_profile.count; i++) {
		const struct entry *entry = &random_profile.entries[i];

		if (!concerns(entry, abi, call) || !entry_holds(entry, abi, call, false))
			continue;
		any = true;
		if (entry->action == answer)
			return true;
	}
	return !any && answer == random_profile.fallback;
}

/* ---- comparing ---- */

static struct runc runc;
static struct profile profile;
static struct policy policy;
static struct filter filter;
static struct error error;

static struct {
	unsigned profiles, refused, calls, same, contradicting, merged, merged_profiles;
	unsigned weaker, wrong;
} score;

static uint32_t killing(uint32_t action)
{
	return action == SCMP_ACT_KILL_THREAD ? SCMP_ACT_KILL_PROCESS : action;
}

static bool equally_strict(uint32_t a, uint32_t b)
{
	return !action_stricter(a, b) && !action_stricter(b, a);
}

static void tell(const char *what, const char *file, enum abi abi, const struct call_data *call,
		 uint32_t ours, uint32_t want, uint32_t other)
{
	char line[300];
	FILE *in;

	printf("# %s: %s nr %u args %#llx %#llx %#llx: ours %#x, expected %#x, theirs %#x\n", what,
	       abi_rows[abi].name, call->nr, (unsigned long long)call->args[0],
	       (unsigned long long)call->args[1], (unsigned long long)call->args[2], ours, want,
	       other);
	in = fopen(file, "r");
	while (in && fgets(line, sizeof line, in))
		printf("#   %s", line);
	if (in)
		fclose(in);
}

static bool compare(enum abi abi, const struct call_data *call, bool refused, const char *file)
{
	struct call_words words = verdict_words(call, ENDIAN_LITTLE);
	uint32_t ours = verdict_run(filter.program, &words, NULL);
	uint32_t want = killing(expected(abi, call)), other = want;
	bool merged_wrongly = false;

	score.calls++;
	if (!refused) {
		uint32_t answer = runc_answer(&runc, abi, call);

		other = killing(answer);
		merged_wrongly =
			!runc_is_newer(&runc, abi, call->nr) && !is_said(abi, call, answer);
	}
	/* Where several rules of one strictness hold, an errno may be any one's: the model says. */
	if ((!equally_strict(ours, want) || ours != policy_verdict(&policy, call)) &&
	    score.wrong++ < 3)
		tell("WRONG", file, abi, call, ours, want, other);
	if (merged_wrongly)
		score.merged++;
	else if (action_stricter(other, ours) && score.weaker++ < 3)
		tell("WEAKER", file, abi, call, ours, want, other);
	else if (ours == other)
		score.same++;
	else
		score.contradicting++;
	return !merged_wrongly;
}

static uint64_t near_a_value(void)
{
	const struct entry *entry = &random_profile.entries[below(random_profile.count)];
	uint64_t value = random_value();

	if (entry->arg_count > 0 && below(8)) {
		const struct arg *arg = &entry->args[below(entry->arg_count)];

		value = arg->op == SCMP_CMP_MASKED_EQ
				? (arg->second & arg->value) | (value & ~arg->value)
				: arg->value + below(3) - 1;
	}
	return value;
}

/* Makes it one of socketcall or ipc, with a garbage upper half. */
static void make_through(struct call_data *call)
{
	const struct multiplexed_row *row = &multiplexed_rows[below(multiplexed_row_count)];

	if (below(2))
		row = syscalls_multiplexed(below(2) ? CALL_connect : CALL_shmget);
	syscalls_number(ABI_I386, row->by, &call->nr);
	call->args[0] = row->number | proof_random(&random_state) << 32;
}

static bool compare_calls(bool refused, const char *file)
{
	static const enum abi abis[] = { ABI_X86_64, ABI_I386 };
	bool all_said = true;

	for (unsigned n = 0; n < 600; n++) {
		enum abi abi = abis[n % 2];
		struct call_data call = { .arch = abi_rows[abi].arch };

		if (n % 20 < 2)
			call.nr = 440 + below(20);
		else
			syscalls_number(abi,
					random_profile.entries[below(random_profile.count)].call,
					&call.nr);
		for (unsigned i = 0; i < 6; i++) {
			call.args[i] = near_a_value();
			if (below(2))
				call.args[i] = (uint32_t)call.args[i] | proof_random(&random_state)
										<< 32;
		}
		if (abi == ABI_I386 && n % 7 == 0)
			make_through(&call);
		all_said &= compare(abi, &call, refused, file);
	}
	return all_said;
}

static bool try_profile(const char *file)
{
	static const struct policy_facts facts = { .native = ABI_X86_64,
						   .kill = SECCOMP_RET_KILL_PROCESS,
						   .sealed = true };
	bool refused;

	if (!draw_profile(file))
		return false;
	score.profiles++;
	if (!profile_read(&profile, file, true, facts.kill, &error) ||
	    !profile_build(&profile, &policy, &facts, &error) ||
	    !filter_compile(&filter, &policy, &error) ||
	    !check_filter(&policy, filter.program, filter.length, CHECK_LAUNCH, NULL, &error))
		return false;
	refused = runc_compile(&runc, file) != 0;
	score.refused += refused;
	score.merged_profiles += !compare_calls(refused, file);
	return true;
}

int main(void)
{
	char file[] = "/tmp/gyve-test-as-runc-XXXXXX";
	int fd = mkstemp(file);
	bool good = fd >= 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (syscalls_native_abi() != ABI_X86_64) {
		tap_skip("needs x86-64: it reads a profile for it and i386");
		return tap_done();
	}
	if (fd >= 0)
		close(fd);
	for (unsigned i = 0; i < 2000 && good; i++)
		good = try_profile(file);
	tap_check(good, "%u random profiles are read, compile and pass the check %s",
		  score.profiles, good ? "" : error.text);
	unlink(file);
	printf("# %u profiles, %u of them refused by libseccomp; %u calls: %u the same, %u where "
	       "rules contradict each other\n# and the strictest holds here; %u calls in %u "
	       "profiles which libseccomp has merged into what no rule says\n",
	       score.profiles, score.refused, score.calls, score.same, score.contradicting,
	       score.merged, score.merged_profiles);
	tap_check(score.wrong == 0, "each answer is the one that the rules, read naively, say");
	tap_check(score.weaker == 0, "none is weaker than libseccomp's");
	tap_check(score.same > score.calls / 2, "most are libseccomp's");
	return tap_done();
}
