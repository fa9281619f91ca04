/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/data/considered.tsv, which says of each key what was considered besides its rows: what the
 * file calls "in" is denied by that key on some ABI, what it calls "out" on none, and nothing of
 * Linux is left out: every call, and every number of the ranges below.
 */
#include <stdlib.h>
#include <string.h>

#include "proof.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* One call, with arguments or whatever they are, under one key or all. */
struct item {
	unsigned line;
	unsigned key; /* KEY_COUNT: every one */
	enum call call;
	bool has_args, is_in, denied;
	uint64_t args[6];
	char text[80];
};

static struct item items[2000];
static unsigned item_count;
static struct policy policy;

/* Numbers of which none may be missing: of which argument of which call. */
static const struct range {
	enum call call;
	unsigned arg;
	uint64_t first, last;
} ranges[] = {
	{ CALL_prctl, 0, 1, 81 },	   { CALL_keyctl, 0, 0, 32 },
	{ CALL_fcntl, 1, 0, 10 },	   { CALL_fcntl, 1, 12, 17 },
	{ CALL_fcntl, 1, 36, 38 },	   { CALL_fcntl, 1, 1024, 1040 },
	{ CALL_ioctl, 1, 0x5401, 0x5425 }, { CALL_ioctl, 1, 0x5427, 0x5429 },
	{ CALL_ioctl, 1, 0x542e, 0x542f }, { CALL_ioctl, 1, 0x5432, 0x5435 },
	{ CALL_ioctl, 1, 0x5437, 0x5437 }, { CALL_ioctl, 1, 0x5450, 0x545d },
	{ CALL_ioctl, 1, 0x5460, 0x5460 }, { CALL_ioctl, 1, 0x4b2f, 0x4b37 },
	{ CALL_ioctl, 1, 0x4b3a, 0x4b3d }, { CALL_ioctl, 1, 0x4b40, 0x4b41 },
	{ CALL_ioctl, 1, 0x4b44, 0x4b4e }, { CALL_ioctl, 1, 0x4b52, 0x4b52 },
	{ CALL_ioctl, 1, 0x4b60, 0x4b6d }, { CALL_ioctl, 1, 0x4b70, 0x4b72 },
	{ CALL_ioctl, 1, 0x4bfa, 0x4bfb }, { CALL_ioctl, 1, 0x5600, 0x560f },
};

/* ---- reading ---- */

static void bail_out(unsigned line, const char *why, const char *text)
{
	printf("Bail out! tests/data/considered.tsv:%u: %s: '%s'\n", line, why, text);
	exit(1);
}

static unsigned find_key(const char *name)
{
	unsigned key = 0;

	while (key < KEY_COUNT && strcmp(key_rows[key].name, name) != 0)
		key++;
	return key;
}

/* "-" or "NAME=NUMBER", between commas up to the closing bracket. */
static void read_arguments(struct item *item, char *text)
{
	char *save = NULL, *word = strtok_r(text, ",)", &save);

	for (unsigned i = 0; word; i++, word = strtok_r(NULL, ",)", &save)) {
		char *equals = strchr(word, '='), *end = NULL;

		if (i == COUNT(item->args) || (!equals && strcmp(word, "-") != 0))
			bail_out(item->line, "not an argument", word);
		if (equals)
			item->args[i] = strtoull(equals + 1, &end, 0);
		if (end && *end)
			bail_out(item->line, "not a number", word);
	}
}

static void read_item(unsigned line, unsigned key, bool is_in, char *word)
{
	struct item *item = &items[item_count++];
	char *open;

	if (item_count == COUNT(items))
		bail_out(line, "more than this test has room for", word);
	*item = (struct item){ .line = line, .key = key, .is_in = is_in };
	snprintf(item->text, sizeof item->text, "%s", word);
	open = strchr(word, '(');
	if (open) {
		*open = '\0';
		item->has_args = true;
		read_arguments(item, open + 1);
	}
	item->call = syscalls_named(word);
	if (item->call == CALL_COUNT)
		bail_out(line, "no such call", word);
}

static void read_line(unsigned line, char *text)
{
	char *fields[4], *save = NULL;
	unsigned key;

	for (unsigned i = 0; i < COUNT(fields); i++) {
		fields[i] = strsep(&text, "\t");
		if (!fields[i] || !*fields[i])
			bail_out(line, "not four fields", "");
	}
	key = find_key(fields[0]);
	if (text || (key == KEY_COUNT && strcmp(fields[0], "*") != 0))
		bail_out(line, "no such key", fields[0]);
	if (strcmp(fields[2], "in") != 0 && strcmp(fields[2], "out") != 0)
		bail_out(line, "no verdict", fields[2]);
	for (char *word = strtok_r(fields[1], " ", &save); word; word = strtok_r(NULL, " ", &save))
		read_item(line, key, strcmp(fields[2], "in") == 0, word);
}

static void read_file(void)
{
	const char *source = getenv("GYVE_SOURCE");
	char text[4096];
	FILE *file;

	snprintf(text, sizeof text, "%s/tests/data/considered.tsv", source ? source : ".");
	file = fopen(text, "r");
	for (unsigned line = 1; file && fgets(text, sizeof text, file); line++) {
		if (!strchr(text, '\n'))
			bail_out(line, "too long a line", text);
		text[strcspn(text, "\n")] = '\0';
		if (*text && *text != '#')
			read_line(line, text);
	}
	if (file)
		fclose(file);
}

/* ---- verdicts ---- */

static bool is_of_key(const struct policy_rule *rule, unsigned key)
{
	return rule && rule->row >= 0 && group_rows[rule->group].key == key;
}

/* Whether the key, the only one at a denying value, denies the item on an ABI of the policy. */
static bool is_denied(const struct item *item, unsigned key)
{
	const struct policy_abi *abi = &policy.abis[0];
	struct call_data call = { .arch = abi_rows[abi->abi].arch };
	struct policy_cursor cursor;
	const struct policy_rule *rule;

	if (!syscalls_number(abi->abi, item->call, &call.nr))
		return false;
	memcpy(call.args, item->args, sizeof call.args);
	if (item->has_args)
		return is_of_key(policy_decide(&policy, &call), key);
	cursor = policy_rules_of(&policy, abi, call.nr);
	while ((rule = policy_next(&cursor)) != NULL)
		if (is_of_key(rule, key))
			return true;
	return false;
}

static void try_value(unsigned value)
{
	unsigned key = value_rows[value].key;
	struct choices choices;

	choices_init(&choices);
	for (unsigned i = 0; i < VALUE_COUNT; i++)
		if (value_rows[i].rank == 0 && value_rows[i].key != KEY_ENABLE &&
		    value_rows[choices.value[value_rows[i].key]].rank > 0)
			choices.value[value_rows[i].key] = (uint8_t)i;
	choices.value[key] = (uint8_t)value;
	for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
		struct policy_facts facts = proof_facts(abi);

		if (abi == ABI_X32)
			continue;
		build_policy(&policy, &choices, &facts);
		for (unsigned i = 0; i < item_count; i++)
			if (items[i].key == key || items[i].key == KEY_COUNT)
				items[i].denied |= is_denied(&items[i], key);
	}
}

static void test_verdicts(void)
{
	unsigned ins = 0, wrong = 0;

	for (unsigned value = 0; value < VALUE_COUNT; value++)
		if (value_rows[value].rank > 0 && value != VALUE_ENABLE_STRICT)
			try_value(value);
	for (unsigned i = 0; i < item_count; i++) {
		ins += items[i].is_in;
		if (items[i].denied == items[i].is_in)
			continue;
		printf("# line %u: %s is %s\n", items[i].line, items[i].text,
		       items[i].denied ? "denied" : "denied by no ABI's rules");
		wrong++;
	}
	tap_check(wrong == 0 && ins > 20 && item_count > 400,
		  "%u calls and arguments are in or out as considered.tsv says, %u of them in",
		  item_count, ins);
}

/* ---- nothing is missing ---- */

static bool has_rule(enum call call)
{
	for (unsigned i = 0; i < rule_row_count; i++)
		if (rule_rows[i].call == (int)call)
			return true;
	return false;
}

static bool is_listed(enum call call)
{
	for (unsigned i = 0; i < item_count; i++)
		if (items[i].call == call && !items[i].has_args)
			return true;
	return false;
}

static bool has_number(const struct range *range, uint64_t number)
{
	for (unsigned i = 0; i < item_count; i++)
		if (items[i].call == range->call && items[i].has_args &&
		    items[i].args[range->arg] == number)
			return true;
	return false;
}

static void test_complete(void)
{
	unsigned missing = 0;

	for (unsigned call = 0; call < CALL_COUNT; call++) {
		bool has_arguments = call == CALL_fcntl;

		if (has_rule(call) || is_listed(call) || has_arguments)
			continue;
		printf("# nobody considered %s\n", call_rows[call].name);
		missing++;
	}
	tap_check(missing == 0, "every call has a row of rules.def, or was considered");
	for (unsigned i = 0; i < COUNT(ranges); i++) {
		const struct range *range = &ranges[i];

		missing = 0;
		for (uint64_t number = range->first; number <= range->last; number++)
			if (!has_number(range, number) && missing++ < 5)
				printf("# nobody considered %#llx\n", (unsigned long long)number);
		tap_check(missing == 0, "%s: all from %#llx to %#llx were considered",
			  call_rows[range->call].name, (unsigned long long)range->first,
			  (unsigned long long)range->last);
	}
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	read_file();
	if (tap_check(item_count > 0, "considered.tsv is read")) {
		test_verdicts();
		test_complete();
	}
	return tap_done();
}
