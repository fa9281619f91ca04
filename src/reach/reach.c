/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach/reach.h"

#include "reach/services.h"

bool reach_is_wanted(const struct reach *reach)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (reach->need[key] != NEED_NONE)
			return true;
	return false;
}

static bool find_service(const char *name, uint16_t *port)
{
	FILE *services = fopen(SERVICES_FILE, "re");
	struct service service;
	bool found = false;

	while (services && !found && services_next(services, &service))
		found = services_is(&service, name);
	if (services)
		fclose(services);
	*port = found ? service.port : 0;
	return found;
}

/* "80" or "8000-8010". */
static bool read_range(const char *text, struct opened *opened)
{
	if (!services_port(&text, &opened->first))
		return false;
	opened->last = opened->first;
	if (*text == '\0')
		return true;
	return *text++ == '-' && services_port(&text, &opened->last) && *text == '\0' &&
	       opened->first <= opened->last;
}

bool reach_read_ports(const char *option, const char *text, struct opened *opened,
		      struct error *error)
{
	if (read_range(text, opened))
		return true;
	if (*text && find_service(text, &opened->first)) {
		opened->last = opened->first;
		return true;
	}
	return diag_set(error, EXIT_GYVE,
			"--%s: '%.100s' is not a TCP port: a number from 0 to 65535, two with '-' "
			"between them, or a name that " SERVICES_FILE " has for TCP",
			option, text);
}

bool reach_closes_openings(const struct reach *reach)
{
	return reach->need[KEY_FILES] != NEED_NONE || reach->need[KEY_NETWORK] != NEED_NONE;
}
