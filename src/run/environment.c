/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

struct variable {
	const char *text; /* NAME or NAME=VALUE */
	size_t length;	  /* of the name */
	unsigned place;	  /* on the command line */
	bool own;	  /* takes the value that this process has */
};

static struct variable variable_of(const char *text, unsigned place)
{
	size_t length = strcspn(text, "=");

	return (struct variable){ text, length, place, text[length] == '\0' };
}

static int compare_names(const void *left, const void *right)
{
	const struct variable *a = left, *b = right;
	int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int compare(const void *left, const void *right)
{
	const struct variable *a = left, *b = right;
	int order = compare_names(a, b);

	return order ? order : (a->place > b->place) - (a->place < b->place);
}

/* Leaves of each name what was given last; the list is sorted. Returns how many there are. */
static unsigned keep_last(struct variable *list, unsigned count)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < count; i++)
		if (i + 1 == count || compare_names(&list[i], &list[i + 1]) != 0)
			list[kept++] = list[i];
	return kept;
}

static bool read_options(const struct request *request, struct variable *list, unsigned *count,
			 struct error *error)
{
	*count = 0;
	for (unsigned i = 0; i < request->repeated_count; i++) {
		const struct repeated *option = &request->repeated[i];

		if (option->id != OPTION_ENV)
			continue;
		list[*count] = variable_of(option->argument, *count);
		if (list[(*count)++].length == 0)
			return diag_set(error, EXIT_GYVE,
					"--env: no name in '%.200s'; write NAME for the value it "
					"has, or NAME=VALUE",
					option->argument);
	}
	return true;
}

/* A variable that this process has twice is the first of the two to getenv(3), so here. */
static void fill(char **entries, const struct variable *list, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!list[i].own)
			entries[list[i].place] = (char *)list[i].text;
	for (char **own = environ; *own; own++) {
		struct variable name = variable_of(*own, 0);
		const struct variable *found =
			name.own ? NULL : bsearch(&name, list, count, sizeof *list, compare_names);

		if (found && !entries[found->place])
			entries[found->place] = *own;
	}
}

static void close_gaps(char **entries, unsigned count)
{
	unsigned used = 0;

	for (unsigned i = 0; i < count; i++)
		if (entries[i])
			entries[used++] = entries[i];
	entries[used] = NULL;
}

bool environment_choose(const struct request *request, char *const **envp, struct error *error)
{
	size_t most = request->repeated_count;
	struct variable *list;
	char **entries;
	unsigned count;

	*envp = environ;
	if (!request->given[OPTION_ENV])
		return true;
	list = calloc(most, sizeof *list);
	entries = calloc(most + 1, sizeof *entries);
	if (!list || !entries)
		return diag_errno(error, EXIT_GYVE, errno, "--env: cannot keep the environment");
	if (!read_options(request, list, &count, error))
		return false;
	qsort(list, count, sizeof *list, compare);
	fill(entries, list, keep_last(list, count));
	close_gaps(entries, count);
	free(list);
	*envp = entries;
	return true;
}

const char *environment_value(char *const *envp, const char *name)
{
	size_t length = strlen(name);

	for (; *envp; envp++)
		if (strncmp(*envp, name, length) == 0 && (*envp)[length] == '=')
			return *envp + length + 1;
	return NULL;
}
