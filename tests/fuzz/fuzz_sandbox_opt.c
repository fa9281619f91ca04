/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of the SPEC parser. The input is one SPEC, or several with a NUL between two, as
 * several -sandbox options give them.
 *
 * What must hold: nothing crashes; a refusal has status 125 and one line of text; what is accepted
 * makes the same choices again when written out key by key; and it can be settled, or is refused as
 * a contradiction.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/choices.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const struct error *error)
{
	char line[5 * sizeof error->text];
	size_t length = diag_visible(line, sizeof line, error->text);

	must(error->status == EXIT_GYVE, "a refusal has status 125");
	must(strncmp(line, "-sandbox: ", 10) == 0 && length > 10, "a refusal says what it is of");
	for (size_t i = 0; i < length; i++)
		must((unsigned char)line[i] >= 0x20 && line[i] != 0x7f,
		     "a refusal is one line without control characters");
}

static void check_values(const struct choices *choices)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		must(choices->value[key] < VALUE_COUNT &&
			     value_rows[choices->value[key]].key == key,
		     "every key has a value of its own");
}

/* The same choices in canonical form: each given key once, with its value's first name. */
static void write_out(const struct choices *choices, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (choices->given[key])
			used += (size_t)snprintf(out + used, size - used, "%s%s=%s",
						 used ? "," : "", key_rows[key].name,
						 value_rows[choices->value[key]].name);
	must(used < size, "the canonical form fits");
}

static void check_again(const struct choices *choices)
{
	char spec[1000];
	struct choices again;
	struct error error;

	write_out(choices, spec, sizeof spec);
	choices_init(&again);
	must(choices_parse(spec, &again, &error), "the canonical form is accepted");
	must(memcmp(choices, &again, sizeof again) == 0, "and makes the same choices");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct choices choices;
	struct error error;

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	choices_init(&choices);
	for (const char *spec = text; spec <= text + size; spec += strlen(spec) + 1)
		if (!choices_parse(spec, &choices, &error)) {
			check_error(&error);
			free(text);
			return 0;
		}
	free(text);
	check_values(&choices);
	check_again(&choices);
	if (!choices_settle(&choices, &error)) {
		check_error(&error);
		return 0;
	}
	check_values(&choices);
	must(choices_no_new_privs(&choices) == NNP_SET || choices.given[KEY_ELEVATEPRIVILEGES],
	     "no_new_privs is left alone only on request");
	return 0;
}
