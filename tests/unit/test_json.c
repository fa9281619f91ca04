/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The JSON reader: what it takes and refuses, that nothing is ever half read, and that a failed
 * allocation, whichever it is, ends in a message. Linked so that malloc and its kind can be made to
 * fail (ld's --wrap).
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "profile/profile.h"
#include "profile/record.h"
#include "tap.h"

/* ---- allocations that fail ---- */

static unsigned allocations, failing; /* the failing'th fails; 0: none */

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);

static bool fails(void)
{
	return ++allocations == failing;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

static const char *source_file(const char *name)
{
	static char path[1000];
	const char *source = getenv("GYVE_SOURCE");

	snprintf(path, sizeof path, "%s/tests/data/%s", source ? source : ".", name);
	return path;
}

static bool read_profile(const char *file, struct error *error)
{
	static struct profile profile;

	return profile_read(&profile, file, false, SECCOMP_RET_KILL_PROCESS, error);
}

static bool merge_record(const char *file, struct error *error)
{
	static struct record record;

	record_init(&record);
	return record_merge(&record, file, error);
}

/* Each allocation fails once: each time it must be refused, with what there is to say of it. */
static void test_failures(bool (*reads)(const char *, struct error *), const char *name)
{
	struct error error;
	unsigned count, refused = 0;

	allocations = failing = 0;
	if (!reads(source_file(name), &error)) {
		/* Podman's has no row for riscv64, ppc64le and loongarch64. */
		tap_check(strstr(error.text, "does not have this machine's architecture") != NULL,
			  "%s is read where it is for this machine: %s", name, error.text);
		return;
	}
	tap_check(true, "%s is read", name);
	count = allocations;
	for (unsigned i = 1; i <= count; i++) {
		memset(&error, 0, sizeof error);
		allocations = 0;
		failing = i;
		refused += !reads(source_file(name), &error) && error.status == EXIT_GYVE &&
			   strstr(error.text, strerror(ENOMEM)) != NULL;
	}
	failing = 0;
	tap_check(count > 0 && refused == count, "%s: each of %u allocations fails with a message",
		  name, count);
}

/* ---- what is cut off ---- */

/* Every beginning of a file but the whole is refused. */
static void test_beginnings(const char *name)
{
	char *text = NULL, *copy;
	size_t size = 0, accepted = 0, least;
	FILE *in = fopen(source_file(name), "r");
	struct error error;

	if (!in || getdelim(&text, &size, '\0', in) <= 0 || fclose(in) != 0)
		exit(1);
	size = strlen(text);
	least = size - strspn(strrchr(text, '}') + 1, " \n");
	copy = malloc(size + 1);
	for (size_t length = 0; copy && length < least; length++) {
		memcpy(copy, text, length);
		copy[length] = '\0';
		accepted += json_parse(name, copy, length, &error) != NULL;
	}
	tap_check(copy && accepted == 0, "%s: each of its %zu beginnings is refused", name,
		  least);
	free(copy);
	free(text);
}

/* ---- the grammar ---- */

static const struct {
	const char *text;
	const char *refusal; /* a part of the message; NULL: accepted */
} texts[] = {
	{ "{}", NULL },
	{ " \t\r\n[ ] \n", NULL },
	{ "[1, -2, 0.5, -0, 1e9, 1E+9, 0e-1, 12.50E2, true, false, null, \"\"]", NULL },
	{ "18446744073709551616", NULL },
	{ "{\"a\" : [ { } , [ ] ] , \"b\":{\"c\":{}}}", NULL },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00 \x7f \xc3\xa9\"", NULL },
	{ "", "the file ends inside" },
	{ " ", "the file ends inside" },
	{ "[1,", "the file ends inside" },
	{ "\"a", "the file ends inside" },
	{ "\"a\\", "the file ends inside" },
	{ "{\"a\":1", "the file ends inside" },
	{ "[1,]", "a value is missing" },
	{ "[,1]", "a value is missing" },
	{ "[1 2]", "',' or the closing bracket is missing" },
	{ "[1}", "closing bracket" },
	{ "{\"a\":1]", "closing bracket" },
	{ "{\"a\":1,}", "the name of a member is missing" },
	{ "{a:1}", "the name of a member is missing" },
	{ "{1:1}", "the name of a member is missing" },
	{ "{\"a\" 1}", "':' is missing" },
	{ "{} {}", "something follows" },
	{ "1 2", "something follows" },
	{ "12a", "something follows" },
	{ "nulll", "something follows" },
	{ "01", "begins with 0" },
	{ "-01", "begins with 0" },
	{ "1.]", "a digit is missing" },
	{ "-]", "a digit is missing" },
	{ "1e]", "a digit is missing" },
	{ "+1", "a value is missing" },
	{ ".5", "a value is missing" },
	{ "0x10", "something follows" },
	{ "NaN", "a value is missing" },
	{ "True", "a value is missing" },
	{ "'a'", "a value is missing" },
	{ "/* */ 1", "a value is missing" },
	{ "\xef\xbb\xbf{}", "a value is missing" },
	{ "\"\\x41\"", "an escape that there is not" },
	{ "\"\\u12g4\"", "four hexadecimal digits" },
	{ "\"\\ud800\"", "half of a surrogate pair" },
	{ "\"\\udc00\"", "half of a surrogate pair" },
	{ "\"\\ud800\\u0041\"", "half of a surrogate pair" },
	{ "\"\\u0000\"", "a NUL" },
	{ "\"\n\"", "a control character" },
	{ "\"\xff\"", "not UTF-8" },
	{ "\"\xc0\xaf\"", "not UTF-8" },
	{ "\"\xed\xa0\x80\"", "not UTF-8" },
};

static void test_grammar(void)
{
	for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char text[200];
		struct error error = { .text = "" };
		const struct json *root;

		snprintf(text, sizeof text, "%s", texts[i].text);
		root = json_parse("f", text, strlen(text), &error);
		tap_check(texts[i].refusal ? !root && strstr(error.text, texts[i].refusal) : !!root,
			  "text %u is %s %s", i, texts[i].refusal ? "refused:" : "accepted",
			  error.text);
	}
}

static void test_depth(void)
{
	struct error error;
	char text[200];

	memset(text, '[', 100);
	memset(text + 100, ']', 100);
	tap_check(!json_parse("f", text, sizeof text - 1, &error) &&
			  strstr(error.text, "nested too deeply"),
		  "100 brackets in each other are refused");
	text[164] = '\0';
	tap_check(json_parse("f", text + 36, 128, &error) != NULL, "64 are not");
}

/* ---- values ---- */

static void test_values(void)
{
	char text[] = "{\"a\":[1,\"x\\u00e9\\n\",{\"b\":null}, 18446744073709551615, "
		      "18446744073709551616,\n-1,1.5,1e3], \"c\" :{}, \"a\" : \"last\"}";
	struct error error;
	const struct json *root = json_parse("f", text, strlen(text), &error), *item;
	uint64_t number = 0;
	unsigned kinds = 0, count = 0;

	if (!tap_check(root != NULL, "an object is read"))
		return;
	tap_check(strcmp(json_text(json_member(root, "a")), "last") == 0,
		  "of two members with one name the last counts");
	tap_check(!json_member(root, "b") && !json_first(json_member(root, "c")),
		  "a member of a member is not one, and an empty list has no first");
	item = json_first(json_value(json_first(root)));
	tap_check(json_unsigned(item, &number) && number == 1, "1 is 1");
	item = json_next(item);
	tap_check(strcmp(json_text(item), "x\xc3\xa9\n") == 0, "escapes are decoded");
	for (; item; item = json_next(item), count++) {
		kinds = kinds * 8 + (unsigned)json_kind(item);
		if (count == 2)
			tap_check(json_unsigned(item, &number) && number == UINT64_MAX,
				  "2^64 - 1 is held");
		else if (count == 3 || count == 4)
			tap_check(!json_unsigned(item, &number), "neither 2^64 nor -1 is");
	}
	tap_check(count == 7 && kinds == 04622233, "kinds are told apart: %o", kinds);
}

static void test_printing(void)
{
	static const char text[] = "a\"\\\n\x7f \xc3\xa9 \xff \xf0\x9f\x98\x80";
	char found[100] = "";
	FILE *out = tmpfile();

	if (!out)
		exit(1);
	json_print(out, text);
	json_print(out, NULL);
	rewind(out);
	if (!fgets(found, sizeof found, out))
		found[0] = '\0';
	fclose(out);
	tap_check(strcmp(found, "\"a\\\"\\\\\\u000a\\u007f \\u00e9 \\ufffd \\ud83d\\ude00\"null") ==
			  0,
		  "a string is written in ASCII, whatever its bytes are: %s", found);
}

int main(void)
{
	test_grammar();
	test_depth();
	test_values();
	test_printing();
	test_beginnings("docker-default.json");
	test_beginnings("podman-default.json");
	test_failures(read_profile, "docker-default.json");
	test_failures(read_profile, "podman-default.json");
	test_failures(merge_record, "learned.json");
	return tap_done();
}
