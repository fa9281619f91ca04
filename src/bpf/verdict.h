/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a filter answers: an interpreter of classic BPF exactly as seccomp permits it. Knows nothing
 * of policies. Sources: the kernel's seccomp_check_filter and seccomp_run_filters
 * (kernel/seccomp.c), bpf_check_classic and bpf_convert_filter (net/core/filter.c).
 */
#ifndef GYVE_VERDICT_H
#define GYVE_VERDICT_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

#include "syscalls/syscalls.h"

/* The kernel's BPF_MAXINSNS: no filter is longer. */
#define VERDICT_MAX_LENGTH 4096

/* struct seccomp_data as its sixteen words lie in memory. */
struct call_words {
	uint32_t word[16];
};

/* Lays a call out as a kernel of this byte order does. */
struct call_words verdict_words(const struct call_data *call, enum endian endian);

/*
 * Whether the kernel's checker would accept the program. On refusal *where, if not NULL, is the
 * index of the offending instruction (length when the end is missing).
 */
bool verdict_valid(const struct sock_filter *program, unsigned length, unsigned *where);

/*
 * Runs a program that verdict_valid accepts, returns its SECCOMP_RET_ value. Division by a zero X
 * ends the program with 0, as in the kernel. *steps, if not NULL, grows by the number of
 * instructions executed.
 */
uint32_t verdict_run(const struct sock_filter *program, const struct call_words *words,
		     unsigned *steps);

enum { WORD_NR = 0, WORD_ARCH = 1, WORD_ARGS = 4 }; /* places in struct call_words */

/* What verdict_span has found out. */
struct verdict_span {
	uint32_t answer;
	uint32_t last;	/* the varying word may have any value up to this one */
	uint32_t read;	/* bit i: the answer may depend on word i */
	uint32_t whole; /* bit i: word i was compared as a whole, not some of its bits */
	unsigned steps;
};

/*
 * Runs a program as verdict_run does, and says how far the answer holds: for each value of the
 * varying word from the given one to last, whatever the words not in read. So a few runs prove an
 * answer for every number there is. last is never too great; where a path is not easily followed
 * (arithmetic on the varying word, scratch memory) it is the given value.
 */
struct verdict_span verdict_span(const struct sock_filter *program, const struct call_words *words,
				 unsigned varying);

/*
 * What the kernel does under several filters: the most restrictive answer, and of equals that of
 * the newest. answers[0] is the newest filter's. count is at least 1.
 */
uint32_t verdict_combine(const uint32_t *answers, unsigned count);

#endif
