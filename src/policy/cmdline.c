/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/cmdline.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WITH(mode) (UINT64_C(1) << OPTION_##mode)

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
#define OPTIONAL optional_argument

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

/* The options that an abbreviation could stand for; returns how many. */
static unsigned list_starting_with(const char *name, char *out, size_t size)
{
	unsigned count = 0;
	size_t used = 0;

	for (unsigned i = 0; *name && i < OPTION_COUNT; i++)
		if (strncmp(option_name(i), name, strlen(name)) == 0 && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s--%s",
						 count++ ? ", " : "", option_name(i));
	return count;
}

static bool refuse_option(const char *typed, struct error *error)
{
	const char *word = typed + strspn(typed, "-"), *nearest;
	char name[64], candidates[300];
	bool has_argument = word[typed_length(word)] == '=';

	snprintf(name, sizeof name, "%.*s", typed_length(word), word);
	for (unsigned i = 0; i < OPTION_COUNT; i++)
		if (has_argument && strcmp(option_name(i), name) == 0)
			return diag_set(error, EXIT_GYVE,
					"option '--%s' takes no argument: '%.200s'", name, typed);
	if (list_starting_with(name, candidates, sizeof candidates) > 1)
		return diag_set(error, EXIT_GYVE,
				"option '%.200s' could be any of %s; see 'gyve --help'", typed,
				candidates);
	nearest = diag_nearest(name, OPTION_COUNT, option_name);
	return diag_set(error, EXIT_GYVE, "unknown option '%.200s'%s%s%s; see 'gyve --help'", typed,
			nearest ? "; did you mean '--" : "", nearest ? nearest : "",
			nearest ? "'?" : "");
}

/* The words of a metavar such as "[=text|json]" are all that the option accepts. */
static bool is_accepted(const char *metavar, const char *argument)
{
	size_t length = strlen(argument);

	metavar += strspn(metavar, "[=");
	for (;;) {
		size_t word = strcspn(metavar, "|]");

		if (word == length && strncmp(metavar, argument, word) == 0)
			return true;
		if (metavar[word] != '|')
			return false;
		metavar += word + 1;
	}
}

static bool check_argument(enum option_id id, const char *argument, struct error *error)
{
	const char *metavar = option_rows[id].metavar;
	const char *words = metavar + strspn(metavar, "[=");

	if (!argument || !strchr(metavar, '|') || is_accepted(metavar, argument))
		return true;
	return diag_set(error, EXIT_GYVE, "unknown value '%.100s' for '--%s'; accepted: %.*s",
			argument, option_name(id), (int)strcspn(words, "]"), words);
}

/* No command line gives more options than it has words. */
static bool keep(struct request *request, int argc, enum option_id id, const char *argument,
		 struct error *error)
{
	if (!request->repeated)
		request->repeated = malloc((size_t)argc * sizeof *request->repeated);
	if (!request->repeated)
		return diag_errno(error, EXIT_GYVE, errno, "cannot keep the command line");
	request->repeated[request->repeated_count++] = (struct repeated){ id, argument };
	return true;
}

static bool take_option(struct request *request, int argc, enum option_id id, const char *argument,
			struct error *error)
{
	if (id == OPTION_SANDBOX && !choices_parse(argument, &request->choices, error))
		return false;
	if (!check_argument(id, argument, error))
		return false;
	if (id == OPTION_DEGRADE)
		choices_degrade(argument, &request->choices);
	if (option_rows[id].kind == KIND_REPEATED && !keep(request, argc, id, argument, error))
		return false;
	request->given[id] = true;
	request->arguments[id] = argument;
	if (option_rows[id].kind != KIND_MODE)
		return true;
	/* Whoever asks for help among other things gets it. */
	if (request->mode == OPTION_HELP)
		return true;
	if (id != OPTION_HELP && request->mode != OPTION_LAUNCH && request->mode != id)
		return diag_set(error, EXIT_GYVE, "'--%s' and '--%s' cannot go together",
				option_name(request->mode), option_name(id));
	request->mode = id;
	request->mode_argument = argument;
	return true;
}

/* The modes that a modifier goes with, for people. */
static void list_modes_with(uint64_t with, char *out, size_t size)
{
	unsigned count = 0;
	size_t used = 0;

	for (unsigned mode = 0; mode <= OPTION_LAUNCH; mode++)
		if (with >> mode & 1 && used < size)
			used += (size_t)snprintf(
				out + used, size - used, "%s%s%s", count++ ? ", " : "",
				mode == OPTION_LAUNCH ? "" : "--", mode_name(mode));
}

static bool refuse_modifier(enum option_id modifier, enum option_id mode, struct error *error)
{
	char modes[300] = "";

	list_modes_with(option_rows[modifier].with, modes, sizeof modes);
	return diag_set(error, EXIT_GYVE, "option '--%s' has no meaning with %s%s; it goes with %s",
			option_name(modifier), mode == OPTION_LAUNCH ? "" : "--", mode_name(mode),
			modes);
}

/* Modifiers and operands that the mode has no use for are mistakes, not noise. */
static bool fits_together(const struct request *request, struct error *error)
{
	const struct option_row *mode = &option_rows[request->mode]; /* not of a plain launch */
	bool has_operands = request->operands[0] != NULL;

	if (request->mode == OPTION_HELP)
		return true;
	for (unsigned i = 0; i < OPTION_COUNT; i++)
		if (request->given[i] && option_rows[i].kind != KIND_MODE &&
		    !(option_rows[i].with >> request->mode & 1))
			return refuse_modifier(i, request->mode, error);
	if (request->given[OPTION_STRICT_PROFILE] && !request->given[OPTION_PROFILE])
		return diag_set(error, EXIT_GYVE,
				"'--strict-profile' without '--profile': there is no profile to be "
				"strict with");
	if (request->mode == OPTION_LAUNCH || mode->with == COMMAND)
		return has_operands ||
		       diag_set(error, EXIT_GYVE, "no COMMAND to run; see 'gyve --help'");
	if (mode->with == SOME_OPERANDS && !has_operands)
		return diag_set(error, EXIT_GYVE, "'--%s' needs at least one operand", mode->name);
	if (mode->with == NO_OPERANDS && has_operands)
		return diag_set(error, EXIT_GYVE, "'--%s' takes no operand: '%.200s'", mode->name,
				request->operands[0]);
	return true;
}

/* ---- what opens paths and ports ---- */

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

enum key cmdline_key_of(enum option_id option)
{
	for (unsigned i = 0; i < OPENINGS; i++)
		if (openings[i].option == option)
			return openings[i].key;
	return option == OPTION_NO_BASE ? KEY_FILES : KEY_COUNT;
}

bool cmdline_opens(const struct request *request)
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

static bool list_opened(struct request *request, struct error *error)
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

/*
 * Before the choices are settled: a SPEC closes, an option opens, and what only makes sense with
 * something closed closes it.
 */
static bool close_what_is_opened(struct request *request, struct error *error)
{
	struct choices *choices = &request->choices;

	if (!cmdline_opens(request))
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
	return list_opened(request, error);
}

/* After the choices are settled: --no-base has a meaning under files=deny alone. */
static bool base_fits(const struct request *request, struct error *error)
{
	if (!request->given[OPTION_NO_BASE] ||
	    (choices_enabled(&request->choices) &&
	     request->choices.value[KEY_FILES] == VALUE_FILES_DENY))
		return true;
	return diag_set(error, EXIT_GYVE,
			"'--no-base' has no meaning without 'files=deny' or '--read'");
}

void cmdline_reach(const struct request *request, const char *command, struct reach *reach)
{
	choices_need(&request->choices, reach->need);
	reach->closes_reading = request->choices.value[KEY_FILES] == VALUE_FILES_DENY;
	reach->base = !request->given[OPTION_NO_BASE];
	reach->command = reach->closes_reading ? command : NULL;
	reach->opened_count = request->opened_count;
	reach->opened = request->opened;
}

/* ---- all of it ---- */

bool cmdline_parse(int argc, char **argv, struct request *request, struct error *error)
{
	int value;

	memset(request, 0, sizeof *request);
	request->mode = OPTION_LAUNCH;
	choices_init(&request->choices);
	/* Before Linux 5.18 a caller could leave argv empty; behind it stands the environment. */
	if (argc < 1)
		return diag_set(error, EXIT_GYVE, "started without an argument vector");
	opterr = 0; /* the messages are ours */
	optind = 0; /* begin anew, whatever was parsed before */
	for (;;) {
		/* Before, not optind - 1 after: an option such as "-:x" does not move it. */
		int at = optind > 0 ? optind : 1;
		const char *typed = at < argc ? argv[at] : NULL;

		value = getopt_long_only(argc, argv, "+:", long_options, NULL);
		if (value == -1)
			break;
		if (value == ':')
			return diag_set(error, EXIT_GYVE,
					"option '%.200s' needs an argument; see "
					"'gyve --help'",
					typed);
		if (value < FIRST_VALUE)
			return refuse_option(typed, error);
		if (!take_option(request, argc, value - FIRST_VALUE, optarg, error))
			return false;
	}
	request->operands = argv + optind;
	return fits_together(request, error) && close_what_is_opened(request, error) &&
	       choices_settle(&request->choices, error) && base_fits(request, error);
}
