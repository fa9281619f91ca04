/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modes in which this process stays beside the target: --report, --learn, --learn-profile. Each
 * ends as the target ends, and returns on failure only: false and *error.
 */
#ifndef GYVE_SUPERVISED_H
#define GYVE_SUPERVISED_H

#include "mode/session.h"

bool supervised_report(struct session *session, struct error *error);
bool supervised_learn(struct session *session, struct error *error);
bool supervised_learn_profile(struct session *session, struct error *error);

#endif
