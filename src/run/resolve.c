/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "run/process.h"

#define LINKS 40 /* MAXSYMLINKS of the kernel */
#define PROC_MAGIC 0x9fa0
#define PROC_ROOT_INODE 1

struct walk {
	const struct anchor *anchor;
	bool follow;
	unsigned links;
	int here; /* a directory */
	struct node node, root;
	const char *at; /* in rest, up to its end: what is still to be followed */
	char rest[2 * PATH_MAX];
	char name[NAME_MAX + 1];
	bool is_last, is_slash;
};

static bool fail(int number)
{
	errno = number;
	return false;
}

static bool enter(struct walk *w, int directory)
{
	struct node node;

	if (directory < 0)
		return false;
	if (!node_look(directory, &node) || !S_ISDIR(node.mode)) {
		close(directory);
		return fail(ENOTDIR);
	}
	if (w->here >= 0)
		close(w->here);
	w->here = directory;
	w->node = node;
	return true;
}

static int again(int directory)
{
	return fcntl(directory, F_DUPFD_CLOEXEC, 3);
}

/* Takes the next name; an empty one at the end. */
static bool next_name(struct walk *w)
{
	size_t length;

	w->at += strspn(w->at, "/");
	length = strcspn(w->at, "/");
	if (length > NAME_MAX)
		return fail(ENAMETOOLONG);
	memcpy(w->name, w->at, length);
	w->name[length] = '\0';
	w->at += length;
	w->is_last = w->at[strspn(w->at, "/")] == '\0';
	w->is_slash = *w->at == '/';
	return true;
}

/* ---- symbolic links ---- */

/* Puts a link's text in front of what is still to be followed. */
static bool go_by(struct walk *w, const char *text)
{
	size_t length = strlen(text);

	if (length > (size_t)(w->at - w->rest))
		return fail(ENAMETOOLONG);
	w->at -= length;
	memcpy(w->rest + (w->at - w->rest), text, length);
	return *text != '/' || enter(w, again(w->anchor->root));
}

/* /proc/self and thread-self are links to whoever looks: the caller, by this /proc's numbers. */
static bool go_by_self(struct walk *w)
{
	char text[40];

	if (!process_self(w->anchor->tid, &w->node, strcmp(w->name, "self") != 0, text,
			  sizeof text))
		return fail(ENOENT);
	return go_by(w, text);
}

/*
 * Whether it is one of /proc's links that lead to a file whatever its name is: they all stand below
 * a process's directory, and those in the root of /proc are plain ones.
 */
static bool is_magic(const struct walk *w, bool *is_self)
{
	struct statfs fs;
	bool proc = fstatfs(w->here, &fs) == 0 && fs.f_type == PROC_MAGIC;

	*is_self = proc && w->node.inode == PROC_ROOT_INODE &&
		   (strcmp(w->name, "self") == 0 || strcmp(w->name, "thread-self") == 0);
	return proc && w->node.inode != PROC_ROOT_INODE;
}

static bool go_by_text(struct walk *w, int link)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(link, "", text, sizeof text - 1);

	if (length <= 0)
		return length < 0 ? false : fail(ENOENT);
	text[length] = '\0';
	return go_by(w, text);
}

/* ---- the end ---- */

bool resolve_name(int fd, char name[static PATH_MAX])
{
	char link[40];
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, name, PATH_MAX - 1);
	name[length > 0 ? length : 0] = '\0';
	return name[0] == '/';
}

/* The directory of a file that no name has led to, if the name that the kernel gives it does. */
static int find_parent(int object, const struct node *node)
{
	char name[PATH_MAX], *slash;
	struct node there;
	int fd, parent;

	if (!resolve_name(object, name))
		return -1;
	fd = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	slash = strrchr(name, '/');
	slash[slash == name] = '\0';
	parent = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || !node_look(fd, &there) || !node_is(&there, node)) {
		if (parent >= 0)
			close(parent);
		parent = -1;
	}
	if (fd >= 0)
		close(fd);
	return parent;
}

/* What is left is the directory here. */
static bool end_here(struct walk *w, struct place *place)
{
	place->object = w->here;
	place->node = w->node;
	place->parent = openat(w->here, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	place->is_dot = true;
	w->here = -1;
	return place->parent < 0 || node_look(place->parent, &place->parent_node);
}

static bool end_at(struct walk *w, int object, const struct node *node, struct place *place)
{
	place->object = object;
	place->node = *node;
	place->parent = w->here;
	place->parent_node = w->node;
	place->is_slash = w->is_slash;
	w->here = -1;
	return !w->is_slash || object < 0 || S_ISDIR(node->mode) || fail(ENOTDIR);
}

/* By a link of /proc, or a descriptor: where it leads, no name says. */
static bool end_beyond(int object, struct place *place)
{
	place->object = object;
	if (object < 0 || !node_look(object, &place->node))
		return false;
	if (S_ISDIR(place->node.mode))
		place->parent = openat(object, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	else
		place->parent = find_parent(object, &place->node);
	return place->parent < 0 || node_look(place->parent, &place->parent_node);
}

/* ---- the way ---- */

enum step { GOES_ON, ENDS, FAILS };

static enum step step_of(bool good)
{
	return good ? GOES_ON : FAILS;
}

static enum step go_by_link(struct walk *w, int link, struct place *place)
{
	bool is_self, magic = is_magic(w, &is_self);
	int object;

	if (++w->links > LINKS) {
		fail(ELOOP);
		return FAILS;
	}
	if (is_self)
		return step_of(go_by_self(w));
	if (!magic)
		return step_of(go_by_text(w, link));
	object = openat(w->here, w->name, O_PATH | O_CLOEXEC);
	if (!w->is_last)
		return step_of(enter(w, object));
	return end_beyond(object, place) ? ENDS : FAILS;
}

static enum step go_by_name(struct walk *w, struct place *place)
{
	int object = openat(w->here, w->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	enum step step;
	struct node node = { 0 };

	if (object < 0 && (errno != ENOENT || !w->is_last))
		return FAILS;
	if (object >= 0 && !node_look(object, &node)) {
		close(object);
		return FAILS;
	}
	if (object >= 0 && S_ISLNK(node.mode) && (!w->is_last || w->follow || w->is_slash)) {
		step = go_by_link(w, object, place);
		close(object);
		return step;
	}
	if (!w->is_last)
		return step_of(enter(w, object));
	return end_at(w, object, &node, place) ? ENDS : FAILS;
}

/* In its root a process goes no further up; the root may have been found by another way. */
static enum step go_on(struct walk *w, struct place *place)
{
	if (!next_name(w))
		return FAILS;
	if (!*w->name)
		return end_here(w, place) ? ENDS : FAILS;
	if (strcmp(w->name, ".") == 0)
		return GOES_ON;
	if (strcmp(w->name, "..") != 0)
		return go_by_name(w, place);
	if (node_is(&w->node, &w->root) && w->node.mount == w->root.mount)
		return GOES_ON;
	return step_of(enter(w, openat(w->here, "..", O_PATH | O_DIRECTORY | O_CLOEXEC)));
}

static bool begin(struct walk *w, const char *path)
{
	size_t size = strlen(path) + 1;
	int start = *path == '/' ? w->anchor->root : w->anchor->directory;

	if (size > PATH_MAX)
		return fail(ENAMETOOLONG);
	w->at = memcpy(w->rest + sizeof w->rest - size, path, size);
	return node_look(w->anchor->root, &w->root) && start >= 0 && enter(w, again(start));
}

bool resolve_path(const struct anchor *anchor, const char *path, bool follow, struct place *place)
{
	struct walk w;
	enum step step;

	*place = (struct place){ .object = -1, .parent = -1 };
	w.anchor = anchor;
	w.follow = follow;
	w.links = 0;
	w.here = -1;
	if (!*path)
		step = end_beyond(again(anchor->directory), place) ? ENDS : FAILS;
	else
		step = step_of(begin(&w, path));
	while (step == GOES_ON)
		step = go_on(&w, place);
	if (w.here >= 0)
		close(w.here);
	if (step == FAILS)
		resolve_drop(place);
	return step == ENDS;
}

void resolve_drop(struct place *place)
{
	int number = errno;

	if (place->object >= 0)
		close(place->object);
	if (place->parent >= 0)
		close(place->parent);
	place->object = place->parent = -1;
	errno = number;
}
