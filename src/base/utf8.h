/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Characters as UTF-8 has them. */
#ifndef GYVE_UTF8_H
#define GYVE_UTF8_H

#include <stdint.h>

/*
 * The length in bytes of the character at text, which ends with a NUL, or 0 when what is there is
 * none (RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF). *code is the character.
 */
unsigned utf8_length(const char *text, uint32_t *code);

/* Writes a character that is no surrogate and not above U+10FFFF. Returns its length. */
unsigned utf8_write(char text[static 4], uint32_t code);

#endif
