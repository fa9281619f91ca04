/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/probe.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "policy/policy.h"
#include "reach/domain.h"
#include "syscalls/newer.h"

static const struct {
	const char *name;
	uint32_t value;
	const char *need;
} actions[] = {
#define PROBE_ACTION(id, name, value, need) { name, value, need },
#include "tables/probe_actions.def"
#undef PROBE_ACTION
};

static const struct {
	const char *name;
	unsigned value;
} flags[] = {
#define PROBE_FLAG(id, name, value) { name, value },
#include "tables/probe_flags.def"
#undef PROBE_FLAG
};

static const char *action_text(uint32_t action)
{
	for (unsigned i = 0; i < PROBE_ACTION_COUNT; i++)
		if (actions[i].value == action)
			return actions[i].name;
	return "";
}

static bool is_older_than(const char *release, int major, int minor)
{
	int has_major = 0, has_minor = 0;

	return sscanf(release, "%d.%d", &has_major, &has_minor) == 2 &&
	       (has_major < major || (has_major == major && has_minor < minor));
}

/* Before Linux 4.14 there was no way to ask: EINVAL, or ENOSYS before seccomp(2) (Linux 3.17). */
static bool cannot_be_asked(int number)
{
	struct utsname name;

	return (number == EINVAL || number == ENOSYS) && uname(&name) == 0 &&
	       is_older_than(name.release, 4, 14);
}

bool probe_action(uint32_t action, bool *available, struct error *error)
{
	int number;

	*available = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
	number = errno;
	if (*available || number == EOPNOTSUPP || cannot_be_asked(number))
		return true;
	return diag_errno(error, EXIT_GYVE, number,
			  "cannot ask the kernel for the action %s (seccomp "
			  "SECCOMP_GET_ACTION_AVAIL%s",
			  action_text(action),
			  number == ENOSYS ? "): no seccomp(2) here, or an outer filter hides it"
					   : ")");
}

/*
 * The kernel looks at the flags before it reads the filter: EFAULT for one that it knows. A flag
 * that needs another (TSYNC_ESRCH, WAIT_KILLABLE_RECV) is asked for together with it.
 */
static bool has_flag(unsigned flag)
{
	unsigned with = 0;

	if (flag == flags[PROBE_TSYNC_ESRCH].value)
		with = flags[PROBE_TSYNC].value;
	if (flag == flags[PROBE_WAIT_KILLABLE_RECV].value)
		with = flags[PROBE_NEW_LISTENER].value;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flag | with, NULL) < 0 &&
	       errno == EFAULT;
}

/* Loads an empty filter as a launch would. Runs in a child, which then has it. */
static int load_empty_filter(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return errno;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) < 0)
		return errno;
	return 0;
}

static int try_loading(void)
{
	int status = 0;
	pid_t child = fork();

	if (child < 0)
		return errno;
	if (child == 0)
		_exit(load_empty_filter());
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

/* "Seccomp_filters:" of /proc/self/status, since Linux 5.9. */
static int count_filters(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	int count = -1;

	if (!status)
		return -1;
	while (count < 0 && fgets(line, sizeof line, status))
		sscanf(line, "Seccomp_filters: %d", &count);
	fclose(status);
	return count;
}

static bool has_capability(unsigned capability)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return data[capability / 32].effective >> capability % 32 & 1;
}

static const char *describe_library(void)
{
	static char text[48];
	const char *version = newer_library();

	if (!version)
		return NULL;
	snprintf(text, sizeof text, "%s, API level %u", version, newer_api());
	return text;
}

/* Whether this kernel's Landlock holds a key whole. */
static bool holds(const struct probe *probe, const struct domain_need_row *row)
{
	return probe->landlock >= row->abi;
}

static void judge(struct probe *probe)
{
	probe->status = PROBE_NONE;
	if (probe->load_errno != 0) {
		probe->reason = "a filter cannot be loaded";
		return;
	}
	if (!probe->flags[PROBE_TSYNC]) {
		probe->reason = "the kernel cannot apply a filter to all threads (TSYNC)";
		return;
	}
	if (!probe->actions[PROBE_ERRNO] || !probe->actions[PROBE_TRAP]) {
		probe->reason = "the kernel does not know the actions ERRNO and TRAP";
		return;
	}
	probe->status = PROBE_DEGRADED;
	for (unsigned i = 0; i < PROBE_ACTION_COUNT; i++)
		if (!probe->actions[i]) {
			probe->reason = actions[i].need;
			return;
		}
	probe->reason = "without Landlock, or with an older one, what goes beyond system calls is "
			"refused, and strict does without it";
	for (unsigned i = 0; i < domain_need_row_count; i++)
		if (!holds(probe, &domain_need_rows[i]))
			return;
	probe->reason = NULL;
	probe->status = PROBE_FULL;
}

/* Where the kernel cannot be asked, these are there if a filter can be loaded. */
static bool is_original(uint32_t action)
{
	return action == SECCOMP_RET_TRAP || action == SECCOMP_RET_ERRNO;
}

void probe_run(struct probe *probe)
{
	struct utsname name;
	struct error ignored; /* what cannot be asked for is not there */

	memset(probe, 0, sizeof *probe);
	if (uname(&name) == 0)
		snprintf(probe->kernel, sizeof probe->kernel, "%s", name.release);
	probe->newer_kernel = *probe->kernel && !is_older_than(probe->kernel, TABLE_KERNEL_MAJOR,
							       TABLE_KERNEL_MINOR + 1);
	probe->abi = abi_rows[syscalls_native_abi()].name;
	probe->load_errno = try_loading();
	for (unsigned i = 0; i < PROBE_ACTION_COUNT; i++) {
		bool *there = &probe->actions[i];

		if (!probe_action(actions[i].value, there, &ignored))
			*there = false;
		*there |= probe->load_errno == 0 && is_original(actions[i].value);
	}
	for (unsigned i = 0; i < PROBE_FLAG_COUNT; i++)
		probe->flags[i] = has_flag(flags[i].value);
	probe->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
	probe->may_skip_no_new_privs = has_capability(CAP_SYS_ADMIN);
	probe->filters = count_filters();
	probe->landlock = domain_version();
	probe->landlock_errno = probe->landlock ? 0 : errno;
	probe->libseccomp = describe_library();
	judge(probe);
}

/* ---- printing ---- */

static const char *const status_names[] = { "full", "degraded", "none" };

void probe_print(const struct probe *probe, FILE *out)
{
	fprintf(out, "sandbox         %s%s%s", status_names[probe->status],
		probe->reason ? ": " : "", probe->reason ? probe->reason : "");
	if (probe->load_errno)
		fprintf(out, ": %s", strerror(probe->load_errno));
	fprintf(out, "\nkernel          %s", probe->kernel);
	if (probe->newer_kernel)
		fprintf(out,
			" (newer than gyve's table, which reaches %d.%d: unknown=deny hides its "
			"new calls)",
			TABLE_KERNEL_MAJOR, TABLE_KERNEL_MINOR);
	fprintf(out, "\nABI             %s", probe->abi);
	fprintf(out, "\nactions        ");
	for (unsigned i = 0; i < PROBE_ACTION_COUNT; i++)
		fprintf(out, " %s%s", probe->actions[i] ? "" : "no-", actions[i].name);
	fprintf(out, "\nflags          ");
	for (unsigned i = 0; i < PROBE_FLAG_COUNT; i++)
		fprintf(out, " %s%s", probe->flags[i] ? "" : "no-", flags[i].name);
	fprintf(out, "\nno_new_privs    %s, %s",
		probe->no_new_privs ? "set already" : "not set yet",
		probe->may_skip_no_new_privs ? "not demanded (CAP_SYS_ADMIN)"
					     : "demanded (no CAP_SYS_ADMIN)");
	if (probe->filters >= 0)
		fprintf(out, "\nfilters         %d present already", probe->filters);
	else
		fprintf(out, "\nfilters         unknown: the kernel does not say");
	if (probe->landlock)
		fprintf(out, "\nLandlock        version %d%s", probe->landlock,
			probe->landlock == 1 ? " (in its domain no file moves to another directory)"
					     : "");
	else
		fprintf(out, "\nLandlock        none: %s", strerror(probe->landlock_errno));
	fprintf(out, "\nkeys           ");
	for (unsigned i = 0; i < domain_need_row_count; i++) {
		const struct domain_need_row *row = &domain_need_rows[i];
		bool held = holds(probe, row);

		fprintf(out, " %s%s", held ? "" : "no-", key_rows[row->key].name);
		if (!held)
			fprintf(out, " (Linux %s)", row->release);
	}
	fprintf(out, "\nlibseccomp      %s\n",
		probe->libseccomp ? probe->libseccomp : "not in this build");
}

static void print_json_bool(FILE *out, const char *name, bool value, bool last)
{
	fprintf(out, "\"%s\":%s%s", name, value ? "true" : "false", last ? "" : ",");
}

void probe_print_json(const struct probe *probe, FILE *out)
{
	fprintf(out, "{\"status\":%d,\"sandbox\":\"%s\",\"reason\":", (int)probe->status,
		status_names[probe->status]);
	json_print(out, probe->reason);
	fprintf(out, ",\"load_error\":");
	json_print(out, probe->load_errno ? strerror(probe->load_errno) : NULL);
	fprintf(out, ",\"kernel\":");
	json_print(out, probe->kernel);
	fprintf(out, ",\"table_kernel\":\"%d.%d\",", TABLE_KERNEL_MAJOR, TABLE_KERNEL_MINOR);
	print_json_bool(out, "kernel_newer_than_table", probe->newer_kernel, false);
	fprintf(out, "\"abi\":\"%s\",\"actions\":{", probe->abi);
	for (unsigned i = 0; i < PROBE_ACTION_COUNT; i++)
		print_json_bool(out, actions[i].name, probe->actions[i],
				i + 1 == PROBE_ACTION_COUNT);
	fprintf(out, "},\"flags\":{");
	for (unsigned i = 0; i < PROBE_FLAG_COUNT; i++)
		print_json_bool(out, flags[i].name, probe->flags[i], i + 1 == PROBE_FLAG_COUNT);
	fprintf(out, "},");
	print_json_bool(out, "no_new_privs", probe->no_new_privs, false);
	print_json_bool(out, "cap_sys_admin", probe->may_skip_no_new_privs, false);
	if (probe->filters >= 0)
		fprintf(out, "\"filters\":%d,", probe->filters);
	else
		fprintf(out, "\"filters\":null,");
	fprintf(out, "\"landlock\":%d,\"keys\":{", probe->landlock);
	for (unsigned i = 0; i < domain_need_row_count; i++)
		print_json_bool(out, key_rows[domain_need_rows[i].key].name,
				holds(probe, &domain_need_rows[i]), i + 1 == domain_need_row_count);
	fprintf(out, "},\"libseccomp\":");
	json_print(out, probe->libseccomp);
	fprintf(out, "}\n");
}
