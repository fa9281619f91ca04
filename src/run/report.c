/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/report.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/decode.h"
#include "run/frame.h"
#include "run/harmless.h"
#include "run/privileges.h"
#include "run/totals.h"
#include "run/wording.h"

/*
 * Three things keep a flood of denials from becoming a flood of lines, or of work: what is the same
 * call from the same place is folded into one line a second; lines beyond a rate are only counted;
 * and the summary has a fixed number of rows.
 */
#define FOLDS 256 /* a power of two */
#define FOLD_MS 1000
#define LINES_AT_ONCE 300
#define LINES_PER_SECOND 100

struct fold {
	pid_t tid; /* 0: a free place */
	struct call_data call;
	uint64_t what;	/* of a path, which stands in no argument, a hash */
	uint64_t since; /* when it was last told */
	unsigned more;	/* calls since */
	struct total *total;
	char body[1400];
};

struct report {
	const struct choices *choices;
	const char *program; /* the launch's */
	struct output *output;
	struct wording wording;
	struct line line;
	struct fold folds[FOLDS];
	uint64_t due; /* when a fold is to be looked at; 0: none is in use */
	uint64_t tokens_at;
	unsigned tokens; /* lines that may still be written */
	uint64_t untold; /* denials that found none, since that was last said */
	uint64_t count;
	struct totals totals;
	struct advice advice;
	unsigned beyond; /* denials that no item allows */
	struct privileges_seen seen;
	struct denial current;
	struct teller teller;		    /* of files and ports */
	uint64_t what;			    /* of the current one, as in a fold */
	enum { KNOWN, NEW, TOO_MANY } kind; /* of the current one */
	struct fold *fold;
};

struct report *report_begin(const struct request *request, const char *program, bool json,
			    struct output *output, struct error *error)
{
	struct report *report = calloc(1, sizeof *report);

	if (!report) {
		diag_errno(error, EXIT_GYVE, errno, "cannot report");
		return NULL;
	}
	report->choices = &request->choices;
	advice_init(&report->advice, request, report->choices);
	report->program = program;
	report->output = output;
	report->wording = (struct wording){ .json = json, .colour = output->colour && !json };
	report->tokens = LINES_AT_ONCE;
	return report;
}

bool report_take_reach(struct report *report, const struct reach *reach, struct error *error)
{
	return told_begin(&report->teller, reach, error);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void write_line(struct report *report)
{
	output_write(report->output, &report->line);
}

static void tell_count(struct report *report, const char *event, uint64_t count, const char *text)
{
	wording_count(&report->wording, &report->line, event, count, text);
	write_line(report);
}

/* ---- one denial ---- */

/* The whole remedy: items that together let this very call through. What it takes is advised. */
static void find_remedy(struct report *report, struct denial *denial)
{
	const struct notification *caller = &denial->asked.notification;
	struct line items;
	struct remedy remedy;
	uint64_t flags;
	bool has_flags = decode_clone3_flags(&caller->call, caller->tid, &flags);

	line_clear(&items);
	denial->remedy = (struct remedy_text){ .answer = REMEDY_BEYOND };
	if (denial->path) {
		strcpy(denial->remedy.options, denial->path->options);
		for (unsigned i = 0; i < denial->path->opens_count; i++)
			advice_open(&report->advice, denial->path->opens[i].option,
				    denial->path->opens[i].argument);
		report->beyond += denial->path->opens_count == 0;
		return;
	}
	remedy_init(&remedy);
	remedy_of_call(&remedy, &caller->call, has_flags ? &flags : NULL, report->choices);
	denial->remedy.answer =
		denial->asked.ours ? REMEDY_BEYOND : remedy_items(&remedy, report->choices, &items);
	line_copy(&items, denial->remedy.items, sizeof denial->remedy.items);
	denial->remedy.harmless = harmless_find(&denial->asked);
	if (denial->remedy.answer == REMEDY_BEYOND)
		report->beyond++;
	else if (!denial->remedy.harmless)
		advice_need(&report->advice, &remedy);
}

/* What must be looked up while the caller is held still. */
static void look_up(struct report *report, struct denial *denial)
{
	const struct notification *caller = &denial->asked.notification;
	struct line line;

	process_identify(caller->tid, &denial->caller);
	find_remedy(report, denial);
	if (denial->path) {
		strcpy(denial->call, denial->path->call);
		snprintf(denial->where, sizeof denial->where, "%#" PRIx64, caller->call.ip);
		return;
	}
	line_clear(&line);
	decode_call(&caller->call, caller->tid, &line);
	line_copy(&line, denial->call, sizeof denial->call);
	line_clear(&line);
	process_locate(caller->tid, caller->call.ip, &line);
	line_copy(&line, denial->where, sizeof denial->where);
}

/* ---- folding ---- */

static bool is_same_call(const struct report *report, const struct fold *fold,
			 const struct notification *caller)
{
	return fold->tid == caller->tid && fold->what == report->what &&
	       memcmp(&fold->call, &caller->call, sizeof fold->call) == 0;
}

static struct fold *fold_place(struct report *report, const struct notification *caller)
{
	uint64_t hash = (uint64_t)caller->tid * 31 + caller->call.nr;

	hash = (hash * 31 + caller->call.ip) * 31 + report->what;
	for (unsigned i = 0; i < 6; i++)
		hash = hash * 31 + caller->call.args[i];
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return &report->folds[hash >> 56 & (FOLDS - 1)];
}

static void tell_fold(struct report *report, struct fold *fold)
{
	if (!fold->more)
		return;
	wording_repeat(&report->wording, &report->line, fold->body, fold->more);
	write_line(report);
	fold->more = 0;
}

static void tell_untold(struct report *report)
{
	unsigned lost = report->output->lost;

	if (report->untold) {
		tell_count(report, "untold", report->untold,
			   "denials not told one by one; the summary counts them");
		report->untold = 0;
	}
	if (lost && !output_waits(report->output)) {
		report->output->lost = 0;
		tell_count(report, "lost", lost, "lines lost: they were not taken in time");
	}
}

/* A fold that has been quiet is given up: the next such call is looked at and told anew. */
static void look_at_folds(struct report *report, uint64_t now)
{
	report->due = 0;
	for (unsigned i = 0; i < FOLDS; i++) {
		struct fold *fold = &report->folds[i];

		if (!fold->tid)
			continue;
		if (now - fold->since >= FOLD_MS) {
			if (!fold->more)
				fold->tid = 0;
			tell_fold(report, fold);
			fold->since = now;
		}
		if (fold->tid && (!report->due || fold->since + FOLD_MS < report->due))
			report->due = fold->since + FOLD_MS;
	}
	tell_untold(report);
}

static bool take_token(struct report *report, uint64_t now)
{
	uint64_t earned = (now - report->tokens_at) * LINES_PER_SECOND / 1000;

	if (earned) {
		report->tokens_at = now;
		earned += report->tokens;
		report->tokens = earned > LINES_AT_ONCE ? LINES_AT_ONCE : (unsigned)earned;
	}
	if (!report->tokens)
		return false;
	report->tokens--;
	return true;
}

/* ---- programs that give privileges ---- */

bool report_wants_exec(const struct choices *choices)
{
	return choices_no_new_privs(choices) == NNP_SET || geteuid() != 0;
}

/* Whether elevateprivileges=allow would leave no_new_privs alone: the kernel does not demand it. */
static bool could_do_without(void)
{
	return process_has_capability(getpid(), CAP_SYS_ADMIN) &&
	       !process_has_no_new_privs(getpid());
}

static void tell_program(struct report *report, const struct process_identity *caller,
			 const char *program)
{
	bool could = could_do_without();

	if (could)
		advice_leave_privileges(&report->advice);
	wording_unprivileged(&report->wording, &report->line, caller, program, could);
	write_line(report);
}

/* The kernel may be about to give the target its name, but not IDs, which no_new_privs leaves. */
static void started(void *context, pid_t target, const struct domain *domain)
{
	struct report *report = context;
	const char *slash = strrchr(report->program, '/');
	struct process_identity caller = { .tid = target, .pid = target };

	frame_start(report->output, report->wording.json, &report->advice, target);
	if (report->teller.reach)
		told_take_domain(&report->teller, domain);
	if (!privileges_withheld(&report->seen, report->program, target))
		return;
	snprintf(caller.name, sizeof caller.name, "%s", slash ? slash + 1 : report->program);
	tell_program(report, &caller, report->program);
}

static void see_exec(struct report *report, const struct notification *caller)
{
	char path[PRIVILEGES_PATH], name[PRIVILEGES_NAME];
	struct process_identity identity;

	if (!privileges_path(caller, path, name) ||
	    !privileges_withheld(&report->seen, path, caller->tid))
		return;
	process_identify(caller->tid, &identity);
	tell_program(report, &identity, name);
}

/* ---- the supervision's calls ---- */

/* What the policy allows, the domain may deny. */
static const struct told *look_at_paths(struct report *report, const struct asked *asked)
{
	bool denied = !asked->group && told_look(&report->teller, &asked->notification);

	report->what = 0;
	for (const char *at = report->teller.told.call; denied && *at; at++)
		report->what = report->what * 31 + (unsigned char)*at;
	return denied ? &report->teller.told : NULL;
}

static void asked(void *context, const struct asked *asked)
{
	struct report *report = context;
	struct denial *denial = &report->current;

	see_exec(report, &asked->notification);
	denial->path = look_at_paths(report, asked);
	if (!asked->group && !denial->path)
		return;
	report->fold = fold_place(report, &asked->notification);
	denial->asked = *asked;
	if (denial->path)
		denial->asked.group = denial->path->group;
	if (is_same_call(report, report->fold, &asked->notification)) {
		report->kind = KNOWN;
	} else if (take_token(report, now_ms())) {
		report->kind = NEW;
		look_up(report, denial);
	} else {
		report->kind = TOO_MANY;
		process_name(asked->notification.tid, denial->caller.name);
		find_remedy(report, denial);
	}
}

/*
 * Threads that make the same call are told apart by what is not in the line: then it is the same
 * line again.
 */
static struct fold *find_told(struct report *report, const char *body)
{
	for (unsigned i = 0; i < FOLDS; i++)
		if (report->folds[i].tid && strcmp(report->folds[i].body, body) == 0)
			return &report->folds[i];
	return NULL;
}

static void keep_in_fold(struct report *report, const char *body)
{
	const struct notification *caller = &report->current.asked.notification;
	struct fold *fold = report->fold;

	fold->since = now_ms();
	if (!report->due)
		report->due = fold->since + FOLD_MS;
	/* Too long to be kept: then it is told whole each time. */
	fold->tid = strlen(body) < sizeof fold->body ? caller->tid : 0;
	if (!fold->tid)
		return;
	fold->call = caller->call;
	fold->what = report->what;
	strcpy(fold->body, body);
}

static void tell_denial(struct report *report)
{
	struct line *line = &report->line;
	struct fold *told;
	size_t head;

	wording_begin(&report->wording, line, "denial");
	head = line->used;
	wording_denial(&report->wording, line, &report->current);
	told = find_told(report, line->text + head);
	if (told) {
		told->more++;
		report->fold = told;
		return;
	}
	if (report->fold->more) {
		struct line kept = *line;

		tell_fold(report, report->fold);
		*line = kept;
	}
	keep_in_fold(report, line->text + head);
	if (report->wording.json)
		line_add(line, "}");
	write_line(report);
}

static void answered(void *context, const struct asked *asked, const struct answer *answer)
{
	struct report *report = context;
	const struct told *path = report->current.path;
	struct total *total;

	/* A caller that was gone made no call, and what was seen of it may be another's. */
	if (!asked->group && (!path || answer->outcome != OUTCOME_PASSED))
		return;
	report->count++;
	report->current.answer = *answer;
	if (path)
		report->current.answer =
			(struct answer){ .outcome = OUTCOME_FAILED, .number = path->number };
	if (report->kind == KNOWN) {
		report->fold->more++;
		report->fold->total->count++;
		return;
	}
	if (report->kind == NEW)
		tell_denial(report);
	else
		report->untold++;
	total = totals_find(&report->totals, &report->current);
	total->count++;
	if (report->kind == NEW)
		report->fold->total = total;
	else if (!report->due)
		report->due = now_ms() + FOLD_MS;
}

static int tick(void *context)
{
	struct report *report = context;
	uint64_t now;

	if (!report->due)
		return -1;
	now = now_ms();
	if (now >= report->due)
		look_at_folds(report, now);
	return report->due ? (int)(report->due - now) + 1 : -1;
}

struct observer report_observer(struct report *report)
{
	return (struct observer){ report, started, asked, answered, tick };
}

/* ---- the summary ---- */

static void tell_totals(struct report *report)
{
	struct totals *totals = &report->totals;

	if (!report->wording.json && totals->count) {
		wording_head(&report->line);
		write_line(report);
	}
	totals_sort(totals);
	for (unsigned i = 0; i < totals->count; i++) {
		wording_total(&report->wording, &report->line, &totals->list[i]);
		write_line(report);
	}
	if (totals->rest.count)
		tell_count(report, "rest", totals->rest.count,
			   "more, of calls and commands that found no row");
}

static void note(struct report *report, const char *text)
{
	if (report->wording.json)
		return;
	wording_note(&report->line, text);
	write_line(report);
}

static void tell_advice(struct report *report, const struct supervise_end *end)
{
	bool any = advice_is_any(&report->advice);

	if (end->by_policy && any)
		note(report, "note: what a whole run needs was not seen, since this one was "
			     "killed; --learn sees it at once");
	if (report->beyond)
		note(report, "note: no item of a SPEC allows some of these calls");
	else if (report->count && !any)
		note(report, "nothing to try: programs are known to do without these calls");
	if (any)
		frame_try(report->output, report->wording.json, &report->advice);
}

void report_finish(struct report *report, const struct supervise_end *end)
{
	/* Where nothing was denied there are no folds, and their pages are better left alone. */
	for (unsigned i = 0; report->count && i < FOLDS; i++)
		if (report->folds[i].tid)
			tell_fold(report, &report->folds[i]);
	tell_untold(report);
	wording_end(&report->wording, &report->line, end, report->count);
	write_line(report);
	tell_totals(report);
	tell_advice(report, end);
	output_finish(report->output);
}
