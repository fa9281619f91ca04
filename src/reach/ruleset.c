/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach/ruleset.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/access_mode.h"

#define RULE_PATH_BENEATH 1
#define RULE_NET_PORT 2

struct path_rule {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

struct port_rule {
	uint64_t rights;
	uint64_t port;
};

struct maker {
	const struct ruleset *ruleset;
	int fd;
	struct stat root;
	struct ruleset_roots *roots;
	int *lacking;
	struct error *error;
	const struct ruleset_list *list; /* where a rule is noted instead; or NULL */
};

long ruleset_call(enum call call, long a, long b, long c, long d)
{
	uint32_t nr;

	if (syscalls_number(syscalls_native_abi(), call, &nr))
		return syscall((long)nr, a, b, c, d);
	errno = ENOSYS;
	return -1;
}

uint64_t ruleset_rights(int version, bool reading)
{
	uint64_t rights = 0;

	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		if (right_rows[i].abi <= version && (reading || right_rows[i].class != RIGHT_READ))
			rights |= right_bit(i);
	return rights;
}

/* What a rule can allow of the rights that are handled. */
static uint64_t allowed(const struct maker *m, bool writing, bool on_directory)
{
	uint64_t rights = 0;

	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		if (right_rows[i].class <= (writing ? RIGHT_WRITE : RIGHT_READ) &&
		    (on_directory || right_rows[i].is_for_files))
			rights |= right_bit(i);
	return rights & m->ruleset->files;
}

static bool lack(const struct maker *m, const char *step)
{
	*m->lacking = errno;
	return diag_errno(m->error, EXIT_GYVE, errno, "cannot enter a Landlock domain (%s)", step);
}

static bool refuse_path(const struct maker *m, const char *option, const char *path, int number)
{
	*m->lacking = 0;
	return diag_set(m->error, EXIT_GYVE, "%s: cannot open '%.400s' to COMMAND: %s%s", option,
			path, strerror(number),
			number == ENOENT ? "; it has to be there, or the directory to make it in "
					   "be opened by --write"
					 : "");
}

static bool add(const struct maker *m, const struct path_rule *rule)
{
	if (m->list)
		return m->list->note(m->list->context, rule->fd, rule->rights);
	/* EBADFD: a pipe and its kind, which no path leads to and no domain holds. */
	if (rule->rights == 0 ||
	    ruleset_call(CALL_landlock_add_rule, m->fd, RULE_PATH_BENEATH, (long)(uintptr_t)rule,
			 0) == 0 ||
	    errno == EBADFD)
		return true;
	return lack(m, "landlock_add_rule");
}

static bool add_rule(const struct maker *m, const char *option, const char *path, int fd,
		     bool writing)
{
	struct path_rule rule = { 0, fd };
	struct stat status;

	if (fstat(fd, &status) < 0)
		return refuse_path(m, option, path, errno);
	if (S_ISSOCK(status.st_mode)) {
		*m->lacking = 0;
		return diag_set(m->error, EXIT_GYVE,
				"%s: '%.400s' is a socket, to which connecting is not a matter of "
				"files but of 'network'",
				option, path);
	}
	if (status.st_dev == m->root.st_dev && status.st_ino == m->root.st_ino) {
		m->roots->readable = true;
		m->roots->writable |= writing;
	}
	rule.rights = allowed(m, writing, S_ISDIR(status.st_mode));
	return add(m, &rule);
}

/* option NULL: of the base set; what is not there, or not for us, needs no rule. */
static bool add_path(const struct maker *m, const char *option, const char *path, bool writing)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return !option || refuse_path(m, option, path, errno);
	good = add_rule(m, option ? option : "the base set", path, fd, writing);
	close(fd);
	return good;
}

static bool add_base(const struct maker *m)
{
	for (unsigned i = 0; i < base_path_row_count; i++) {
		const struct base_path_row *row = &base_path_rows[i];

		if (allowed(m, row->is_writable, true) &&
		    !add_path(m, NULL, row->path, row->is_writable))
			return false;
	}
	return true;
}

/*
 * What a standard stream leads to may be opened again by its name, such as /dev/stderr: for as much
 * as its descriptor allows already.
 */
static bool add_stream(const struct maker *m, int fd)
{
	int mode = fcntl(fd, F_GETFL);
	struct path_rule rule = { right_bit(RIGHT_IOCTL_DEV), fd };
	struct stat status;

	if (mode < 0 || mode & O_PATH || fstat(fd, &status) < 0 ||
	    !(S_ISREG(status.st_mode) || S_ISCHR(status.st_mode)))
		return true;
	if (access_mode(mode) != O_WRONLY)
		rule.rights |= right_bit(RIGHT_READ_FILE);
	if (access_mode(mode) != O_RDONLY)
		rule.rights |= right_bit(RIGHT_WRITE_FILE) | right_bit(RIGHT_TRUNCATE);
	rule.rights &= m->ruleset->files;
	return add(m, &rule);
}

static bool add_streams(const struct maker *m)
{
	return add_stream(m, STDIN_FILENO) && add_stream(m, STDOUT_FILENO) &&
	       add_stream(m, STDERR_FILENO);
}

static bool add_ports(const struct maker *m, const struct opened *opened)
{
	struct port_rule rule = {
		opened->what == OPENED_BIND ? PORT_BIND : PORT_CONNECT,
		opened->first,
	};

	for (; m->ruleset->ports && !m->list && rule.port <= opened->last; rule.port++)
		if (ruleset_call(CALL_landlock_add_rule, m->fd, RULE_NET_PORT,
				 (long)(uintptr_t)&rule, 0) < 0)
			return lack(m, "landlock_add_rule");
	return true;
}

static bool add_opened(const struct maker *m, const struct reach *reach)
{
	static const char *const options[] = {
		[OPENED_READ] = "--read", [OPENED_WRITE] = "--write"
	};

	for (unsigned i = 0; i < reach->opened_count; i++) {
		const struct opened *opened = &reach->opened[i];
		bool good;

		if (opened->what == OPENED_CONNECT || opened->what == OPENED_BIND)
			good = add_ports(m, opened);
		else
			good = add_path(m, options[opened->what], opened->text,
					opened->what == OPENED_WRITE);
		if (!good)
			return false;
	}
	return true;
}

static bool fill(const struct maker *m, const struct reach *reach)
{
	if (reach->need[KEY_FILES] == NEED_NONE && m->ruleset->files)
		return add_path(m, "the domain", "/", true);
	if (m->ruleset->files) {
		if (reach->base && !add_base(m))
			return false;
		if (reach->command && !add_path(m, "COMMAND", reach->command, false))
			return false;
		if (!add_streams(m))
			return false;
	}
	return add_opened(m, reach);
}

bool ruleset_make(const struct ruleset *ruleset, const struct reach *reach, int *fd,
		  struct ruleset_roots *roots, int *lacking, struct error *error)
{
	struct maker m = { .ruleset = ruleset, .roots = roots, .lacking = lacking, .error = error };

	*roots = (struct ruleset_roots){ false, false };
	if (ruleset->files && stat("/", &m.root) < 0)
		return lack(&m, "stat of /");
	m.fd = (int)ruleset_call(CALL_landlock_create_ruleset, (long)(uintptr_t)ruleset,
				 sizeof *ruleset, 0, 0);
	if (m.fd < 0)
		return lack(&m, "landlock_create_ruleset");
	if (fill(&m, reach)) {
		*fd = m.fd;
		return true;
	}
	close(m.fd);
	return false;
}

bool ruleset_each(const struct ruleset *ruleset, const struct reach *reach,
		  const struct ruleset_list *list)
{
	struct ruleset_roots roots = { false, false };
	struct error ignored;
	int lacking;
	struct maker m = { ruleset, -1, { 0 }, &roots, &lacking, &ignored, list };

	return fill(&m, reach);
}
