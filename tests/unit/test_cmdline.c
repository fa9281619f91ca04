/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line as far as a shell cannot reach it. What a shell can type is in
 * tests/data/bad-input.tsv.
 */
#include <string.h>

#include "policy/cmdline.h"
#include "tap.h"

#define WORDS_MAX 10

/* Parses words separated by spaces as gyve's arguments. */
static bool parse(const char *line, struct request *request, struct error *error)
{
	static char copy[300], name[] = "gyve";
	static char *argv[WORDS_MAX + 2];
	char *save = NULL;
	int argc = 1;

	argv[0] = name;
	snprintf(copy, sizeof copy, "%s", line);
	for (char *word = strtok_r(copy, " ", &save); word && argc <= WORDS_MAX;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	return cmdline_parse(argc, argv, request, error);
}

static void test_empty_vector(void)
{
	/* As a kernel before 5.18 lays it out: the environment follows. */
	static char variable[] = "/bin/sh";
	char *argv[] = { NULL, variable, NULL };
	struct request request;
	struct error error;

	tap_check(!cmdline_parse(0, argv, &request, &error) && error.status == EXIT_GYVE &&
			  strstr(error.text, "without an argument vector") != NULL,
		  "an empty argument vector is refused, not read past its end");
}

static void test_operands(void)
{
	static const struct {
		const char *line, *first;
	} rows[] = {
		{ "-sandbox on true -sandbox off", "true" },
		{ "-sandbox on -- true", "true" },
		{ "-sandbox on -- -sandbox", "-sandbox" },
		{ "-sandbox on -- -- true", "--" },
		{ "--sandbox=on true --help", "true" },
		{ "true --help", "true" },
		{ "- --help", "-" },
		{ "-sandbox -- true", NULL }, /* "--" is the SPEC */
		{ "--close-fds --die-with-parent true", "true" },
		{ "--close true", "true" }, /* the one option that begins so */
	};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct request request;
		struct error error;
		bool ok = parse(rows[i].line, &request, &error)
				  ? rows[i].first && request.mode == OPTION_LAUNCH &&
					    strcmp(request.operands[0], rows[i].first) == 0
				  : !rows[i].first;

		tap_check(ok, "'%s': the command is %s", rows[i].line,
			  rows[i].first ? rows[i].first : "not reached");
	}
}

/* A word that is no option: the message names that word, whatever came before it. */
static void test_named(void)
{
	static const char *const lines[] = { "-x", "-:x", "--close-fds -:x", "-sandbox on -nix",
					     "--close-fds=1" };

	for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		const char *last = strrchr(lines[i], ' ');
		struct request request;
		struct error error;
		char quoted[40];

		snprintf(quoted, sizeof quoted, "'%s'", last ? last + 1 : lines[i]);
		tap_check(!parse(lines[i], &request, &error) && strstr(error.text, quoted) != NULL,
			  "'%s': the message names the last word", lines[i]);
	}
}

int main(void)
{
	test_empty_vector();
	test_operands();
	test_named();
	return tap_done();
}
