/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --learn: everything that enable=strict would deny is noted and let through; at the end comes the
 * tightest SPEC under which the same run would have worked, and for each key that had to be opened
 * the calls that did it.
 */
#ifndef GYVE_LEARN_H
#define GYVE_LEARN_H

#include "run/supervise.h"

struct learn;

/* The choices to run under: strict. The caller leaves no_new_privs alone where the kernel lets it
 * be. */
void learn_choices(struct choices *choices);

/* program is the path of the launch. NULL and *error when there is no memory. */
struct learn *learn_begin(const char *program, bool json, struct output *output,
			  struct error *error);

/* Of a supervision that is permissive. */
struct observer learn_observer(struct learn *learn);

/* Tells what was learnt. false when it could not be written: see output_finish. */
bool learn_finish(struct learn *learn, const struct supervise_end *end);

#endif
