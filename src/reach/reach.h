/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a launch shall be kept from besides system calls, and what is opened to it all the same:
 * files, ports, processes outside. Knows nothing of how that is done (domain.h), or asked for.
 */
#ifndef GYVE_REACH_H
#define GYVE_REACH_H

#include "base/diag.h"
#include "tables/tables.h"

/* What becomes of the launch where a key cannot be held. */
enum need {
	NEED_NONE,     /* the key closes nothing beyond system calls */
	NEED_WISHED,   /* it starts all the same, with a warning */
	NEED_DEMANDED, /* nothing is started */
};

/* One option that opens something: a path, or a range of TCP ports. */
struct opened {
	enum { OPENED_READ, OPENED_WRITE, OPENED_CONNECT, OPENED_BIND } what;
	const char *text; /* as it was given */
	uint16_t first, last;
};

struct reach {
	enum need need[KEY_COUNT];
	bool closes_reading; /* of files; files=deny. Otherwise only writing is closed */
	bool base;	     /* whether the base set is open */
	const char *command; /* the target's file, which is always readable; or NULL */
	unsigned opened_count;
	const struct opened *opened;
};

/* Whether anything at all is to be held. */
bool reach_is_wanted(const struct reach *reach);

/* Whether files or ports are closed, which an open descriptor goes round. */
bool reach_closes_openings(const struct reach *reach);

/*
 * Reads the argument of --connect or --bind: a number from 0 to 65535, a name of /etc/services
 * (for TCP), or a range "FIRST-LAST" of numbers. false and *error when it is none.
 */
bool reach_read_ports(const char *option, const char *text, struct opened *opened,
		      struct error *error);

#endif
