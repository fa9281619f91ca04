/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modes that print what a launch would do here, and start nothing: --print and --probe.
 */
#ifndef GYVE_PRINT_H
#define GYVE_PRINT_H

#include <stdio.h>

#include "policy/request.h"

/* The policy in a format. false and *error; what was printed until then is not to be used. */
bool print_policy(const struct request *request, FILE *out, struct error *error);

/* What this kernel offers. false and an *error without words, whose status says what is lacking. */
bool print_probe(const struct request *request, FILE *out, struct error *error);

#endif
