/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/advice.h"

#include <stdlib.h>
#include <string.h>

#include "policy/cmdline.h"

void advice_init(struct advice *advice, const struct request *request,
		 const struct choices *choices)
{
	*advice = (struct advice){ .request = request, .mode = OPTION_LAUNCH };
	advice->is_closed = choices != NULL;
	if (choices)
		advice->choices = *choices;
	else
		choices_init(&advice->choices);
	remedy_init(&advice->remedy);
}

void advice_need(struct advice *advice, const struct remedy *remedy)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (remedy->rank[key] < advice->remedy.rank[key])
			advice->remedy.rank[key] = remedy->rank[key];
}

static bool is_opened(const struct advice *advice, enum option_id option, const char *argument)
{
	for (unsigned i = 0; i < advice->opened_count; i++)
		if (advice->opened[i].id == option &&
		    strcmp(advice->opened[i].argument, argument) == 0)
			return true;
	return false;
}

bool advice_open(struct advice *advice, enum option_id option, const char *argument)
{
	struct repeated *opened;
	char *copy;

	if (is_opened(advice, option, argument))
		return true;
	opened = realloc(advice->opened, (advice->opened_count + 1) * sizeof *opened);
	if (!opened)
		return false;
	advice->opened = opened;
	copy = strdup(argument);
	if (!copy)
		return false;
	opened[advice->opened_count++] = (struct repeated){ option, copy };
	return true;
}

/* The value that a key gets, and whether it is another than it has. */
static unsigned value_of(const struct advice *advice, enum key key, bool *changed)
{
	unsigned value = advice->choices.value[key];

	*changed = (int)value_rows[value].rank > advice->remedy.rank[key];
	return *changed ? remedy_value(key, advice->remedy.rank[key]) : value;
}

void advice_leave_privileges(struct advice *advice)
{
	advice->has_privileges = true;
	advice->choices.value[KEY_ELEVATEPRIVILEGES] = VALUE_ELEVATEPRIVILEGES_ALLOW;
	advice->choices.given[KEY_ELEVATEPRIVILEGES] = true;
}

bool advice_is_any(const struct advice *advice)
{
	bool any = advice->opened_count > 0 || advice->has_privileges, changed;

	for (unsigned key = 0; key < KEY_COUNT; key++) {
		value_of(advice, key, &changed);
		any |= changed;
	}
	return any;
}

void advice_spec(const struct advice *advice, struct line *line)
{
	const struct choices *choices = &advice->choices;

	line_add(line, "%s", value_rows[choices->value[KEY_ENABLE]].name);
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		bool changed;
		unsigned value = value_of(advice, key, &changed);
		bool written = choices->given[key] && !advice->request->implied[key];

		if (key != KEY_ENABLE && (changed || written))
			line_add(line, ",%s=%s", key_rows[key].name, value_rows[value].name);
	}
}

/* ---- the command line ---- */

/* What closes a key, or says what shall be where it cannot be closed, is refused once it is open.
 */
static bool is_of_use(const struct advice *advice, enum option_id option, const char *argument)
{
	bool changed = false;

	if (option == OPTION_SANDBOX || !(option_rows[option].with >> advice->mode & 1))
		return false;
	for (unsigned key = 0; key < KEY_COUNT && !changed; key++)
		if (cmdline_key_of(option) == key ||
		    (option == OPTION_DEGRADE && strcmp(argument, key_rows[key].name) == 0))
			value_of(advice, key, &changed);
	return !changed;
}

struct words {
	char **list;
	unsigned count;
	bool failed;
};

static void add_word(struct words *words, const char *dashes, const char *text)
{
	char *word = malloc(strlen(dashes) + strlen(text) + 1);

	if (!word) {
		words->failed = true;
		return;
	}
	strcpy(word, dashes);
	strcat(word, text);
	words->list[words->count++] = word;
}

static void add_option(struct words *words, enum option_id option, const char *argument)
{
	add_word(words, option == OPTION_SANDBOX ? "-" : "--", option_rows[option].name);
	if (argument)
		add_word(words, "", argument);
}

static void add_mode(const struct advice *advice, struct words *words)
{
	struct line mode;

	if (advice->mode == OPTION_LAUNCH)
		return;
	line_clear(&mode);
	line_add(&mode, "--%s", option_rows[advice->mode].name);
	if (advice->request->mode_argument)
		line_add(&mode, "=%s", advice->request->mode_argument);
	add_word(words, "", mode.text);
}

static void add_options(const struct advice *advice, struct words *words)
{
	const struct request *request = advice->request;
	struct line spec;

	line_clear(&spec);
	advice_spec(advice, &spec);
	if (advice->is_closed)
		add_option(words, OPTION_SANDBOX, spec.text);
	for (unsigned i = 0; i < OPTION_COUNT; i++)
		if (request->given[i] && option_rows[i].kind == KIND_MODIFIER &&
		    is_of_use(advice, i, NULL))
			add_option(words, i, request->arguments[i]);
	for (unsigned i = 0; i < request->repeated_count; i++)
		if (is_of_use(advice, request->repeated[i].id, request->repeated[i].argument))
			add_option(words, request->repeated[i].id, request->repeated[i].argument);
	for (unsigned i = 0; i < advice->opened_count; i++)
		if (is_of_use(advice, advice->opened[i].id, advice->opened[i].argument))
			add_option(words, advice->opened[i].id, advice->opened[i].argument);
}

static size_t most_words(const struct advice *advice)
{
	size_t count = 0;

	while (advice->request->operands[count])
		count++;
	return count + 2 * (OPTION_COUNT + advice->request->repeated_count + advice->opened_count) +
	       4;
}

char **advice_words(const struct advice *advice)
{
	struct words words = { .list = calloc(most_words(advice), sizeof *words.list) };

	if (!words.list)
		return NULL;
	add_word(&words, "", "gyve");
	add_mode(advice, &words);
	add_options(advice, &words);
	add_word(&words, "", "--");
	for (char **operand = advice->request->operands; *operand; operand++)
		add_word(&words, "", *operand);
	if (!words.failed)
		return words.list;
	advice_release(words.list);
	return NULL;
}

void advice_release(char **words)
{
	for (char **word = words; word && *word; word++)
		free(*word);
	free(words);
}

/* ---- a shell's words ---- */

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_-+=./:,@%^", c));
}

static bool is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

static bool is_all(const char *word, bool (*is)(char))
{
	while (is(*word))
		word++;
	return *word == '\0';
}

/* Within $'...', where a backslash has a meaning. */
static void print_escaped(FILE *out, const char *word)
{
	fprintf(out, "$'");
	for (; *word; word++)
		if (!is_printable(*word))
			fprintf(out, "\\%03o", (unsigned char)*word);
		else
			fprintf(out, *word == '\'' || *word == '\\' ? "\\%c" : "%c", *word);
	fputc('\'', out);
}

static void print_quoted(FILE *out, const char *word)
{
	fputc('\'', out);
	for (; *word; word++)
		if (*word == '\'')
			fprintf(out, "'\\''");
		else
			fputc(*word, out);
	fputc('\'', out);
}

void advice_print(FILE *out, char *const *words)
{
	for (unsigned i = 0; words[i]; i++) {
		if (i > 0)
			fputc(' ', out);
		if (*words[i] && is_all(words[i], is_plain))
			fprintf(out, "%s", words[i]);
		else if (is_all(words[i], is_printable))
			print_quoted(out, words[i]);
		else
			print_escaped(out, words[i]);
	}
}
