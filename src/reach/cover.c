/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach/cover.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reach/ruleset.h"

#define DEPTH 4096 /* more directories than that, one in the other, no path can name */

static bool note(void *context, int fd, uint64_t rights)
{
	struct cover *cover = context;
	struct covered *list, *last;

	list = realloc(cover->list, (cover->count + 1) * sizeof *list);
	if (!list)
		return false;
	cover->list = list;
	last = &list[cover->count];
	last->rights = rights;
	cover->count += node_look(fd, &last->node);
	return true;
}

bool cover_begin(struct cover *cover, const struct reach *reach, int version)
{
	struct ruleset ruleset = { .files = ruleset_rights(version, reach->closes_reading) };
	struct ruleset_list list = { cover, note };

	*cover = (struct cover){ .handled = ruleset.files };
	return ruleset_each(&ruleset, reach, &list);
}

static uint64_t granted(const struct cover *cover, const struct node *node)
{
	uint64_t rights = 0;

	for (unsigned i = 0; i < cover->count; i++)
		if (node_is(&cover->list[i].node, node))
			rights |= cover->list[i].rights;
	return rights;
}

/* Goes up from a directory, which is closed. Where it cannot go on, the rest is taken for granted.
 */
static uint64_t walk_up(const struct cover *cover, int directory, uint64_t rights)
{
	struct node here, above;
	int up;

	if (!node_look(directory, &here))
		rights = 0;
	for (unsigned i = 0; rights && i < DEPTH; i++, here = above) {
		rights &= ~granted(cover, &here);
		if (!rights)
			break;
		up = openat(directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (up < 0 || !node_look(up, &above))
			rights = 0;
		close(directory);
		directory = up;
		if (up >= 0 && node_is(&here, &above) && here.mount == above.mount)
			break;
	}
	if (directory >= 0)
		close(directory);
	return rights;
}

uint64_t cover_missing(const struct cover *cover, int object, int directory, uint64_t rights)
{
	struct node node;

	rights &= cover->handled;
	if (!rights || directory < 0)
		return 0;
	if (object >= 0 && node_look(object, &node)) {
		rights &= ~granted(cover, &node);
		if (S_ISDIR(node.mode))
			directory = object;
	}
	if (!rights)
		return 0;
	directory = openat(directory, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return directory < 0 ? 0 : walk_up(cover, directory, rights);
}
