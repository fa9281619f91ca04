/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which PATH an option has to open for a file that was reached, and how wide that is.
 */
#ifndef GYVE_NAMING_H
#define GYVE_NAMING_H

#include "base/line.h"
#include "run/deed.h"

/* Whether a directory holds a home or the machine: "/", what stands in it, $HOME and what is above.
 */
bool naming_is_wide(const char *path);

/*
 * The narrowest PATH that opens what a touch needs: a file that is there, or the directory in which
 * one is made, moved or removed. false when no name of this process's leads to it.
 */
bool naming_narrow(const struct touch *touch, char path[static PATH_MAX]);

/* The same, but of a file its directory, unless that is wide: a file's rule is lost with the file.
 */
bool naming_path(const struct touch *touch, char path[static PATH_MAX]);

/*
 * "read" where nothing but reading and executing is missing of these rights, else "write"; NULL for
 * one that no option opens.
 */
const char *naming_option(uint64_t missing);

/*
 * Appends a word as a shell reads it: quoted where it has to be, and in bytes that no terminal acts
 * on.
 */
void naming_add_word(struct line *line, const char *word);

#endif
