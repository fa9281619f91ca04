# SPDX-License-Identifier: GPL-2.0-or-later
# Reads the .def tables: plain awk, so that a build for another machine never has to run gyve.
#
# def_read(path) calls def_row(path, line, macro, n) of the program that uses this file for each
# row, with its fields in F[1] to F[n]: words and expressions as written, strings without quotes.
# A row that is not one of def_init's shapes ends the program: file, line, reason, status 1. With
# def_any set, a row of another name passes with whatever columns it has.
#
#   awk -f tools/def.awk -f tools/PROGRAM.awk ...

function def_die(path, line, text) {
	printf "%s:%d: %s\n", path, line, text > "/dev/stderr"
	def_failed = 1
	exit 1
}

# What the columns of a row are: w a word, n a number, s a string, t anything but a string; "+"
# after the last: one or more of it. Their meaning is told at the head of each .def file.
function def_init() {
	if (def_ready)
		return
	def_ready = 1
	def_shape["ABI"] = "w s n n n w n n w s s s"
	def_shape["ALIAS"] = "w w s"
	def_shape["CONDITION"] = "w w s t+"
	def_shape["EXIT"] = "w n s"
	def_shape["FOREIGN"] = "s s"
	def_shape["FORMAT"] = "w w w w s"
	def_shape["GROUP"] = "w s w w s"
	def_shape["HARMLESS"] = "w w s s s t+"
	def_shape["KERNEL"] = "n n"
	def_shape["KEY"] = "w s s"
	def_shape["OPTION"] = "w s w s w t s"
	def_shape["PROBE_ACTION"] = "w s t s"
	def_shape["PROBE_FLAG"] = "w s t"
	def_shape["RULE"] = "w n w w w w s"
	def_shape["SECTION"] = "w s"
	def_shape["SURVIVOR"] = "w w s"
	def_shape["SYSCALL"] = "w s t+"
	def_shape["USE"] = "w s s s s"
	def_shape["VALUE"] = "w w s n t s"
	def_words["OPTION", 3] = " NO NEEDED OPTIONAL "
	def_words["OPTION", 5] = " MODE MODIFIER REPEATED "
	def_words["RULE", 6] = " QEMU OURS EXACT "
	def_words["CONDITION", 2] = " WHEN UNLESS "
}

function def_fits(kind, is_string, text) {
	if (kind == "s")
		return is_string
	if (is_string || text == "")
		return 0
	if (kind == "w")
		return text ~ /^[A-Za-z_][A-Za-z_0-9]*$/
	if (kind == "n")
		return text ~ /^([0-9]+|0x[0-9a-f]+)$/
	return 1
}

function def_check(path, line, macro, n,    kinds, count, i, kind, more) {
	if (!(macro in def_shape) && def_any)
		return
	if (!(macro in def_shape))
		def_die(path, line, "unknown row '" macro "'")
	count = split(def_shape[macro], kinds, " ")
	more = kinds[count] ~ /\+$/
	sub(/\+$/, "", kinds[count])
	if (n < count || (n > count && !more))
		def_die(path, line, macro " has " count (more ? " or more" : "") " columns, not " n)
	for (i = 1; i <= n; i++) {
		kind = kinds[i < count ? i : count]
		if (!def_fits(kind, def_string[i], F[i]))
			def_die(path, line, macro ": column " i " is no " \
				(kind == "s" ? "string" : kind == "w" ? "word" : kind == "n" ? "number" : "value") \
				": " (F[i] == "" ? "(empty)" : F[i]))
		if ((macro, i) in def_words && index(def_words[macro, i], " " F[i] " ") == 0)
			def_die(path, line, macro ": column " i " is none of" def_words[macro, i] ": " F[i])
		if (kind == "s" && F[i] ~ /[\001-\037]/)
			def_die(path, line, macro ": column " i " has a control character")
	}
}

# The text of a C string literal.
function def_unquote(text,    out, c) {
	text = substr(text, 2, length(text) - 2)
	out = ""
	while (text != "") {
		c = substr(text, 1, 1)
		if (c == "\\") {
			text = substr(text, 2)
			c = substr(text, 1, 1)
			if (c != "\\" && c != "\"")
				c = "\001" # an escape that no table needs: def_check refuses it
		}
		out = out c
		text = substr(text, 2)
	}
	return out
}

# One token of a row into the field at hand.
function def_take(path, line, token, is_string) {
	if (is_string) {
		if (F[def_n] != "" && !def_string[def_n])
			def_die(path, line, "a string in the middle of a value: " token)
		def_string[def_n] = 1
		F[def_n] = F[def_n] def_unquote(token)
		return
	}
	if (def_string[def_n])
		def_die(path, line, "a value after a string: " token)
	if (F[def_n] ~ /[A-Za-z_0-9]$/ && token ~ /^[A-Za-z_0-9]/)
		def_die(path, line, "two words where one is expected: " F[def_n] " " token)
	F[def_n] = F[def_n] token
}

function def_next_field() {
	def_n++
	F[def_n] = ""
	def_string[def_n] = 0
}

# One token anywhere: a row opens, goes on or ends.
function def_token(path, line, token, is_string) {
	if (def_depth == 0) {
		if (def_macro == "" && token ~ /^[A-Z_]+$/) {
			def_macro = token
			def_line = line
		} else if (def_macro != "" && token == "(") {
			def_depth = 1
			def_n = 0
			def_next_field()
		} else
			def_die(path, line, "not a row: " token)
		return
	}
	if (token == "(" && !is_string)
		def_depth++
	if (token == ")" && !is_string && --def_depth == 0) {
		def_check(path, def_line, def_macro, def_n)
		def_row(path, def_line, def_macro, def_n)
		def_macro = ""
		return
	}
	if (token == "," && !is_string && def_depth == 1) {
		def_next_field()
		return
	}
	def_take(path, line, token, is_string)
}

# Comments are passed to def_comment(path, line, text) line by line, for what they divide.
function def_tokens(path, line, text,    end) {
	while (1) {
		if (def_in_comment) {
			end = index(text, "*/")
			if (end == 0)
				return
			def_in_comment = 0
			text = substr(text, end + 2)
		}
		sub(/^[ \t]+/, "", text)
		if (text == "")
			return
		if (substr(text, 1, 2) == "/*") {
			if (def_macro == "")
				def_comment(path, line, text)
			def_in_comment = 1
			text = substr(text, 3)
		} else if (match(text, /^"([^"\\]|\\.)*"/)) {
			def_token(path, line, substr(text, 1, RLENGTH), 1)
			text = substr(text, RLENGTH + 1)
		} else if (match(text, /^[A-Za-z_0-9]+/)) {
			def_token(path, line, substr(text, 1, RLENGTH), 0)
			text = substr(text, RLENGTH + 1)
		} else if (text ~ /^[][(){}.,:;?!=|&^<>~*\/%+-]/) {
			def_token(path, line, substr(text, 1, 1), 0)
			text = substr(text, 2)
		} else
			def_die(path, line, "not understood: " text)
	}
}

function def_read(path,    line, text, got) {
	def_init()
	def_depth = def_in_comment = line = 0
	def_macro = ""
	while ((got = (getline text < path)) > 0)
		def_tokens(path, ++line, text)
	if (got < 0)
		def_die(path, 0, "cannot be read")
	close(path)
	if (def_macro != "" || def_in_comment)
		def_die(path, def_macro != "" ? def_line : line, "a row or comment without end")
	if (line == 0)
		def_die(path, 0, "is empty")
}
