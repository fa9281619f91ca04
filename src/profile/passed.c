/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/passed.h"

#include <stdio.h>

#include "base/diag.h"

static const char *const words[PASSED_COUNT] = {
	[PASSED_FOREIGN] =
		("lines that are not, or not wholly, strace's: with \"strace -o FILE\" a "
		 "program's own output, which can look like a call, stays out of them"),
	[PASSED_UNKNOWN] = "calls that this gyve's table does not have",
	[PASSED_X32] = "calls of x32 or of nobody, which every sandbox stops",
	[PASSED_ABI] = "calls of an architecture that gyve has no table for",
	[PASSED_CUT] = "calls cut off before the argument that a profile holds",
	[PASSED_ILLEGIBLE] = ("audit records without a legible arch= and syscall= (records of type "
			      "SYSCALL are read as \"ausearch\" prints them without -i)"),
};

void passed_add(struct passed *passed, enum passed_kind kind, unsigned long line, const char *text)
{
	if (passed->kinds[kind].count++ > 0)
		return;
	passed->kinds[kind].line = line;
	snprintf(passed->kinds[kind].text, sizeof passed->kinds[kind].text, "%s", text);
}

void passed_warn(const struct passed *passed, const char *file)
{
	for (unsigned i = 0; i < PASSED_COUNT; i++)
		if (passed->kinds[i].count > 0)
			diag_warn("%.400s: passed over (%lu): %s; the first on line %lu: '%s'",
				  file, passed->kinds[i].count, words[i], passed->kinds[i].line,
				  passed->kinds[i].text);
}
