/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --report tells of each denied call, and at the end of all of them. The answers are the
 * policy's; this module adds none. JSON: one object a line, described in gyve(1).
 */
#ifndef GYVE_REPORT_H
#define GYVE_REPORT_H

#include "run/supervise.h"

/* The policy, which must outlive the report, was built from these settled choices. */
void report_begin(const struct policy *policy, const struct choices *choices, bool json,
		  struct output *output);

/* To be called by the supervisor. */
struct supervise_calls report_calls(void);

/* Tells what is held back, and the summary. */
void report_finish(const struct supervise_end *end);

#endif
