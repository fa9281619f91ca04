/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of what --connect and --bind read. The input is an argument, and behind its first
 * newline a file as services(5).
 *
 * What must hold: nothing crashes; a refusal has status 125 and names the option; ports that are
 * accepted are a range, and the same again when written out; a service of the file has a name
 * without blanks, by which it goes, and by each of its aliases, and by nothing that is no word.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reach/reach.h"
#include "reach/services.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_argument(const char *text)
{
	struct opened opened = { .first = 1 }, again = { .first = 2 };
	struct error error;
	char range[16];

	if (!reach_read_ports("bind", text, &opened, &error)) {
		must(error.status == EXIT_GYVE && strncmp(error.text, "--bind: '", 9) == 0,
		     "a refusal has status 125, and says of what");
		return;
	}
	must(opened.first <= opened.last, "what is accepted is a range");
	snprintf(range, sizeof range, "%u-%u", opened.first, opened.last);
	must(reach_read_ports("bind", range, &again, &error) && again.first == opened.first &&
		     again.last == opened.last,
	     "a range that is written out is the same again");
}

static void check_aliases(const struct service *service)
{
	char words[SERVICE_LINE], *rest = words;

	strcpy(words, service->aliases);
	for (char *word; (word = strtok_r(rest, " \t", &rest)) != NULL;)
		must(services_is(service, word), "it goes by each of its aliases");
}

static void check_service(const struct service *service)
{
	must(*service->name && !strpbrk(service->name, " \t\n#"), "a name is a word");
	must(services_is(service, service->name), "it goes by its name");
	must(!services_is(service, "") && !services_is(service, "a b"),
	     "it goes by no word that is none");
	check_aliases(service);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t length = end ? (size_t)(end - data) : size, rest = end ? size - length - 1 : 0;
	char *text = calloc(1, length + 1);
	struct service service;
	FILE *services;

	if (!text)
		return 0;
	if (length > 0)
		memcpy(text, data, length);
	check_argument(text);
	free(text);
	services = rest > 0 ? fmemopen((void *)(uintptr_t)(end + 1), rest, "r") : NULL;
	while (services && services_next(services, &service))
		check_service(&service);
	if (services)
		fclose(services);
	return 0;
}
