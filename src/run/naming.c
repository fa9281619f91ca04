/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/naming.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/line.h"
#include "reach/cover.h"

bool naming_is_wide(const char *path)
{
	const char *home = getenv("HOME");
	size_t length = strlen(path);

	if (!strchr(path + 1, '/'))
		return true;
	return home && strncmp(home, path, length) == 0 &&
	       (home[length] == '\0' || home[length] == '/');
}

/* A name is only one if this process finds the same file by it: not so in another root or mounts.
 */
static bool name_of(int fd, const struct node *node, char path[static PATH_MAX])
{
	struct node there;
	int found;
	bool same;

	if (fd < 0 || !resolve_name(fd, path))
		return false;
	found = open(path, O_PATH | O_CLOEXEC);
	same = found >= 0 && node_look(found, &there) && node_is(&there, node);
	if (found >= 0)
		close(found);
	return same;
}

bool naming_narrow(const struct touch *touch, char path[static PATH_MAX])
{
	const struct place *place = &touch->place;

	if (touch->on_parent)
		return name_of(place->parent, &place->parent_node, path);
	return name_of(place->object, &place->node, path);
}

bool naming_path(const struct touch *touch, char path[static PATH_MAX])
{
	const struct place *place = &touch->place;
	bool is_file = !touch->on_parent && !S_ISDIR(place->node.mode);

	if (is_file && name_of(place->parent, &place->parent_node, path) && !naming_is_wide(path))
		return true;
	return naming_narrow(touch, path);
}

const char *naming_option(uint64_t missing)
{
	static const char *const options[] = { [RIGHT_READ] = "read", [RIGHT_WRITE] = "write" };
	enum right_class most = RIGHT_READ;

	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		if (right_rows[i].class > most && missing & right_bit(i))
			most = right_rows[i].class;
	return most == RIGHT_NEVER ? NULL : options[most];
}

static bool is_printable(const char *word)
{
	for (; *word; word++)
		if (*word < ' ' || *word > '~')
			return false;
	return true;
}

/* 'it'\''s'; and where there is what cannot be shown, $'\x0a', which not every shell knows. */
void naming_add_word(struct line *line, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-+/:@,=%";
	bool printable = is_printable(word);

	if (*word && strspn(word, plain) == strlen(word)) {
		line_add(line, "%s", word);
		return;
	}
	line_add(line, printable ? "'" : "$'");
	for (; *word; word++)
		if (*word < ' ' || *word > '~')
			line_add(line, "\\x%02x", (unsigned char)*word);
		else if (!printable && (*word == '\'' || *word == '\\'))
			line_add(line, "\\%c", *word);
		else
			line_add(line, *word == '\'' ? "'\\''" : "%c", *word);
	line_add(line, "'");
}
