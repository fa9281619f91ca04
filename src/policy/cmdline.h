/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line: argv into one struct request. Stops at the first operand; the target's
 * arguments are never ours. Knows the options from tables/options.def, and nothing of the kernel.
 */
#ifndef GYVE_CMDLINE_H
#define GYVE_CMDLINE_H

#include "policy/request.h"

/*
 * Reads argv, which must outlive *request. false and *error (status 125) for anything that is not
 * understood or makes no sense together; nothing is silently ignored.
 */
bool cmdline_parse(int argc, char **argv, struct request *request, struct error *error);

/* Whether an option is given that opens a path or a port, which makes a sandbox as -sandbox does.
 */
bool cmdline_opens(const struct request *request);

/* The key that closes what an option opens, or KEY_COUNT for any other option. */
enum key cmdline_key_of(enum option_id option);

/* What the launch of this file shall be held from, and what is open to it. */
void cmdline_reach(const struct request *request, const char *command, struct reach *reach);

#endif
