/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --explain of a path: what files=read and files=deny make of it, and which option opens it. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "show/explain.h"

/* The visible form of a path of PATH_MAX bytes, each of which may become four. */
#define SHOWN_MAX (4 * PATH_MAX)

static const char *kind_name(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a directory";
	if (S_ISSOCK(mode))
		return "a socket";
	if (S_ISFIFO(mode))
		return "a pipe with a name";
	return S_ISREG(mode) ? "a file" : "a device";
}

static bool is_same(const struct stat *one, const char *path)
{
	struct stat other;

	return stat(path, &other) == 0 && other.st_dev == one->st_dev &&
	       other.st_ino == one->st_ino;
}

/* The row of the base set that is this file or directory; of two the one that opens more. */
static const struct base_path_row *base_row_of(const char *path)
{
	const struct base_path_row *found = NULL;
	struct stat status;

	for (unsigned i = 0; i < base_path_row_count && stat(path, &status) == 0; i++)
		if (is_same(&status, base_path_rows[i].path) &&
		    (!found || base_path_rows[i].is_writable))
			found = &base_path_rows[i];
	return found;
}

/* As the kernel looks for a rule: at the file, then at each directory above it. Cuts the path. */
static const struct base_path_row *find_base(char *path)
{
	const struct base_path_row *row = base_row_of(path);

	for (char *slash = strrchr(path, '/'); !row && slash; slash = strrchr(path, '/')) {
		*slash = '\0';
		row = base_row_of(*path ? path : "/");
	}
	return row;
}

/* What an option gives on a file or directory; of --write only what it gives besides. */
static void list_rights(const char *option, enum right_class class, mode_t mode, FILE *out)
{
	const char *comma = "";
	bool on_device = S_ISCHR(mode) || S_ISBLK(mode) || S_ISDIR(mode);

	fprintf(out, "  %-26s ", option);
	for (unsigned i = 0; i < RIGHT_COUNT; i++) {
		const struct right_row *row = &right_rows[i];

		if (row->class != class || !(S_ISDIR(mode) || row->is_for_files) ||
		    (i == RIGHT_IOCTL_DEV && !on_device))
			continue;
		fprintf(out, "%s%s", comma, row->words);
		if (row->abi > 1)
			fprintf(out, " (Landlock %u)", row->abi);
		comma = ", ";
	}
	putc('\n', out);
}

static void explain_values(const struct base_path_row *base, const char *shown, bool on_directory,
			   FILE *out)
{
	const char *below = on_directory ? ", with all below it" : "";
	bool writable = base && base->is_writable;

	if (base)
		fprintf(out, "  %-26s %s, by %s: %s\n", "the base set",
			writable ? "opens it for reading and writing" : "opens it for reading",
			base->path, base->why);
	else
		fprintf(out, "  %-26s does not have it\n", "the base set");
	if (writable) {
		fprintf(out, "  %-26s leave it open, but with --no-base\n",
			"files=read, files=deny");
		return;
	}
	fprintf(out, "  %-26s closes it for writing%s; to open: --write %s\n", "files=read", below,
		shown);
	if (base)
		fprintf(out, "  %-26s the same; with --no-base as if it were not in the base set\n",
			"files=deny");
	else
		fprintf(out,
			"  %-26s closes it for reading as well; to open: --read %s, or --write %s "
			"for both\n",
			"files=deny", shown, shown);
}

/* Of what is not there nothing can be opened but the next directory above that is. */
static void explain_missing(const char *word, const char *shown, FILE *out)
{
	char parent[PATH_MAX], shown_parent[SHOWN_MAX], *slash;
	struct stat status;

	fprintf(out, "%s: is not there, and an option opens only what is\n", shown);
	snprintf(parent, sizeof parent, "%s", word);
	do {
		slash = strrchr(parent, '/');
		if (slash)
			slash[slash == parent] = '\0';
		else
			strcpy(parent, ".");
	} while (stat(parent, &status) < 0 && slash);
	diag_visible(shown_parent, sizeof shown_parent, parent);
	fprintf(out, "  %-26s --write %s\n", "to let it be made", shown_parent);
}

bool explain_path(const char *word, FILE *out, struct error *error)
{
	char path[PATH_MAX], shown[SHOWN_MAX], shown_real[SHOWN_MAX];
	const struct base_path_row *base;
	struct stat status;

	diag_visible(shown, sizeof shown, word);
	if (!realpath(word, path) || stat(path, &status) < 0) {
		if (errno != ENOENT)
			return diag_errno(error, EXIT_GYVE, errno, "cannot look at '%.400s'", word);
		explain_missing(word, shown, out);
		return true;
	}
	diag_visible(shown_real, sizeof shown_real, path);
	fprintf(out, "%s: %s", shown, kind_name(status.st_mode));
	fprintf(out, strcmp(path, word) != 0 ? ", %s\n" : "\n", shown_real);
	if (S_ISSOCK(status.st_mode)) {
		fprintf(out, "  %-26s decides of connecting; no option opens or closes it\n",
			"network");
		return true;
	}
	base = find_base(path);
	explain_values(base, shown, S_ISDIR(status.st_mode), out);
	list_rights("--read gives", RIGHT_READ, status.st_mode, out);
	list_rights("--write gives besides", RIGHT_WRITE, status.st_mode, out);
	return true;
}
