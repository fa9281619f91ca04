/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/report.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "run/decode.h"
#include "policy/needs.h"
#include "run/process.h"

/*
 * Three things keep a flood of denials from becoming a flood of lines, or of work: what is the same
 * call from the same place is folded into one line a second; lines beyond a rate are only counted;
 * and the summary has a fixed number of rows.
 */
#define FOLDS 256 /* a power of two */
#define FOLD_MS 1000
#define LINES_AT_ONCE 300
#define LINES_PER_SECOND 100
#define TOTALS 256

/* Calls that the summary counts together. */
struct total {
	uint64_t count;
	char name[PROCESS_NAME];
	struct call_data call; /* nr and arch; the rest is of the first */
	struct supervise_result result;
	const char *group;
	enum needs_answer answer;
	char remedy[160]; /* the items of NEEDS_ITEMS, or empty */
};

struct fold {
	pid_t tid; /* 0: a free place */
	struct call_data call;
	uint64_t since; /* when it was last told */
	unsigned more;	/* calls since */
	struct total *total;
	char body[1400];
};

struct denial {
	struct supervise_notice notice;
	struct process_identity caller;
	const struct policy_rule *rule;
	uint32_t action;
	const char *group;
	char call[900];
	char where[600];
	enum needs_answer answer;
	char remedy[160]; /* as in a total */
};

static struct {
	const struct policy *policy;
	const struct choices *choices;
	bool json;
	struct output *output;
	struct fold folds[FOLDS];
	uint64_t due; /* when a fold is to be looked at; 0: none is in use */
	uint64_t tokens_at;
	unsigned tokens; /* lines that may still be written */
	uint64_t untold; /* denials that found none, since that was last said */
	uint64_t count;
	unsigned total_count;
	struct total totals[TOTALS];
	struct total rest; /* what found no row */
	struct denial current;
	enum { KNOWN, NEW, TOO_MANY } kind; /* of the current one */
	struct fold *fold;
} report;

void report_begin(const struct policy *policy, const struct choices *choices, bool json,
		  struct output *output)
{
	report.policy = policy;
	report.choices = choices;
	report.json = json;
	report.output = output;
	report.tokens = LINES_AT_ONCE;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- words ---- */

static const char *outcome_word(const struct supervise_result *result)
{
	static const char *const words[] = { "failed", "killed", "trapped", "passed", "gone" };

	return words[result->outcome];
}

/* "EPERM"; action_name has it between parentheses. */
static void add_errno(struct line *line, int number)
{
	char text[32];
	const char *open = strchr(action_name(SECCOMP_RET_ERRNO | (uint32_t)number, text), '(');

	line_add(line, "%.*s", open ? (int)strcspn(open + 1, ")") : 0, open ? open + 1 : "");
}

static void add_outcome(struct line *line, const struct supervise_result *result)
{
	if (result->outcome == OUTCOME_FAILED)
		add_errno(line, result->number);
	else
		line_add(line, "%s", outcome_word(result));
}

static void add_json_number(struct line *line, int number)
{
	if (!number) {
		line_add(line, "null");
		return;
	}
	line_add(line, "\"");
	add_errno(line, number);
	line_add(line, "\"");
}

/* Text: local time of day. JSON: UTC as in RFC 3339. */
static void begin_line(struct line *line, const char *event)
{
	struct timespec now;
	struct tm tm;
	char text[32];

	line_clear(line);
	clock_gettime(CLOCK_REALTIME, &now);
	if (report.json) {
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

static const char *colour(const char *sequence)
{
	return report.output->colour && !report.json ? sequence : "";
}

/* ---- one denial ---- */

/* The whole remedy: items that together let this very call through. */
static void find_remedy(struct denial *denial)
{
	static struct line line;
	const struct supervise_notice *notice = &denial->notice;
	struct needs needs;
	uint64_t flags;
	bool has_flags = decode_clone3_flags(&notice->call, notice->tid, &flags);

	line_clear(&line);
	needs_init(&needs);
	needs_of_call(&needs, &notice->call, has_flags ? &flags : NULL, report.choices);
	denial->answer = needs_items(&needs, report.choices, &line);
	line_copy(&line, denial->remedy, sizeof denial->remedy);
}

/* The remedy as a member of a JSON object: no item at all is a remedy, too. */
static const char *json_remedy(enum needs_answer answer, const char *items)
{
	return answer == NEEDS_BEYOND ? NULL : items;
}

/* What must be looked up while the caller is held still. */
static void look_up(struct denial *denial)
{
	static struct line line;
	const struct call_data *call = &denial->notice.call;

	process_identify(denial->notice.tid, &denial->caller);
	line_clear(&line);
	decode_call(call, denial->notice.tid, &line);
	line_copy(&line, denial->call, sizeof denial->call);
	line_clear(&line);
	process_locate(denial->notice.tid, call->ip, &line);
	line_copy(&line, denial->where, sizeof denial->where);
	find_remedy(denial);
}

static void add_text_body(struct line *line, const struct denial *denial,
			  const struct supervise_result *result)
{
	size_t column = line->used;

	line_add_foreign(line, denial->caller.name, strlen(denial->caller.name));
	line_add(line, "[%d]", denial->caller.pid);
	line_pad(line, column + 22);
	line_add(line, "%s", colour(result->outcome == OUTCOME_FAILED ? "\033[33m" : "\033[31m"));
	add_outcome(line, result);
	line_add(line, "%s", colour("\033[0m"));
	line_pad(line, column + 36 + strlen(colour("\033[33m\033[0m")));
	line_add(line, "%s", denial->group);
	line_pad(line, column + 54 + strlen(colour("\033[33m\033[0m")));
	line_add(line, "%s%s%s [", colour("\033[1m"), denial->call, colour("\033[0m"));
	decode_abi(&denial->notice.call, line);
	line_add(line, "] at %s; ", denial->where);
	switch (denial->answer) {
	case NEEDS_ITEMS: line_add(line, "to allow: %s", denial->remedy); break;
	case NEEDS_NO_ITEM: line_add(line, "nothing to allow"); break;
	case NEEDS_BEYOND: line_add(line, "no item allows it"); break;
	}
	if (result->outcome == OUTCOME_FAILED && result->number == ENOSYS)
		line_add(line, "; most programs fall back, as on an older kernel");
	if (result->unwilling)
		line_add(line, "; the process is out of reach, so it was not killed");
}

static void add_json_body(struct line *line, const struct denial *denial,
			  const struct supervise_result *result)
{
	static struct line part;
	const struct call_data *call = &denial->notice.call;

	line_add(line, ",\"pid\":%d,\"tid\":%d,\"command\":", denial->caller.pid,
		 denial->caller.tid);
	line_clear(&part);
	line_add_foreign(&part, denial->caller.name, strlen(denial->caller.name));
	line_add_json(line, part.text);
	line_add(line, ",\"call\":");
	line_clear(&part);
	decode_name(call, &part);
	line_add_json(line, part.text);
	line_add(line, ",\"nr\":%" PRIu32 ",\"abi\":", call->nr);
	line_clear(&part);
	decode_abi(call, &part);
	line_add_json(line, part.text);
	line_add(line, ",\"args\":[");
	for (unsigned i = 0; i < 6; i++)
		line_add(line, "%s\"%#" PRIx64 "\"", i ? "," : "", call->args[i]);
	line_add(line, "],\"text\":");
	line_add_json(line, denial->call);
	line_add(line, ",\"ip\":\"%#" PRIx64 "\",\"at\":", call->ip);
	line_add_json(line, denial->where);
	line_add(line, ",\"group\":\"%s\",\"done\":\"%s\",\"errno\":", denial->group,
		 outcome_word(result));
	add_json_number(line, result->number);
	line_add(line, ",\"allow\":");
	line_add_json(line, json_remedy(denial->answer, denial->remedy));
}

/* ---- totals ---- */

static bool is_same_total(const struct total *total, const struct denial *denial,
			  const struct supervise_result *result)
{
	return total->call.nr == denial->notice.call.nr &&
	       total->call.arch == denial->notice.call.arch && total->group == denial->group &&
	       total->result.outcome == result->outcome && total->result.number == result->number &&
	       strcmp(total->name, denial->caller.name) == 0;
}

static struct total *find_total(const struct denial *denial, const struct supervise_result *result)
{
	struct total *total;

	for (unsigned i = 0; i < report.total_count; i++)
		if (is_same_total(&report.totals[i], denial, result))
			return &report.totals[i];
	if (report.total_count == TOTALS)
		return &report.rest;
	total = &report.totals[report.total_count++];
	strcpy(total->name, denial->caller.name);
	total->call = denial->notice.call;
	total->result = *result;
	total->group = denial->group;
	total->answer = denial->answer;
	strcpy(total->remedy, denial->remedy);
	return total;
}

/* ---- folding ---- */

static bool is_same_call(const struct fold *fold, const struct supervise_notice *notice)
{
	return fold->tid == notice->tid &&
	       memcmp(&fold->call, &notice->call, sizeof fold->call) == 0;
}

static struct fold *fold_place(const struct supervise_notice *notice)
{
	uint64_t hash = (uint64_t)notice->tid * 31 + notice->call.nr;

	hash = hash * 31 + notice->call.ip;
	for (unsigned i = 0; i < 6; i++)
		hash = hash * 31 + notice->call.args[i];
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return &report.folds[hash >> 56 & (FOLDS - 1)];
}

static void tell_fold(struct fold *fold)
{
	static struct line line;

	if (!fold->more)
		return;
	begin_line(&line, "repeat");
	if (report.json)
		line_add(&line, ",\"count\":%u%s}", fold->more, fold->body);
	else
		line_add(&line, "%s; %s%u more like it%s", fold->body, colour("\033[1m"),
			 fold->more, colour("\033[0m"));
	output_write(report.output, &line);
	fold->more = 0;
}

static void tell_untold(void)
{
	static struct line line;

	if (report.untold) {
		begin_line(&line, "untold");
		line_add(&line,
			 report.json ? ",\"count\":%" PRIu64 "}"
				     : "%" PRIu64 " denials not told one by one; the summary "
				       "counts them",
			 report.untold);
		output_write(report.output, &line);
		report.untold = 0;
	}
	if (report.output->lost && !output_waits(report.output)) {
		begin_line(&line, "lost");
		line_add(&line,
			 report.json ? ",\"count\":%u}"
				     : "%u lines lost: they were not taken in time",
			 report.output->lost);
		report.output->lost = 0;
		output_write(report.output, &line);
	}
}

/* A fold that has been quiet is given up: the next such call is looked at and told anew. */
static void look_at_folds(uint64_t now)
{
	report.due = 0;
	for (unsigned i = 0; i < FOLDS; i++) {
		struct fold *fold = &report.folds[i];

		if (!fold->tid)
			continue;
		if (now - fold->since >= FOLD_MS) {
			if (!fold->more)
				fold->tid = 0;
			tell_fold(fold);
			fold->since = now;
		}
		if (fold->tid && (!report.due || fold->since + FOLD_MS < report.due))
			report.due = fold->since + FOLD_MS;
	}
	tell_untold();
}

static bool take_token(uint64_t now)
{
	uint64_t earned = (now - report.tokens_at) * LINES_PER_SECOND / 1000;

	if (earned) {
		report.tokens_at = now;
		earned += report.tokens;
		report.tokens = earned > LINES_AT_ONCE ? LINES_AT_ONCE : (unsigned)earned;
	}
	if (!report.tokens)
		return false;
	report.tokens--;
	return true;
}

/* ---- the supervisor's calls ---- */

static uint32_t decide(void *context, const struct supervise_notice *notice)
{
	struct denial *denial = &report.current;
	const struct policy_rule *rule = policy_decide(report.policy, &notice->call);
	bool foreign = !policy_find_abi(report.policy, notice->call.arch);

	(void)context;
	report.fold = fold_place(notice);
	denial->notice = *notice;
	denial->rule = rule;
	denial->group = group_rows[rule ? rule->group : GROUP_ABI].name;
	denial->action = rule	   ? rule->action
			 : foreign ? report.policy->foreign_action
				   : report.policy->default_action;
	/* The filter asks about denied calls only. Should it not, that is no reason to let one
	 * pass. */
	if ((denial->action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ALLOW)
		denial->action = SECCOMP_RET_ERRNO | EPERM;
	if (is_same_call(report.fold, notice)) {
		report.kind = KNOWN;
	} else if (take_token(now_ms())) {
		report.kind = NEW;
		look_up(denial);
	} else {
		report.kind = TOO_MANY;
		process_name(notice->tid, denial->caller.name);
		find_remedy(denial);
	}
	return denial->action;
}

static void tell_denial(const struct denial *denial, const struct supervise_result *result)
{
	static struct line line;
	struct fold *fold = report.fold;
	size_t head;

	tell_fold(fold);
	begin_line(&line, "denial");
	head = line.used;
	if (report.json)
		add_json_body(&line, denial, result);
	else
		add_text_body(&line, denial, result);
	fold->tid = denial->notice.tid;
	fold->call = denial->notice.call;
	fold->since = now_ms();
	if (!report.due)
		report.due = fold->since + FOLD_MS;
	/* Too long to be kept: then it is told whole each time. */
	if (line.used - head < sizeof fold->body)
		strcpy(fold->body, line.text + head);
	else
		fold->tid = 0;
	if (report.json)
		line_add(&line, "}");
	output_write(report.output, &line);
}

static void answered(void *context, const struct supervise_notice *notice,
		     const struct supervise_result *result)
{
	struct denial *denial = &report.current;

	(void)context;
	(void)notice;
	report.count++;
	if (report.kind == KNOWN) {
		report.fold->more++;
		report.fold->total->count++;
		return;
	}
	if (report.kind == TOO_MANY)
		report.untold++;
	else
		tell_denial(denial, result);
	report.fold = report.kind == NEW ? report.fold : NULL;
	if (report.fold) {
		report.fold->total = find_total(denial, result);
		report.fold->total->count++;
		return;
	}
	find_total(denial, result)->count++;
	if (!report.due)
		report.due = now_ms() + FOLD_MS;
}

static int tick(void *context)
{
	uint64_t now;

	(void)context;
	if (!report.due)
		return -1;
	now = now_ms();
	if (now >= report.due)
		look_at_folds(now);
	return report.due ? (int)(report.due - now) + 1 : -1;
}

struct supervise_calls report_calls(void)
{
	return (struct supervise_calls){ NULL, decide, answered, tick };
}

/* ---- the summary ---- */

static void tell_total(const struct total *total)
{
	static struct line line, part;

	begin_line(&line, "total");
	if (report.json) {
		line_add(&line, ",\"count\":%" PRIu64 ",\"command\":", total->count);
		line_clear(&part);
		line_add_foreign(&part, total->name, strlen(total->name));
		line_add_json(&line, part.text);
		line_add(&line, ",\"call\":\"");
		decode_name(&total->call, &line);
		line_add(&line, "\",\"nr\":%" PRIu32 ",\"abi\":\"", total->call.nr);
		decode_abi(&total->call, &line);
		line_add(&line, "\",\"group\":\"%s\",\"done\":\"%s\",\"errno\":", total->group,
			 outcome_word(&total->result));
		add_json_number(&line, total->result.number);
		line_add(&line, ",\"allow\":");
		line_add_json(&line, json_remedy(total->answer, total->remedy));
		line_add(&line, "}");
	} else {
		line_clear(&line);
		line_add(&line, "gyve: %8" PRIu64 "  ", total->count);
		decode_name(&total->call, &line);
		line_pad(&line, 35);
		line_add(&line, "%s", total->group);
		line_pad(&line, 54);
		add_outcome(&line, &total->result);
		line_pad(&line, 68);
		line_add_foreign(&line, total->name, strlen(total->name));
		line_pad(&line, 85);
		line_add(&line, "%s", *total->remedy ? total->remedy : "-");
	}
	output_write(report.output, &line);
}

static void tell_end(const struct supervise_end *end)
{
	static struct line line;

	begin_line(&line, "end");
	if (report.json) {
		line_add(&line, ",\"denials\":%" PRIu64 ",\"%s\":%d,\"by_policy\":%s}",
			 report.count, end->by_signal ? "signal" : "status", end->number,
			 end->by_policy ? "true" : "false");
	} else {
		line_add(&line, "the target ");
		if (end->by_policy)
			line_add(&line, "was killed for a denied call (as by SIGSYS)");
		else
			line_add(&line,
				 end->by_signal ? "was killed by signal %d"
						: "ended with status %d",
				 end->number);
		line_add(&line, "; denied calls: %" PRIu64, report.count);
	}
	output_write(report.output, &line);
}

/* Most frequent first; of equals the first seen. */
static void sort_totals(void)
{
	for (unsigned i = 1; i < report.total_count; i++) {
		struct total total = report.totals[i];
		unsigned j = i;

		for (; j > 0 && report.totals[j - 1].count < total.count; j--)
			report.totals[j] = report.totals[j - 1];
		report.totals[j] = total;
	}
}

void report_finish(const struct supervise_end *end)
{
	static struct line line;

	/* Where nothing was denied there are no folds, and their pages are better left alone. */
	for (unsigned i = 0; report.count && i < FOLDS; i++)
		if (report.folds[i].tid)
			tell_fold(&report.folds[i]);
	tell_untold();
	tell_end(end);
	if (!report.json && report.total_count) {
		line_clear(&line);
		line_add(&line, "gyve: %8s  %-17s  %-17s  %-12s  %-15s  %s", "times", "call",
			 "group", "done", "command", "to allow");
		output_write(report.output, &line);
	}
	sort_totals();
	for (unsigned i = 0; i < report.total_count; i++)
		tell_total(&report.totals[i]);
	if (report.rest.count) {
		begin_line(&line, "rest");
		line_add(&line,
			 report.json ? ",\"count\":%" PRIu64 "}"
				     : "%" PRIu64 " more, of calls and commands that found no row",
			 report.rest.count);
		output_write(report.output, &line);
	}
	output_finish(report.output);
}
