/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a fuzz target says that what must hold does not: the process aborts, which libFuzzer keeps.
 */
#ifndef GYVE_MUST_H
#define GYVE_MUST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* text: on which input, or NULL. */
static inline void must_of(bool holds, const char *what, const char *text)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s%s%s\n", what, text ? ": " : "", text ? text : "");
	abort();
}

static inline void must(bool holds, const char *what)
{
	must_of(holds, what, NULL);
}

#endif
