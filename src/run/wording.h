/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a report, as text for people and as JSON, one object a line (gyve-calls(7)). Nothing
 * of them that comes from the target can look like what does not: it is quoted or of harmless
 * letters.
 */
#ifndef GYVE_WORDING_H
#define GYVE_WORDING_H

#include "policy/remedy.h"
#include "run/process.h"
#include "run/supervise.h"
#include "run/told.h"

struct wording {
	bool json;
	bool colour;
};

/* What would let a call through. */
struct remedy_text {
	enum remedy_answer answer;
	char items[160];		     /* of REMEDY_ITEMS, or empty */
	const struct harmless_row *harmless; /* why it is done without, or NULL */
	char options[TOLD_OPTIONS]; /* of a path or port: what opens it; or empty */
};

/* What is told of a denied call. */
struct denial {
	struct asked asked;
	struct answer answer;
	struct process_identity caller;
	struct remedy_text remedy;
	char call[900];
	char where[600];
	const struct told *path; /* it is the domain that denies it; or NULL */
};

/* Calls that the summary counts together. */
struct total {
	uint64_t count;
	char name[PROCESS_NAME];
	struct call_data call; /* nr and arch; the rest is of the first */
	struct answer answer;
	const char *group;
	struct remedy_text remedy;
};

/* Clears the line and begins it: with the time, and in JSON with the event's name. */
void wording_begin(const struct wording *wording, struct line *line, const char *event);

/* The rest of a denial's line, but for its end. */
void wording_denial(const struct wording *wording, struct line *line, const struct denial *denial);

/* A line that says of the denial whose rest body is that there were more of them. */
void wording_repeat(const struct wording *wording, struct line *line, const char *body,
		    unsigned more);

/* A line whose only news is a count; text begins with the word after it. */
void wording_count(const struct wording *wording, struct line *line, const char *event,
		   uint64_t count, const char *text);

/*
 * A line about a program that would have privileges, were it not for no_new_privs. could: an item
 * of the SPEC would change that.
 */
void wording_unprivileged(const struct wording *wording, struct line *line,
			  const struct process_identity *caller, const char *program, bool could);

void wording_end(const struct wording *wording, struct line *line, const struct supervise_end *end,
		 uint64_t denials);

/* The head of the table of totals, in text alone; and its rows. */
void wording_head(struct line *line);
void wording_total(const struct wording *wording, struct line *line, const struct total *total);

/* What is to be said about what to try; in text alone. */
void wording_note(struct line *line, const char *text);

#endif
