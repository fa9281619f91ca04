/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text is checked once, and strings are decoded where they stand: behind a string's opening
 * quote comes its content, a NUL, and blanks up to where it ended. What looks at values afterwards
 * relies on that, and on the grammar. A value may have white space before it.
 */
#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

/* A profile is some ten kilobytes; more than this is a mistake, or an attack on our memory. */
#define LARGEST_FILE (4 << 20)

/* A profile is six deep. Each level is a frame of the parser's on the stack. */
#define DEEPEST 64

/* ---- the file ---- */

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
	if (text && n >= 0 && *size <= LARGEST_FILE) {
		text[*size] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

/* ---- the grammar ---- */

struct parser {
	const char *file;
	char *at;	 /* what comes next */
	const char *end; /* a NUL stands there */
	unsigned line, depth;
	struct error *error;
};

static bool refuse(struct parser *p, const char *what)
{
	if (p->at == p->end)
		what = "the file ends inside the JSON value";
	return diag_set(p->error, EXIT_GYVE, "%.400s:%u: %s%s", p->file, p->line,
			p->at == p->end ? "" : "not JSON: ", what);
}

static char next_char(struct parser *p)
{
	for (; *p->at && strchr(" \t\r\n", *p->at); p->at++)
		p->line += *p->at == '\n';
	return *p->at;
}

/* At least one, once a part of a number has begun. */
static bool skip_digits(struct parser *p, bool begun)
{
	size_t count = begun ? strspn(p->at, "0123456789") : 0;

	p->at += count;
	return count > 0 || !begun || refuse(p, "a digit is missing");
}

static bool skip_one(struct parser *p, const char *of)
{
	bool is_there = *p->at && strchr(of, *p->at);

	p->at += is_there;
	return is_there;
}

static bool parse_number(struct parser *p)
{
	bool exponent;

	skip_one(p, "-");
	if (*p->at == '0' && isdigit((unsigned char)p->at[1]))
		return refuse(p, "a number begins with 0");
	if (!skip_digits(p, true) || !skip_digits(p, skip_one(p, ".")))
		return false;
	exponent = skip_one(p, "eE");
	if (exponent)
		skip_one(p, "+-");
	return skip_digits(p, exponent);
}

static bool parse_word(struct parser *p)
{
	static const char *const words[] = { "true", "false", "null" };

	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strncmp(p->at, words[i], strlen(words[i])) == 0) {
			p->at += strlen(words[i]);
			return true;
		}
	return refuse(p, "a value is missing");
}

/* Four hexadecimal digits. */
static bool parse_unit(struct parser *p, uint32_t *unit)
{
	char digits[5] = "";

	strncpy(digits, p->at, 4);
	if (strspn(digits, "0123456789abcdefABCDEF") != 4)
		return refuse(p, "\\u without four hexadecimal digits");
	*unit = (uint32_t)strtoul(digits, NULL, 16);
	p->at += 4;
	return true;
}

/* What follows \u: a character, or two halves of one, the second with its own \u. */
static bool parse_character(struct parser *p, uint32_t *code)
{
	uint32_t low = 0;

	if (!parse_unit(p, code))
		return false;
	if (*code < 0xd800 || *code > 0xdfff)
		return true;
	if (*code < 0xdc00 && strncmp(p->at, "\\u", 2) == 0) {
		p->at += 2;
		if (!parse_unit(p, &low))
			return false;
	}
	*code = 0x10000 + ((*code - 0xd800) << 10 | (low - 0xdc00));
	return (low >= 0xdc00 && low <= 0xdfff) || refuse(p, "half of a surrogate pair");
}

static bool parse_escape(struct parser *p, uint32_t *code)
{
	static const char letters[] = "\"\\/bfnrtu", meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter = *p->at ? strchr(letters, *p->at) : NULL;

	if (!letter)
		return refuse(p, "an escape that there is not");
	p->at++;
	if (*letter == 'u')
		return parse_character(p, code);
	*code = (uint32_t)meanings[letter - letters];
	return true;
}

/* No escape is shorter than what it stands for, so that what is written is behind what is read. */
static bool parse_string(struct parser *p)
{
	char *out = ++p->at;

	while (*p->at != '"') {
		uint32_t code;
		unsigned length = utf8_length(p->at, &code);

		if (length == 0)
			return refuse(p, "bytes that are not UTF-8");
		if (code < 0x20)
			return refuse(p, "a control character in a string");
		p->at += length;
		if (code == '\\' && !parse_escape(p, &code))
			return false;
		if (code == 0)
			return diag_set(p->error, EXIT_GYVE, "%.400s:%u: not for a profile: a NUL",
					p->file, p->line);
		out += utf8_write(out, code);
	}
	p->at++;
	*out++ = '\0';
	memset(out, ' ', (size_t)(p->at - out));
	return true;
}

/* Of a member, with the colon behind it. */
static bool parse_name(struct parser *p)
{
	if (next_char(p) != '"')
		return refuse(p, "the name of a member is missing");
	if (!parse_string(p))
		return false;
	next_char(p);
	return skip_one(p, ":") || refuse(p, "':' is missing");
}

static bool parse_value(struct parser *p);

static bool parse_list(struct parser *p, char closing)
{
	p->at++;
	if (next_char(p) == closing)
		return skip_one(p, "}]");
	do {
		if ((closing == '}' && !parse_name(p)) || !parse_value(p))
			return false;
		next_char(p);
	} while (skip_one(p, ","));
	if (*p->at != closing)
		return refuse(p, "',' or the closing bracket is missing");
	return skip_one(p, "}]");
}

static bool parse_value(struct parser *p)
{
	bool good;
	char c = next_char(p);

	if (c == '"')
		return parse_string(p);
	if (c == '-' || isdigit((unsigned char)c))
		return parse_number(p);
	if (c != '{' && c != '[')
		return parse_word(p);
	if (++p->depth > DEEPEST)
		return refuse(p, "it is nested too deeply");
	good = parse_list(p, c == '{' ? '}' : ']');
	p->depth--;
	return good;
}

const struct json *json_parse(const char *file, char *text, size_t size, struct error *error)
{
	struct parser p = { file, text, text + size, 1, 0, error };

	if (!parse_value(&p))
		return NULL;
	next_char(&p);
	if (p.at != p.end) {
		refuse(&p, "something follows the value");
		return NULL;
	}
	return (const struct json *)text;
}

const struct json *json_read(const char *file, struct error *error)
{
	size_t size;
	char *text = read_file(file, &size, error);
	const struct json *root = text ? json_parse(file, text, size, error) : NULL;

	if (!root)
		free(text);
	return root;
}

void json_release(const struct json *root)
{
	free((void *)root);
}

/* ---- looking at values ---- */

static const char *skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

static const char *place(const struct json *value)
{
	return skip_space((const char *)value);
}

static const char *skip_string(const char *at)
{
	return at + strlen(at) + 1;
}

/* Behind a value: of a list, where as many brackets have closed as were opened. */
static const char *skip_value(const char *at)
{
	unsigned depth = 0;

	do {
		at = skip_space(at);
		depth += *at == '{' || *at == '[';
		depth -= *at == '}' || *at == ']';
		if (*at == '"')
			at = skip_string(at);
		else if (strchr("{}[],:", *at))
			at++;
		else
			at += strcspn(at, " \t\r\n]},"); /* a number or a word */
	} while (depth > 0);
	return skip_space(at);
}

/* A string that is the name of a member has its value behind it. */
static const char *skip_item(const char *at)
{
	at = skip_value(at);
	return *at == ':' ? skip_value(at + 1) : at;
}

enum json_kind json_kind(const struct json *value)
{
	const char *at;

	if (!value)
		return JSON_NULL;
	at = place(value);
	switch (*at) {
	case '{': return JSON_OBJECT;
	case '[': return JSON_ARRAY;
	case '"': return JSON_STRING;
	case 'n': return JSON_NULL;
	case 't':
	case 'f': return JSON_BOOLEAN;
	default: return strchr(".eE", at[strspn(at, "-0123456789")]) ? JSON_REAL : JSON_INTEGER;
	}
}

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

const struct json *json_first(const struct json *list)
{
	const char *at = skip_space(place(list) + 1);

	return *at == ']' || *at == '}' ? NULL : (const struct json *)at;
}

const struct json *json_next(const struct json *item)
{
	const char *at = skip_item(place(item));

	return *at == ',' ? (const struct json *)skip_space(at + 1) : NULL;
}

const struct json *json_value(const struct json *name)
{
	return (const struct json *)(skip_value(place(name)) + 1);
}

const struct json *json_member(const struct json *object, const char *name)
{
	const struct json *found = NULL;

	for (const struct json *m = json_first(object); m; m = json_next(m))
		if (strcmp(json_text(m), name) == 0)
			found = json_value(m);
	return found;
}

const char *json_text(const struct json *string)
{
	return place(string) + 1;
}

bool json_unsigned(const struct json *integer, uint64_t *number)
{
	const char *at = place(integer);
	unsigned long long value;

	errno = 0;
	value = strtoull(at, NULL, 10);
	if (*at == '-' || errno == ERANGE)
		return false;
	*number = value;
	return true;
}

char *json_shown(const struct json *value, char text[static 60])
{
	enum json_kind kind = json_kind(value);
	const char *at = value ? place(value) : "null";

	if (kind == JSON_STRING)
		snprintf(text, 60, "\"%.50s%s\"", at + 1, strlen(at + 1) > 50 ? "..." : "");
	else if (kind == JSON_ARRAY || kind == JSON_OBJECT)
		snprintf(text, 60, "%s", kind == JSON_ARRAY ? "[...]" : "{...}");
	else
		snprintf(text, 60, "%.*s", (int)strcspn(at, " \t\r\n]},"), at);
	return text;
}

/* ---- writing ---- */

const char *json_escape(const char **text, char piece[static 13])
{
	uint32_t code;
	unsigned length = utf8_length(*text, &code);

	if (length == 0)
		code = 0xfffd;
	*text += length ? length : 1;
	if (code == '"' || code == '\\')
		snprintf(piece, 13, "\\%c", (char)code);
	else if (code >= 0x20 && code < 0x7f)
		snprintf(piece, 13, "%c", (char)code);
	else if (code < 0x10000)
		snprintf(piece, 13, "\\u%04x", (unsigned)code);
	else
		snprintf(piece, 13, "\\u%04x\\u%04x",
			 0xd800 + ((unsigned)(code - 0x10000) >> 10 & 0x3ff),
			 0xdc00 + (unsigned)(code & 0x3ff));
	return piece;
}

void json_print(FILE *out, const char *text)
{
	char piece[13];

	if (!text) {
		fputs("null", out);
		return;
	}
	putc('"', out);
	while (*text)
		fputs(json_escape(&text, piece), out);
	putc('"', out);
}
