/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/audit_head.h"

#include <string.h>

#include "base/lines.h"

/* "[ 12.345678] " of dmesg and the kernel, "[T123] " and more of the kind. */
static const char *skip_brackets(const char *at)
{
	while (*at == '[') {
		at += strcspn(at, "]");
		at += *at == ']';
		at += strspn(at, " ");
	}
	return at;
}

/* The level that dmesg --raw ("<5>"), /dev/kmsg ("5,942,3729141121,-;") and dmesg -x put in front.
 */
static const char *skip_level(const char *line)
{
	size_t digits = strspn(line, "0123456789"), end = strcspn(line, ">;");

	if (*line == '<' && line[end] == '>')
		return line + end + 1;
	if (digits > 0 && line[digits] == ',' && line[end] == ';')
		return line + end + 1;
	if (lines_behind(line, "kern  :") && strstr(line, ": "))
		return strstr(line, ": ") + 2;
	return line;
}

/* Whether what stands before a writer can be time and host, and not words of a message. */
static bool is_front(const char *line, const char *writer)
{
	unsigned words = 0;

	for (const char *at = line; at < writer; at++)
		words += *at == ' ';
	return words <= 5 && line + strcspn(line, "'\"`/(<") >= writer;
}

/*
 * Who can stand before a record in syslog or in the journal: the kernel, or who passes its records
 * on. In their lines no process can choose the beginning. The kernel itself has no process ID: who
 * has one only calls itself so. "audit[PID]" is the journal's own word for a record of the
 * kernel's.
 */
static const struct {
	const char *name;
	bool has_pid;
} writers[] = {
	{ "audit", true }, { "kernel", false }, { "audispd", true }, { "audisp-syslog", true }
};

/* What stands before the first ": ", behind time and host; with "[PID]" or without. */
static const char *skip_writer(const char *line, bool *is_audit)
{
	const char *colon = strstr(line, ": "), *word = colon;

	while (word && word > line && word[-1] != ' ')
		word--;
	if (!word || !is_front(line, word))
		return NULL;
	for (unsigned i = 0; i < sizeof writers / sizeof writers[0]; i++) {
		const char *rest = lines_behind(word, writers[i].name);

		*is_audit = i == 0;
		if (rest == colon ||
		    (rest && *rest == '[' && colon[-1] == ']' && writers[i].has_pid))
			return colon + 2;
	}
	return NULL;
}

static const struct {
	const char *number, *name; /* both are in use */
	bool is_seccomp;
} types[] = {
	{ "1326", "SECCOMP", true },
	{ "1300", "SYSCALL", false },
};

/* "type=SECCOMP msg=audit(TIME:SERIAL): " or "type=1326 audit(TIME:SERIAL): ". The fields, or NULL.
 */
static const char *read_head(const char *at, struct audit_head *head)
{
	const char *rest = NULL;

	at = lines_behind(at, "type=");
	for (unsigned i = 0; at && !rest && i < sizeof types / sizeof types[0]; i++) {
		rest = lines_behind(at, types[i].number);
		rest = rest ? rest : lines_behind(at, types[i].name);
		head->is_seccomp = types[i].is_seccomp;
	}
	if (!rest || *rest++ != ' ')
		return NULL;
	at = lines_behind(rest, "msg=");
	at = lines_behind(at ? at : rest, "audit(");
	if (!at)
		return NULL;
	head->time = at;
	at += strcspn(at, ")");
	return at + strcspn(at, ":") + (strchr(at, ':') != NULL);
}

/* The journal's form: "SECCOMP auid=...", or "<audit-1326> auid=..." of older ones. */
static const char *read_journal_head(const char *at, struct audit_head *head)
{
	for (unsigned i = 0; i < sizeof types / sizeof types[0]; i++) {
		const char *rest = lines_behind(at, "<audit-");

		rest = rest ? lines_behind(rest, types[i].number) : lines_behind(at, types[i].name);
		head->is_seccomp = types[i].is_seccomp;
		if (rest && (*rest == ' ' || lines_behind(rest, "> ")))
			return rest + 1;
	}
	return NULL;
}

static const char *find_body(const char *line, struct audit_head *head)
{
	const char *message = skip_brackets(skip_level(line)), *rest;
	bool is_audit = false;

	if (!lines_behind(message, "node=") && !lines_behind(message, "type="))
		message = skip_writer(message, &is_audit);
	if (!message)
		return NULL;
	rest = is_audit ? read_journal_head(message, head) : NULL;
	if (rest)
		return rest;
	message = skip_brackets(message);
	/* By the kernel in the name of its audit: "kernel: audit: type=1326 ...". */
	rest = lines_behind(message, "audit: ");
	message = rest ? rest : message;
	if (lines_behind(message, "node="))
		message += strcspn(message, " ") + (strchr(message, ' ') != NULL);
	return read_head(message, head);
}

bool audit_head_find(const char *line, struct audit_head *head)
{
	head->time = NULL;
	head->body = find_body(line, head);
	return head->body != NULL;
}
