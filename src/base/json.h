/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading JSON files: the only module that knows json-c. In a static gyve the library is linked in
 * and its pages are not touched by a launch without a profile; a dynamic gyve opens it when a file
 * is read, so that no launch pays for loading it.
 */
#ifndef GYVE_JSON_H
#define GYVE_JSON_H

#include <stddef.h>

#include "base/diag.h"

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
 * Reads a file that holds one JSON value. NULL and *error (status 125): with file and line where it
 * is not JSON. json_release frees it with all that it holds.
 */
const struct json *json_read(const char *file, struct error *error);

void json_release(const struct json *value);

enum json_kind json_kind(const struct json *value); /* NULL is JSON_NULL */

/* The name of a kind with its article: "an array". */
const char *json_kind_name(enum json_kind kind);

/* A member of an object, or NULL. */
const struct json *json_member(const struct json *object, const char *name);

/* Calls visit for each member of an object, in the order of the file. */
void json_members(const struct json *object, void (*visit)(const char *name, void *context),
		  void *context);

size_t json_length(const struct json *array);
const struct json *json_item(const struct json *array, size_t index);

/* Of a string. */
const char *json_text(const struct json *string);

/* Of an integer that is not negative: true and *number. */
bool json_unsigned(const struct json *integer, uint64_t *number);

/* The value as it was written, shortened, for a message. Returns text. */
char *json_shown(const struct json *value, char text[static 60]);

#endif
