/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Staying beside the target: it runs as a child under a filter that asks this process (seccomp user
 * notification, seccomp_unotify(2)), and to the caller this process stands for it, with its
 * signals, stops and end. Who is to be told what, and what is to be answered, is the caller's to
 * say.
 *
 * Whatever becomes of this process, nothing is let through that it did not let through: while it is
 * stopped, the callers wait; when it is gone, the kernel answers ENOSYS.
 */
#ifndef GYVE_SUPERVISE_H
#define GYVE_SUPERVISE_H

#include <sys/types.h>

#include "run/launch.h"
#include "base/output.h"

struct supervise_notice {
	uint64_t id;
	pid_t tid; /* the calling thread */
	struct call_data call;
};

enum supervise_outcome {
	OUTCOME_FAILED,	 /* the call fails with number */
	OUTCOME_KILLED,	 /* the caller's whole process gets SIGKILL */
	OUTCOME_TRAPPED, /* the caller gets SIGSYS, which it catches */
	OUTCOME_PASSED,	 /* the kernel goes on with the call */
	OUTCOME_GONE,	 /* the caller was, before it could be answered */
};

struct supervise_result {
	enum supervise_outcome outcome;
	int number;	/* the errno */
	bool unwilling; /* a kill or trap that became an errno: the caller is out of reach */
};

struct supervise_calls {
	void *context;
	/* The policy's answer, a SECCOMP_RET_ value; the caller of the call waits meanwhile. */
	uint32_t (*decide)(void *context, const struct supervise_notice *notice);
	/* What was done about it. */
	void (*answered)(void *context, const struct supervise_notice *notice,
			 const struct supervise_result *result);
	/* Called from time to time; returns in how many milliseconds it wants to be, or -1. */
	int (*tick)(void *context);
};

struct supervise {
	struct supervise_calls calls;
	void (*launched)(void); /* called when the exec is done: the ticket is of no use any more */
	struct output *output;	/* written to while waiting */
	bool until_target;	/* end with the target, not with the last process */
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
	int number;	/* the exit status or the signal */
};

/*
 * Starts the target and stays until the end. The launch has a program with USER_NOTIF in it.
 * false and *error when it could not be started; once it runs, nothing fails any more.
 */
bool supervise_run(const struct supervise *supervise, struct launch *launch,
		   struct supervise_end *end, struct error *error);

/* What a wait status says; by_policy is false. */
struct supervise_end supervise_end_of(int status);

/* Ends this process as the target did: by the same signal, without a core, or with its status. */
_Noreturn void supervise_end_alike(const struct supervise_end *end);

#endif
