/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standing for a child before the caller of this program: signals that are sent to this process
 * reach the child, its stops and its end are this process's. Knows nothing of filters.
 */
#ifndef GYVE_STANDIN_H
#define GYVE_STANDIN_H

#include <signal.h>
#include <sys/types.h>

#include "base/diag.h"
#include "base/retry.h"

struct standin {
	pid_t target; /* the child */
	int signals;  /* signalfd: read when there is something on it */
	bool ended;   /* the target has, and its number may be another process's now */
	bool stop;    /* a signal asked to end, after that */
	int status;   /* the target's, of wait(2) */
	struct retry retry;
	sigset_t caller_mask;
	struct sigaction caller_chld;
};

/* Takes the signals over. The target is not there yet. false and *error. */
bool standin_begin(struct standin *standin, struct error *error);

/* What the child calls: mask and dispositions as the caller had them. */
void standin_give_back(const struct standin *standin);

/* Once the child has been executed: of what writing says by an errno no signal is to come, ever. */
void standin_ignore(void);

/* From here on a signal ends this process. */
void standin_finish(const struct standin *standin);

/* Acts on all signals that have come. false and *error when no more can be expected. */
bool standin_read(struct standin *standin, struct error *error);

/* Waits for the target's end, if that has not been seen. Nothing is said where waiting fails. */
void standin_wait(struct standin *standin);

/* Kills the target and waits for its end; signals that have come for it are lost. */
void standin_kill(struct standin *standin);

#endif
