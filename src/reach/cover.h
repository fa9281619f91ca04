/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a domain says of a file, without asking the kernel, whose only answer is the deed itself:
 * the same walk that it makes (security/landlock/fs.c, is_access_to_paths_allowed), from the file
 * up through its directories and mounts, in which each rule that is met grants its rights. Good
 * enough to tell why, never to decide.
 */
#ifndef GYVE_COVER_H
#define GYVE_COVER_H

#include "reach/node.h"
#include "reach/reach.h"

struct covered {
	struct node node;
	uint64_t rights;
};

struct cover {
	uint64_t handled; /* RIGHT_ bits that are denied where no rule allows them */
	unsigned count;
	struct covered *list;
};

/*
 * Takes the rules of a launch that is about to be started, by an ABI of Landlock. The standard
 * streams are still those of the target. false when there is no memory, or a path is wrong.
 */
bool cover_begin(struct cover *cover, const struct reach *reach, int version);

/*
 * Which of these rights no rule grants to the file behind object, or -1, that stands in the
 * directory behind another descriptor, or -1: then nothing is missing, since what no path leads to
 * no domain holds. For a directory itself directory may be the same descriptor.
 */
uint64_t cover_missing(const struct cover *cover, int object, int directory, uint64_t rights);

#endif
