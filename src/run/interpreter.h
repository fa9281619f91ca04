/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel opens besides to execute a file: the interpreter that a script names in its first
 * line, the loader that an ELF file names (fs/binfmt_script.c, fs/binfmt_elf.c).
 */
#ifndef GYVE_INTERPRETER_H
#define GYVE_INTERPRETER_H

#include <limits.h>
#include <stdbool.h>

/*
 * Of the regular file behind a descriptor of O_PATH. false when it names none, or cannot be read by
 * this process.
 */
bool interpreter_of(int file, char path[static PATH_MAX]);

#endif
