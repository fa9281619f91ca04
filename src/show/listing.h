/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What gyve says about itself: --help, --version and the --list-* options. Lists are for programs:
 * one record a line, fields separated by tabs, no heading.
 */
#ifndef GYVE_LISTING_H
#define GYVE_LISTING_H

#include <stdio.h>

#include "policy/request.h"

/*
 * Prints what a mode of this module (--help, --version, --list-*) asks for. false and
 * *error (status 125) when its argument names nothing, with the nearest name suggested.
 */
bool listing_print(const struct request *request, FILE *out, struct error *error);

#endif
