/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of the JSON reader. What must hold: nothing crashes; a refusal has status 125 and a
 * line; what is accepted can be walked from end to end, and written out it is read as the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(const struct json *value, FILE *out);

static void write_list(const struct json *list, bool named, FILE *out)
{
	const struct json *item = json_first(list);

	for (bool first = true; item; item = json_next(item), first = false) {
		fputs(first ? "" : ",", out);
		if (!named) {
			write_value(item, out);
			continue;
		}
		must(json_kind(item) == JSON_STRING, "a name is a string");
		must(json_member(list, json_text(item)) != NULL, "a member is found by its name");
		json_print(out, json_text(item));
		putc(':', out);
		write_value(json_value(item), out);
	}
}

static void write_value(const struct json *value, FILE *out)
{
	enum json_kind kind = json_kind(value);
	char shown[60];
	uint64_t number;

	if (kind == JSON_ARRAY || kind == JSON_OBJECT) {
		putc(kind == JSON_ARRAY ? '[' : '{', out);
		write_list(value, kind == JSON_OBJECT, out);
		putc(kind == JSON_ARRAY ? ']' : '}', out);
	} else if (kind == JSON_STRING) {
		json_print(out, json_text(value));
	} else if (kind == JSON_INTEGER && json_unsigned(value, &number)) {
		fprintf(out, "%llu", (unsigned long long)number);
	} else {
		json_shown(value, shown);
		fputs(strlen(shown) < 50 ? shown : "-1", out);
	}
}

static char *write_out(const struct json *root, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	must(out != NULL, "there is memory");
	write_value(root, out);
	must(fclose(out) == 0, "there is memory");
	return text;
}

/* Exactly as large as it must be, so that a sanitizer sees a read past the end. */
static const struct json *parse(const void *data, size_t size, char **text)
{
	struct error error = { .text = "" };
	const struct json *root;

	*text = malloc(size + 1);
	must(*text != NULL, "there is memory");
	if (size > 0)
		memcpy(*text, data, size);
	(*text)[size] = '\0';
	root = json_parse("f", *text, size, &error);
	must(root || (error.status == EXIT_GYVE && strncmp(error.text, "f:", 2) == 0),
	     "a refusal has status 125 and says where");
	return root;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *once, *text_again, *twice;
	const struct json *root = parse(data, size, &text), *again;
	size_t once_size, twice_size;

	if (root) {
		once = write_out(root, &once_size);
		again = parse(once, once_size, &text_again);
		must(again != NULL, "what is written is accepted");
		twice = write_out(again, &twice_size);
		must(strcmp(once, twice) == 0, "and is the same again");
		free(twice);
		free(text_again);
		free(once);
	}
	free(text);
	return 0;
}
