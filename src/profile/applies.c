/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/applies.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* ---- what this process and kernel are ---- */

/* What the launched program can have: no exec under no_new_privs adds to the permitted set. */
static bool ask_capabilities(struct reader *r)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) < 0)
		return diag_errno(r->error, EXIT_GYVE, errno,
				  "cannot ask for this process's capabilities (capget)");
	r->capabilities = (uint64_t)data[1].permitted << 32 | data[0].permitted;
	return true;
}

/* Two numbers or three, of which the last is 0 if it is not there; whatever follows them. */
static bool parse_version(const char *text, unsigned version[static 3], const char **rest)
{
	int two = -1, three = -1;

	version[2] = 0;
	sscanf(text, "%u.%u%n.%u%n", &version[0], &version[1], &two, &version[2], &three);
	*rest = text + (three < 0 ? two : three);
	return two >= 0;
}

static bool ask_kernel(struct reader *r)
{
	struct utsname name;
	const char *rest;

	if (uname(&name) < 0 || !parse_version(name.release, r->kernel, &rest))
		return diag_set(r->error, EXIT_GYVE, "cannot tell which kernel this is (uname)");
	return true;
}

bool applies_ask(struct reader *r)
{
	return ask_capabilities(r) && ask_kernel(r);
}

/* ---- conditions of an entry: includes and excludes ---- */

static bool find_capability(const char *name, unsigned *bit)
{
	for (unsigned i = 0; i < capability_row_count; i++)
		if (strcmp(capability_rows[i].name, name) == 0) {
			*bit = capability_rows[i].bit;
			return true;
		}
	return false;
}

/* How many strings of a list there are, and for how many of them holds() is true. */
struct matches {
	unsigned count, held;
};

static bool count_matches(struct reader *r, const struct json *filter, const char *name,
			  bool (*holds)(struct reader *r, const struct json *text, bool *good),
			  struct matches *matches)
{
	const struct json *list;
	bool good = true;

	*matches = (struct matches){ 0, 0 };
	if (!reader_member(r, filter, name, JSON_ARRAY, &list))
		return false;
	for (const struct json *text = list ? json_first(list) : NULL; text;
	     text = json_next(text)) {
		if (json_kind(text) != JSON_STRING)
			return reader_refuse_kind(r, name, text, JSON_STRING);
		matches->count++;
		matches->held += holds(r, text, &good);
		if (!good)
			return false;
	}
	return true;
}

static bool has_capability(struct reader *r, const struct json *text, bool *good)
{
	unsigned bit;

	if (find_capability(json_text(text), &bit))
		return r->capabilities >> bit & 1;
	*good = reader_complain(r, "caps", text, "not a capability; nobody has it");
	return false;
}

static bool is_native_arch(struct reader *r, const struct json *text, bool *good)
{
	for (unsigned i = 0; i < oci_arch_row_count; i++)
		if (strcmp(oci_arch_rows[i].go, json_text(text)) == 0)
			return oci_arch_rows[i].abi == (int)syscalls_native_abi();
	*good = reader_complain(r, "arches", text, "not an architecture");
	return false;
}

/* Docker's form: two numbers; in its older profiles three. */
static bool kernel_is_at_least(struct reader *r, const struct json *filter, bool *given,
			       bool *holds)
{
	const struct json *value;
	unsigned least[3], i = 0;
	const char *rest;

	if (!reader_member(r, filter, "minKernel", JSON_STRING, &value))
		return false;
	*given = value && *json_text(value);
	*holds = false;
	if (!*given)
		return true;
	if (!parse_version(json_text(value), least, &rest) || *rest != '\0')
		return reader_refuse(r, "minKernel", value,
				     "must be two or three numbers, as in \"4.8\"");
	while (i < 2 && r->kernel[i] == least[i])
		i++;
	*holds = r->kernel[i] >= least[i];
	return true;
}

static const char *const filter_members[] = { "caps", "arches", "minKernel", NULL };

struct filter_facts {
	struct matches caps, arches;
	bool has_kernel, kernel;
};

static bool read_filter(struct reader *r, const struct json *entry, const char *name,
			struct filter_facts *facts)
{
	const struct json *filter;
	size_t used = strlen(r->path);
	bool good;

	memset(facts, 0, sizeof *facts);
	if (!reader_member(r, entry, name, JSON_OBJECT, &filter))
		return false;
	if (!filter)
		return true;
	snprintf(r->path + used, sizeof r->path - used, ".%s", name);
	good = reader_only_known(r, filter, filter_members) &&
	       count_matches(r, filter, "caps", has_capability, &facts->caps) &&
	       count_matches(r, filter, "arches", is_native_arch, &facts->arches) &&
	       kernel_is_at_least(r, filter, &facts->has_kernel, &facts->kernel);
	r->path[used] = '\0';
	return good;
}

/* Included: all capabilities, one of the architectures, the kernel. Excluded: any of them. */
bool applies_read(struct reader *r, const struct json *entry, bool *applies)
{
	struct filter_facts in, ex;

	if (!read_filter(r, entry, "includes", &in) || !read_filter(r, entry, "excludes", &ex))
		return false;
	*applies = in.caps.held == in.caps.count && (in.arches.count == 0 || in.arches.held > 0) &&
		   (!in.has_kernel || in.kernel) && ex.caps.held == 0 && ex.arches.held == 0 &&
		   !(ex.has_kernel && ex.kernel);
	return true;
}
