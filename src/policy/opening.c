/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/opening.h"

#include <errno.h>
#include <stdlib.h>

/* What each option opens, and the least that it takes to be closed. The stricter of two counts. */
static const struct {
	enum option_id option;
	unsigned what;
	enum key key;
	unsigned value;
} openings[] = {
	{ OPTION_WRITE, OPENED_WRITE, KEY_FILES, VALUE_FILES_READ },
	{ OPTION_READ, OPENED_READ, KEY_FILES, VALUE_FILES_DENY },
	{ OPTION_CONNECT, OPENED_CONNECT, KEY_NETWORK, VALUE_NETWORK_PORTS },
	{ OPTION_BIND, OPENED_BIND, KEY_NETWORK, VALUE_NETWORK_PORTS },
};
#define OPENINGS (sizeof openings / sizeof openings[0])

bool opening_is_given(const struct request *request)
{
	bool given = request->given[OPTION_NO_BASE];

	for (unsigned i = 0; i < OPENINGS; i++)
		given |= request->given[openings[i].option];
	return given;
}

/* --read asks for files=deny, --write is content with files=read or files=deny. */
static bool contradicts(const struct choices *choices, enum key key, unsigned value)
{
	const struct value_row *has = &value_rows[choices->value[key]];

	if (key == KEY_FILES)
		return has->rank < value_rows[value].rank;
	return choices->value[key] != value;
}

static bool imply(struct request *request, unsigned i, struct error *error)
{
	struct choices *choices = &request->choices;
	enum key key = openings[i].key;
	unsigned value = openings[i].value;

	if (!request->given[openings[i].option])
		return true;
	if (!choices_enabled(choices))
		return diag_set(error, EXIT_GYVE, "'--%s' has no meaning with '-sandbox off'",
				option_rows[openings[i].option].name);
	if (choices->given[key] && contradicts(choices, key, value))
		return diag_set(error, EXIT_GYVE,
				"'--%s' contradicts '%s=%s': it opens part of what '%s=%s' closes",
				option_rows[openings[i].option].name, key_rows[key].name,
				value_rows[choices->value[key]].name, key_rows[key].name,
				value_rows[value].name);
	if (!choices->given[key])
		request->implied[key] = (uint8_t)value;
	return true;
}

static bool fill(struct request *request, struct error *error)
{
	request->opened = calloc(request->repeated_count, sizeof *request->opened);
	if (!request->opened)
		return diag_errno(error, EXIT_GYVE, errno, "cannot keep what is opened");
	for (unsigned i = 0; i < request->repeated_count; i++) {
		const struct repeated *from = &request->repeated[i];

		for (unsigned j = 0; j < OPENINGS; j++) {
			struct opened *opened = &request->opened[request->opened_count];

			if (openings[j].option != from->id)
				continue;
			opened->what = openings[j].what;
			opened->text = from->argument;
			if (openings[j].key == KEY_NETWORK &&
			    !reach_read_ports(option_rows[from->id].name, from->argument, opened,
					      error))
				return false;
			request->opened_count++;
		}
	}
	return true;
}

bool opening_imply(struct request *request, struct error *error)
{
	struct choices *choices = &request->choices;

	if (!opening_is_given(request))
		return true;
	for (unsigned i = 0; i < OPENINGS; i++)
		if (!imply(request, i, error))
			return false;
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (request->implied[key]) {
			choices->value[key] = request->implied[key];
			choices->given[key] = true;
		}
	choices->binds = request->given[OPTION_BIND];
	return fill(request, error);
}

bool opening_fits(const struct request *request, struct error *error)
{
	if (!request->given[OPTION_NO_BASE] ||
	    (choices_enabled(&request->choices) &&
	     request->choices.value[KEY_FILES] == VALUE_FILES_DENY))
		return true;
	return diag_set(error, EXIT_GYVE,
			"'--no-base' has no meaning without 'files=deny' or '--read'");
}

void opening_reach(const struct request *request, const char *command, struct reach *reach)
{
	choices_need(&request->choices, reach->need);
	reach->closes_reading = request->choices.value[KEY_FILES] == VALUE_FILES_DENY;
	reach->base = !request->given[OPTION_NO_BASE];
	reach->command = reach->closes_reading ? command : NULL;
	reach->opened_count = request->opened_count;
	reach->opened = request->opened;
}
