/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "run/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"

static void add_time(FILE *out, const char *format)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[40];

	strftime(text, sizeof text, format, gmtime_r(&now, &tm));
	fputs(text, out);
}

/* ---- JSON ---- */

static void add_words(FILE *out, char *const *words)
{
	fprintf(out, ",\"argv\":[");
	for (unsigned i = 0; words[i]; i++) {
		fputs(i ? "," : "", out);
		json_print(out, words[i]);
	}
	fputc(']', out);
}

/* SPEC, or null where a profile alone stands for it. */
static void add_spec(FILE *out, const struct advice *advice)
{
	struct line spec;

	line_clear(&spec);
	if (advice->is_closed)
		advice_spec(advice, &spec);
	fprintf(out, ",\"sandbox\":");
	json_print(out, advice->is_closed ? spec.text : NULL);
}

static void start_json(FILE *out, const struct advice *advice, pid_t target)
{
	fprintf(out, "{\"event\":\"start\",\"time\":\"");
	add_time(out, "%Y-%m-%dT%H:%M:%SZ");
	fprintf(out,
		"\",\"format\":1,\"gyve\":\"%s\",\"kernel_table\":\"%d.%d\",\"mode\":\"%s\","
		"\"pid\":%d,\"profile\":",
		PACKAGE_VERSION, TABLE_KERNEL_MAJOR, TABLE_KERNEL_MINOR,
		option_rows[advice->mode].name, (int)target);
	json_print(out, advice->request->arguments[OPTION_PROFILE]);
	add_spec(out, advice);
}

/* ---- lines ---- */

static void write_text(struct output *output, FILE *out, char **text)
{
	if (out && fclose(out) == 0 && *text)
		output_write_text(output, *text);
	free(*text);
}

void frame_start(struct output *output, bool json, const struct advice *from, pid_t target)
{
	struct advice advice = *from;
	char *text = NULL, **words;
	FILE *out;

	if (!json && output->is_stderr)
		return;
	advice.mode = advice.request->mode;
	words = advice_words(&advice);
	out = words ? open_memstream(&text, &(size_t){ 0 }) : NULL;
	if (out && json) {
		start_json(out, &advice, target);
		add_words(out, words);
		fputc('}', out);
	} else if (out) {
		fprintf(out, "gyve: ");
		add_time(out, "%Y-%m-%d %H:%M:%S UTC");
		fprintf(out, "  gyve %s, process %d: ", PACKAGE_VERSION, (int)target);
		advice_print(out, words);
	}
	write_text(output, out, &text);
	advice_release(words);
}

void frame_try(struct output *output, bool json, const struct advice *advice)
{
	char *text = NULL, **words = advice_words(advice);
	FILE *out = words ? open_memstream(&text, &(size_t){ 0 }) : NULL;

	if (out && json) {
		fprintf(out, "{\"event\":\"try\",\"time\":\"");
		add_time(out, "%Y-%m-%dT%H:%M:%SZ\"");
		add_spec(out, advice);
		add_words(out, words);
		fputc('}', out);
	} else if (out) {
		fprintf(out, "gyve: try: ");
		advice_print(out, words);
	}
	write_text(output, out, &text);
	advice_release(words);
}
