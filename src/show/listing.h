/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What gyve says about itself: --version and the --list-* options. Lists are for programs:
 * one record a line, fields separated by tabs, no heading.
 */
#ifndef GYVE_LISTING_H
#define GYVE_LISTING_H

#include <stdio.h>

#include "policy/request.h"

/* ---- one function for each of these modes ---- */
void listing_version(FILE *out);
void listing_keys(FILE *out);
void listing_groups(FILE *out);
void listing_formats(FILE *out);
void listing_calls(FILE *out);
void listing_options(FILE *out);
void listing_base(FILE *out);
void listing_ports(FILE *out);
void listing_exits(FILE *out);

/* What the mode's argument names: false and *error when that is nothing, with the nearest name. */
bool listing_values(const struct request *request, FILE *out, struct error *error);
bool listing_syscalls(const struct request *request, FILE *out, struct error *error);

#endif
