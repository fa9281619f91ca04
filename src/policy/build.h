/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From choices to the rules that they mean, by the rows of tables/rules.def.
 */
#ifndef GYVE_BUILD_H
#define GYVE_BUILD_H

#include "policy/choices.h"
#include "policy/policy.h"

/* Fills *policy from settled choices. The rules point into *policy: it must not be moved. */
void build_policy(struct policy *policy, const struct choices *choices,
		  const struct policy_facts *facts);

#endif
