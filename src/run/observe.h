/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command and looks at each of its system calls, also of its threads and descendants,
 * whatever they execute. The mechanism is seccomp's user notification (seccomp_unotify(2)), every
 * call of which is answered with "continue": one stop a call, where ptrace makes two, or one and an
 * event. It watches and protects nothing.
 */
#ifndef GYVE_OBSERVE_H
#define GYVE_OBSERVE_H

#include <sys/types.h>

#include "run/launch.h"

/*
 * Called for each call. Returns 0 to let it happen, or the errno that it shall fail with.
 */
typedef int observe_call(const struct call_data *call, void *context);

/*
 * Runs the found target until it and all its descendants have ended. *status is the target's, as
 * wait(2) has it. no_new_privs is set in the target. false and *error when it could not be run, or
 * not be observed.
 */
bool observe_run(struct launch *launch, observe_call *see, void *context, int *status,
		 struct error *error);

#endif
