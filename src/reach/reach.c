/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach/reach.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool reach_is_wanted(const struct reach *reach)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (reach->need[key] != NEED_NONE)
			return true;
	return false;
}

/* A port's digits at *text, which is left behind them. */
static bool read_port(const char **text, uint16_t *port)
{
	unsigned long number;
	char *end;

	if (!isdigit((unsigned char)**text))
		return false; /* strtoul would take a sign or skip blanks */
	errno = 0;
	number = strtoul(*text, &end, 10);
	*text = end;
	*port = (uint16_t)number;
	return errno == 0 && number <= UINT16_MAX;
}

/* Whether a line of services(5), "http 80/tcp www # web", gives this name a TCP port. */
static bool is_service(char *line, const char *name, uint16_t *port)
{
	const char *word, *protocol;
	char *rest, *at;
	bool found;

	line[strcspn(line, "#\n")] = '\0';
	word = strtok_r(line, " \t", &rest);
	at = strtok_r(NULL, " \t", &rest);
	if (!word || !at)
		return false;
	protocol = at;
	if (!read_port(&protocol, port) || strcmp(protocol, "/tcp") != 0)
		return false;
	for (found = strcmp(word, name) == 0; !found && word; found = word && !strcmp(word, name))
		word = strtok_r(NULL, " \t", &rest);
	return found;
}

/*
 * Not getservbyname(3), which in a static program needs the C library's modules at run time, and
 * may ask the network. A line longer than the buffer is read in pieces, which are no services.
 */
static bool find_service(const char *name, uint16_t *port)
{
	FILE *services = fopen("/etc/services", "re");
	char line[1024];
	bool found = false;

	while (services && !found && fgets(line, sizeof line, services))
		found = is_service(line, name, port);
	if (services)
		fclose(services);
	return found;
}

bool reach_read_ports(const char *option, const char *text, struct opened *opened,
		      struct error *error)
{
	const char *rest = text;

	if (read_port(&rest, &opened->first)) {
		opened->last = opened->first;
		if (*rest == '\0')
			return true;
		rest++;
		if (rest[-1] == '-' && read_port(&rest, &opened->last) && *rest == '\0' &&
		    opened->first <= opened->last)
			return true;
	} else if (isalpha((unsigned char)*text) && find_service(text, &opened->first)) {
		opened->last = opened->first;
		return true;
	}
	return diag_set(error, EXIT_GYVE,
			"--%s: '%.100s' is not a TCP port: a number from 0 to 65535, two with '-' "
			"between them, or a name that /etc/services has for TCP",
			option, text);
}
