/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/harmless.h"

#include <fnmatch.h>
#include <string.h>

#include "run/process.h"

/* Whether a file's name is one of several patterns. */
static bool matches(const char *patterns, const char *name)
{
	while (*patterns) {
		size_t length = strcspn(patterns, "|");
		char pattern[64];

		if (length < sizeof pattern) {
			memcpy(pattern, patterns, length);
			pattern[length] = '\0';
			if (fnmatch(pattern, name, 0) == 0)
				return true;
		}
		patterns += length + (patterns[length] == '|');
	}
	return false;
}

const struct harmless_row *harmless_find(const struct asked *asked)
{
	const struct call_data *call = &asked->notification.call;
	enum abi abi = syscalls_abi_of(call);
	char file[PROCESS_FILE] = "";
	enum call name;

	if (abi == ABI_COUNT || (asked->denial & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO)
		return NULL;
	name = syscalls_at(abi, call->nr);
	for (unsigned i = 0; i < HARMLESS_COUNT; i++) {
		const struct harmless_row *row = &harmless_rows[i];

		if (row->call != (int)name || !policy_holds(&row->when, abi, call->args))
			continue;
		if (!*file && !process_find_code(asked->notification.tid, abi_rows[abi].bits, file))
			return NULL;
		if (matches(row->by, file))
			return row;
	}
	return NULL;
}
