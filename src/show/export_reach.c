/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a launch holds by Landlock, in the formats that can say it. Source of the directives:
 * systemd.exec(5), systemd.resource-control(5).
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "show/export.h"

static const char *const option_names[] = {
	[OPENED_READ] = "read",
	[OPENED_WRITE] = "write",
	[OPENED_CONNECT] = "connect",
	[OPENED_BIND] = "bind",
};

static bool is_needed(const struct export *export, const struct domain_need_row *row)
{
	return export->reach && export->reach->need[row->key] != NEED_NONE;
}

static const char *value_of(const struct export *export, enum key key)
{
	return value_rows[export->choices->value[key]].name;
}

char *export_reach(const struct export *export, char text[static 200])
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < domain_need_row_count && used < 200; i++) {
		enum key key = domain_need_rows[i].key;

		if (is_needed(export, &domain_need_rows[i]))
			used += (size_t)snprintf(text + used, 200 - used, "%s%s=%s",
						 used ? "," : "", key_rows[key].name,
						 value_of(export, key));
	}
	return text;
}

/* ---- table ---- */

void export_reach_table(const struct export *export, FILE *out)
{
	const struct reach *reach = export->reach;
	char shown[2000], items[200];

	if (!*export_reach(export, items))
		return;
	fprintf(out, "By Landlock besides: %s%s\n", items,
		reach->closes_reading ? reach->base ? ", but for the base set (--list-base), "
						      "COMMAND itself and"
						    : ", but for COMMAND itself and"
		: reach->opened_count ? ", but for"
				      : "");
	for (unsigned i = 0; i < reach->opened_count; i++) {
		diag_visible(shown, sizeof shown, reach->opened[i].text);
		fprintf(out, "  --%s %s\n", option_names[reach->opened[i].what], shown);
	}
	putc('\n', out);
}

/* ---- json ---- */

static void json_opened(const struct export *export, unsigned what, FILE *out)
{
	unsigned count = 0;

	fprintf(out, ", \"%s\": [", option_names[what]);
	for (unsigned i = 0; i < export->reach->opened_count; i++) {
		const struct opened *opened = &export->reach->opened[i];

		if (opened->what != what)
			continue;
		fprintf(out, "%s", count++ ? ", " : "");
		if (what == OPENED_CONNECT || what == OPENED_BIND)
			fprintf(out, "[%u, %u]", opened->first, opened->last);
		else
			json_print(out, opened->text);
	}
	fprintf(out, "]");
}

void export_reach_json(const struct export *export, FILE *out)
{
	unsigned count = 0;

	if (!export->reach) {
		fprintf(out, "  \"landlock\": null,\n");
		return;
	}
	fprintf(out, "  \"landlock\": {\"keys\": [");
	for (unsigned i = 0; i < domain_need_row_count; i++) {
		const struct domain_need_row *row = &domain_need_rows[i];

		if (is_needed(export, row))
			fprintf(out, "%s{\"key\": \"%s\", \"abi\": %u, \"demanded\": %s}",
				count++ ? ", " : "", key_rows[row->key].name, row->abi,
				export->reach->need[row->key] == NEED_DEMANDED ? "true" : "false");
	}
	fprintf(out, "], \"base\": %s",
		export->reach->closes_reading && export->reach->base ? "true" : "false");
	for (unsigned what = OPENED_READ; what <= OPENED_BIND; what++)
		json_opened(export, what, out);
	fprintf(out, "},\n");
}

/* ---- systemd ---- */

/* A path in a unit: its own quoting, and "%" doubled, since that begins a specifier. */
static void write_path(const char *directive, const char *path, FILE *out)
{
	fprintf(out, "%s=\"", directive);
	for (; *path; path++) {
		unsigned char byte = (unsigned char)*path;

		if (byte == '%')
			fprintf(out, "%%%%");
		else if (byte == '"' || byte == '\\')
			fprintf(out, "\\%c", byte);
		else if (byte < 0x20 || byte >= 0x7f)
			fprintf(out, "\\x%02x", byte);
		else
			putc(byte, out);
	}
	fprintf(out, "\"\n");
}

static void write_files(const struct export *export, FILE *out)
{
	const struct reach *reach = export->reach;

	fprintf(out, "ProtectSystem=strict\nProtectHome=%s\n",
		reach->closes_reading ? "tmpfs" : "read-only");
	for (unsigned i = 0; i < reach->opened_count; i++) {
		const struct opened *opened = &reach->opened[i];

		if (opened->what != OPENED_READ && opened->what != OPENED_WRITE)
			continue;
		if (*opened->text != '/') {
			fprintf(out, "# NOT HERE: a relative path: ");
			write_path("", opened->text, out);
		} else if (opened->what == OPENED_WRITE) {
			write_path("ReadWritePaths", opened->text, out);
		} else {
			write_path("BindReadOnlyPaths", opened->text, out);
		}
	}
	if (reach->closes_reading)
		fprintf(out,
			"# NOT ENFORCED HERE: files=deny closes whatever no option opens; the "
			"drop-in closes homes,\n#   and other directories can still be read.\n");
}

static void write_ports(const struct export *export, FILE *out)
{
	bool any = false;

	for (unsigned i = 0; i < export->reach->opened_count; i++) {
		const struct opened *opened = &export->reach->opened[i];

		if (opened->what == OPENED_BIND)
			fprintf(out, "SocketBindAllow=tcp:%u-%u\n", opened->first, opened->last);
		any |= opened->what == OPENED_CONNECT;
	}
	fprintf(out, "SocketBindDeny=any\n");
	fprintf(out, "# NOT ENFORCED HERE: %s\n",
		any ? "connecting only to the ports of --connect" : "connecting to no port at all");
}

void export_reach_systemd(const struct export *export, FILE *out)
{
	const struct reach *reach = export->reach;

	if (!reach)
		return;
	if (reach->need[KEY_FILES] != NEED_NONE)
		write_files(export, out);
	if (reach->need[KEY_NETWORK] != NEED_NONE)
		write_ports(export, out);
	if (reach->need[KEY_OUTSIDE] != NEED_NONE)
		fprintf(out, "# NOT ENFORCED HERE: outside=deny: signals and abstract sockets of "
			     "processes outside\n");
	if (reach->need[KEY_DEBUG] != NEED_NONE)
		fprintf(out, "# NOT ENFORCED HERE: debug=deny: mem, environ, fd and root of "
			     "processes outside, under /proc\n");
}
