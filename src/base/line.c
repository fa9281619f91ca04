/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/line.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

void line_clear(struct line *line)
{
	line->used = 0;
	line->text[0] = '\0';
}

void line_add(struct line *line, const char *format, ...)
{
	size_t room = sizeof line->text - line->used;
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(line->text + line->used, room, format, list);
	va_end(list);
	if (length > 0)
		line->used += (size_t)length < room ? (size_t)length : room - 1;
}

/* A piece that does not fit is left out whole: half an escape would be another character. */
static void add_piece(struct line *line, const char *piece, size_t size)
{
	if (line->used + size >= sizeof line->text)
		return;
	memcpy(line->text + line->used, piece, size);
	line->used += size;
	line->text[line->used] = '\0';
}

static void add_bytes(struct line *line, const char *bytes, size_t size, const char *special)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		char piece[8];

		if (byte < 0x20 || byte > 0x7e)
			snprintf(piece, sizeof piece, "\\x%02x", byte);
		else if (strchr(special, byte))
			snprintf(piece, sizeof piece, "\\%c", byte);
		else
			snprintf(piece, sizeof piece, "%c", byte);
		add_piece(line, piece, strlen(piece));
	}
}

void line_add_foreign(struct line *line, const char *bytes, size_t size)
{
	add_bytes(line, bytes, size, "\\");
}

void line_add_quoted(struct line *line, const char *bytes, size_t size)
{
	add_piece(line, "\"", 1);
	add_bytes(line, bytes, size, "\\\"");
	add_piece(line, "\"", 1);
}

void line_add_word(struct line *line, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-+/:@";
	size_t size = strlen(word);

	if (size && strspn(word, plain) == size)
		add_piece(line, word, size);
	else
		line_add_quoted(line, word, size);
}

void line_add_json(struct line *line, const char *text)
{
	char piece[13];

	if (!text) {
		add_piece(line, "null", 4);
		return;
	}
	add_piece(line, "\"", 1);
	while (*text) {
		json_escape(&text, piece);
		add_piece(line, piece, strlen(piece));
	}
	add_piece(line, "\"", 1);
}

/* The length of the character that begins here, which may be an escape. */
static size_t width(const char *text)
{
	return text[0] != '\\' ? 1 : text[1] == 'x' ? 4 : 2;
}

void line_copy(const struct line *line, char *text, size_t size)
{
	size_t length = 0;
	bool quoted = false;

	if (line->used < size) {
		strcpy(text, line->text);
		return;
	}
	while (length + width(line->text + length) <= size - 5) {
		quoted ^= line->text[length] == '"';
		length += width(line->text + length);
	}
	memcpy(text, line->text, length);
	strcpy(text + length, quoted ? "\"..." : "...");
}

void line_pad(struct line *line, size_t column)
{
	do
		add_piece(line, " ", 1);
	while (line->used < column);
}
