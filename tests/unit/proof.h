/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests that prove something by many tries need besides tap.h. */
#ifndef GYVE_TESTS_PROOF_H
#define GYVE_TESTS_PROOF_H

#include <stdint.h>

#include "tap.h"

/* A check that cannot be made here, and why. */
__attribute__((format(printf, 1, 2))) static inline void tap_skip(const char *format, ...)
{
	va_list list;

	printf("ok %u # SKIP ", ++tap_run);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
}

/* Numbers that are the same in every run (the splitmix64 generator). */
static inline uint64_t proof_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

#endif
