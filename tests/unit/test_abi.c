/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules on every ABI: which rows of rules.def have a number there, compared with
 * tests/data/abi-rows.tsv, so that no row comes to nothing unseen; and every policy compiles and
 * passes the thorough check, whatever machine this runs on.
 *
 *   test_abi [--write]     --write rewrites abi-rows.tsv
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/check.h"
#include "bpf/filter.h"
#include "proof.h"

static struct policy policy;
static struct filter filter;

/* ---- which row is a real call where ---- */

static FILE *open_data(const char *mode)
{
	const char *source = getenv("GYVE_SOURCE");
	char path[4096];

	snprintf(path, sizeof path, "%s/tests/data/abi-rows.tsv", source ? source : ".");
	return fopen(path, mode);
}

static void format_row(unsigned index, char *text, size_t size)
{
	const struct rule_row *row = &rule_rows[index];
	size_t used = (size_t)snprintf(
		text, size, "%s\t%s\t%s", group_rows[row->group].name, call_rows[row->call].name,
		condition_words[row->condition][0] ? condition_words[row->condition] : "-");

	for (unsigned abi = 0; abi < ABI_COUNT && used < size; abi++) {
		int32_t number = call_numbers[abi][row->call];

		used += (size_t)(number == NO_NUMBER
					 ? snprintf(text + used, size - used, "\t-")
					 : snprintf(text + used, size - used, "\t%d", number));
	}
}

static bool is_header(const char *line)
{
	return line[0] == '#';
}

static void write_rows(void)
{
	FILE *file = open_data("w");
	char row[400];

	if (!file) {
		perror("abi-rows.tsv");
		return;
	}
	fputs("# Which row of rules.def has which number on which ABI; \"-\": the ABI lacks the "
	      "call, "
	      "and the row\n# does nothing there. Made by test_abi --write.\n"
	      "# group\tcall\tcondition",
	      file);
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		fprintf(file, "\t%s", abi_rows[abi].name);
	fputc('\n', file);
	for (unsigned i = 0; i < rule_row_count; i++) {
		format_row(i, row, sizeof row);
		fprintf(file, "%s\n", row);
	}
	fclose(file);
}

static bool rows_match_file(void)
{
	FILE *file = open_data("r");
	char line[400], row[400];
	unsigned i = 0;
	bool ok = file != NULL;

	while (ok && fgets(line, sizeof line, file)) {
		if (is_header(line))
			continue;
		line[strcspn(line, "\n")] = '\0';
		*row = '\0';
		if (i < rule_row_count)
			format_row(i, row, sizeof row);
		ok = strcmp(line, row) == 0;
		i++;
		if (!ok)
			printf("# the file has \"%s\", the table \"%s\"\n", line, row);
	}
	if (file)
		fclose(file);
	return ok && i == rule_row_count;
}

static void test_rows(void)
{
	bool somewhere = true;

	tap_check(rows_match_file(), "the %u rows have the numbers of abi-rows.tsv",
		  rule_row_count);
	for (unsigned i = 0; i < rule_row_count; i++) {
		unsigned count = 0;

		for (unsigned abi = 0; abi < ABI_COUNT; abi++)
			count += call_numbers[abi][rule_rows[i].call] != NO_NUMBER;
		if (count == 0)
			printf("# %s is on no ABI\n", call_rows[rule_rows[i].call].name);
		somewhere &= count > 0;
	}
	tap_check(somewhere, "every row is a real call on some ABI");
	for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
		bool filled = true;

		for (unsigned group = 0; group < GROUP_UNKNOWN; group++) {
			unsigned count = 0;

			for (unsigned i = 0; i < rule_row_count; i++)
				count += rule_rows[i].group == group &&
					 call_numbers[abi][rule_rows[i].call] != NO_NUMBER;
			if (count == 0)
				printf("# %s is empty\n", group_rows[group].name);
			filled &= count > 0;
		}
		tap_check(filled, "%s: no group is empty", abi_rows[abi].name);
	}
}

/* ---- rows that say different things of one call ---- */

/* "Unless all differ", which is "when it is one of these": none of them is what x asks for. */
static bool lists_others(const struct condition *list, const struct comparison *x)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->comparisons[i].op != OP_NE || list->comparisons[i].arg != x->arg ||
		    list->comparisons[i].value == x->value)
			return false;
	return list->sense == SENSE_UNLESS;
}

/* Whether two single values or masks of one argument exclude each other. */
static bool exclude_each(const struct condition *a, const struct condition *b)
{
	for (unsigned i = 0; i < a->count; i++) {
		const struct comparison *x = &a->comparisons[i];

		if (a->sense != SENSE_WHEN || x->op != OP_EQ)
			continue;
		if (lists_others(b, x))
			return true;
		for (unsigned j = 0; j < b->count; j++) {
			const struct comparison *y = &b->comparisons[j];

			if (b->sense == SENSE_WHEN && x->arg == y->arg && y->op == OP_EQ &&
			    ((x->value ^ y->value) & x->mask & y->mask))
				return true;
		}
	}
	return false;
}

static bool exclude(const struct condition *a, const struct condition *b)
{
	return exclude_each(a, b) || exclude_each(b, a);
}

/* Of two errnos on one call the kernel's order does not say which: they must not meet. */
static void test_agreement(void)
{
	bool ok = true;

	for (unsigned i = 0; i < rule_row_count; i++)
		for (unsigned j = i + 1; j < rule_row_count; j++) {
			const struct rule_row *a = &rule_rows[i], *b = &rule_rows[j];

			if (a->call != b->call || a->denial == b->denial ||
			    a->denial == DENY_KILL || b->denial == DENY_KILL ||
			    exclude(&condition_rows[a->condition], &condition_rows[b->condition]))
				continue;
			printf("# %s: %s says errno %d, %s says %d\n", call_rows[a->call].name,
			       group_rows[a->group].name, a->denial, group_rows[b->group].name,
			       b->denial);
			ok = false;
		}
	tap_check(ok, "no two rows give one call different errnos");
}

/* ---- abis.def ---- */

static void test_private(void)
{
	for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
		const struct abi_row *row = &abi_rows[abi];
		bool ok = true;

		for (unsigned call = 0; call < CALL_COUNT; call++) {
			uint32_t number = (uint32_t)call_numbers[abi][call];

			if (call_numbers[abi][call] != NO_NUMBER && number >= NUMBER_SPAN)
				ok &= row->private_first <= number && number <= row->private_last;
		}
		tap_check(ok && (row->private_last == 0 ||
				 syscalls_at(abi, row->private_first) != CALL_COUNT),
			  "%s: numbers above %u are private ones", row->name, syscalls_newest(abi));
	}
}

/* ---- every policy on every ABI ---- */

/* What no condition may depend on: the upper half on an ABI whose registers are half as wide. A
 * 64-bit program can set it when it makes a 32-bit call, and the kernel ignores it. */
static bool upper_half_does_not_matter(const struct policy_abi *abi)
{
	for (unsigned i = 0; i < policy.count; i++) {
		const struct condition *when = policy.rules[i].when;

		for (unsigned n = 0; when && n < 128; n++) {
			struct call_data call = { .nr = policy.rules[i].first,
						  .arch = abi_rows[abi->abi].arch };
			uint32_t plain, garbage;

			for (unsigned j = 0; j < when->count; j++) {
				struct comparison c =
					policy_comparison(&when->comparisons[j], abi->abi);

				call.args[c.arg] =
					(uint32_t)c.value ^ (n < 33 && n ? 1u << (n - 1) : 0);
				call.args[c.arg] =
					n >= 64 ? (uint32_t)(c.mask & (n - 64) * 0x01010101u)
						: call.args[c.arg];
			}
			plain = policy_verdict(&policy, &call);
			for (unsigned arg = 0; arg < 6; arg++)
				call.args[arg] |= UINT64_C(0xa5a5a5a5) << 32;
			garbage = policy_verdict(&policy, &call);
			if (plain != garbage) {
				printf("# call %u with %#llx\n", call.nr,
				       (unsigned long long)call.args[0]);
				return false;
			}
		}
	}
	return true;
}

static bool compile(const char *text, enum abi native, struct error *error)
{
	return proof_policy(text, native, &policy, error) &&
	       filter_compile(&filter, &policy, error) &&
	       check_filter(&policy, filter.program, filter.length, CHECK_THOROUGH, NULL, error) &&
	       check_filter(&policy, filter.program, filter.length, CHECK_LAUNCH, NULL, error);
}

/* Each value of each key alone, and with all others at their tightest. */
static unsigned compile_all(enum abi native, bool *upper)
{
	struct error error = { 0 };
	unsigned count = 0;

	for (unsigned i = 0; i < 3 * VALUE_COUNT; i++) {
		const struct value_row *value = &value_rows[i / 3];
		const char *const forms[] = { "on,%s=%s", "strict,%s=%s", "strict,abi=all,%s=%s" };
		char text[100];

		if (value->key == KEY_ENABLE)
			continue;
		if (i / 3 == VALUE_COMPAT_QEMU && i % 3 != 0)
			continue;
		snprintf(text, sizeof text, forms[i % 3], key_rows[value->key].name, value->name);
		if (!compile(text, native, &error)) {
			printf("# %s: %s\n", text, error.text);
			return 0;
		}
		for (unsigned j = 0; j < policy.abi_count; j++)
			if (abi_rows[policy.abis[j].abi].bits == 32)
				*upper &= upper_half_does_not_matter(&policy.abis[j]);
		count++;
	}
	return count;
}

static void test_policies(void)
{
	bool upper = true;

	for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
		unsigned count;

		if (abi == ABI_X32) /* never native, never covered */
			continue;
		count = compile_all(abi, &upper);
		tap_check(count > 60, "%s: %u policies compile and pass the thorough check",
			  abi_rows[abi].name, count);
	}
	tap_check(upper, "garbage in the upper halves of a 32-bit call changes no answer");
}

/* ---- single facts that a table cannot show to be right ---- */

static bool denied(const char *text, enum abi native, enum abi abi, uint32_t nr, uint64_t arg0)
{
	struct call_data call = { .nr = nr, .arch = abi_rows[abi].arch, .args = { arg0 } };
	struct error error;

	return compile(text, native, &error) && policy_verdict(&policy, &call) != SECCOMP_RET_ALLOW;
}

static bool request_denied(const char *text, enum abi abi, uint32_t request)
{
	struct call_data call = { .arch = abi_rows[abi].arch, .args = { 0, request } };
	struct error error;

	syscalls_number(abi, CALL_ioctl, &call.nr);
	return compile(text, abi, &error) &&
	       policy_verdict(&policy, &call) == (SECCOMP_RET_ERRNO | 1);
}

/* powerpc's own numbers of what _IO, _IOR and _IOW make, and the plain ones, everywhere. */
static void test_requests(void)
{
	static const struct {
		const char *spec;
		uint32_t generic, powerpc;
	} requests[] = {
		{ "on,network=local", 0x400454ca, 0x800454ca }, /* TUNSETIFF, _IOW */
		{ "on,kernel=deny", 0x8004587d, 0x4004587d },	/* FS_IOC_SHUTDOWN, _IOR */
		{ "on,kernel=deny", 0xc0045877, 0xc0045877 },	/* FIFREEZE, _IOWR */
		{ "on", 0x5501, 0x20005501 },			/* UI_DEV_CREATE, _IO */
		{ "on", 0x5416, 0x5416 },			/* TIOCMBIS, plain */
	};

	for (unsigned i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		bool good = true;

		for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
			bool powerpc = abi == ABI_PPC64LE;
			uint32_t own = powerpc ? requests[i].powerpc : requests[i].generic;
			uint32_t other = powerpc ? requests[i].generic : requests[i].powerpc;

			if (abi == ABI_X32)
				continue;
			good &= request_denied(requests[i].spec, abi, own) &&
				(own == other || !request_denied(requests[i].spec, abi, other));
		}
		tap_check(good, "ioctl %#x, %#x on powerpc: denied by %s, and not the other",
			  requests[i].generic, requests[i].powerpc, requests[i].spec);
	}
}

static void test_facts(void)
{
	bool stray = true, gaps = true;

	for (uint32_t nr = 512; nr < 548; nr++)
		stray &= denied("on", ABI_X86_64, ABI_X86_64, nr, 0);
	tap_check(stray && !denied("on", ABI_X86_64, ABI_X86_64, 511, 0) &&
			  !denied("on", ABI_X86_64, ABI_X86_64, 548, 0),
		  "x86_64: x32's numbers without its bit (execve, ptrace before Linux 5.4) are "
		  "denied");
	for (uint32_t nr = 337; nr < 424; nr++)
		gaps &= denied("on,unknown=deny", ABI_X86_64, ABI_X86_64, nr, 0);
	tap_check(gaps && !denied("on,unknown=deny", ABI_X86_64, ABI_X86_64, 336, 0) &&
			  !denied("on,unknown=deny", ABI_X86_64, ABI_X86_64, 424, 0) &&
			  denied("on,unknown=deny", ABI_X86_64, ABI_X86_64,
				 syscalls_newest(ABI_X86_64) + 1, 0),
		  "unknown=deny covers the gaps of the table");
	tap_check(!denied("on,unknown=deny", ABI_ARM, ABI_ARM, 0xf0005, 0) &&
			  denied("on,unknown=deny", ABI_ARM, ABI_ARM, 0xf0007, 0) &&
			  denied("on,unknown=deny", ABI_ARM, ABI_ARM, 0xeffff, 0),
		  "arm: unknown=deny leaves set_tls and its kind alone");
	tap_check(denied("on,spawn=deny", ABI_S390X, ABI_S390X, 120, 0x3d0f00) &&
			  !denied("on,spawn=deny", ABI_X86_64, ABI_X86_64, 56, 0x3d0f00),
		  "s390x: clone's flags are not in the first argument");
	tap_check(denied("on,spawn=deny,abi=all", ABI_X86_64, ABI_I386, 11, 0) &&
			  denied("on,spawn=deny,abi=all", ABI_AARCH64, ABI_ARM, 11, 0),
		  "abi=all: a foreign execve has no ticket");
	tap_check(denied("on,abi=all", ABI_X86_64, ABI_X32, X32_BIT | 1, 0),
		  "abi=all: x32 stays refused");
	test_requests();
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && strcmp(argv[1], "--write") == 0)
		write_rows();
	test_rows();
	test_agreement();
	test_private();
	test_facts();
	test_policies();
	return tap_done();
}
