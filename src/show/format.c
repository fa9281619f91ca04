/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/format.h"

#include <string.h>

static const char *format_name(unsigned i)
{
	return format_rows[i].name;
}

static bool (*const exports[FORMAT_COUNT])(const struct export *export, FILE *out,
					   struct error *error) = {
#define FORMAT(id, ...) export_##id,
#include "tables/formats.def"
#undef FORMAT
};

bool format_find(const char *name, enum format *format, struct error *error)
{
	const char *nearest;
	char names[100];
	size_t used = 0;

	*format = 0;
	if (!name)
		return true;
	for (unsigned i = 0; i < FORMAT_COUNT; i++) {
		if (strcmp(format_name(i), name) == 0) {
			*format = i;
			return true;
		}
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
					 format_name(i));
	}
	nearest = diag_nearest(name, FORMAT_COUNT, format_name);
	return diag_set(error, EXIT_GYVE, "--print: unknown format '%.100s'%s%s%s; formats: %s",
			name, nearest ? "; did you mean '" : "", nearest ? nearest : "",
			nearest ? "'?" : "", names);
}

/* What loads a printed filter has to execute the target under it. */
static bool fits_exec(enum format format, const struct export *export, struct error *error)
{
	const struct policy_abi *abi = &export->policy->abis[0];
	struct call_data call = { .arch = abi_rows[abi->abi].arch };
	char text[32];

	if (format_rows[format].exec == FORMAT_REFUSED && export_has_ticket(export->policy))
		return diag_set(error, EXIT_GYVE,
				"--print=%s: the policy denies execve except to the launch, and a "
				"runtime has to execute its container's program after the filter "
				"is in place: allow it (spawn=allow), or let the container's "
				"command be gyve itself",
				format_name(format));
	syscalls_number(abi->abi, CALL_execve, &call.nr);
	if (format_rows[format].exec == FORMAT_SEALED &&
	    action_stricter(policy_verdict(export->policy, &call), SECCOMP_RET_LOG))
		diag_warn("--print=%s: execve is %s without exception, since the words that let "
			  "a launch pass are that launch's own: what loads this filter cannot "
			  "execute a program afterwards",
			  format_name(format),
			  action_name(policy_verdict(export->policy, &call), text));
	return true;
}

bool format_print(enum format format, const struct export *export, FILE *out, struct error *error)
{
	char items[200];

	if (!fits_exec(format, export, error))
		return false;
	if (!format_rows[format].domain && *export_reach(export, items))
		diag_warn("--print=%s: not in it: what Landlock holds of %s", format_name(format),
			  items);
	if (!format_rows[format].ids && export_has_ids(export))
		diag_warn("--print=%s: stricter: %s", format_name(format), EXPORT_IDS);
	return exports[format](export, out, error);
}
