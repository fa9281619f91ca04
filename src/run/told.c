/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/told.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/line.h"
#include "run/naming.h"
#include "run/notify.h"

#define SHOWN_PATH 600

unsigned told_asks(const struct reach *reach)
{
	unsigned asks = 0;

	if (reach && reach->need[KEY_FILES] != NEED_NONE)
		asks = reach->closes_reading ? NOTIFY_ASKS_READING | NOTIFY_ASKS_EXEC
					     : NOTIFY_ASKS_WRITING;
	if (reach && reach->need[KEY_NETWORK] != NEED_NONE)
		asks |= NOTIFY_ASKS_PORTS;
	return asks;
}

bool told_begin(struct teller *teller, const struct reach *reach, struct error *error)
{
	teller->reach = reach;
	return !reach || reach->need[KEY_FILES] == NEED_NONE ||
	       files_seen_begin(&teller->files, reach, domain_version(), error);
}

void told_take_domain(struct teller *teller, const struct domain *domain)
{
	teller->has_files = domain->abi && teller->reach->need[KEY_FILES] != NEED_NONE;
	teller->has_ports = domain->held[KEY_NETWORK];
}

/* ---- files ---- */

static void add_name(struct line *line, const char *name)
{
	size_t length = strlen(name);

	line_add_quoted(line, name, length > SHOWN_PATH ? SHOWN_PATH : length);
	line_add(line, length > SHOWN_PATH ? "..." : "");
}

static void add_call(const struct teller *teller, const struct touch *touch, struct line *line)
{
	const struct deed *deed = &teller->files.deed;
	bool two = deed->row->to_path != ARGUMENT_NONE;

	line_add(line, "%s(", call_rows[deed->row->call].name);
	add_name(line, deed->names[0]);
	if (two) {
		line_add(line, ", ");
		add_name(line, deed->names[1]);
	}
	line_add(line, ") ");
	line_add(line, "%s", touch->words);
	if (touch->name != deed->names[0] && !(two && touch->name == deed->names[1])) {
		line_add(line, ", ");
		add_name(line, touch->name);
	}
}

/* Appends the option that opens a touch, unless it stands there. */
static bool add_option(struct told *told, const struct touch *touch, uint64_t missing,
		       struct line *line)
{
	char *path = told->opens[told->opens_count].argument;
	const char *name = naming_option(missing);
	struct line option;

	if (!name || !naming_path(touch, path))
		return false;
	line_clear(&option);
	line_add(&option, "--%s ", name);
	naming_add_word(&option, path);
	if (option.used + line->used + 1 >= TOLD_OPTIONS)
		return false;
	if (strcmp(line->text, option.text) == 0)
		return true;
	line_add(line, "%s%s", line->used ? " " : "", option.text);
	told->opens[told->opens_count++].option =
		strcmp(name, "write") == 0 ? OPTION_WRITE : OPTION_READ;
	return true;
}

static void add_reason(uint64_t missing, struct line *line)
{
	const char *name = naming_option(missing);

	if (name)
		line_add(line, ": not opened by --%s", name);
	else
		line_add(line, ": not opened");
}

static void tell_files(struct teller *teller)
{
	const struct files_seen *files = &teller->files;
	struct told *told = &teller->told;
	const struct touch *first = NULL;
	struct line call, options;
	bool whole = true;

	told->opens_count = 0;
	told->why_none = "no PATH leads there";
	line_clear(&call);
	line_clear(&options);
	for (unsigned i = 0; i < files->deed.count; i++) {
		const struct touch *touch = &files->deed.touches[i];

		if (!files->missing[i])
			continue;
		if (!naming_option(files->missing[i]))
			told->why_none = "no option does";
		if (!first) {
			first = touch;
			add_call(teller, touch, &call);
			add_reason(files->missing[i], &call);
			if (!naming_narrow(touch, told->path))
				told->path[0] = '\0';
		}
		whole &= add_option(told, touch, files->missing[i], &options);
	}
	if (!whole) {
		line_clear(&options);
		told->opens_count = 0;
	}
	told->group = group_rows[GROUP_FILES].name;
	told->number = files_seen_errno(files);
	line_copy(&call, told->call, sizeof told->call);
	strcpy(told->options, options.text);
}

/* ---- ports ---- */

static void tell_port(struct teller *teller, const struct port_seen *port)
{
	const char *option = port->binds ? "bind" : "connect";
	struct told *told = &teller->told;
	struct line line;

	line_clear(&line);
	line_add(&line, "%s() to %s port %u: not opened by --%s", option, port->address, port->port,
		 option);
	line_copy(&line, told->call, sizeof told->call);
	line_clear(&line);
	line_add(&line, "--%s %u", option, port->port);
	line_copy(&line, told->options, sizeof told->options);
	told->group = group_rows[GROUP_PORTS].name;
	told->number = EACCES;
	told->path[0] = '\0';
	told->opens_count = 1;
	told->opens[0].option = port->binds ? OPTION_BIND : OPTION_CONNECT;
	snprintf(told->opens[0].argument, PATH_MAX, "%u", port->port);
}

bool told_look(struct teller *teller, const struct notification *caller)
{
	struct port_seen port;
	bool denied;

	if (teller->has_ports && ports_seen_look(teller->reach, caller, &port)) {
		tell_port(teller, &port);
		return true;
	}
	if (!teller->has_files)
		return false;
	denied = files_seen_look(&teller->files, caller);
	if (denied)
		tell_files(teller);
	files_seen_drop(&teller->files);
	return denied;
}
