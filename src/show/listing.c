/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/listing.h"

#include <string.h>

#include "config.h"
#include "reach/services.h"
#include "syscalls/action.h"
#include "syscalls/newer.h"
#include "syscalls/syscalls.h"

#ifdef GYVE_STATIC
#define LINKED "statically"
#else
#define LINKED "dynamically"
#endif

/* musl has no name of its own for the preprocessor. */
#ifdef __GLIBC__
#define C_LIBRARY "glibc"
#else
#define C_LIBRARY "musl"
#endif

void listing_version(FILE *out)
{
	const char *library = newer_library();

	fprintf(out, "gyve %s\n", PACKAGE_VERSION);
	fprintf(out,
		"%s, linked " LINKED " with " C_LIBRARY " %s%s, system calls up to Linux %d.%d\n",
		abi_rows[syscalls_native_abi()].name,
		library ? "and libseccomp " : "and without libseccomp", library ? library : "",
		TABLE_KERNEL_MAJOR, TABLE_KERNEL_MINOR);
	fputs("Licence GPL-2.0-or-later. There is no warranty.\n", out);
}

/* ---- lists ---- */

void listing_keys(FILE *out)
{
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		unsigned first = choices_first_value(key), count = choices_value_count(key);

		fprintf(out, "%s\t", key_rows[key].name);
		for (unsigned i = first; i < first + count; i++)
			fprintf(out, "%s%s", i > first ? "," : "", value_rows[i].name);
		fprintf(out, "\t%s\n", key_rows[key].help);
	}
}

static const char *key_name(unsigned i)
{
	return key_rows[i].name;
}

static const char *group_name(unsigned i)
{
	return group_rows[i].name;
}

/* accepted: whether the words are few enough to be listed in the message. */
static bool unknown_name(const char *what, const char *name, bool accepted, unsigned count,
			 const char *(*word)(unsigned), struct error *error)
{
	const char *nearest = diag_nearest(name, count, word);
	char words[300] = "";
	size_t used = 0;

	for (unsigned i = 0; accepted && i < count && used < sizeof words; i++)
		used += (size_t)snprintf(words + used, sizeof words - used, "%s%s",
					 i ? ", " : "; accepted: ", word(i));
	return diag_set(error, EXIT_GYVE, "there is no %s '%.100s'%s%s%s%s", what, name,
			nearest ? "; did you mean '" : "", nearest ? nearest : "",
			nearest ? "'?" : "", words);
}

static unsigned find_name(const char *name, unsigned count, const char *(*word)(unsigned))
{
	unsigned i = 0;

	while (i < count && strcmp(word(i), name) != 0)
		i++;
	return i;
}

bool listing_values(const struct request *request, FILE *out, struct error *error)
{
	const char *name = request->mode_argument;
	unsigned key = find_name(name, KEY_COUNT, key_name), first;

	if (key == KEY_COUNT)
		return unknown_name("key", name, true, KEY_COUNT, key_name, error);
	first = choices_first_value(key);
	for (unsigned i = first; i < first + choices_value_count(key); i++)
		fprintf(out, "%s\t%s\n", value_rows[i].name, value_rows[i].help);
	return true;
}

void listing_groups(FILE *out)
{
	for (unsigned i = 0; i < GROUP_COUNT; i++)
		fprintf(out, "%s\t%s\t%s\n", group_rows[i].name, key_rows[group_rows[i].key].name,
			group_rows[i].help);
}

static const char *origin_name(enum origin origin)
{
	static const char *const names[] = { "", "qemu", "gyve", "compat" };

	return names[origin];
}

static const char *denial_name(const struct rule_row *row, char text[static 32])
{
	if (row->denial == DENY_KILL)
		return "kill";
	return action_name(SECCOMP_RET_ERRNO | (uint32_t)row->denial, text);
}

bool listing_syscalls(const struct request *request, FILE *out, struct error *error)
{
	const char *name = request->mode_argument;
	unsigned group = find_name(name, GROUP_COUNT, group_name);

	if (group == GROUP_COUNT)
		return unknown_name("group", name, true, GROUP_COUNT, group_name, error);
	for (unsigned i = 0; i < rule_row_count; i++) {
		const struct rule_row *row = &rule_rows[i];
		char action[32];

		if (row->group != group)
			continue;
		fprintf(out, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", call_rows[row->call].name,
			call_numbers[syscalls_native_abi()][row->call],
			choices_denying_value(row)->name, denial_name(row, action),
			condition_words[row->condition], origin_name(row->origin), rule_reasons[i]);
	}
	return true;
}

void listing_calls(FILE *out)
{
	const int32_t *number = call_numbers[syscalls_native_abi()];

	for (unsigned i = 0; i < CALL_COUNT; i++)
		if (number[i] == NO_NUMBER)
			fprintf(out, "%s\t-\t%s\n", call_rows[i].name, call_rows[i].since);
		else
			fprintf(out, "%s\t%d\t%s\n", call_rows[i].name, number[i],
				call_rows[i].since);
}

/*
 * What may follow an option, in the words of the usage line: a completion has to know. After a
 * modifier it is what a mode that it goes with takes.
 */
static const char *operands_name(enum option_id id)
{
	const struct option_row *row = &option_rows[id];
	bool any = row->kind == KIND_MODE ? row->with != 0 : row->with >> OPTION_LAUNCH & 1;

	if (id == OPTION_EXPLAIN)
		return "CALL";
	for (unsigned mode = 0; row->kind != KIND_MODE && mode < OPTION_COUNT; mode++)
		any |= row->with >> mode & 1 && option_rows[mode].with != 0;
	return any ? "COMMAND" : "";
}

void listing_options(FILE *out)
{
	for (unsigned i = 0; i < OPTION_COUNT; i++)
		fprintf(out, "--%s\t%s\t%s\t%s\n", option_rows[i].name, option_rows[i].metavar,
			option_rows[i].help, operands_name(i));
}

void listing_formats(FILE *out)
{
	for (unsigned i = 0; i < FORMAT_COUNT; i++)
		fprintf(out, "%s\t%s\n", format_rows[i].name, format_rows[i].help);
}

void listing_base(FILE *out)
{
	for (unsigned i = 0; i < base_path_row_count; i++)
		fprintf(out, "%s\t%s\t%s\n", base_path_rows[i].path,
			base_path_rows[i].is_writable ? "write" : "read", base_path_rows[i].why);
}

/* A completion offers what stands first, with what stands last beside it. */
void listing_ports(FILE *out)
{
	FILE *services = fopen(SERVICES_FILE, "re");
	struct service service;

	while (services && services_next(services, &service))
		fprintf(out, "%s\t%u\n", service.name, service.port);
	if (services)
		rewind(services);
	while (services && services_next(services, &service))
		fprintf(out, "%u\t%s\n", service.port, service.name);
	if (services)
		fclose(services);
}

void listing_exits(FILE *out)
{
	for (unsigned i = 0; i < exit_row_count; i++)
		fprintf(out, "%d\t%s\n", exit_rows[i].status, exit_rows[i].help);
}
