/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of TCP ports, as services(5) has them. Not getservbyname(3), which in a static program
 * needs the C library's modules at run time, and may ask the network.
 */
#ifndef GYVE_SERVICES_H
#define GYVE_SERVICES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SERVICES_FILE "/etc/services"
#define SERVICE_LINE 1024

/* A line of it: "http 80/tcp www # web". */
struct service {
	const char *name;
	const char *aliases; /* words with blanks between them, or "" */
	uint16_t port;
	char line[SERVICE_LINE]; /* what the names lie in */
};

/* A port's digits at *text, which is left behind them; false when there are none, or too many. */
bool services_port(const char **text, uint16_t *port);

/* The next service of TCP. false at the end. A line that does not fit is none. */
bool services_next(FILE *services, struct service *service);

/* Whether it goes by this name. */
bool services_is(const struct service *service, const char *name);

#endif
