/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The target's environment: the caller's, or what --env names of it and adds. Knows nothing of what
 * a variable means.
 */
#ifndef GYVE_ENVIRONMENT_H
#define GYVE_ENVIRONMENT_H

#include "base/diag.h"
#include "policy/cmdline.h"

/*
 * *envp is the environment to execute the target with: without --env this process's own, untouched;
 * with it, one entry for each name given, in the order of the command line. NAME=VALUE is taken as
 * it stands, NAME has this process's own value and is left out where there is none, and of a name
 * given twice the last counts. The result is kept until the end. false and *error (status 125) for
 * an empty name, or without memory.
 */
bool environment_choose(const struct request *request, char *const **envp, struct error *error);

/* A variable's value, as getenv(3) finds it, or NULL. */
const char *environment_value(char *const *envp, const char *name);

#endif
