/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --learn: everything that enable=strict would deny is noted and let through; at the end comes the
 * tightest SPEC under which the same run would have worked, and for each key that had to be opened
 * the calls that did it.
 */
#ifndef GYVE_LEARN_H
#define GYVE_LEARN_H

#include "run/supervise.h"

/* The choices to run under: strict. The caller leaves no_new_privs alone where the kernel lets it
 * be. */
void learn_choices(struct choices *choices);

void learn_begin(bool json, struct output *output);

/* Notes that the launch itself executes this file: its execve asks nobody. */
void learn_target(const char *path);

/* To be called by the supervisor. */
struct supervise_calls learn_calls(void);

/* Tells what was learnt. false when it could not be written: see output_finish. */
bool learn_finish(const struct supervise_end *end);

#endif
