/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/deed_look.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "run/interpreter.h"

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#define TMPFILE (O_TMPFILE & ~O_DIRECTORY)
#define NOREPLACE 1u
#define EXCHANGE 2u
#define FOLLOW 0x400u /* AT_SYMLINK_FOLLOW */
#define NOFOLLOW 0x100u
#define REMOVEDIR 0x200u
#define LIMIT_IN_ROOT 0x10u /* RESOLVE_IN_ROOT, linux/openat2.h */

#define R(name) right_bit(RIGHT_##name)

/* ---- what an ordinary permission says ---- */

/* access(2) by the IDs for files; root's and a read-only file system's answer is in it. */
static bool may(int fd, int mode)
{
	uint32_t nr;

	return fd >= 0 && syscalls_number(syscalls_native_abi(), CALL_faccessat2, &nr) &&
	       syscall((long)nr, fd, "", mode, AT_EACCESS | AT_EMPTY_PATH) == 0;
}

static bool may_change(const struct place *place)
{
	return may(place->parent, W_OK | X_OK);
}

/* Of a sticky directory only the file's owner, or the directory's, removes it. */
static bool may_remove(const struct place *place)
{
	uid_t user = geteuid();

	return may_change(place) && place->object >= 0 && !place->is_dot &&
	       (!(place->parent_node.mode & S_ISVTX) || user == 0 || user == place->node.owner ||
		user == place->parent_node.owner);
}

static bool is_new(const struct place *place)
{
	return place->object < 0 && may_change(place);
}

static bool is_kind(const struct place *place, mode_t kind)
{
	return place->object >= 0 && (place->node.mode & S_IFMT) == kind;
}

/* ---- what is done ---- */

/* Takes the next touch, whose place is found. NULL when the path leads nowhere, or there is no
 * room. */
static struct touch *find(struct deed *deed, unsigned name, unsigned anchor, bool follow)
{
	struct touch *touch = &deed->touches[deed->count];

	if (deed->count == DEED_TOUCHES)
		return NULL;
	*touch = (struct touch){ .name = deed->names[name] };
	if (!resolve_path(&deed->anchor[anchor], deed->names[name], follow, &touch->place))
		return NULL;
	deed->count++;
	return touch;
}

static bool need(struct touch *touch, bool on_parent, uint64_t rights, const char *words)
{
	touch->on_parent = on_parent;
	touch->rights |= rights;
	touch->words = words;
	return true;
}

static const char *open_words(unsigned access)
{
	static const char *const words[] = { "for reading", "for writing",
					     "for reading and writing", "" };

	return words[access];
}

static uint64_t open_rights(unsigned access)
{
	return (access == O_RDONLY || access == O_RDWR ? R(READ_FILE) : 0) |
	       (access == O_WRONLY || access == O_RDWR ? R(WRITE_FILE) : 0);
}

/* A device is not opened where the mount option nodev stands, nor a socket anywhere. */
static bool can_be_opened(const struct place *place)
{
	struct statvfs mount;

	if (is_kind(place, S_IFSOCK) || is_kind(place, S_IFLNK))
		return false;
	return !(is_kind(place, S_IFCHR) || is_kind(place, S_IFBLK)) ||
	       fstatvfs(place->object, &mount) < 0 || !(mount.f_flag & ST_NODEV);
}

static bool open_file(struct deed *deed, struct touch *touch, unsigned access)
{
	static const int modes[] = { R_OK, W_OK, R_OK | W_OK, R_OK | W_OK };
	const struct place *place = &touch->place;
	bool truncates = deed->flags & O_TRUNC && is_kind(place, S_IFREG);

	if (deed->flags & O_DIRECTORY || !can_be_opened(place) ||
	    !may(place->object, modes[access] | (truncates ? W_OK : 0)) ||
	    (deed->flags & O_NOATIME && geteuid() != 0 && geteuid() != place->node.owner))
		return false;
	return need(touch, false, open_rights(access) | (truncates ? R(TRUNCATE) : 0),
		    truncates && access == O_RDONLY ? "to truncate it" : open_words(access));
}

static bool open_directory(const struct deed *deed, struct touch *touch, unsigned access)
{
	if (deed->flags & TMPFILE)
		return may(touch->place.object, W_OK | X_OK) &&
		       need(touch, false, open_rights(access), "for a file without a name");
	return access == O_RDONLY && !(deed->flags & O_CREAT) && may(touch->place.object, R_OK) &&
	       need(touch, false, R(READ_DIR), "to list it");
}

/* What openat2's limits say, the kernel says best: it looks for nothing but where the path leads.
 */
static bool keeps_limits(struct deed *deed)
{
	uint64_t how[3] = { O_PATH | O_CLOEXEC | (deed->flags & O_NOFOLLOW), 0, deed->limits };
	struct anchor *anchor = &deed->anchor[0];
	uint32_t nr;
	int fd;

	if (!deed->limits)
		return true;
	if (!syscalls_number(syscalls_native_abi(), CALL_openat2, &nr))
		return false;
	fd = (int)syscall((long)nr, anchor->directory, deed->names[0], how, sizeof how);
	if (fd < 0 && errno != ENOENT)
		return false;
	if (fd >= 0)
		close(fd);
	if (deed->limits & LIMIT_IN_ROOT && anchor->directory >= 0)
		dup3(anchor->directory, anchor->root, O_CLOEXEC);
	return true;
}

static bool do_open(struct deed *deed)
{
	unsigned access = deed->flags & O_ACCMODE;
	bool makes = deed->flags & O_CREAT, anew = makes && deed->flags & O_EXCL;
	struct touch *touch;

	if (deed->flags & O_PATH || !keeps_limits(deed))
		return false;
	touch = find(deed, 0, 0, !(deed->flags & O_NOFOLLOW) && !anew);
	if (!touch)
		return false;
	if (touch->place.object < 0)
		return makes && !touch->place.is_slash && !(deed->flags & O_DIRECTORY) &&
		       may_change(&touch->place) &&
		       need(touch, true, R(MAKE_REG) | open_rights(access), "to make it");
	if (anew)
		return false;
	return is_kind(&touch->place, S_IFDIR) ? open_directory(deed, touch, access)
					       : open_file(deed, touch, access);
}

static uint64_t right_to_make(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR: return R(MAKE_DIR);
	case S_IFLNK: return R(MAKE_SYM);
	case S_IFCHR: return R(MAKE_CHAR);
	case S_IFBLK: return R(MAKE_BLOCK);
	case S_IFIFO: return R(MAKE_FIFO);
	case S_IFSOCK: return R(MAKE_SOCK);
	default: return R(MAKE_REG);
	}
}

static bool make(struct deed *deed, mode_t mode)
{
	bool device = S_ISCHR(mode) || S_ISBLK(mode);
	struct touch *touch = find(deed, 0, 0, false);

	return touch && is_new(&touch->place) && (!touch->place.is_slash || S_ISDIR(mode)) &&
	       (!device || deed->may_make_nodes) &&
	       need(touch, true, right_to_make(mode), "to make it");
}

static uint64_t right_to_remove(const struct place *place)
{
	return place->object < 0 ? 0 : is_kind(place, S_IFDIR) ? R(REMOVE_DIR) : R(REMOVE_FILE);
}

/* One that cannot be listed may be. */
static bool is_empty(const struct place *place)
{
	int fd = openat(place->object, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	unsigned entries = 0;

	if (!list)
		return fd < 0 || close(fd) == 0;
	while (entries <= 2 && readdir(list))
		entries++;
	closedir(list);
	return entries <= 2;
}

static bool remove_it(struct deed *deed, bool directory)
{
	struct touch *touch = find(deed, 0, 0, false);

	return touch && may_remove(&touch->place) && is_kind(&touch->place, S_IFDIR) == directory &&
	       (!directory || is_empty(&touch->place)) &&
	       need(touch, true, right_to_remove(&touch->place), "to remove it");
}

/* ---- two paths ---- */

/* A rename or link from one directory into another, of one mount: what Landlock wants of both. */
static void refer(struct touch *from, struct touch *to)
{
	if (node_is(&from->place.parent_node, &to->place.parent_node))
		return;
	from->rights |= R(REFER);
	to->rights |= R(REFER);
}

static bool is_one_mount(const struct touch *from, const struct touch *to)
{
	return from->place.parent_node.mount == to->place.parent_node.mount;
}

static bool do_rename(struct deed *deed)
{
	struct touch *from = find(deed, 0, 0, false), *to = from ? find(deed, 1, 1, false) : NULL;
	bool exchanges = deed->flags & EXCHANGE, directory;

	if (!to || !may_remove(&from->place) || !is_one_mount(from, to) || to->place.is_dot)
		return false;
	directory = is_kind(&from->place, S_IFDIR);
	if (to->place.object < 0 && (exchanges || !may_change(&to->place)))
		return false;
	if (to->place.object >= 0 && (deed->flags & NOREPLACE || !may_remove(&to->place) ||
				      (!exchanges && is_kind(&to->place, S_IFDIR) != directory)))
		return false;
	need(from, true, right_to_remove(&from->place), "to move it away");
	need(to, true, right_to_make(from->place.node.mode) | right_to_remove(&to->place),
	     "to move something there");
	if (exchanges)
		from->rights |= right_to_make(to->place.node.mode);
	refer(from, to);
	return true;
}

/* may_linkat of the kernel's fs/namei.c, which fs.protected_hardlinks switches on. */
static bool may_link(const struct place *place)
{
	mode_t mode = place->node.mode;

	return geteuid() == 0 || geteuid() == place->node.owner ||
	       (S_ISREG(mode) && !(mode & S_ISUID) &&
		(mode & (S_ISGID | S_IXGRP)) != (S_ISGID | S_IXGRP) &&
		may(place->object, R_OK | W_OK));
}

static bool do_link(struct deed *deed)
{
	struct touch *from = find(deed, 0, 0, deed->flags & FOLLOW),
		     *to = from ? find(deed, 1, 1, false) : NULL;

	if (!to || from->place.object < 0 || is_kind(&from->place, S_IFDIR) ||
	    !may_link(&from->place) || !is_new(&to->place))
		return false;
	if (from->place.parent >= 0 && !is_one_mount(from, to))
		return false;
	need(from, true, 0, "to link to it from another directory");
	need(to, true, right_to_make(from->place.node.mode), "to make it");
	if (from->place.parent >= 0)
		refer(from, to);
	return true;
}

/* ---- execution ---- */

/* A script's interpreter and a program's loader are opened for execution as well. */
static bool do_execute(struct deed *deed)
{
	bool follow = !(deed->flags & NOFOLLOW);

	for (unsigned i = 0; i < DEED_NAMES; i++) {
		struct touch *touch = find(deed, i, 0, i > 0 || follow);

		if (!touch || !is_kind(&touch->place, S_IFREG) || !may(touch->place.object, X_OK))
			return i > 0;
		need(touch, false, R(EXECUTE) | R(READ_FILE),
		     i ? "to execute it as an interpreter" : "to execute it");
		if (i + 1 == DEED_NAMES || !interpreter_of(touch->place.object, deed->names[i + 1]))
			break;
		deed->name_count = i + 2;
	}
	return true;
}

bool deed_look(struct deed *deed)
{
	struct touch *touch;

	deed->count = 0;
	switch ((enum act)deed->row->act) {
	case ACT_OPEN:
	case ACT_OPEN_HOW:
	case ACT_CREAT: return do_open(deed);
	case ACT_MKDIR: return make(deed, S_IFDIR);
	case ACT_MKNOD: return make(deed, (mode_t)deed->flags);
	case ACT_SYMLINK: return make(deed, S_IFLNK);
	case ACT_BIND: return make(deed, S_IFSOCK);
	case ACT_UNLINK: return remove_it(deed, deed->flags & REMOVEDIR);
	case ACT_RMDIR: return remove_it(deed, true);
	case ACT_RENAME: return do_rename(deed);
	case ACT_LINK: return do_link(deed);
	case ACT_EXECUTE: return do_execute(deed);
	case ACT_TRUNCATE:
		touch = find(deed, 0, 0, true);
		return touch && is_kind(&touch->place, S_IFREG) && may(touch->place.object, W_OK) &&
		       need(touch, false, R(TRUNCATE), "to truncate it");
	case ACT_CONNECT: break;
	}
	return false;
}
