/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach/services.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"

bool services_port(const char **text, uint16_t *port)
{
	unsigned long number;
	char *end;

	if (!isdigit((unsigned char)**text))
		return false; /* strtoul would take a sign or skip blanks */
	errno = 0;
	number = strtoul(*text, &end, 10);
	if (errno != 0 || number > UINT16_MAX)
		return false;
	*text = end;
	*port = (uint16_t)number;
	return true;
}

static bool read_line(struct service *service)
{
	char *rest;
	const char *port;

	service->line[strcspn(service->line, "#\r\n")] = '\0';
	service->name = strtok_r(service->line, BLANKS, &rest);
	port = strtok_r(NULL, BLANKS, &rest);
	service->aliases = rest ? rest : "";
	return port && services_port(&port, &service->port) && strcmp(port, "/tcp") == 0;
}

/* A piece of a line could look like a service that is none. */
static bool is_whole(FILE *services, const char *line)
{
	bool whole = strchr(line, '\n') || feof(services);

	for (int byte = 0; !whole && byte != '\n' && byte != EOF;)
		byte = getc(services);
	return whole;
}

bool services_next(FILE *services, struct service *service)
{
	while (fgets(service->line, sizeof service->line, services))
		if (is_whole(services, service->line) && read_line(service))
			return true;
	return false;
}

bool services_is(const struct service *service, const char *name)
{
	const char *alias = service->aliases;
	size_t length = strlen(name), word;

	if (strcmp(service->name, name) == 0)
		return true;
	for (; *alias; alias += word) {
		alias += strspn(alias, BLANKS);
		word = strcspn(alias, BLANKS);
		if (word == length && word > 0 && memcmp(alias, name, word) == 0)
			return true;
	}
	return false;
}
