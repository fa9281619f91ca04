/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --status-fd: what becomes of a launch, as JSON lines for the program that asked for it (their
 * schema is schema/status.schema.json). Whether the target was executed, gyve's exit status alone
 * cannot say.
 *
 * The last line counts. "started" is written when nothing is left to be done but loading the filter
 * and execve(2), since afterwards a profile may deny the writing; if one of the two fails, "failed"
 * follows. No line is a failure as well. The descriptor closes with the exec, so that its end says
 * that the last line stands.
 */
#ifndef GYVE_STATUS_H
#define GYVE_STATUS_H

#include "base/line.h"
#include "policy/request.h"
#include "reach/domain.h"
#include "run/launch.h"

struct status {
	int fd; /* -1 when no more is to be said */
	enum option_id mode;
	const struct choices *choices; /* as enforced, or NULL */
	const char *profile;	       /* its file as enforced, or NULL */
	bool has_room;		       /* for one more line, without asking */
	int broken;		       /* the errno with which writing failed */
	struct line line;	       /* not written yet */
};

/* In all of these NULL stands for a launch of which no status was asked for: they do nothing. */

/*
 * Takes the descriptor whose number text holds, and has the exec close it if it is above 2. false
 * and *error when it is not open for writing; then nothing more is said.
 */
bool status_open(struct status *status, const char *text, struct error *error);

/*
 * Whether this process will be able to say that the exec failed, under the launch's program: false
 * and *error when that denies it.
 */
bool status_can_fail(const struct status *status, const struct launch *launch, struct error *error);

/*
 * Writes "started" for a launch that has entered this domain. Waits for the reader, but not for
 * ever, and raises no SIGPIPE. false and *error when it cannot be written.
 */
bool status_started(struct status *status, const struct launch *launch, const struct domain *domain,
		    struct error *error);

/* Writes "failed", if that can be done. For a process that ends then: SIGPIPE stays ignored. */
void status_failed(struct status *status, const struct error *error);

/* The target was executed: this process holds the descriptor no more. */
void status_close(struct status *status);

#endif
