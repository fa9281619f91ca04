/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a report, and what was learned, begins and ends: with the command line that it is of, and the
 * one to try next. As text or as JSON, an object a line.
 */
#ifndef GYVE_FRAME_H
#define GYVE_FRAME_H

#include <sys/types.h>

#include "base/output.h"
#include "policy/advice.h"

/*
 * The first line: when, which gyve, and the command line, without what the advice adds. Text has it
 * where it is not on standard error, beside the command line itself.
 */
void frame_start(struct output *output, bool json, const struct advice *advice, pid_t target);

/* The last: what to try. */
void frame_try(struct output *output, bool json, const struct advice *advice);

#endif
