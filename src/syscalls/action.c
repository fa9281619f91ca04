/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syscalls/action.h"

#include <stdio.h>

#include "tables/tables.h"

/* The one definition of what is inline in the header. */
extern inline bool action_stricter(uint32_t a, uint32_t b);

static const char *errno_name(unsigned number)
{
	for (unsigned i = 0; i < errno_row_count; i++)
		if ((unsigned)errno_rows[i].number == number)
			return errno_rows[i].name;
	return NULL;
}

char *action_name(uint32_t action, char text[static 32])
{
	static const struct {
		uint32_t action;
		const char *name;
	} names[] = {
		{ SECCOMP_RET_KILL_PROCESS, "KILL_PROCESS" },
		{ SECCOMP_RET_KILL_THREAD, "KILL_THREAD" },
		{ SECCOMP_RET_TRAP, "TRAP" },
		{ SECCOMP_RET_USER_NOTIF, "NOTIFY" },
		{ SECCOMP_RET_TRACE, "TRACE" },
		{ SECCOMP_RET_LOG, "LOG" },
		{ SECCOMP_RET_ALLOW, "ALLOW" },
	};
	uint32_t data = action & SECCOMP_RET_DATA;

	snprintf(text, 32, "0x%08x", action);
	if ((action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO) {
		if (errno_name(data))
			snprintf(text, 32, "ERRNO(%s)", errno_name(data));
		else
			snprintf(text, 32, "ERRNO(%u)", data);
		return text;
	}
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].action == (action & SECCOMP_RET_ACTION_FULL))
			snprintf(text, 32, "%s", names[i].name);
	return text;
}
