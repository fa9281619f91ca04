/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a notified call gets, from the policy and nobody else, and how it gets it. Whatever cannot
 * be done as the policy says, the call is not let through.
 */
#ifndef GYVE_ANSWER_H
#define GYVE_ANSWER_H

#include "policy/policy.h"
#include "run/listener.h"

/* A notified call and what it gets. */
struct asked {
	struct notification notification;
	uint32_t action; /* SECCOMP_RET_ value */
	uint32_t denial; /* the policy's own, also where it is let through for learning */
	/* The group that denies it, "supervision" where that is no policy's; NULL: nobody does. */
	const char *group;
	bool ours; /* it is no policy's */
};

enum outcome {
	OUTCOME_FAILED,	 /* the call fails with number */
	OUTCOME_KILLED,	 /* the caller's whole process gets SIGKILL */
	OUTCOME_TRAPPED, /* the caller gets SIGSYS, which it catches */
	OUTCOME_PASSED,	 /* the kernel goes on with the call */
	OUTCOME_GONE,	 /* the caller was, before it could be answered */
};

struct answer {
	enum outcome outcome;
	int number;	   /* the errno */
	bool out_of_reach; /* a kill or trap that became an errno: the caller cannot be signalled */
};

struct judge {
	const struct policy *policy;
	struct listener *listener;
	bool permissive; /* what the policy denies is let through */
	bool tied;	 /* nobody may undo --die-with-parent */
	pid_t bound;	 /* the process that may not undo that it dies with this one, or 0 */
	pid_t target;	 /* 0 when it has ended */
	bool killed;	 /* the target was, by give */
};

/* Fills in action and group from the notification. */
void answer_decide(const struct judge *judge, struct asked *asked);

/* Gives the call what was decided. false and *error when the listener is broken. */
bool answer_give(struct judge *judge, const struct asked *asked, struct answer *answer,
		 struct error *error);

#endif
