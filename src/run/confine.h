/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last steps before execve(2): no_new_privs, the domain, the filter, in this order, each of
 * which may need the one before. Success is believed only of the kernel: an outer filter or an
 * emulator that answers 0 to everything enforces nothing.
 */
#ifndef GYVE_CONFINE_H
#define GYVE_CONFINE_H

#include "run/launch.h"

/* Sets no_new_privs (prctl(2)), and sees that it is set. */
bool confine_set_no_new_privs(struct error *error);

/*
 * Loads the launch's program with SECCOMP_FILTER_FLAG_TSYNC, having set no_new_privs, for
 * NNP_IF_NEEDED only when the kernel demands it, entered the domain and told the status. The bytes
 * loaded are the bytes given. false and *error: nothing may be started.
 */
bool confine_load(const struct launch *launch, struct error *error);

/*
 * The same with a listener instead: *listener is a descriptor, close-on-exec, on which a supervisor
 * receives what the program answers with USER_NOTIF. There is one thread to apply it to. *held
 * tells whether a notified caller is woken by fatal signals only (WAIT_KILLABLE_RECV, Linux 5.19).
 */
bool confine_load_notifying(const struct launch *launch, int *listener, bool *held,
			    struct error *error);

#endif
