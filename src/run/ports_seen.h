/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which connect(2) and bind(2) a Landlock domain will deny for their port. As with files the call
 * goes on, and the kernel denies.
 */
#ifndef GYVE_PORTS_SEEN_H
#define GYVE_PORTS_SEEN_H

#include "base/line.h"
#include "reach/reach.h"
#include "run/listener.h"

struct port_seen {
	bool binds; /* or connects */
	uint16_t port;
	char address[64]; /* "192.0.2.1" or "[2001:db8::1]" */
};

/*
 * Whether a waiting caller's call connects a TCP socket to a port, or binds one, that these
 * openings do not name, and would not fail all the same for want of a privilege.
 */
bool ports_seen_look(const struct reach *reach, const struct notification *caller,
		     struct port_seen *seen);

#endif
