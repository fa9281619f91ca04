/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Staying beside the target: it runs as a child under a filter that asks this process, and to the
 * caller this process stands for it, with its signals, stops and end. What a call gets, the policy
 * decides (answer.h); an observer sees it.
 *
 * Whatever becomes of this process, nothing is let through that it did not let through: while it is
 * stopped, the callers wait; when it is gone, the kernel answers ENOSYS.
 */
#ifndef GYVE_SUPERVISE_H
#define GYVE_SUPERVISE_H

#include <sys/types.h>

#include "base/output.h"
#include "reach/domain.h"
#include "run/answer.h"
#include "run/launch.h"

/* Who looks on. Each function may be NULL. */
struct observer {
	void *context;
	/*
	 * The target has been executed, in this domain: it runs, or has ended and not been waited
	 * for.
	 */
	void (*started)(void *context, pid_t target, const struct domain *domain);
	/* The caller still waits, and can be looked at. */
	void (*asked)(void *context, const struct asked *asked);
	void (*answered)(void *context, const struct asked *asked, const struct answer *answer);
	/* Called from time to time; returns in how many milliseconds it wants to be, or -1. */
	int (*tick)(void *context);
};

struct supervision {
	const struct policy *policy; /* what is asked about is answered by it */
	struct observer observer;
	/* Called when the exec is done: the ticket is of no use any more. */
	void (*launched)(void *context);
	void *context;
	struct output *output; /* written to while waiting, or NULL */
	int fd;		       /* of the observer's, to be left open, or -1 */
	bool permissive;       /* what the policy denies is let through */
	bool until_target;     /* end with the target, not with the last process */
	bool die_with_parent;
	/*
	 * The kernel kills the target when this process is gone, since it would answer with ENOSYS
	 * where the policy kills, and the target may not undo that; its children are not bound.
	 */
	bool bound;
};

/* How the target ended. */
struct supervise_end {
	bool by_signal;
	bool by_policy; /* killed for a denied call: the signal is SIGSYS, as the kernel would send
			 */
	bool broken;	/* the supervision failed and the target was killed for that: *error */
	int number;	/* the exit status or the signal */
};

/*
 * Starts the target and stays until the end. The launch has a program with USER_NOTIF in it, under
 * which its ticket lets it execute and exit. What is left of the target then, without having been
 * waited for, a process stays for that has nothing else open and goes on answering.
 *
 * false and *error when the target could not be started. Descriptors 0 to 2 must be open
 * (room_fill_standard_fds).
 */
bool supervise_run(const struct supervision *supervision, struct launch *launch,
		   struct supervise_end *end, struct error *error);

/* Ends this process as the target did: by the same signal, without a core, or with its status. */
_Noreturn void supervise_end_alike(const struct supervise_end *end);

#endif
