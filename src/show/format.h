/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats of tables/formats.def: finds one by name and prints a policy in it. Knows which there
 * are, and what has to be said of a policy that one cannot hold.
 */
#ifndef GYVE_FORMAT_H
#define GYVE_FORMAT_H

#include "show/export.h"

/* The format of this name, NULL meaning the default: true and *format. false and *error. */
bool format_find(const char *name, enum format *format, struct error *error);

/* Prints it. false and *error (status 125); what was printed until then is not to be used. */
bool format_print(enum format format, const struct export *export, FILE *out, struct error *error);

#endif
