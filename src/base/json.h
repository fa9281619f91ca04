/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON (RFC 8259): reading a file that holds it, and writing strings. A file is checked as a whole
 * before anything of it is looked at, and a value is a place in its text: there is nothing to
 * allocate for it, so nothing of what was read can be missing. No library in the distributions says
 * as much. (json-c misses keys and crashes where an allocation fails, jansson's integers end at
 * 2^63 - 1, cJSON's are doubles.)
 */
#ifndef GYVE_JSON_H
#define GYVE_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"

/* ---- reading ---- */

struct json;

enum json_kind {
	JSON_NULL,
	JSON_BOOLEAN,
	JSON_INTEGER,
	JSON_REAL,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/*
 * Reads a file that holds one JSON value. NULL and *error (status 125): what cannot be read, is not
 * JSON (with the line), holds a NUL in a string, or is larger or nested deeper than any profile.
 * json_release frees it with all that it holds.
 */
const struct json *json_read(const char *file, struct error *error);

/*
 * The same of a text in memory, which it changes and the value then lies in. A NUL must follow it.
 * file is for the messages.
 */
const struct json *json_parse(const char *file, char *text, size_t size, struct error *error);

/* Of json_read; NULL is nothing to release. */
void json_release(const struct json *root);

enum json_kind json_kind(const struct json *value); /* NULL is JSON_NULL */

/* The name of a kind with its article: "an array". */
const char *json_kind_name(enum json_kind kind);

/* The first item of an array, or the first member's name, a string, of an object; NULL: none. */
const struct json *json_first(const struct json *list);

/* The item or name that follows, or NULL. */
const struct json *json_next(const struct json *item);

/* What belongs to a member's name. */
const struct json *json_value(const struct json *name);

/* The value of an object's member, or NULL. Of several with one name the last, as others read it.
 */
const struct json *json_member(const struct json *object, const char *name);

/* Of a string: UTF-8, without a NUL in it. */
const char *json_text(const struct json *string);

/* Of an integer from 0 to 2^64 - 1: true and *number. */
bool json_unsigned(const struct json *integer, uint64_t *number);

/* The value as it was written, shortened, for a message. Returns text. */
char *json_shown(const struct json *value, char text[static 60]);

/* ---- writing ---- */

/*
 * The next piece of a string's inside: what stands for the character at *text, which is moved
 * behind it. ASCII alone, so that a reader needs no encoding to be set. A byte that is no UTF-8, as
 * a file name may have, becomes U+FFFD. Returns piece.
 */
const char *json_escape(const char **text, char piece[static 13]);

/* Writes text as a string, with its quotes; NULL as null. */
void json_print(FILE *out, const char *text);

#endif
