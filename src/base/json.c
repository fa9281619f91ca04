/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

/* A profile is some ten kilobytes; more than this is a mistake, or an attack on our memory. */
#define LARGEST_FILE (4 << 20)

#ifdef HAVE_PROFILES

#include <json-c/json.h>
#ifndef GYVE_STATIC
#include <dlfcn.h>
#endif

/* ---- the functions that are used, by one name in both kinds of build ---- */

#define JSON_C_FUNCTIONS(X)           \
	X(json_object_array_get_idx)  \
	X(json_object_array_length)   \
	X(json_object_get_int64)      \
	X(json_object_get_object)     \
	X(json_object_get_string)     \
	X(json_object_get_type)       \
	X(json_object_get_uint64)     \
	X(json_object_object_get_ex)  \
	X(json_object_put)            \
	X(json_object_to_json_string) \
	X(json_tokener_error_desc)    \
	X(json_tokener_free)          \
	X(json_tokener_get_error)     \
	X(json_tokener_get_parse_end) \
	X(json_tokener_new)           \
	X(json_tokener_parse_ex)      \
	X(json_tokener_set_flags)

#ifdef GYVE_STATIC
#define CALL(name) name
static bool open_library(struct error *error)
{
	(void)error;
	return true;
}
#else
/* The name under which every release since 0.14 (2020) has been installed. */
#define LIBRARY "libjson-c.so.5"

static struct {
#define X(name) __typeof__(name) *name;
	JSON_C_FUNCTIONS(X)
#undef X
} library;
#define CALL(name) library.name

static bool open_library(struct error *error)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	void *symbol;

	if (!handle)
		return diag_set(error, EXIT_GYVE, "cannot read profiles: %s", dlerror());
#define X(name)                                                                           \
	symbol = dlsym(handle, #name);                                                    \
	if (!symbol)                                                                      \
		return diag_set(error, EXIT_GYVE, "cannot read profiles: %s", dlerror()); \
	memcpy(&library.name, &symbol, sizeof symbol);
	JSON_C_FUNCTIONS(X)
#undef X
	return true;
}
#endif

/* ---- reading ---- */

static char *read_file(const char *file, size_t *size, struct error *error)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text;
	ssize_t n = 0;

	*size = 0;
	if (fd < 0) {
		diag_errno(error, EXIT_GYVE, errno, "cannot open '%.400s'", file);
		return NULL;
	}
	text = malloc(LARGEST_FILE + 1); /* untouched pages cost nothing */
	while (text && *size <= LARGEST_FILE &&
	       (n = read(fd, text + *size, LARGEST_FILE + 1 - *size)) > 0)
		*size += (size_t)n;
	if (!text || n < 0)
		diag_errno(error, EXIT_GYVE, text ? errno : ENOMEM, "cannot read '%.400s'", file);
	else if (*size > LARGEST_FILE)
		diag_set(error, EXIT_GYVE, "'%.400s' is larger than %d bytes: not a profile", file,
			 LARGEST_FILE);
	close(fd);
	if (text && n >= 0 && *size <= LARGEST_FILE)
		return text;
	free(text);
	return NULL;
}

static unsigned line_of(const char *text, size_t offset)
{
	unsigned line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

/*
 * What json-c would read otherwise than it stands, without a word: a NUL ends the text, or the
 * string in which it is escaped, and an integer beyond 64 bits becomes the largest. text has a NUL
 * behind its end. NULL, or what it is, and *at.
 */
static const char *find_misread(const char *text, size_t size, size_t *at)
{
	bool quoted = false;
	char *end;

	for (*at = 0; *at < size; ++*at) {
		const char *here = text + *at;

		if (*here == '\0' || (quoted && strncmp(here, "\\u0000", 6) == 0))
			return "a NUL";
		if (*here == '"')
			quoted = !quoted;
		else if (quoted && *here == '\\' && here[1] != '\0')
			++*at;
		if (quoted || !isdigit((unsigned char)*here))
			continue;
		errno = 0;
		strtoull(here, &end, 10);
		if (errno == ERANGE)
			return "a number of more than 64 bits";
		*at = (size_t)(end - text) - 1;
	}
	return NULL;
}

static bool is_as_it_stands(const char *file, const char *text, size_t size, struct error *error)
{
	size_t at;
	const char *what = find_misread(text, size, &at);

	return !what || diag_set(error, EXIT_GYVE, "%.400s:%u: not for a profile: %s", file,
				 line_of(text, at), what);
}

static json_object *parse(const char *file, const char *text, size_t size, struct error *error)
{
	struct json_tokener *tokener = CALL(json_tokener_new)();
	enum json_tokener_error result;
	json_object *value;
	size_t end;

	if (!tokener) {
		diag_errno(error, EXIT_GYVE, ENOMEM, "cannot read '%.400s'", file);
		return NULL;
	}
	CALL(json_tokener_set_flags)(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	value = CALL(json_tokener_parse_ex)(tokener, text, (int)size);
	end = CALL(json_tokener_get_parse_end)(tokener);
	result = CALL(json_tokener_get_error)(tokener);
	CALL(json_tokener_free)(tokener);
	if (result == json_tokener_continue)
		diag_set(error, EXIT_GYVE, "%.400s:%u: the file ends inside the JSON value", file,
			 line_of(text, size));
	else if (result != json_tokener_success)
		diag_set(error, EXIT_GYVE, "%.400s:%u: not JSON: %s", file, line_of(text, end),
			 CALL(json_tokener_error_desc)(result));
	else if (!value)
		diag_set(error, EXIT_GYVE, "%.400s: null instead of an object", file);
	return result == json_tokener_success ? value : NULL;
}

const struct json *json_read(const char *file, struct error *error)
{
	json_object *value = NULL;
	char *text;
	size_t size;

	if (!open_library(error))
		return NULL;
	text = read_file(file, &size, error);
	if (!text)
		return NULL;
	text[size] = '\0';
	if (is_as_it_stands(file, text, size, error))
		value = parse(file, text, size, error);
	free(text);
	return (const struct json *)value;
}

static json_object *of(const struct json *value)
{
	return (json_object *)value;
}

void json_release(const struct json *value)
{
	CALL(json_object_put)(of(value));
}

/* ---- looking at values ---- */

enum json_kind json_kind(const struct json *value)
{
	if (!value)
		return JSON_NULL;
	switch (CALL(json_object_get_type)(of(value))) {
	case json_type_boolean: return JSON_BOOLEAN;
	case json_type_int: return JSON_INTEGER;
	case json_type_double: return JSON_REAL;
	case json_type_string: return JSON_STRING;
	case json_type_array: return JSON_ARRAY;
	case json_type_object: return JSON_OBJECT;
	default: return JSON_NULL;
	}
}

const struct json *json_member(const struct json *object, const char *name)
{
	json_object *value;

	if (!CALL(json_object_object_get_ex)(of(object), name, &value))
		return NULL;
	return (const struct json *)value;
}

void json_members(const struct json *object, void (*visit)(const char *name, void *context),
		  void *context)
{
	struct lh_table *table = CALL(json_object_get_object)(of(object));

	for (struct lh_entry *entry = table->head; entry; entry = entry->next)
		visit((const char *)entry->k, context);
}

size_t json_length(const struct json *array)
{
	return CALL(json_object_array_length)(of(array));
}

const struct json *json_item(const struct json *array, size_t index)
{
	return (const struct json *)CALL(json_object_array_get_idx)(of(array), index);
}

const char *json_text(const struct json *string)
{
	return CALL(json_object_get_string)(of(string));
}

bool json_unsigned(const struct json *integer, uint64_t *number)
{
	if (CALL(json_object_get_int64)(of(integer)) < 0)
		return false;
	*number = CALL(json_object_get_uint64)(of(integer));
	return true;
}

char *json_shown(const struct json *value, char text[static 60])
{
	const char *all = value ? CALL(json_object_to_json_string)(of(value)) : "null";

	snprintf(text, 60, "%.50s%s", all, strlen(all) > 50 ? "..." : "");
	return text;
}

#else /* built without json-c: only json_read is ever called */

const struct json *json_read(const char *file, struct error *error)
{
	diag_set(error, EXIT_GYVE,
		 "cannot read '%.400s': this gyve was built without support for profiles "
		 "(configure --with-profiles, which needs json-c)",
		 file);
	return NULL;
}

void json_release(const struct json *value)
{
	(void)value;
}

enum json_kind json_kind(const struct json *value)
{
	(void)value;
	return JSON_NULL;
}

const struct json *json_member(const struct json *object, const char *name)
{
	(void)object;
	(void)name;
	return NULL;
}

void json_members(const struct json *object, void (*visit)(const char *name, void *context),
		  void *context)
{
	(void)object;
	(void)visit;
	(void)context;
}

size_t json_length(const struct json *array)
{
	(void)array;
	return 0;
}

const struct json *json_item(const struct json *array, size_t index)
{
	(void)array;
	(void)index;
	return NULL;
}

const char *json_text(const struct json *string)
{
	(void)string;
	return "";
}

bool json_unsigned(const struct json *integer, uint64_t *number)
{
	(void)integer;
	(void)number;
	return false;
}

char *json_shown(const struct json *value, char text[static 60])
{
	(void)value;
	text[0] = '\0';
	return text;
}

#endif

const char *json_kind_name(enum json_kind kind)
{
	static const char *const names[] = {
		[JSON_NULL] = "null",	       [JSON_BOOLEAN] = "true or false",
		[JSON_INTEGER] = "an integer", [JSON_REAL] = "a number with a fraction",
		[JSON_STRING] = "a string",    [JSON_ARRAY] = "an array",
		[JSON_OBJECT] = "an object",
	};

	return names[kind];
}
