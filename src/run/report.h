/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --report tells of each denied call, and at the end of all of them. It observes, and has no
 * say in what a call gets.
 */
#ifndef GYVE_REPORT_H
#define GYVE_REPORT_H

#include "policy/request.h"
#include "run/supervise.h"

struct report;

/*
 * The request, which must outlive the report, has the choices that the policy was built from;
 * program is the path of the launch. NULL and *error when there is no memory.
 */
struct report *report_begin(const struct request *request, const char *program, bool json,
			    struct output *output, struct error *error);

/* Has it tell of files and ports, too, before the target starts. false and *error. */
bool report_take_reach(struct report *report, const struct reach *reach, struct error *error);

/* Whether the supervision shall ask about execve(2) for it, even where that is allowed. */
bool report_wants_exec(const struct choices *choices);

struct observer report_observer(struct report *report);

/* Tells what is held back, and the summary. */
void report_finish(struct report *report, const struct supervise_end *end);

#endif
