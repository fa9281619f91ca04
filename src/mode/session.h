/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run: request -> policy -> compiled program -> checked -> exec. What a launch takes, with or
 * without a supervisor, and what printing a policy has in common with it.
 */
#ifndef GYVE_SESSION_H
#define GYVE_SESSION_H

#include "base/output.h"
#include "policy/request.h"
#include "profile/profile.h"
#include "run/launch.h"
#include "run/status.h"

/*
 * What a plain launch writes to stands together, so that it shares pages: of the launch the end and
 * of the policy all but the beginning stay untouched.
 */
struct session {
	struct request request;
	struct policy_facts facts;
	struct reach reach;
	struct launch launch;
	struct policy policy;
	struct filter filter;
	struct status status;
	struct policy notifying; /* the policy as it is loaded where a supervisor answers (notify.h) */
	struct profile profile;
	struct output output;
};

/* The mode without an option: becomes the target, and returns on failure only: false and *error. */
bool session_launch(struct session *session, struct error *error);

/* Takes the descriptor of --status-fd, as status_open does. */
bool session_open_status(struct session *session, struct error *error);

/* What is left to do when nothing was started: tells why. Returns the exit status. */
int session_fail(struct session *session, const struct error *error);

/* ---- the steps of a launch, in their order; each: false and *error ---- */

/* Whether a SPEC holds, given, implied or by default: a profile alone stands for itself. */
bool session_has_sandbox(const struct session *session);

/* What every launch begins with: finds the target, and does what needs no policy. */
bool session_begin(struct session *session, struct error *error);

/* Notes the IDs that this process has and keeps, so that the policy lets them be set again. */
void session_note_ids(struct session *session);

bool session_draw_ticket(struct session *session, struct error *error);

/* Asks the kernel what the policy has to know, as little as possible, and builds it. */
bool session_build_policy(struct session *session, struct error *error);

/* Compiles a policy, holds the program against it, and gives it to the launch. */
bool session_compile(struct session *session, const struct policy *policy, struct error *error);

/* What Landlock shall hold of a launch of this file (NULL: none is launched), or NULL. */
const struct reach *session_reach(struct session *session, const char *command);

/* Gives the launch all that holds it besides the filter, and warns of what cannot be held. */
void session_enclose(struct session *session);

/* Overwrites what the check and the exec have left of the ticket on the stack. */
void session_wipe_stack(void);

#endif
