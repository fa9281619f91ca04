/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach/domain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reach/attempt.h"
#include "reach/ruleset.h"

#define CREATE_RULESET_VERSION 1

/*
 * From ABI 7 on the kernel writes a record for each denial before the next exec to the audit log,
 * unless it is told not to: those are our own attempts.
 */
#define LOG_SAME_EXEC_OFF 1
#define LOG_SAME_EXEC_OFF_ABI 7

int domain_version(void)
{
	long version = ruleset_call(CALL_landlock_create_ruleset, 0, 0, CREATE_RULESET_VERSION, 0);

	if (version > 0)
		return (int)version;
	if (version == 0)
		errno = ENOSYS; /* no kernel says so */
	return 0;
}

/* No ruleset is EBADF in the kernel, once it has looked at our privileges. 0: nobody's kernel. */
static int ask(void)
{
	return ruleset_call(CALL_landlock_restrict_self, -1, 0, 0, 0) < 0 ? errno : 0;
}

/* ---- what this kernel cannot hold ---- */

/* Why this kernel cannot; step is what failed. */
static void explain_lack(int number, int version, const char *step, char *why, size_t size)
{
	if (number == ENOSYS)
		snprintf(why, size, "this kernel has no Landlock, or an outer filter hides it");
	else if (number == EOPNOTSUPP)
		snprintf(why, size, "Landlock is switched off (the kernel's option lsm=)");
	else if (number == E2BIG)
		snprintf(why, size, "the kernel has 16 domains for a process, one in another");
	else if (number)
		snprintf(why, size, "%s", step);
	else
		snprintf(why, size, "this kernel's Landlock has ABI %d", version);
}

static void add_word(char *text, size_t size, const char *separator, const char *word)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", used ? separator : "", word);
}

/* Keys that are wanted and not held cost one warning, unless one of them is demanded. */
static bool do_without(const struct reach *reach, const bool held[static KEY_COUNT], int version,
		       const char *why, struct error *error)
{
	char keys[100] = "", left[400] = "", needed[60];

	for (unsigned i = 0; i < domain_need_row_count; i++) {
		const struct domain_need_row *row = &domain_need_rows[i];
		const char *key = key_rows[row->key].name;

		if (reach->need[row->key] == NEED_NONE || held[row->key])
			continue;
		snprintf(needed, sizeof needed, "; it needs ABI %d (Linux %s)", row->abi,
			 row->release);
		if (reach->need[row->key] == NEED_DEMANDED)
			return diag_set(error, EXIT_GYVE,
					"'%s' cannot be held in full: %s%s; nothing was "
					"started; '--degrade %s' would start COMMAND all the same",
					key, why, version < row->abi ? needed : "", key);
		add_word(keys, sizeof keys, ", ", key);
		add_word(left, sizeof left, "; ", row->left);
	}
	if (*keys)
		diag_warn("%s: not held in full, since %s: %s", keys, why, left);
	return true;
}

/* ---- the ruleset ---- */

static struct ruleset choose(const struct reach *reach, const bool held[static KEY_COUNT],
			     int version)
{
	struct ruleset ruleset = { 0, 0, 0 };

	if (reach->need[KEY_FILES] != NEED_NONE)
		ruleset.files = ruleset_rights(version, reach->closes_reading);
	if (held[KEY_NETWORK])
		ruleset.ports = PORT_BIND | PORT_CONNECT;
	if (held[KEY_OUTSIDE])
		ruleset.scopes = SCOPE_ABSTRACT | SCOPE_SIGNAL;
	/* To separate processes any domain does, but one of nothing is none (ENOMSG). */
	if (!ruleset.files && !ruleset.ports && !ruleset.scopes)
		ruleset.files = right_bit(version > 1 ? RIGHT_REFER : RIGHT_MAKE_SYM);
	return ruleset;
}

/* ---- entering ---- */

static bool does_not_hold(struct error *error)
{
	return diag_set(
		error, EXIT_GYVE,
		"the Landlock domain does not hold: landlock_restrict_self succeeded and "
		"nothing is restricted, so something answers in the kernel's place (an outer "
		"filter, an emulator); nothing was started");
}

static bool enter(const struct reach *reach, const bool held[static KEY_COUNT], int version,
		  int *lacking, struct error *error)
{
	struct ruleset ruleset = choose(reach, held, version);
	struct ruleset_roots roots;
	struct attempt attempt;
	int fd = -1, answer = ask(), number;

	if (!ruleset_make(&ruleset, reach, &fd, &roots, lacking, error))
		return false;
	attempt = attempt_begin(held);
	number = ruleset_call(CALL_landlock_restrict_self, fd,
			      version >= LOG_SAME_EXEC_OFF_ABI ? LOG_SAME_EXEC_OFF : 0, 0, 0) < 0
			 ? errno
			 : 0;
	close(fd);
	*lacking = number;
	if (number)
		return diag_errno(error, EXIT_GYVE, number,
				  "cannot enter a Landlock domain (landlock_restrict_self)");
	return (attempt_holds(attempt, reach, held, &roots) && answer != 0) || does_not_hold(error);
}

/* Which keys a kernel of this ABI holds whole. */
static bool choose_held(const struct reach *reach, int version, bool held[static KEY_COUNT])
{
	bool any = false;

	for (unsigned i = 0; i < domain_need_row_count; i++) {
		const struct domain_need_row *row = &domain_need_rows[i];

		held[row->key] = reach->need[row->key] != NEED_NONE && version >= row->abi;
		any |= held[row->key];
	}
	return any;
}

bool domain_enter(const struct reach *reach, struct domain *domain, struct error *error)
{
	int version = domain_version(), lacking = version ? 0 : errno;
	bool *held = domain->held, any;
	char why[200];

	memset(domain, 0, sizeof *domain);
	any = choose_held(reach, version, held);
	explain_lack(lacking, version, strerror(lacking), why, sizeof why);
	if (!do_without(reach, held, version, why, error))
		return false;
	/* Files are held as far as they can be, when the rest may be done without. */
	if (!version || (!any && reach->need[KEY_FILES] == NEED_NONE))
		return true;
	if (enter(reach, held, version, &lacking, error)) {
		domain->abi = version;
		return true;
	}
	if (!lacking)
		return false;
	explain_lack(lacking, version, error->text, why, sizeof why);
	memset(domain, 0, sizeof *domain);
	return do_without(reach, held, version, why, error);
}
