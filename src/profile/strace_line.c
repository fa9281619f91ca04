/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/strace_line.h"

#include <ctype.h>
#include <string.h>

#include "base/lines.h"

static char *skip_blanks(char *at)
{
	return at + strspn(at, " ");
}

/* ---- what holds text of the process' choice ---- */

/* Behind a string in quotation marks, or the end of the text. */
static char *skip_string(char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return at + (*at == '"');
}

/* Between the addresses of a socket: "TCP:[127.0.0.1:1->[::1]:2]", "UNIX-STREAM:[12->13,"/path"]".
 */
static bool is_arrow(const char *at)
{
	return at[-1] == '-' && (isalnum((unsigned char)at[1]) || strchr("[\"@", at[1])) && at[1];
}

/*
 * Behind what stands in angle brackets. A path or a process' name has those, and quotation marks,
 * escaped, and is followed by something else than an address.
 */
static char *skip_angle(char *at)
{
	unsigned depth = 0;

	while (*at) {
		if (*at == '"') {
			at = skip_string(at);
			continue;
		}
		if (*at == '\\' && at[1])
			at++;
		else if (*at == '<')
			depth++;
		else if (*at == '>' && !is_arrow(at) && --depth == 0)
			return at + 1;
		at++;
	}
	return at;
}

char *strace_line_argument_end(char *at)
{
	unsigned depth = 0;

	for (; *at; at++) {
		if (*at == '"') {
			at = skip_string(at) - 1;
		} else if (*at == '<' && at[1] == '<') {
			at++; /* "21<<MAP_HUGE_SHIFT" */
		} else if (*at == '<' && isalnum((unsigned char)at[-1])) {
			at = skip_angle(at) - 1;
		} else if (strchr("([{", *at)) {
			depth++;
		} else if (depth == 0 && strchr(",)]}", *at)) {
			break;
		} else if (strchr(")]}", *at)) {
			depth--;
		}
	}
	return at;
}

/* ---- what stands in front: a process, times, the call's number, an address ---- */

/* "12 ", "12<name> ", "10:00:00.123456 ", "1700000000.123 ". Or NULL. */
static char *skip_number(char *at)
{
	char *end = at + strspn(at, "0123456789:.");

	if (end > at && *end == '<')
		end = skip_angle(end);
	return end > at && *end == ' ' ? skip_blanks(end) : NULL;
}

/* "[pid    12] ", "[pid    12<name>] ", "[  12] ", "[00007f0000000000] ", "[a:context] ". Or NULL.
 */
static char *skip_square(char *at)
{
	char *end = lines_behind(at, "[pid ");

	if (lines_behind(at, "[ Process PID="))
		return NULL;
	if (end) {
		end = skip_blanks(end);
		end += strspn(end, "0123456789");
		if (*end == '<')
			end = skip_angle(end);
	} else {
		end = at + strcspn(at, "]");
	}
	return lines_behind(end, "] ") ? skip_blanks(end + 2) : NULL;
}

static char *skip_leader(char *line)
{
	char *at = skip_blanks(line), *next = at;

	while (next) {
		at = next;
		next = NULL;
		if (*at == '[')
			next = skip_square(at);
		else if (lines_behind(at, "(+") &&
			 strchr(at, ')')) /* the time since the line before */
			next = skip_blanks(strchr(at, ')') + 1);
		else if (isdigit((unsigned char)*at))
			next = skip_number(at);
	}
	return at;
}

/* ---- what the line ends with ---- */

/* Cuts the text off where a word begins that it ends with. */
static bool cut_end(char *text, const char *word)
{
	size_t length = strlen(text), size = strlen(word);

	if (length < size || strcmp(text + length - size, word) != 0)
		return false;
	text[length - size] = '\0';
	return true;
}

/* "Process 12 attached", " attached (waiting for parent)", " resumed (parent 11 ready)" and the
 * like. */
static bool is_message(char *at)
{
	static const char *const words[] = { " attached", " detached", " suspended", " resumed" };
	char *rest = lines_behind(at, "Process ");

	if (!rest || !isdigit((unsigned char)*rest))
		return false;
	rest += strspn(rest, "0123456789");
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (lines_behind(rest, words[i]))
			return rest[strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789 ()")] ==
			       '\0';
	return false;
}

/* Such a message behind what there is of a call, with "strace: " in front since 4.13. */
static bool cut_message(char *text)
{
	char *last = text;

	for (char *at = text; (at = strstr(at, "Process ")) != NULL; at++)
		last = at;
	if (!is_message(last))
		return false;
	*last = '\0';
	cut_end(text, "strace: ");
	return true;
}

/*
 * Cuts the arguments off where strace itself has interrupted them, and leaves a comma there: what
 * stands before it is as whole as before any other.
 */
static enum strace_end cut_arguments(char *arguments)
{
	bool whole =
		cut_end(arguments, " <unfinished ...>") || cut_end(arguments, " <detached ...>");

	if (!whole && !cut_message(arguments))
		return STRACE_CUT;
	strcat(arguments, ",");
	return whole ? STRACE_WHOLE : STRACE_ATTACHED;
}

/* Where the last argument ends, or the end of the text. */
static char *arguments_end(char *at)
{
	for (at = strace_line_argument_end(at); *at && *at != ')';)
		at = strace_line_argument_end(at + 1);
	return at;
}

/* ---- the kinds ---- */

static bool is_remark(char *at)
{
	static const char *const starts[] = {
		"--- ",		  "+++ ",     "strace: ",	 "????", "<unfinished ...>",
		"<detached ...>", "<ptrace(", "<Cannot restart "
	};

	for (unsigned i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (lines_behind(at, starts[i]))
			return true;
	return *at == '\0' || is_message(at);
}

/* "[ Process PID=12 runs in 32 bit mode. ]", in some releases behind "strace: ". */
static bool read_mode(char *at, struct strace_line *line)
{
	char *end = lines_behind(at, "strace: ");

	at = lines_behind(end ? end : at, "[ Process PID=");
	at = at ? lines_behind(at + strspn(at, "0123456789"), " runs in ") : NULL;
	end = at ? strstr(at, " mode. ]") : NULL;
	if (!end || end[8])
		return false;
	*end = '\0';
	line->kind = STRACE_MODE;
	line->name = at;
	return true;
}

static bool read_resumed(char *at, struct strace_line *line)
{
	char *end;

	at = lines_behind(at, "<... ");
	end = at ? strstr(at, " resumed>") : NULL;
	if (!end)
		return false;
	*end = '\0';
	line->kind = STRACE_RESUMED;
	line->name = at;
	line->arguments = skip_blanks(end + strlen(" resumed>"));
	return true;
}

static bool read_call(char *at, struct strace_line *line)
{
	char *open = at, *end;

	while (isalnum((unsigned char)*open) || *open == '_')
		open++;
	if (*open != '(' || open == at || isdigit((unsigned char)*at))
		return false;
	line->name = at;
	line->arguments = open + 1;
	line->end = cut_arguments(line->arguments);
	if (line->end == STRACE_CUT) {
		end = arguments_end(line->arguments);
		/* Closed, but nothing came of it: a sentence. */
		if (*end && !lines_behind(skip_blanks(end + 1), "= "))
			return false;
		line->end = *end ? STRACE_WHOLE : STRACE_CUT;
	}
	*open = '\0';
	line->kind = STRACE_CALL;
	return true;
}

/* A stack (-k) and a dump of data (-e read=, -e write=) stand below their call, behind a blank. */
static bool is_below(char *line)
{
	return lines_behind(line, " > ") || lines_behind(line, " | ") || lines_behind(line, " * ");
}

/* ")  = 0", ", 8) = 3", " => {parent_tid=[3]}, 88) = 3"; "child_stack=0, ..." of a strace
 * before 4.11. */
static bool is_rest(char *at)
{
	return *at == ')' || *at == ',' || lines_behind(at, "=> ") ||
	       lines_behind(at, "child_stack=");
}

void strace_line_read(char *text, struct strace_line *line)
{
	char *at = skip_leader(text);

	*line = (struct strace_line){ .kind = STRACE_FOREIGN, .end = STRACE_WHOLE };
	if (read_mode(at, line))
		return;
	if (is_below(text) || is_remark(at)) {
		line->kind = STRACE_REMARK;
		return;
	}
	if (read_resumed(at, line) || read_call(at, line))
		return;
	if (is_rest(at)) {
		line->kind = STRACE_REST;
		line->arguments = at;
	}
}
