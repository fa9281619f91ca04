/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy/remedy.h"
#include "policy/policy.h"
#include "syscalls/newer.h"

/* ---- rows ---- */

static const char *action_words(const struct rule_row *row, char text[static 48])
{
	char name[32];

	if (row->denial == DENY_KILL)
		return "kills the process (or what action= says)";
	action_name(SECCOMP_RET_ERRNO | (uint32_t)row->denial, name);
	/* "ERRNO(EPERM)" */
	snprintf(text, 48, "fails with %.*s", (int)strcspn(name + 6, ")"), name + 6);
	return text;
}

void explain_row(unsigned index, FILE *out)
{
	const struct rule_row *row = &rule_rows[index];
	const char *words = condition_words[row->condition];
	char action[48], item[48];

	snprintf(item, sizeof item, "%s=%s", key_rows[group_rows[row->group].key].name,
		 choices_denying_value(row)->name);
	fprintf(out, "  %-26s %s%s%s; %s row%s: %s", item, action_words(row, action),
		*words ? ", " : "", words, row->origin == ORIGIN_OURS ? "gyve's" : "QEMU's",
		row->origin == ORIGIN_EXACT ? " (only under compat=qemu)" : "",
		rule_reasons[index]);
	if (group_rows[row->group].key == KEY_ENABLE)
		fprintf(out, "; no item allows it\n");
	else
		fprintf(out, "; to allow: %s=%s\n", key_rows[group_rows[row->group].key].name,
			value_rows[remedy_value(group_rows[row->group].key, (int8_t)(row->rank - 1))]
				.name);
}

/* ---- calls ---- */

static void print_call(enum call call, FILE *out)
{
	const char *separator = "number ";

	fprintf(out, "%s: ", call_rows[call].name);
	for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
		if (!syscalls_same_kernel(abi, syscalls_native_abi()) ||
		    call_numbers[abi][call] == NO_NUMBER)
			continue;
		fprintf(out, "%s%d on %s", separator, call_numbers[abi][call], abi_rows[abi].name);
		separator = ", ";
	}
	if (*separator == 'n')
		fprintf(out, "not a call of %s", abi_rows[syscalls_native_abi()].name);
	fprintf(out, "; since Linux %s\n", call_rows[call].since);
}

static void explain_rows(enum call call, FILE *out)
{
	bool owned = false;

	for (unsigned i = 0; i < rule_row_count; i++)
		if (rule_rows[i].call == (int)call) {
			explain_row(i, out);
			owned = true;
		}
	if (!owned)
		fprintf(out, "  no key denies it\n");
}

void explain_kind(enum number_kind kind, FILE *out)
{
	switch (kind) {
	case NUMBER_NAMED: break;
	case NUMBER_UNKNOWN:
		fprintf(out, "  %-26s fails with ENOSYS, as on an older kernel\n", "unknown=deny");
		break;
	case NUMBER_STRAY:
		fprintf(out,
			"  %-26s kills the process: a call of x32 without its bit, before Linux "
			"5.4; no key allows x32\n",
			"enable=on");
		break;
	case NUMBER_X32:
		fprintf(out, "  %-26s kills the process: no key allows x32\n", "enable=on");
		break;
	case NUMBER_SKIP:
		fprintf(out,
			"  no key denies it: a tracer's word for \"skip this call\", which the "
			"kernel answers with ENOSYS\n");
		break;
	}
}

/* A number that the table has no name for. */
static void explain_unnamed(enum abi abi, uint32_t nr, FILE *out)
{
	char name[NEWER_NAME];

	fprintf(out,
		"%" PRIu32 ": no call of %s that gyve knows; its table reaches %" PRIu32
		", Linux %d.%d",
		abi == ABI_X32 ? nr & ~X32_BIT : nr, abi_rows[abi].name, syscalls_newest(abi),
		TABLE_KERNEL_MAJOR, TABLE_KERNEL_MINOR);
	if (newer_name(abi, nr, name))
		fprintf(out, "; libseccomp calls it %s", name);
	fputc('\n', out);
}

/* Calls of other ABIs are for the key abi to say before any other. */
static void explain_abi(enum abi abi, FILE *out)
{
	enum abi native = syscalls_native_abi();

	if (abi == native || abi == ABI_X32)
		return;
	if (syscalls_same_kernel(abi, native))
		fprintf(out,
			"  %-26s kills the process: %s is not %s; abi=all covers it by the same "
			"rules\n",
			"abi=native", abi_rows[abi].name, abi_rows[native].name);
	else
		fprintf(out, "  a call of another machine's ABI: not one of %s's\n",
			abi_rows[native].name);
}

static void explain_number(enum abi abi, uint32_t nr, FILE *out)
{
	const struct call_data data = { .nr = abi == ABI_X32 ? nr | X32_BIT : nr,
					.arch = abi_rows[abi].arch };
	enum call call;

	abi = syscalls_abi_of(&data);
	call = syscalls_at(abi, data.nr);
	if (call == CALL_COUNT)
		explain_unnamed(abi, data.nr, out);
	else
		print_call(call, out);
	explain_abi(abi, out);
	explain_kind(syscalls_kind(abi, data.nr), out);
	if (call != CALL_COUNT && abi != ABI_X32)
		explain_rows(call, out);
}

/* ---- groups and keys ---- */

static void add_word(FILE *out, const char *word, size_t *column)
{
	if (*column + strlen(word) + 2 > 96) {
		fprintf(out, "\n     ");
		*column = 5;
	}
	fprintf(out, " %s", word);
	*column += strlen(word) + 1;
}

/* Whether an earlier row that a key at this rank brings has named the same call. */
static bool is_named(unsigned index, unsigned rank)
{
	for (unsigned i = 0; i < index; i++)
		if (rule_rows[i].call == rule_rows[index].call &&
		    rule_rows[i].group == rule_rows[index].group && rule_rows[i].rank <= rank &&
		    rule_rows[i].origin != ORIGIN_EXACT)
			return true;
	return false;
}

static bool is_always(enum group group, int call, unsigned rank)
{
	for (unsigned i = 0; i < rule_row_count; i++)
		if (rule_rows[i].call == call && rule_rows[i].group == group &&
		    rule_rows[i].rank <= rank && rule_rows[i].condition == CONDITION_ALWAYS)
			return true;
	return false;
}

/* The calls that a group denies at this rank, those on a condition marked. */
static void list_calls(enum group group, unsigned rank, FILE *out)
{
	size_t column = 5;
	bool any = false;

	for (unsigned i = 0; i < rule_row_count; i++) {
		const struct rule_row *row = &rule_rows[i];
		char word[64];

		if (row->group != group || row->rank > rank || row->origin == ORIGIN_EXACT ||
		    is_named(i, rank))
			continue;
		if (!any)
			fprintf(out, "     ");
		any = true;
		snprintf(word, sizeof word, "%s%s", call_rows[row->call].name,
			 is_always(group, row->call, rank) ? "" : "*");
		add_word(out, word, &column);
	}
	if (any)
		fprintf(out, "\n");
}

static void explain_value(unsigned value, FILE *out)
{
	const struct value_row *row = &value_rows[value];
	const struct key_row *key = &key_rows[row->key];
	char item[48];

	snprintf(item, sizeof item, "%s=%s", key->name, row->name);
	fprintf(out, "  %-27s %s%s\n", item, row->help,
		value == choices_first_value(row->key) ? " (default)" : "");
	for (unsigned group = 0; group < GROUP_COUNT; group++)
		if (group_rows[group].key == row->key && row->rank > 0 &&
		    (group_rows[group].only == VALUE_COUNT || group_rows[group].only == value))
			list_calls(group, row->rank, out);
}

static void explain_key(enum key key, FILE *out)
{
	unsigned first = choices_first_value(key);

	fprintf(out, "%s: %s\n", key_rows[key].name, key_rows[key].help);
	for (unsigned i = first; i < first + choices_value_count(key); i++)
		explain_value(i, out);
	fprintf(out, "  * on a condition; --explain CALL says which\n");
	for (unsigned i = 0; i < survivor_row_count; i++)
		if (survivor_rows[i].key == key)
			fprintf(out, "  not covered: %s\n", survivor_rows[i].words);
}

static void explain_group(enum group group, FILE *out)
{
	fprintf(out, "%s: the group of %s\n", group_rows[group].name, group_rows[group].help);
	explain_key(group_rows[group].key, out);
}

/* ---- words ---- */

static const char *candidate(unsigned i)
{
	if (i < CALL_COUNT)
		return call_rows[i].name;
	i -= CALL_COUNT;
	return i < KEY_COUNT ? key_rows[i].name : group_rows[i - KEY_COUNT].name;
}

static bool refuse_word(const char *word, struct error *error)
{
	const char *nearest = diag_nearest(word, CALL_COUNT + KEY_COUNT + GROUP_COUNT, candidate);

	return diag_set(error, EXIT_GYVE, "there is no system call, group or key '%.100s'%s%s%s",
			word, nearest ? "; did you mean '" : "", nearest ? nearest : "",
			nearest ? "'?" : "");
}

/* "i386:11" or "x86_64:fork". false when the part before the colon is no ABI. */
static bool split_abi(const char **word, enum abi *abi)
{
	size_t length = strcspn(*word, ":");

	for (unsigned i = 0; (*word)[length] && i < ABI_COUNT; i++)
		if (strlen(abi_rows[i].name) == length &&
		    strncmp(*word, abi_rows[i].name, length) == 0) {
			*abi = i;
			*word += length + 1;
			return true;
		}
	return false;
}

static bool read_nr(const char *word, uint32_t *nr)
{
	unsigned long long number;
	char *end;

	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	number = strtoull(word, &end, 0);
	*nr = (uint32_t)number;
	return !errno && !*end && number <= UINT32_MAX;
}

static bool explain_item(const char *word, FILE *out)
{
	size_t length = strcspn(word, "=");

	for (unsigned i = 0; word[length] && i < VALUE_COUNT; i++) {
		const char *key = key_rows[value_rows[i].key].name;

		if (strlen(key) == length && strncmp(word, key, length) == 0 &&
		    strcmp(word + length + 1, value_rows[i].name) == 0) {
			explain_value(i, out);
			return true;
		}
	}
	return false;
}

static bool explain_of_abi(const char *word, enum abi abi, FILE *out)
{
	uint32_t nr;
	enum call call = syscalls_named(word);

	if (call != CALL_COUNT && !syscalls_number(abi, call, &nr)) {
		fprintf(out, "%s: not a call of %s\n", word, abi_rows[abi].name);
		return true;
	}
	if (call == CALL_COUNT && !read_nr(word, &nr) && !newer_number(abi, word, &nr))
		return false;
	explain_number(abi, nr, out);
	return true;
}

static bool explain_word(const char *word, FILE *out, struct error *error)
{
	enum abi abi = syscalls_native_abi();
	const char *rest = word;
	bool of_abi = split_abi(&rest, &abi);
	enum call call = syscalls_named(word);
	uint32_t nr;

	if (strchr(word, '/'))
		return explain_path(word, out, error);
	if (of_abi)
		return explain_of_abi(rest, abi, out) || refuse_word(word, error);
	if (call != CALL_COUNT) {
		print_call(call, out);
		explain_rows(call, out);
		return true;
	}
	if (read_nr(word, &nr) || newer_number(abi, word, &nr)) {
		explain_number(abi, nr, out);
		return true;
	}
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (strcmp(word, key_rows[key].name) == 0) {
			explain_key(key, out);
			return true;
		}
	for (unsigned group = 0; group < GROUP_COUNT; group++)
		if (strcmp(word, group_rows[group].name) == 0) {
			explain_group(group, out);
			return true;
		}
	return explain_item(word, out) || refuse_word(word, error);
}

bool explain_words(const struct request *request, FILE *out, struct error *error)
{
	for (char **word = request->operands; *word; word++)
		if (!explain_word(*word, out, error))
			return false;
	return true;
}
