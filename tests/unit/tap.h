/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Test Anything Protocol, as far as the unit tests need it: a line for each check, the plan at
 * the end.
 */
#ifndef GYVE_TESTS_TAP_H
#define GYVE_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static unsigned tap_run, tap_failed;

/* Prints the outcome of one check under this name. Returns ok. */
__attribute__((format(printf, 2, 3))) static inline bool tap_check(bool ok, const char *format, ...)
{
	va_list list;

	printf("%sok %u - ", ok ? "" : "not ", ++tap_run);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
	tap_failed += !ok;
	return ok;
}

/* A check that cannot be made here, and why: "needs WORD". */
__attribute__((format(printf, 1, 2))) static inline void tap_skip(const char *format, ...)
{
	va_list list;

	printf("ok %u # SKIP ", ++tap_run);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
}

/* Prints the plan. Returns main's status. */
static int tap_done(void)
{
	printf("1..%u\n", tap_run);
	return tap_failed != 0;
}

#endif
