/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program without the instructions that are never reached: loads over which the comparison before
 * them, of the same word, jumps. The kernel would look at each when it takes the filter.
 */
#ifndef GYVE_COMPACT_H
#define GYVE_COMPACT_H

#include "bpf/verdict.h"

/*
 * Moves what a valid program reaches to the end of the memory in which it stands, and returns how
 * many instructions that are. What was before them is zero: it may have held words of a ticket.
 */
unsigned compact_program(struct sock_filter *program, unsigned length);

#endif
