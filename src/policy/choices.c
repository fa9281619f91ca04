/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/choices.h"

#include <stdio.h>
#include <string.h>

/* ---- the text of a SPEC ---- */

/* No key or value is nearly as long; a longer item is refused before it is looked up. */
#define ITEM_MAX 256

static const char *key_name(unsigned key)
{
	return key_rows[key].name;
}

static void list_keys(char *out, size_t size)
{
	size_t used = 0;

	for (unsigned key = 0; key < KEY_COUNT && used < size; key++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", key ? ", " : "",
					 key_name(key));
}

static void list_values(enum key key, char *out, size_t size)
{
	unsigned first = choices_first_value(key), count = choices_value_count(key);
	size_t used = 0;

	for (unsigned i = first; i < first + count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i > first ? ", " : "",
					 value_rows[i].name);
	for (unsigned i = 0; i < alias_row_count && used < size; i++)
		if (value_rows[alias_rows[i].value].key == key)
			used += (size_t)snprintf(out + used, size - used, ", %s",
						 alias_rows[i].name);
}

/* What the nearest word adds to a message, or "". */
static const char *suggestion(const char *nearest, char out[static 64])
{
	out[0] = '\0';
	if (nearest)
		snprintf(out, 64, "; did you mean '%s'?", nearest);
	return out;
}

/* Somebody who wrote ",," most likely meant one comma. */
static const char *comma_hint(const char *text)
{
	return strchr(text, ',') ? " (',,' stands for a literal comma)" : "";
}

static bool unknown_key(const char *key, const char *item, struct error *error)
{
	char keys[300], nearest[64];

	list_keys(keys, sizeof keys);
	if (*key == '\0')
		return diag_set(error, EXIT_GYVE,
				"-sandbox: no key before the '=' in '%s'; keys: %s", item, keys);
	suggestion(diag_nearest(key, KEY_COUNT, key_name), nearest);
	return diag_set(error, EXIT_GYVE, "-sandbox: unknown key '%s' in '%s'%s; keys: %s%s", key,
			item, nearest, keys, comma_hint(key));
}

/* The word list of diag_nearest has no context, so the key being looked at stands here. */
static enum key nearest_key;

static const char *value_name(unsigned i)
{
	return value_rows[choices_first_value(nearest_key) + i].name;
}

static bool unknown_value(enum key key, const char *value, const char *item, struct error *error)
{
	char values[300], nearest[64];

	list_values(key, values, sizeof values);
	if (*value == '\0')
		return diag_set(error, EXIT_GYVE, "-sandbox: no value after '%s'; accepted: %s",
				item, values);
	nearest_key = key;
	suggestion(diag_nearest(value, choices_value_count(key), value_name), nearest);
	return diag_set(error, EXIT_GYVE,
			"-sandbox: unknown value '%s' for '%s' in '%s'%s; accepted: %s%s", value,
			key_name(key), item, nearest, values, comma_hint(value));
}

static bool find_value(enum key key, const char *text, uint8_t *value)
{
	for (unsigned i = 0; i < VALUE_COUNT; i++)
		if (value_rows[i].key == key && strcmp(value_rows[i].name, text) == 0) {
			*value = (uint8_t)i;
			return true;
		}
	for (unsigned i = 0; i < alias_row_count; i++)
		if (value_rows[alias_rows[i].value].key == key &&
		    strcmp(alias_rows[i].name, text) == 0) {
			*value = alias_rows[i].value;
			return true;
		}
	return false;
}

static bool find_key(const char *text, enum key *key)
{
	for (unsigned i = 0; i < KEY_COUNT; i++)
		if (strcmp(key_name(i), text) == 0) {
			*key = i;
			return true;
		}
	return false;
}

/* An item without "=" that is not a value of enable in the first place. */
static bool refuse_bare_word(const char *word, bool first, struct error *error)
{
	char values[300], nearest[64];
	uint8_t value;
	enum key key;

	if (find_key(word, &key)) {
		list_values(key, values, sizeof values);
		return diag_set(
			error, EXIT_GYVE,
			"-sandbox: '%s' is a key and needs a value, as in '%s=%s'; accepted: %s",
			word, word, value_rows[choices_first_value(key) + 1].name, values);
	}
	if (!first && find_value(KEY_ENABLE, word, &value))
		return diag_set(error, EXIT_GYVE,
				"-sandbox: '%s' is not the first item, so it must be written "
				"'enable=%s'",
				word, word);
	nearest_key = KEY_ENABLE;
	if (first && (diag_nearest(word, choices_value_count(KEY_ENABLE), value_name) ||
		      !diag_nearest(word, KEY_COUNT, key_name)))
		return unknown_value(KEY_ENABLE, word, word, error);
	suggestion(diag_nearest(word, KEY_COUNT, key_name), nearest);
	return diag_set(error, EXIT_GYVE, "-sandbox: '%s' is not 'key=value'%s%s%s", word,
			first ? "" : "; only the first item may leave out 'enable='", nearest,
			comma_hint(word));
}

/* Who writes "on" by habit before the one item that is to change does not mean to undo "strict". */
static bool refuse_loosening(const char *word, struct error *error)
{
	return diag_set(error, EXIT_GYVE,
			"-sandbox: '%s' after an earlier 'strict' would undo it; leave it out to "
			"change single keys, or write 'enable=on' to mean it",
			word);
}

/* item is unescaped; it is cut at its "=", if it has one. */
static bool parse_item(char *item, bool first, struct choices *choices, struct error *error)
{
	char whole[ITEM_MAX], *equals = strchr(item, '=');
	const char *text = equals ? equals + 1 : item;
	enum key key = KEY_ENABLE;
	uint8_t value;

	memcpy(whole, item, strlen(item) + 1);
	if (equals) {
		*equals = '\0';
		if (!find_key(item, &key))
			return unknown_key(item, whole, error);
		if (!find_value(key, text, &choices->value[key]))
			return unknown_value(key, text, whole, error);
	} else if (!first || !find_value(key, text, &value)) {
		return refuse_bare_word(item, first, error);
	} else if (value == VALUE_ENABLE_ON && choices->value[key] == VALUE_ENABLE_STRICT) {
		return refuse_loosening(item, error);
	} else {
		choices->value[key] = value;
	}
	choices->given[key] = true;
	return true;
}

/*
 * Takes the next item off *text, ",," made ",". *last is whether it was the last one. NULL when the
 * item does not fit into out.
 */
static char *next_item(const char **text, char out[static ITEM_MAX], bool *last)
{
	const char *from = *text;
	size_t used = 0;

	for (; *from && !(from[0] == ',' && from[1] != ','); from++) {
		if (used == ITEM_MAX - 1)
			return NULL;
		out[used++] = *from;
		if (*from == ',')
			from++;
	}
	out[used] = '\0';
	*last = *from == '\0';
	*text = *last ? from : from + 1;
	return out;
}

bool choices_parse(const char *text, struct choices *choices, struct error *error)
{
	const char *spec = text;
	char item[ITEM_MAX];
	bool last = false;

	for (unsigned number = 1; !last; number++) {
		if (!next_item(&text, item, &last))
			return diag_set(
				error, EXIT_GYVE,
				"-sandbox: item %u has more than %d bytes; it begins '%.40s'",
				number, ITEM_MAX - 1, text);
		if (*spec == '\0')
			return diag_set(error, EXIT_GYVE,
					"-sandbox: SPEC is empty; write 'on', 'off', 'strict', or "
					"items 'key=value'");
		if (*item == '\0')
			return diag_set(error, EXIT_GYVE,
					"-sandbox: item %u of '%.200s' is empty; items are "
					"'key=value', with one comma between two of them",
					number, spec);
		if (!parse_item(item, number == 1, choices, error))
			return false;
	}
	return true;
}

void choices_degrade(const char *name, struct choices *choices)
{
	enum key key;

	if (find_key(name, &key))
		choices->degrade[key] = true;
}

/* ---- what the choices come to ---- */

unsigned choices_first_value(enum key key)
{
	unsigned i = 0;

	while (value_rows[i].key != key)
		i++;
	return i;
}

unsigned choices_value_count(enum key key)
{
	unsigned first = choices_first_value(key), i = first;

	while (i < VALUE_COUNT && value_rows[i].key == key)
		i++;
	return i - first;
}

bool choices_enabled(const struct choices *choices)
{
	return choices->value[KEY_ENABLE] != VALUE_ENABLE_OFF;
}

void choices_init(struct choices *choices)
{
	memset(choices, 0, sizeof *choices);
	/* Backwards, so that the first row of each key, its default, is what remains. */
	for (unsigned i = VALUE_COUNT; i-- > 0;)
		choices->value[value_rows[i].key] = (uint8_t)i;
}

static bool group_has_qemu_rows(enum key key)
{
	for (unsigned i = 0; i < rule_row_count; i++)
		if (group_rows[rule_rows[i].group].key == key && rule_rows[i].origin != ORIGIN_OURS)
			return true;
	return false;
}

/* Whether a key denies something, by a group of calls or by a domain. */
static bool key_denies(enum key key)
{
	for (unsigned i = 0; i < VALUE_COUNT; i++)
		if (value_rows[i].key == key && value_rows[i].effect & EFFECT_DOMAIN)
			return true;
	for (unsigned i = 0; i < GROUP_COUNT; i++)
		if (group_rows[i].key == key && key != KEY_ABI)
			return true;
	return false;
}

static void tighten(struct choices *choices)
{
	for (unsigned i = 0; i < VALUE_COUNT; i++) {
		enum key key = value_rows[i].key;

		if (key != KEY_ENABLE && !choices->given[key] &&
		    value_rows[i].effect & EFFECT_TIGHTEST)
			choices->value[key] = (uint8_t)i;
	}
}

static bool wants_domain(const struct choices *choices, enum key key)
{
	return choices_enabled(choices) && value_rows[choices->value[key]].effect & EFFECT_DOMAIN;
}

static bool refuse_idle_degrade(const struct choices *choices, struct error *error)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (choices->degrade[key] && !wants_domain(choices, key))
			return diag_set(error, EXIT_GYVE,
					"'--degrade %s' has no meaning: '%s' is not denied",
					key_rows[key].name, key_rows[key].name);
	return true;
}

/* Under compat=qemu: keys that QEMU has no rows for are refused if given, else opened. */
static bool settle_as_qemu(struct choices *choices, struct error *error)
{
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		const struct value_row *value = &value_rows[choices->value[key]];
		bool is_qemus = !key_denies(key) || group_has_qemu_rows(key);

		if (is_qemus && !(value->effect & EFFECT_OURS))
			continue;
		if (choices->given[key] && value->rank > 0)
			return diag_set(
				error, EXIT_GYVE,
				"-sandbox: '%s=%s' contradicts 'compat=qemu': QEMU's sandbox "
				"has no rows for it; leave out one of the two",
				key_rows[key].name, value->name);
		/* Not given, so it is a default: QEMU's language does not have it. */
		for (unsigned i = 0; i < VALUE_COUNT; i++)
			if (value_rows[i].key == key && value_rows[i].rank == 0)
				choices->value[key] = (uint8_t)i;
	}
	return true;
}

bool choices_settle(struct choices *choices, struct error *error)
{
	if (choices_enabled(choices)) {
		if (choices->value[KEY_ENABLE] == VALUE_ENABLE_STRICT)
			tighten(choices);
		if (choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU &&
		    !settle_as_qemu(choices, error))
			return false;
	}
	return refuse_idle_degrade(choices, error);
}

bool choices_need(const struct choices *choices, enum need need[static KEY_COUNT])
{
	bool any = false;

	for (unsigned key = 0; key < KEY_COUNT; key++) {
		bool demanded = choices->given[key] && !choices->degrade[key];

		need[key] = NEED_NONE;
		if (!wants_domain(choices, key))
			continue;
		need[key] = demanded ? NEED_DEMANDED : NEED_WISHED;
		any = true;
	}
	return any;
}

enum no_new_privs choices_no_new_privs(const struct choices *choices)
{
	unsigned value = choices->value[KEY_ELEVATEPRIVILEGES];

	/* QEMU's filter comes with no_new_privs whatever elevateprivileges says: libseccomp sets
	 * it. */
	if (choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU)
		return NNP_SET;
	if (value == VALUE_ELEVATEPRIVILEGES_ALLOW && choices->given[KEY_ELEVATEPRIVILEGES])
		return NNP_IF_NEEDED;
	return NNP_SET;
}

bool choices_row_is_on(const struct rule_row *row, const struct choices *choices)
{
	const struct group_row *group = &group_rows[row->group];
	unsigned value = choices->value[group->key];

	if (group->only != VALUE_COUNT)
		return value == group->only;
	return row->rank <= value_rows[value].rank;
}

const struct value_row *choices_denying_value(const struct rule_row *row)
{
	unsigned best = group_rows[row->group].only;

	for (unsigned i = 0; i < VALUE_COUNT && group_rows[row->group].only == VALUE_COUNT; i++)
		if (value_rows[i].key == group_rows[row->group].key &&
		    value_rows[i].rank >= row->rank &&
		    (best == VALUE_COUNT || value_rows[i].rank < value_rows[best].rank))
			best = i;
	return &value_rows[best];
}
