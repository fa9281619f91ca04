/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/sandbox_opt.h"

#include <stdio.h>
#include <string.h>

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

bool sandbox_opt_parse(const char *text, struct choices *choices, struct error *error)
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

void sandbox_opt_degrade(const char *name, struct choices *choices)
{
	enum key key;

	if (find_key(name, &key))
		choices->degrade[key] = true;
}
