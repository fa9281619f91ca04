/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --help: options, keys and exit statuses on a terminal of 80 columns.
 */
#ifndef GYVE_HELP_H
#define GYVE_HELP_H

#include <stdio.h>

/* Prints it. Whether that could be written is for the caller to see. */
void help_print(FILE *out);

#endif
