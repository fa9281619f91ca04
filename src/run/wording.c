/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/wording.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "run/decode.h"

#define YELLOW "\033[33m"
#define RED "\033[31m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

/* ---- words ---- */

static const char *outcome_word(const struct answer *answer)
{
	static const char *const words[] = { "failed", "killed", "trapped", "passed", "gone" };

	return words[answer->outcome];
}

/* "EPERM"; action_name has it between parentheses. */
static void add_errno(struct line *line, int number)
{
	char text[32];
	const char *open = strchr(action_name(SECCOMP_RET_ERRNO | (uint32_t)number, text), '(');

	line_add(line, "%.*s", open ? (int)strcspn(open + 1, ")") : 0, open ? open + 1 : "");
}

static void add_outcome(struct line *line, const struct answer *answer)
{
	if (answer->outcome == OUTCOME_FAILED)
		add_errno(line, answer->number);
	else
		line_add(line, "%s", outcome_word(answer));
}

static void add_coloured(const struct wording *wording, struct line *line, const char *colour)
{
	line_add(line, "%s", wording->colour ? colour : "");
}

/* ---- members of JSON ---- */

static void add_member(struct line *line, const char *name, const char *text)
{
	line_add(line, ",\"%s\":", name);
	line_add_json(line, text);
}

static void add_command(struct line *line, const char *name)
{
	struct line part;

	line_clear(&part);
	line_add_foreign(&part, name, strlen(name));
	add_member(line, "command", part.text);
}

static void add_caller(struct line *line, const struct process_identity *caller)
{
	line_add(line, ",\"pid\":%d,\"tid\":%d", caller->pid, caller->tid);
	add_command(line, caller->name);
}

static void add_name_and_abi(struct line *line, const struct call_data *call)
{
	struct line part;

	line_clear(&part);
	decode_name(call, &part);
	add_member(line, "call", part.text);
	line_add(line, ",\"nr\":%" PRIu32, call->nr);
	line_clear(&part);
	decode_abi(call, &part);
	add_member(line, "abi", part.text);
}

static void add_answer(struct line *line, const char *group, const struct answer *answer,
		       const struct remedy_text *remedy)
{
	add_member(line, "group", group);
	add_member(line, "done", outcome_word(answer));
	line_add(line, answer->number ? ",\"errno\":\"" : ",\"errno\":null");
	if (answer->number) {
		add_errno(line, answer->number);
		line_add(line, "\"");
	}
	/* No item at all is a remedy, too. */
	add_member(line, "allow", remedy->answer == REMEDY_BEYOND ? NULL : remedy->items);
	add_member(line, "harmless", remedy->harmless ? remedy->harmless->why : NULL);
	add_member(line, "options", *remedy->options ? remedy->options : NULL);
}

/* ---- lines ---- */

/* Text: local time of day. JSON: UTC as in RFC 3339. */
void wording_begin(const struct wording *wording, struct line *line, const char *event)
{
	struct timespec now;
	struct tm tm;
	char text[32];

	line_clear(line);
	clock_gettime(CLOCK_REALTIME, &now);
	if (wording->json) {
		gmtime_r(&now.tv_sec, &tm);
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
		line_add(line, "{\"event\":\"%s\",\"time\":\"%s.%03ldZ\"", event, text,
			 now.tv_nsec / 1000000);
		return;
	}
	localtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof text, "%H:%M:%S", &tm);
	line_add(line, "gyve: %s.%03ld  ", text, now.tv_nsec / 1000000);
}

static void denial_text(const struct wording *wording, struct line *line,
			const struct denial *denial)
{
	const struct answer *answer = &denial->answer;
	size_t column = line->used, marks = wording->colour ? strlen(YELLOW PLAIN) : 0;

	line_add_word(line, denial->caller.name);
	line_add(line, "[%d]", denial->caller.pid);
	line_pad(line, column + 22);
	add_coloured(wording, line, answer->outcome == OUTCOME_FAILED ? YELLOW : RED);
	add_outcome(line, answer);
	add_coloured(wording, line, PLAIN);
	line_pad(line, column + 36 + marks);
	line_add(line, "%s", denial->asked.group);
	line_pad(line, column + 54 + marks);
	add_coloured(wording, line, BOLD);
	line_add(line, "%s", denial->call);
	add_coloured(wording, line, PLAIN);
	if (denial->path) {
		line_add(line, "; to allow: %s",
			 *denial->remedy.options ? denial->remedy.options : denial->path->why_none);
		return;
	}
	line_add(line, " [");
	decode_abi(&denial->asked.notification.call, line);
	line_add(line, "] at %s; ", denial->where);
	switch (denial->remedy.answer) {
	case REMEDY_ITEMS: line_add(line, "to allow: %s", denial->remedy.items); break;
	case REMEDY_NO_ITEM: line_add(line, "nothing to allow"); break;
	case REMEDY_BEYOND: line_add(line, "no item allows it"); break;
	}
	if (denial->remedy.harmless)
		line_add(line, "; known to be done without: %s", denial->remedy.harmless->why);
	else if (answer->outcome == OUTCOME_FAILED && answer->number == ENOSYS)
		line_add(line, "; most programs fall back, as on an older kernel");
	if (answer->out_of_reach)
		line_add(line, "; the process is out of reach, so it was not killed");
}

static void denial_json(struct line *line, const struct denial *denial)
{
	const struct call_data *call = &denial->asked.notification.call;
	struct line path;

	add_caller(line, &denial->caller);
	add_name_and_abi(line, call);
	line_add(line, ",\"args\":[");
	for (unsigned i = 0; i < 6; i++)
		line_add(line, "%s\"%#" PRIx64 "\"", i ? "," : "", call->args[i]);
	line_add(line, "]");
	add_member(line, "text", denial->call);
	line_add(line, ",\"ip\":\"%#" PRIx64 "\"", call->ip);
	add_member(line, "at", denial->where);
	line_clear(&path);
	if (denial->path)
		line_add_foreign(&path, denial->path->path, strlen(denial->path->path));
	add_member(line, "path", path.used ? path.text : NULL);
	add_answer(line, denial->asked.group, &denial->answer, &denial->remedy);
}

void wording_denial(const struct wording *wording, struct line *line, const struct denial *denial)
{
	if (wording->json)
		denial_json(line, denial);
	else
		denial_text(wording, line, denial);
}

void wording_repeat(const struct wording *wording, struct line *line, const char *body,
		    unsigned more)
{
	wording_begin(wording, line, "repeat");
	if (wording->json) {
		line_add(line, ",\"count\":%u%s}", more, body);
		return;
	}
	line_add(line, "%s; ", body);
	add_coloured(wording, line, BOLD);
	line_add(line, "%u more like it", more);
	add_coloured(wording, line, PLAIN);
}

void wording_count(const struct wording *wording, struct line *line, const char *event,
		   uint64_t count, const char *text)
{
	wording_begin(wording, line, event);
	if (wording->json)
		line_add(line, ",\"count\":%" PRIu64 "}", count);
	else
		line_add(line, "%" PRIu64 " %s", count, text);
}

void wording_unprivileged(const struct wording *wording, struct line *line,
			  const struct process_identity *caller, const char *program, bool could)
{
	static const char item[] = "elevateprivileges=allow";
	struct line part;

	wording_begin(wording, line, "unprivileged");
	line_clear(&part);
	line_add_quoted(&part, program, strlen(program));
	if (wording->json) {
		add_caller(line, caller);
		add_member(line, "text", part.text);
		add_member(line, "allow", could ? item : NULL);
		line_add(line, "}");
		return;
	}
	line_add_word(line, caller->name);
	line_add(line,
		 "[%d] executes %s without the privileges that it gives, because of "
		 "no_new_privs; %s%s",
		 caller->pid, part.text,
		 could ? "to allow: " : "no item allows it without CAP_SYS_ADMIN",
		 could ? item : "");
}

void wording_end(const struct wording *wording, struct line *line, const struct supervise_end *end,
		 uint64_t denials)
{
	wording_begin(wording, line, "end");
	if (wording->json) {
		line_add(line, ",\"denials\":%" PRIu64 ",\"%s\":%d,\"by_policy\":%s}", denials,
			 end->by_signal ? "signal" : "status", end->number,
			 end->by_policy ? "true" : "false");
		return;
	}
	line_add(line, "the target ");
	if (end->by_policy)
		line_add(line, "was killed for a denied call (as by SIGSYS)");
	else
		line_add(line, end->by_signal ? "was killed by signal %d" : "ended with status %d",
			 end->number);
	line_add(line, "; denied calls: %" PRIu64, denials);
}

void wording_head(struct line *line)
{
	line_clear(line);
	line_add(line, "gyve: %8s  %-17s  %-17s  %-12s  %-15s  %s", "times", "call", "group",
		 "done", "command", "to allow");
}

void wording_total(const struct wording *wording, struct line *line, const struct total *total)
{
	if (wording->json) {
		wording_begin(wording, line, "total");
		line_add(line, ",\"count\":%" PRIu64, total->count);
		add_command(line, total->name);
		add_name_and_abi(line, &total->call);
		add_answer(line, total->group, &total->answer, &total->remedy);
		line_add(line, "}");
		return;
	}
	line_clear(line);
	line_add(line, "gyve: %8" PRIu64 "  ", total->count);
	decode_name(&total->call, line);
	line_pad(line, 35);
	line_add(line, "%s", total->group);
	line_pad(line, 54);
	add_outcome(line, &total->answer);
	line_pad(line, 68);
	line_add_word(line, total->name);
	line_pad(line, 85);
	line_add(line, "%s%s",
		 *total->remedy.items	  ? total->remedy.items
		 : *total->remedy.options ? total->remedy.options
					  : "-",
		 total->remedy.harmless ? " (done without)" : "");
}

void wording_note(struct line *line, const char *text)
{
	line_clear(line);
	line_add(line, "gyve: %s", text);
}
