/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The remedy of a denial, tried: the items that remedy_items names let the call through, none of
 * them could be left out, and where it names none, none would do. For every number of this
 * machine's ABIs, for the arguments that the rules know, under policies that deny as much as they
 * can.
 */
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>

#include "policy/build.h"
#include "policy/remedy.h"
#include "proof.h"

static struct policy policy, remedied, open_policy;
static struct choices choices;
static unsigned long tried, failed;

static void choose(const char *text, struct choices *out)
{
	struct error error;

	if (!proof_choose(text, out, &error)) {
		printf("Bail out! %s: %s\n", text, error.text);
		exit(1);
	}
}

static void build(struct policy *out, const struct choices *from)
{
	struct policy_facts facts = proof_facts(syscalls_native_abi());

	build_policy(out, from, &facts);
}

static bool allows(const struct policy *by, const struct call_data *call)
{
	return policy_verdict(by, call) == SECCOMP_RET_ALLOW;
}

static void complain(const struct call_data *call, const char *what, const char *items)
{
	if (failed++ < 10)
		printf("# arch %#x nr %u args %#llx %#llx: %s '%s'\n", call->arch, call->nr,
		       (unsigned long long)call->args[0], (unsigned long long)call->args[1], what,
		       items);
}

/* Builds the policy with each key that needs opening opened, but for one (KEY_COUNT: for none). */
static void build_remedied(const struct remedy *remedy, unsigned but)
{
	struct choices opened = choices;

	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (key != but && (int)value_rows[choices.value[key]].rank > remedy->rank[key])
			opened.value[key] = (uint8_t)remedy_value(key, remedy->rank[key]);
	build(&remedied, &opened);
}

static void try_items(const struct call_data *call, const struct remedy *remedy, const char *items)
{
	build_remedied(remedy, KEY_COUNT);
	if (!allows(&remedied, call))
		complain(call, "is still denied with", items);
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		if ((int)value_rows[choices.value[key]].rank <= remedy->rank[key])
			continue;
		build_remedied(remedy, key);
		if (allows(&remedied, call))
			complain(call, key_rows[key].name, "is not needed");
	}
}

static void try_call(const struct call_data *call)
{
	static struct line line;
	struct remedy remedy;

	if (allows(&policy, call))
		return;
	tried++;
	line_clear(&line);
	remedy_init(&remedy);
	remedy_of_call(&remedy, call, NULL, &choices);
	switch (remedy_items(&remedy, &choices, &line)) {
	case REMEDY_ITEMS: try_items(call, &remedy, line.text); break;
	case REMEDY_NO_ITEM: complain(call, "is denied, and no item to blame", ""); break;
	case REMEDY_BEYOND:
		if (allows(&open_policy, call))
			complain(call, "is allowed by items, but none was named", "");
		break;
	}
}

/* Arguments for which each rule on the number holds, and for which none does. */
static void try_number(uint32_t arch, uint32_t nr)
{
	const struct policy_abi *abi = policy_find_abi(&policy, arch);
	struct call_data call = { .nr = nr, .arch = arch };
	struct policy_cursor cursor;
	const struct policy_rule *rule;

	try_call(&call);
	memset(call.args, 0xff, sizeof call.args);
	try_call(&call);
	if (!abi)
		return;
	cursor = policy_rules_of(&policy, abi, nr);
	while ((rule = policy_next(&cursor)) != NULL) {
		memset(call.args, 0, sizeof call.args);
		for (unsigned i = 0; rule->when && i < rule->when->count; i++) {
			struct comparison c =
				policy_comparison(&rule->when->comparisons[i], abi->abi);

			call.args[c.arg] = (c.op == OP_NE) == (rule->when->sense == SENSE_WHEN)
						   ? c.mask
						   : c.value;
		}
		if (rule->when)
			try_call(&call);
	}
}

static void try_arch(uint32_t arch)
{
	static const uint32_t bases[] = { 0xf0000,    X32_BIT,	       X32_BIT + 512, 0x7ffffff0,
					  0x80000020, UINT32_MAX - 20, X32_BIT - 20 };

	for (uint32_t nr = 0; nr < NUMBER_SPAN + 20; nr++)
		try_number(arch, nr);
	for (unsigned i = 0; i < sizeof bases / sizeof bases[0]; i++)
		for (uint32_t off = 0; off < 20; off++)
			try_number(arch, bases[i] + off);
	try_number(arch, UINT32_MAX);
}

static void test_remedies(const char *text)
{
	struct choices all_open = { 0 };

	choose(text, &choices);
	build(&policy, &choices);
	all_open = choices;
	for (unsigned i = 0; i < VALUE_COUNT; i++)
		if (value_rows[i].rank == 0 && value_rows[i].key != KEY_ENABLE &&
		    value_rows[i].key != KEY_ACTION && value_rows[i].key != KEY_COMPAT)
			all_open.value[value_rows[i].key] = (uint8_t)i;
	build(&open_policy, &all_open);
	tried = failed = 0;
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (abi != ABI_X32)
			try_arch(abi_rows[abi].arch);
	try_arch(0);
	tap_check(tried > 500 && failed == 0, "%s: the remedy of %lu denials holds, and is no more",
		  text, tried);
}

/* ---- clone3 ---- */

static const char *remedy_of_clone3(uint64_t flags, const char *text)
{
	static struct line line;
	struct call_data call = { .arch = abi_rows[syscalls_native_abi()].arch };
	struct remedy remedy;

	choose(text, &choices);
	syscalls_number(syscalls_native_abi(), CALL_clone3, &call.nr);
	line_clear(&line);
	remedy_init(&remedy);
	remedy_of_call(&remedy, &call, &flags, NULL);
	switch (remedy_items(&remedy, &choices, &line)) {
	case REMEDY_ITEMS: return line.text;
	case REMEDY_NO_ITEM: return "none";
	case REMEDY_BEYOND: break;
	}
	return "beyond";
}

#define THREAD_FLAGS                                                                        \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
	 CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static void test_clone3(void)
{
	static const struct {
		uint64_t flags;
		const char *spec, *remedy;
	} rows[] = {
		{ THREAD_FLAGS, "strict", "none" },
		{ THREAD_FLAGS, "on,namespaces=deny", "none" },
		/* posix_spawn of glibc, with CLONE_CLEAR_SIGHAND, which clone has no bit for */
		{ CLONE_VM | CLONE_VFORK | UINT64_C(0x100000000), "strict", "spawn=allow" },
		{ CLONE_VM | CLONE_VFORK, "strict,spawn=allow", "none" },
		{ 0, "on,elevateprivileges=deny,spawn=deny", "spawn=allow" },
		{ CLONE_NEWNET, "strict", "spawn=allow,namespaces=allow" },
		{ CLONE_NEWUSER, "strict,spawn=allow", "elevateprivileges=allow,namespaces=allow" },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *found = remedy_of_clone3(rows[i].flags, rows[i].spec);

		tap_check(strcmp(found, rows[i].remedy) == 0,
			  "%s, clone3 with flags %#llx: to allow: %s (%s)", rows[i].spec,
			  (unsigned long long)rows[i].flags, rows[i].remedy, found);
	}
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_remedies("strict");
	test_remedies("strict,abi=all");
	test_remedies("strict,unknown=allow");
	test_remedies("strict,network=local");
	test_remedies("on,elevateprivileges=deny,spawn=deny,resourcecontrol=deny,compat=qemu");
	test_clone3();
	return tap_done();
}
