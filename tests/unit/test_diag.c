/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reaches the terminal, and which word was meant. */
#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "tap.h"

static void test_visible(void)
{
	static const struct {
		const char *what, *text, *visible;
	} rows[] = {
		{ "plain text", "on,spawn=deny", "on,spawn=deny" },
		{ "nothing", "", "" },
		{ "a newline", "a\nb", "a\\x0ab" },
		{ "an escape sequence", "\x1b[31m", "\\x1b[31m" },
		{ "DEL", "\x7f", "\\x7f" },
		{ "two, three and four bytes of UTF-8", "\u00e9\u20ac\U0001f600",
		  "\u00e9\u20ac\U0001f600" },
		{ "the last C1 control", "\xc2\x9f", "\\xc2\\x9f" },
		{ "the first character above C1", "\xc2\xa0", "\xc2\xa0" },
		{ "CSI as a C1 control",
		  "\xc2\x9b"
		  "31m",
		  "\\xc2\\x9b31m" },
		{ "a soft hyphen", "\xc2\xad", "\\xc2\\xad" },
		{ "a right-to-left override", "\u202e", "\\xe2\\x80\\xae" },
		{ "a zero-width space", "\u200b", "\\xe2\\x80\\x8b" },
		{ "an isolate", "\u2066", "\\xe2\\x81\\xa6" },
		{ "a byte order mark", "\ufeff", "\\xef\\xbb\\xbf" },
		{ "an invisible tag", "\U000e0041", "\\xf3\\xa0\\x81\\x81" },
		{ "a lone continuation byte", "a\x80z", "a\\x80z" },
		{ "a byte that is never UTF-8", "\xff", "\\xff" },
		{ "a sequence cut by the end", "a\xe2\x82", "a\\xe2\\x82" },
		{ "a sequence cut by a letter", "\xe2\x82z", "\\xe2\\x82z" },
		{ "an overlong slash", "\xc0\xaf", "\\xc0\\xaf" },
		{ "an overlong control", "\xe0\x82\x9b", "\\xe0\\x82\\x9b" },
		{ "a surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "above U+10FFFF", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "U+10FFFF", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char out[100];
		size_t length = diag_visible(out, sizeof out, rows[i].text);

		tap_check(length == strlen(out) && strcmp(out, rows[i].visible) == 0, "visible: %s",
			  rows[i].what);
	}
}

/* Every size from 1 on: terminated within it, and no character is cut in two. */
static void test_visible_size(void)
{
	const char *text = "a\u20ac\n\x9b\U0001f600z";
	static const size_t whole[] = { 0, 1, 4, 8, 12, 16, 17 };
	bool ok = true;

	for (size_t size = 1; size <= 20; size++) {
		char out[24];
		size_t length, fits = 0;

		memset(out, '#', sizeof out);
		length = diag_visible(out, size, text);
		for (unsigned i = 0; i < sizeof whole / sizeof whole[0]; i++)
			if (whole[i] < size)
				fits = whole[i];
		ok = ok && length == fits && out[length] == '\0' && out[size] == '#';
	}
	tap_check(ok, "visible: cut between characters, within the buffer, terminated");
}

static const char *const words[] = {
	"enable", "elevateprivileges", "spawn", "network", "obsolete", "on", "off", "y"
};
#define WORDS (sizeof words / sizeof words[0])

static const char *word(unsigned i)
{
	return words[i];
}

static void test_nearest(void)
{
	static const struct {
		const char *text, *nearest;
	} rows[] = {
		{ "spawn", "spawn" },
		{ "spwan", "spawn" },
		{ "spawnn", "spawn" },
		{ "spaw", "spawn" },
		{ "spa", "spawn" },
		{ "pawn", "spawn" },
		{ "SPAWN", "spawn" },
		{ "Spwan", "spawn" },
		{ "spxxn", "spawn" },
		{ "xxxwn", NULL },
		{ "elevate", "elevateprivileges" },
		{ "ELEVATE", "elevateprivileges" },
		{ "elevateprivilege", "elevateprivileges" },
		{ "networking", "network" },
		{ "spawn,network", "spawn" },
		{ "onn", "on" },
		{ "ofd", "off" },
		{ "", NULL },
		{ "x", NULL }, /* every letter would have to go */
		{ "xy", "y" },
		{ "zzzzzz", NULL },
		{ "0123456789012345678901234567890123456789", NULL },
		{ "enabled", "enable" },
		{ "obsolet", "obsolete" },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *nearest = diag_nearest(rows[i].text, WORDS, word);
		bool ok = nearest && rows[i].nearest ? strcmp(nearest, rows[i].nearest) == 0
						     : nearest == rows[i].nearest;

		tap_check(ok, "nearest: '%s' means %s", rows[i].text,
			  rows[i].nearest ? rows[i].nearest : "nothing here");
	}
	tap_check(diag_nearest("spawn", 0, word) == NULL, "nearest: no words, nothing near");
}

static void test_set(void)
{
	struct error error;
	char big[5000];

	tap_check(!diag_set(&error, EXIT_NOT_FOUND, "no %s", "file") &&
			  error.status == EXIT_NOT_FOUND && strcmp(error.text, "no file") == 0,
		  "set: text and status, and false");
	tap_check(!diag_errno(&error, EXIT_GYVE, ENOENT, "no %s", "file") &&
			  strcmp(error.text, "no file: No such file or directory") == 0,
		  "errno: the text of the number behind it");
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	diag_set(&error, EXIT_GYVE, "%s", big);
	tap_check(strlen(error.text) == sizeof error.text - 1, "set: too long is cut at the end");
	diag_errno(&error, EXIT_GYVE, ENOENT, "%s", big);
	tap_check(strlen(error.text) == sizeof error.text - 1, "errno: too long is cut at the end");
}

int main(void)
{
	test_visible();
	test_visible_size();
	test_nearest();
	test_set();
	return tap_done();
}
