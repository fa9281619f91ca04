/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compat=qemu gives exactly the verdicts of tests/data/qemu-verdicts.tsv, which were read out of a
 * running QEMU; without it gyve denies more, and what more is in tests/data/qemu-differences.tsv.
 *
 *   test_qemu [--write]     --write rewrites qemu-differences.tsv
 *
 * The facts are x86-64's, whatever machine this runs on: nothing here makes a system call.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/check.h"
#include "bpf/filter.h"
#include "proof.h"

static struct policy_facts launched;
static uint64_t random_state = 3;

/* ---- the facts ---- */

enum set { ALWAYS, OBSOLETE, ELEVATEPRIVILEGES, SPAWN, RESOURCECONTROL, SETS };
enum special { NONE, UNLESS_THREAD, UNLESS_IDLE };

static const char *const set_names[SETS] = { "always", "obsolete", "elevateprivileges", "spawn",
					     "resourcecontrol" };

static struct fact {
	enum set set;
	uint32_t nr, action;
	enum special special;
} facts[100];
static unsigned fact_count;
static uint64_t thread_set, thread_clear;

static FILE *open_data(const char *name, const char *mode)
{
	const char *source = getenv("GYVE_SOURCE");
	char path[4096];

	snprintf(path, sizeof path, "%s/tests/data/%s", source ? source : ".", name);
	return fopen(path, mode);
}

static bool read_fact(const char *set, const char *verdict, const char *call, const char *special)
{
	struct fact *fact = &facts[fact_count];
	unsigned i = 0;

	if (strcmp(set, "thread-set") == 0)
		return thread_set |= strtoull(verdict, NULL, 0);
	if (strcmp(set, "thread-clear") == 0)
		return thread_clear |= strtoull(verdict, NULL, 0);
	while (i < SETS && strcmp(set_names[i], set) != 0)
		i++;
	if (i == SETS || fact_count == sizeof facts / sizeof facts[0] ||
	    !syscalls_number(ABI_X86_64, syscalls_named(call), &fact->nr))
		return false;
	fact->set = i;
	/* The stated exception: what kills a thread of QEMU kills the process here. */
	if (strcmp(verdict, "KILL_PROCESS") == 0 || strcmp(verdict, "KILL_THREAD") == 0)
		fact->action = SECCOMP_RET_KILL_PROCESS;
	else if (strcmp(verdict, "EPERM") == 0)
		fact->action = SECCOMP_RET_ERRNO | EPERM;
	else if (strcmp(verdict, "ENOSYS") == 0)
		fact->action = SECCOMP_RET_ERRNO | ENOSYS;
	else
		return false;
	if (strcmp(special, "unless-thread") == 0)
		fact->special = UNLESS_THREAD;
	else if (strcmp(special, "unless-idle") == 0)
		fact->special = UNLESS_IDLE;
	else if (*special)
		return false;
	fact_count++;
	return true;
}

static bool read_facts(void)
{
	FILE *file = open_data("qemu-verdicts.tsv", "r");
	char line[300], set[64], verdict[64], call[64], special[64];
	bool ok = file != NULL;

	while (ok && fgets(line, sizeof line, file)) {
		int words;

		if (*line == '#')
			continue;
		*special = '\0';
		words = sscanf(line, "%63s %63s %63s %63s", set, verdict, call, special);
		ok = words >= 3 && read_fact(set, verdict, call, special);
		if (!ok)
			printf("# not understood: %s", line);
	}
	if (file)
		fclose(file);
	return ok && fact_count > 30 && thread_set && thread_clear;
}

/* ---- what QEMU answers, by the facts alone ---- */

static uint32_t qemu_verdict(const struct call_data *call, const bool sets[static SETS])
{
	if (call->arch != 0xc000003e ||
	    (call->nr >= 0x40000000 && call->nr != UINT32_MAX)) /* x32 */
		return SECCOMP_RET_KILL_PROCESS;
	for (unsigned i = 0; i < fact_count; i++) {
		const struct fact *fact = &facts[i];

		if (fact->nr != call->nr || !sets[fact->set])
			continue;
		if (fact->special == UNLESS_THREAD && (call->args[0] & thread_set) == thread_set &&
		    !(call->args[0] & thread_clear))
			continue;
		if (fact->special == UNLESS_IDLE && call->args[1] == 5)
			continue;
		/* The other stated exception: execve passes once, for the launch. */
		if (call->nr == 59 && call->args[3] == launched.ticket[0] &&
		    call->args[4] == launched.ticket[1] && call->args[5] == launched.ticket[2])
			continue;
		return fact->action;
	}
	return SECCOMP_RET_ALLOW;
}

/* ---- the combinations ---- */

struct combination {
	bool sets[SETS];
	char name[120];
	struct choices choices;
};

/* 0 to 23: the four keys; 24: plain "on". */
static void choose(struct combination *c, unsigned n, bool compat)
{
	static const enum value elevate[] = { VALUE_ELEVATEPRIVILEGES_ALLOW,
					      VALUE_ELEVATEPRIVILEGES_DENY,
					      VALUE_ELEVATEPRIVILEGES_CHILDREN };
	struct error error;

	choices_init(&c->choices);
	if (compat) {
		c->choices.value[KEY_COMPAT] = VALUE_COMPAT_QEMU;
		c->choices.given[KEY_COMPAT] = true;
	}
	if (n < 24) {
		c->choices.value[KEY_OBSOLETE] = n & 1 ? VALUE_OBSOLETE_DENY : VALUE_OBSOLETE_ALLOW;
		c->choices.value[KEY_SPAWN] = n & 2 ? VALUE_SPAWN_DENY : VALUE_SPAWN_ALLOW;
		c->choices.value[KEY_RESOURCECONTROL] =
			n & 4 ? VALUE_RESOURCECONTROL_DENY : VALUE_RESOURCECONTROL_ALLOW;
		c->choices.value[KEY_ELEVATEPRIVILEGES] = elevate[n >> 3];
		c->choices.given[KEY_OBSOLETE] = c->choices.given[KEY_SPAWN] = true;
		c->choices.given[KEY_RESOURCECONTROL] = true;
		c->choices.given[KEY_ELEVATEPRIVILEGES] = true;
	}
	if (!choices_settle(&c->choices, &error))
		abort();
	c->sets[ALWAYS] = true;
	c->sets[OBSOLETE] = n == 24 || n & 1;
	c->sets[SPAWN] = n < 24 && n & 2;
	c->sets[RESOURCECONTROL] = n < 24 && n & 4;
	c->sets[ELEVATEPRIVILEGES] = n < 24 && n >> 3;
	snprintf(c->name, sizeof c->name,
		 n == 24 ? "plain on"
			 : "obsolete=%s,elevateprivileges=%s,spawn=%s,resourcecontrol=%s",
		 value_rows[c->choices.value[KEY_OBSOLETE]].name,
		 value_rows[c->choices.value[KEY_ELEVATEPRIVILEGES]].name,
		 value_rows[c->choices.value[KEY_SPAWN]].name,
		 value_rows[c->choices.value[KEY_RESOURCECONTROL]].name);
}

/* ---- vectors: each goes to a function ---- */

typedef void vector_fn(const struct call_data *call, void *data);

static void give_number(uint32_t arch, uint32_t nr, vector_fn *fn, void *data)
{
	static const uint64_t fillers[] = { 0, 1, 5, 0x5a5a5a5a5a5a5a5a, UINT64_MAX };

	for (unsigned i = 0; i < sizeof fillers / sizeof fillers[0]; i++) {
		struct call_data call = { .nr = nr, .arch = arch };

		for (unsigned j = 0; j < 6; j++)
			call.args[j] = fillers[i];
		fn(&call, data);
	}
}

static void give_arg(uint32_t nr, unsigned arg, uint64_t value, vector_fn *fn, void *data)
{
	struct call_data call = { .nr = nr, .arch = 0xc000003e };

	call.args[arg] = value;
	fn(&call, data);
	call.args[(arg + 1) % 6] = proof_random(&random_state);
	fn(&call, data);
}

static void give_clone(vector_fn *fn, void *data, unsigned count)
{
	const uint32_t clone = 56;

	give_arg(clone, 0, thread_set, fn, data);
	give_arg(clone, 0, ~thread_clear, fn, data);
	for (unsigned i = 0; i < 64; i++) {
		uint64_t bit = UINT64_C(1) << i;

		give_arg(clone, 0, bit, fn, data);
		give_arg(clone, 0, ~bit, fn, data);
		give_arg(clone, 0, thread_set ^ bit, fn, data);
		give_arg(clone, 0, (thread_set | 17) ^ bit, fn, data);
		give_arg(clone, 0, ~thread_clear ^ bit, fn, data);
		for (unsigned j = 0; j < i; j++)
			give_arg(clone, 0, thread_set ^ bit ^ UINT64_C(1) << j, fn, data);
	}
	for (unsigned i = 0; i < count; i++) {
		uint64_t value = proof_random(&random_state),
			 sparse = value & value << 21 & value << 42;

		give_arg(clone, 0, i % 3 == 0 ? value : thread_set ^ sparse, fn, data);
		give_arg(clone, 0, (value & ~thread_clear) | thread_set, fn, data);
	}
}

static void give_scheduler(vector_fn *fn, void *data, unsigned count)
{
	const uint32_t sched_setscheduler = 144;

	for (uint64_t policy = 0; policy < 16; policy++)
		for (unsigned i = 0; i < 65; i++) {
			uint64_t bit = i < 64 ? UINT64_C(1) << i : 0;

			give_arg(sched_setscheduler, 1, policy ^ bit, fn, data);
		}
	for (unsigned i = 0; i < count; i++) {
		uint64_t value = proof_random(&random_state);

		give_arg(sched_setscheduler, 1, i % 2 ? value : (value & ~UINT64_C(7)) | 5, fn,
			 data);
		give_arg(sched_setscheduler, 1, value << 32 | 5, fn, data);
	}
}

/* The calls that set IDs, and how many each sets. */
static const struct {
	enum call call;
	unsigned ids;
} id_calls[] = {
	{ CALL_setuid, 1 },   { CALL_setgid, 1 },   { CALL_setfsuid, 1 },  { CALL_setfsgid, 1 },
	{ CALL_setreuid, 2 }, { CALL_setregid, 2 }, { CALL_setresuid, 3 }, { CALL_setresgid, 3 },
};

/* The launch's ID, its neighbours and -1, with garbage above and without. */
static void give_ids(vector_fn *fn, void *data)
{
	static const uint64_t values[] = { 1000,       UINT32_MAX,
					   1001,       1000 ^ 1u << 31,
					   0,	       UINT64_C(0xdeadbeef000003e8),
					   UINT64_MAX, UINT64_C(0x3e800000000) };
	enum { COUNT = sizeof values / sizeof values[0] };

	for (unsigned i = 0; i < sizeof id_calls / sizeof id_calls[0]; i++)
		for (unsigned n = 0; n < COUNT * COUNT * COUNT; n++) {
			struct call_data call = { .arch = 0xc000003e };

			syscalls_number(ABI_X86_64, id_calls[i].call, &call.nr);
			call.args[0] = values[n % COUNT];
			call.args[1] = values[n / COUNT % COUNT];
			call.args[2] = values[n / COUNT / COUNT];
			fn(&call, data);
		}
}

/* Whether a call sets IDs to nothing but what they are, at the 32 bits that the kernel reads. */
static bool sets_own_ids(const struct call_data *call)
{
	enum call name = syscalls_at(ABI_X86_64, call->nr);

	for (unsigned i = 0; i < sizeof id_calls / sizeof id_calls[0]; i++) {
		bool own = id_calls[i].call == name;

		for (unsigned j = 0; j < id_calls[i].ids; j++)
			own &= (uint32_t)call->args[j] == 1000 ||
			       (uint32_t)call->args[j] == UINT32_MAX;
		if (own)
			return true;
	}
	return false;
}

static void give_ticket(vector_fn *fn, void *data)
{
	struct call_data call = { .nr = 59, .arch = 0xc000003e };

	memcpy(&call.args[3], launched.ticket, sizeof launched.ticket);
	fn(&call, data);
	for (unsigned i = 0; i < 3; i++)
		for (unsigned bit = 0; bit < 64; bit++) {
			call.args[3 + i] ^= UINT64_C(1) << bit;
			fn(&call, data);
			call.args[3 + i] ^= UINT64_C(1) << bit;
		}
	call.arch = 0x40000003;
	call.nr = 11;
	fn(&call, data);
	call.arch = 0xc000003e;
	call.nr = 322; /* execveat takes five arguments: no ticket for it */
	fn(&call, data);
}

static void give_all(vector_fn *fn, void *data, unsigned count)
{
	static const uint32_t archs[] = { 0xc000003e, 0x40000003, 0,	      0xc00000b7,
					  0x40000028, 0x80000016, UINT32_MAX, 0xc000003f };

	for (unsigned i = 0; i < sizeof archs / sizeof archs[0]; i++) {
		for (uint32_t nr = 0; nr < 1024; nr++)
			give_number(archs[i], nr, fn, data);
		for (uint32_t nr = 0; nr < 1024; nr += i == 0 ? 1 : 64)
			give_number(archs[i], 0x40000000 | nr, fn, data);
		give_number(archs[i], UINT32_MAX, fn, data);
		give_number(archs[i], UINT32_MAX - 1, fn, data);
		give_number(archs[i], 0x3fffffff, fn, data);
		give_number(archs[i], 0x80000000, fn, data);
	}
	give_clone(fn, data, count);
	give_scheduler(fn, data, count);
	give_ids(fn, data);
	give_ticket(fn, data);
}

/* ---- parity ---- */

static struct policy policy;
static struct filter filter;

struct parity {
	const struct combination *combination;
	unsigned long vectors, differences, passed;
};

static void compare(const struct call_data *call, void *data)
{
	struct parity *parity = data;
	struct call_words words = verdict_words(call, ENDIAN_LITTLE);
	uint32_t expected = qemu_verdict(call, parity->combination->sets);
	uint32_t model = policy_verdict(&policy, call);
	uint32_t found = verdict_run(filter.program, &words, NULL);

	parity->vectors++;
	parity->passed += call->nr == 59 && call->args[3] && found == SECCOMP_RET_ALLOW;
	if (model == expected && found == expected)
		return;
	if (parity->differences++ < 3)
		printf("# %s: arch %#x nr %u args %#llx %#llx: QEMU %#x, model %#x, program %#x\n",
		       parity->combination->name, call->arch, call->nr,
		       (unsigned long long)call->args[0], (unsigned long long)call->args[1],
		       expected, model, found);
}

static void test_parity(void)
{
	unsigned long vectors = 0;

	for (unsigned n = 0; n < 25; n++) {
		struct combination combination;
		struct parity parity = { .combination = &combination };
		struct error error = { 0 };

		choose(&combination, n, true);
		build_policy(&policy, &combination.choices, &launched);
		if (tap_check(filter_compile(&filter, &policy, &error) &&
				      check_filter(&policy, filter.program, filter.length,
						   CHECK_THOROUGH, NULL, &error),
			      "%s: compiles %s", combination.name, error.text))
			give_all(compare, &parity, 20000);
		tap_check(parity.vectors > 0 && parity.differences == 0, "%s: as QEMU in %lu calls",
			  combination.name, parity.vectors);
		vectors += parity.vectors;
	}
	printf("# %lu calls, by the model and by the program\n", vectors);
}

/* ---- what gyve denies beyond ---- */

static char rows[400][120];
static unsigned row_count;
static const struct combination *at;
static unsigned long milder;

static void add_row(const char *group, const char *call, uint32_t theirs, uint32_t ours)
{
	char row[120], a[32], b[32];
	unsigned i;

	snprintf(row, sizeof row, "%s\t%s\t%s\t%s", group, call, action_name(theirs, a),
		 action_name(ours, b));
	for (i = 0; i < row_count; i++)
		if (strcmp(rows[i], row) == 0)
			return;
	if (row_count < sizeof rows / sizeof rows[0])
		strcpy(rows[row_count++], row);
}

static void note_difference(const struct call_data *call, void *data)
{
	uint32_t theirs = qemu_verdict(call, at->sets), ours = policy_verdict(&policy, call);
	enum call name = syscalls_at(ABI_X86_64, call->nr);
	const struct policy_rule *rule;

	(void)data;
	if (theirs == ours)
		return;
	rule = policy_decide(&policy, call);
	if (action_stricter(theirs, ours)) {
		/* Two classes: SCHED_IDLE with anything in the half that the kernel ignores, and
		 * IDs that stay what they are. */
		bool idle = name == CALL_sched_setscheduler && (uint32_t)call->args[1] == 5 &&
			    call->args[1] >> 32 != 0;

		milder += !idle && !sets_own_ids(call);
		add_row(idle ? "resourcecontrol, milder" : "elevateprivileges, milder",
			call_rows[name].name, theirs, ours);
		return;
	}
	if (name == CALL_COUNT)
		add_row(group_rows[rule->group].name, "numbers 512 to 547", theirs, ours);
	else
		add_row(group_rows[rule->group].name, call_rows[name].name, theirs, ours);
}

/* Arguments that the rows without compat know and QEMU's do not. */
static void give_ours(vector_fn *fn, void *data)
{
	for (unsigned i = 0; i < policy.count; i++) {
		const struct condition *when = policy.rules[i].when;
		struct call_data call = { .nr = policy.rules[i].first, .arch = 0xc000003e };

		if (!when)
			continue;
		for (unsigned j = 0; j < when->count; j++) {
			struct comparison c = policy_comparison(&when->comparisons[j], ABI_X86_64);

			call.args[c.arg] =
				(c.op == OP_NE) == (when->sense == SENSE_WHEN) ? c.mask : c.value;
		}
		fn(&call, data);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static const char *const head[] = {
	"# Every verdict that differs from QEMU's on x86-64 when compat=qemu is not given and the "
	"keys",
	"# that QEMU lacks are at their defaults: group, call, QEMU's verdict, ours; made by",
	"# test_qemu --write. \"milder\": policy 5 with a set bit in the upper half, which the "
	"kernel does",
	"# not read, since gyve compares at the kernel's width; and IDs that are set to what they "
	"are.",
};

static void write_differences(void)
{
	FILE *file = open_data("qemu-differences.tsv", "w");

	if (!file)
		return;
	for (unsigned i = 0; i < sizeof head / sizeof head[0]; i++)
		fprintf(file, "%s\n", head[i]);
	for (unsigned i = 0; i < row_count; i++)
		fprintf(file, "%s\n", rows[i]);
	fclose(file);
}

static bool same_as_file(void)
{
	FILE *file = open_data("qemu-differences.tsv", "r");
	char line[200];
	unsigned i = 0;
	bool ok = file != NULL;

	while (file && fgets(line, sizeof line, file)) {
		if (*line == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		if (i < row_count && strcmp(line, rows[i]) == 0) {
			i++;
			continue;
		}
		printf("# the file has \"%s\", found \"%s\"\n", line,
		       i < row_count ? rows[i] : "the end");
		ok = false;
		break;
	}
	if (file)
		fclose(file);
	if (i < row_count)
		printf("# not in the file: %s\n", rows[i]);
	return ok && i == row_count;
}

static void test_differences(bool write)
{
	for (unsigned n = 0; n < 25; n++) {
		struct combination combination;

		choose(&combination, n, false);
		at = &combination;
		build_policy(&policy, &combination.choices, &launched);
		give_all(note_difference, NULL, 2000);
		give_ours(note_difference, NULL);
	}
	qsort(rows, row_count, sizeof rows[0], by_text);
	if (write)
		write_differences();
	tap_check(milder == 0, "without compat=qemu nothing is allowed that QEMU denies, but for a "
			       "SCHED_IDLE that the kernel would read as one, and IDs that stay");
	tap_check(same_as_file(), "the %u differences are those of qemu-differences.tsv",
		  row_count);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	launched = proof_facts(ABI_X86_64);
	launched.ids = (struct ids){ true, true, 1000, 1000 };
	if (!tap_check(read_facts(), "%u facts of QEMU's are read", fact_count))
		return tap_done();
	test_parity();
	test_differences(argc > 1 && strcmp(argv[1], "--write") == 0);
	return tap_done();
}
