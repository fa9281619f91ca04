/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that open paths and ports: --read, --write, --connect, --bind and --no-base. A SPEC
 * closes, an option opens, and what only makes sense with something closed closes it.
 */
#ifndef GYVE_OPENING_H
#define GYVE_OPENING_H

#include "policy/request.h"

/*
 * Before the choices are settled: fills request->opened, and chooses what the options imply: --read
 * files=deny, --write files=read, --connect and --bind network=ports. false and *error for a port
 * that is none, and where a value that is written out contradicts.
 */
bool opening_imply(struct request *request, struct error *error);

/* After: --no-base has a meaning under files=deny alone. */
bool opening_fits(const struct request *request, struct error *error);

/* Whether one of these options is given, which makes a sandbox as -sandbox does. */
bool opening_is_given(const struct request *request);

/* What the launch of this file shall be held from, and what is open to it. */
void opening_reach(const struct request *request, const char *command, struct reach *reach);

#endif
