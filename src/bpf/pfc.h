/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program as text, in the notation of libseccomp's pseudo filter code (gen_pfc.c there), with one
 * thing more: where several ways lead to one comparison it is written once, "12:", and "goto 12;"
 * elsewhere; the number is the instruction's. What is printed is what the bytes do, and all of it.
 */
#ifndef GYVE_PFC_H
#define GYVE_PFC_H

#include <stdio.h>

#include "base/diag.h"
#include "bpf/verdict.h"

/*
 * Prints a program that verdict_valid accepts, for a machine of this byte order. false and *error,
 * with nothing printed, when it does what the notation has no words for: arithmetic other than a
 * mask, scratch memory, or one comparison of what is now this word, now that.
 */
bool pfc_print(const struct sock_filter *program, unsigned length, enum endian endian, FILE *out,
	       struct error *error);

#endif
