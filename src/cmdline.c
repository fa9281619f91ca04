/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmdline.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "sandbox_opt.h"

#define WITH(mode) (UINT64_C(1) << OPTION_##mode)
enum { NO_OPERANDS = 0, SOME_OPERANDS = 1 };
enum { KIND_MODIFIER = false, KIND_MODE = true };

const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(id, name, argument, metavar, kind, with, help) \
	{ name, metavar, KIND_##kind, with, help },
#include "tables/options.def"
#undef OPTION
};

/* getopt returns '?' and ':' for errors: the options' values begin above them. */
#define FIRST_VALUE 256
#define NO no_argument
#define NEEDED required_argument

static const struct option long_options[] = {
#define OPTION(id, name, argument, ...) { name, argument, NULL, FIRST_VALUE + OPTION_##id },
#include "tables/options.def"
#undef OPTION
	{ NULL, 0, NULL, 0 },
};

static const char *option_name(unsigned i)
{
	return option_rows[i].name;
}

static const char *mode_name(enum option_id mode)
{
	return mode == OPTION_LAUNCH ? "a launch" : option_name(mode);
}

/* The length of an option as typed, without dashes and value. */
static int typed_length(const char *word)
{
	return (int)strcspn(word, "=");
}

static bool refuse_option(const char *typed, struct error *error)
{
	const char *word = typed + strspn(typed, "-"), *nearest;
	char name[64];
	unsigned candidates = 0;

	snprintf(name, sizeof name, "%.*s", typed_length(word), word);
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		if (strcmp(option_name(i), name) == 0)
			return diag_set(error, EXIT_GYVE,
					"option '--%s' takes no argument: '%.200s'", name, typed);
		candidates += *name && strncmp(option_name(i), name, strlen(name)) == 0;
	}
	if (candidates > 1)
		return diag_set(error, EXIT_GYVE,
				"option '%.200s' could be any of %u; see 'gyve --help'", typed,
				candidates);
	nearest = diag_nearest(name, OPTION_COUNT, option_name);
	return diag_set(error, EXIT_GYVE, "unknown option '%.200s'%s%s%s; see 'gyve --help'", typed,
			nearest ? "; did you mean '--" : "", nearest ? nearest : "",
			nearest ? "'?" : "");
}

static bool take_option(struct request *request, enum option_id id, const char *argument,
			struct error *error)
{
	if (id == OPTION_SANDBOX && !sandbox_opt_parse(argument, &request->choices, error))
		return false;
	request->given[id] = true;
	if (!option_rows[id].is_mode)
		return true;
	if (request->mode != OPTION_LAUNCH && request->mode != id)
		return diag_set(error, EXIT_GYVE, "'--%s' and '--%s' cannot go together",
				option_name(request->mode), option_name(id));
	request->mode = id;
	request->mode_argument = argument;
	return true;
}

/* Modifiers and operands that the mode has no use for are mistakes, not noise. */
static bool fits_together(const struct request *request, struct error *error)
{
	const struct option_row *mode = &option_rows[request->mode];
	bool has_operands = request->operands[0] != NULL;

	for (unsigned i = 0; i < OPTION_COUNT; i++)
		if (request->given[i] && !option_rows[i].is_mode &&
		    !(option_rows[i].with >> request->mode & 1))
			return diag_set(error, EXIT_GYVE, "option '--%s' has no meaning with %s%s",
					option_name(i), request->mode == OPTION_LAUNCH ? "" : "--",
					mode_name(request->mode));
	if (request->mode == OPTION_LAUNCH)
		return has_operands ||
		       diag_set(error, EXIT_GYVE, "no COMMAND to run; see 'gyve --help'");
	if (mode->with == SOME_OPERANDS && !has_operands)
		return diag_set(error, EXIT_GYVE, "'--%s' needs at least one operand", mode->name);
	if (mode->with == NO_OPERANDS && has_operands)
		return diag_set(error, EXIT_GYVE, "'--%s' takes no operand: '%.200s'", mode->name,
				request->operands[0]);
	return true;
}

bool cmdline_parse(int argc, char **argv, struct request *request, struct error *error)
{
	int value;

	memset(request, 0, sizeof *request);
	request->mode = OPTION_LAUNCH;
	choices_init(&request->choices);
	opterr = 0; /* the messages are ours */
	while ((value = getopt_long_only(argc, argv, "+:", long_options, NULL)) != -1) {
		const char *typed = argv[optind - 1];

		if (value == ':')
			return diag_set(error, EXIT_GYVE,
					"option '%.200s' needs an argument; see "
					"'gyve --help'",
					typed);
		if (value < FIRST_VALUE)
			return refuse_option(typed, error);
		if (!take_option(request, value - FIRST_VALUE, optarg, error))
			return false;
	}
	request->operands = argv + optind;
	return fits_together(request, error) && choices_settle(&request->choices, error);
}
