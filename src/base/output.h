/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a report goes. Whoever reads it must not hold up the one who writes it: a line is written
 * when the descriptor takes it and queued otherwise, and what cannot be written at all is given up,
 * because the fate of the target depends on its policy alone.
 */
#ifndef GYVE_OUTPUT_H
#define GYVE_OUTPUT_H

#include "base/line.h"
#include "base/retry.h"

struct output {
	int fd; /* ours alone: above 2, close-on-exec */
	bool is_stderr;
	bool colour;   /* a terminal that is not dumb, and no NO_COLOR in the environment */
	int broken;    /* the errno with which writing failed for good, or 0 */
	unsigned lost; /* lines that found the queue full, since that was last said */
	struct retry retry;
	size_t first, used;
	char queue[1 << 20];
};

/*
 * Reads the number of a descriptor that the caller left open for writing, and has the exec close it
 * if it is above 2. false and *error, which names the option, for any other text or descriptor.
 */
bool output_take_fd(const char *option, const char *text, int *fd, struct error *error);

/*
 * Opens file (appending, created for the user alone), or duplicates the descriptor whose number fd
 * holds and sets close-on-exec on the original if it is above 2; with neither, standard error.
 * false and *error when that cannot be done.
 */
bool output_open(struct output *output, const char *file, const char *fd, struct error *error);

/* Adds the newline, and writes the line or queues it. */
void output_write(struct output *output, struct line *line);

/* The same with a line of any length. */
void output_write_text(struct output *output, const char *text);

/* Whether lines are queued: then wait for POLLOUT on fd, and call output_continue. */
bool output_waits(const struct output *output);

void output_continue(struct output *output);

/*
 * Writes what is queued, waiting for the reader as long as it takes. false when a write has
 * failed: broken is its errno.
 */
bool output_finish(struct output *output);

#endif
