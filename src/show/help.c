/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/help.h"

#include <string.h>

#include "policy/request.h"

#define WIDTH 80

static const char *const section_titles[OPTION_COUNT] = {
#define SECTION(option, title) [OPTION_##option] = title,
#include "tables/help_sections.def"
#undef SECTION
};

/* Words from a column on, folded before the last column; what stands left of them is printed. */
static void print_words(FILE *out, size_t column, size_t indent, const char *words)
{
	if (indent > 0 && column >= indent) {
		putc('\n', out);
		column = 0;
	}
	fprintf(out, "%*s", (int)(indent - column), "");
	column = indent;
	while (*words) {
		size_t length = strcspn(words, " ");

		if (column > indent && column + 1 + length >= WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			putc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", (int)length, words);
		column += length;
		words += length + (words[length] == ' ');
	}
	putc('\n', out);
}

static void print_options(FILE *out)
{
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		int column;

		if (section_titles[i])
			fprintf(out, "\n%s:\n", section_titles[i]);
		column = fprintf(out, "  %s%s%s%s", i == OPTION_SANDBOX ? "-" : "--", row->name,
				 row->metavar[0] == '[' || !*row->metavar ? "" : " ", row->metavar);
		print_words(out, (size_t)column, 24, row->help);
	}
}

static void print_keys(FILE *out)
{
	putc('\n', out);
	print_words(
		out, 0, 0,
		"SPEC is a list of items KEY=VALUE with commas between them. Keys, and values with "
		"the default first (gyve --explain KEY says more):");
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		unsigned first = choices_first_value(key), count = choices_value_count(key);
		int column = fprintf(out, "  %-17s ", key_rows[key].name);

		for (unsigned i = first; i < first + count; i++)
			column += fprintf(out, "%s%s", i > first ? "," : "", value_rows[i].name);
		print_words(out, (size_t)column, 44, key_rows[key].help);
	}
}

void help_print(FILE *out)
{
	fputs("Usage: gyve [-sandbox SPEC] [OPTION...] [--] COMMAND [ARG...]\n", out);
	print_words(out, 0, 0,
		    "Keep COMMAND from what it does not need: put a seccomp filter and a Landlock "
		    "domain on this process, then become COMMAND.");
	print_options(out);
	print_keys(out);
	fputs("\nExit status: that of COMMAND, or\n", out);
	for (unsigned i = 0; i < exit_row_count; i++) {
		int column = fprintf(out, "  %d", exit_rows[i].status);

		print_words(out, (size_t)column, 7, exit_rows[i].help);
	}
	putc('\n', out);
	print_words(
		out, 0, 0,
		"\"Bad system call\", status 159, SIGSYS: COMMAND made a call that SPEC denies. "
		"Run it again with --report in front, which says what was denied and which item "
		"allows it.");
	fputs("\nExamples:\n"
	      "  gyve -sandbox strict -- sha256sum FILE\n"
	      "  gyve -sandbox strict,spawn=allow --write build -- make -C build\n"
	      "\nThe manual: man gyve; what each key does not cover: man gyve-calls\n",
	      out);
}
