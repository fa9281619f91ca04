# SPDX-License-Identifier: GPL-2.0-or-later
# Merges the system call tables of a kernel's source into syscalls.def; see update-syscalls.
#
#   awk -f tools/def.awk -f tools/update-syscalls.awk -v tables=DIR -v linux=DIR -v new=DIR
#
# The new syscalls.def and kernel.def go into the directory new. An abi is a column, from 1;
# number[abi, name] is what stands there, as text, and holder[abi, number] the name that has it.

# ---- our tables ----

function def_comment(path, line, text) {
}

function def_row(path, line, macro, n,    abi) {
	if (macro == "ABI") {
		column[++abis] = F[2]
		bits[abis] = F[4]
		source[abis] = F[n]
	} else if (macro == "KERNEL") {
		major = F[1]
		minor = F[2]
	} else if (macro == "SYSCALL") {
		columns = n - 2 # fewer than ABIs: those at the end of abis.def are new
		if (columns > abis)
			def_die(path, line, F[1] " has " columns " numbers for " abis " ABIs")
		name[++names] = F[1]
		since[F[1]] = F[2]
		for (abi = 1; abi <= columns; abi++)
			if (F[abi + 2] != "NA") {
				number[abi, F[1]] = F[abi + 2]
				holder[abi, F[abi + 2]] = F[1]
			}
	}
}

# ---- a kernel's ----

function say(text) {
	print "update-syscalls: " text > "/dev/stderr"
}

function lines_of(path,    text, count, got) {
	count = 0
	while ((got = (getline text < path)) > 0)
		line_of[++count] = text
	if (got < 0)
		def_die(path, 0, "cannot be read")
	close(path)
	return count
}

function exists(path,    text, got) {
	got = (getline text < path)
	close(path)
	return got > 0
}

function read_version(path,    i, field, version) {
	for (i = lines_of(path); i > 0; i--)
		if (split(line_of[i], field, /[ =]+/) >= 2)
			version[field[1]] = field[2]
	if (version["VERSION"] !~ /^[0-9]+$/ || version["PATCHLEVEL"] !~ /^[0-9]+$/)
		def_die(path, 0, "names no VERSION and PATCHLEVEL: not the source of Linux")
	new_major = version["VERSION"]
	new_minor = version["PATCHLEVEL"]
	older = new_major < major || (new_major == major && new_minor + 0 < minor + 0)
}

# A call of the kernel's. A number never comes to mean another call.
function found(abi, call, nr, path, line) {
	if ((abi, call) in number && number[abi, call] != nr)
		def_die(path, line, call " is " nr " on " column[abi] ", not " number[abi, call])
	if ((abi, nr) in holder && holder[abi, nr] != call)
		def_die(path, line, nr " is " call " on " column[abi] ", not " holder[abi, nr])
	in_source[abi, call] = 1
	if ((abi, call) in number)
		return
	if (older)
		def_die(path, line, "Linux " new_major "." new_minor " has " call " on " column[abi] \
			", the table of Linux " major "." minor " does not")
	if (!(call in since)) {
		name[++names] = call
		since[call] = new_major "." new_minor
		say("new: " call)
	} else if (abi <= columns && new_major "." new_minor != since[call])
		say("new on " column[abi] ": " call)
	number[abi, call] = nr
	holder[abi, nr] = call
}

# Lines "NUMBER WORD NAME ...", of which the ABI has those with one of its words. A word that it
# does not have stands there as "!WORD": one that the kernel's tables did not have before is not
# passed over. Nothing of the kind for the generic table, where each architecture says its own.
function read_table(abi, path, words, all,    i, count, field, fields) {
	words = " " words " "
	count = lines_of(path)
	for (i = 1; i <= count; i++) {
		fields = split(line_of[i], field, /[ \t]+/)
		if (field[1] !~ /^[0-9]+$/ || fields < 3)
			continue
		if (index(words, " " field[2] " "))
			found(abi, field[3], field[1], path, i)
		else if (!all && !index(words, " !" field[2] " "))
			def_die(path, i, "abis.def does not say whether " column[abi] " has the calls of '" \
				field[2] "'")
	}
}

# Since 6.11 an architecture that has no table of its own says which words of the generic one it
# has (scripts/Makefile.asm-headers).
function read_generic(abi, path,    i, words, table) {
	words = "common " bits[abi]
	table = "scripts/syscall.tbl"
	for (i = lines_of(path); i > 0; i--)
		if (sub("^syscall_abis_" bits[abi] "[ \t]*[+]=", "", line_of[i]))
			words = words " " line_of[i]
		else if (sub(/^syscalltbl[ \t]*:?=[ \t]*/, "", line_of[i]))
			table = line_of[i]
	sub(/%/, bits[abi], table)
	read_table(abi, linux "/" table, words, 1)
}

# ---- the generic table before 6.11: headers with conditions ----

# The value of an #if: "||" and "&&" of defined(X), !defined(X), X == N and X != N.
function holds(path, line, text,    at, left, term) {
	at = index(text, "||")
	if (at == 0)
		at = index(text, "&&")
	if (at > 0) {
		left = holds(path, line, substr(text, 1, at - 1))
		if (left == (substr(text, at, 1) == "|"))
			return left
		return holds(path, line, substr(text, at + 2))
	}
	gsub(/[ \t]/, "", text)
	if (text ~ /^!/)
		return !holds(path, line, substr(text, 2))
	if (text ~ /^defined\([A-Za-z_0-9]+\)$/)
		return substr(text, 9, length(text) - 9) in value
	if (split(text, term, /[!=]=/) == 2 && (term[1] in value))
		return (value[term[1]] == term[2]) == (text ~ /==/)
	def_die(path, line, "not understood: #if " text)
}

# Follows an #if, #else or #endif; live[depth]: whether the lines after it count.
function condition(path, line, text) {
	if (text ~ /^elif/)
		def_die(path, line, "not understood: #" text)
	if (text ~ /^else/)
		live[depth] = !live[depth] && live[depth - 1]
	else if (text ~ /^endif/)
		depth--
	else if (text ~ /^if/) {
		if (sub(/^ifdef[ \t]+/, "defined(", text) || sub(/^ifndef[ \t]+/, "!defined(", text))
			text = text ")"
		sub(/^if[ \t]/, "", text)
		live[depth + 1] = live[depth] && holds(path, line, text)
		depth++
	} else
		return 0
	return 1
}

function read_header(path,    line, text, field, got) {
	while ((got = (getline text < path)) > 0) {
		line++
		sub(/[ \t]*\/[*].*$/, "", text)
		if (!sub(/^[ \t]*#[ \t]*/, "", text) || condition(path, line, text) || !live[depth])
			continue
		split(text, field, /[ \t]+/)
		if (text ~ /^include[ \t]+<asm-generic\/unistd\.h>/)
			read_header(linux "/include/uapi/asm-generic/unistd.h")
		else if (field[1] == "undef")
			delete value[field[2]]
		else if (sub(/^define[ \t]+[A-Za-z_0-9]+[ \t]*/, "", text))
			value[field[2]] = text
	}
	if (got < 0)
		def_die(path, 0, "cannot be read")
	close(path)
}

# A number, another name, or a sum of two such.
function number_of(text,    term) {
	gsub(/[() \t]/, "", text)
	if (split(text, term, "+") == 2)
		return number_of(term[1]) + number_of(term[2])
	return text in value ? number_of(value[text]) : text
}

function read_headers(abi, path,    macro, nr) {
	split("", value)
	value["__BITS_PER_LONG"] = bits[abi]
	if (bits[abi] == 64)
		value["__LP64__"] = 1
	depth = 0
	live[0] = 1
	read_header(path)
	for (macro in value) {
		if (macro !~ /^__NR_[a-z]/ || macro ~ /^__NR_(syscalls|arch_specific_syscall)$/)
			continue
		nr = number_of(macro)
		if (nr !~ /^[0-9]+$/)
			def_die(path, 0, "not understood: " macro " is " nr)
		found(abi, substr(macro, 6), nr, path, 0)
	}
}

function read_source(abi,    path, words) {
	path = words = source[abi]
	sub(/ .*/, "", path)
	sub(/^[^ ]* ?/, "", words)
	if (words != "")
		read_table(abi, linux "/" path, words)
	else if (exists(linux "/" path))
		read_generic(abi, linux "/" path)
	else {
		sub(/\/kernel\/Makefile\.syscalls$/, "/include/uapi/asm/unistd.h", path)
		read_headers(abi, linux "/" path)
	}
}

# ---- what becomes of both ----

function sort_names(    i, j, moved) {
	for (i = 2; i <= names; i++) {
		moved = name[i]
		for (j = i - 1; j > 0 && name[j] "" > moved ""; j--)
			name[j + 1] = name[j]
		name[j + 1] = moved
	}
}

function wider(width, text) {
	return length(text) > width ? length(text) : width
}

function cell(abi, i) {
	return (abi, name[i]) in number ? number[abi, name[i]] : "NA"
}

function write_calls(from, to,    i, count, abi, row, width_name, width_since, width) {
	for (i = 1; i <= names; i++) {
		width_name = wider(width_name, name[i])
		width_since = wider(width_since, since[name[i]])
		for (abi = 1; abi <= abis; abi++)
			width[abi] = wider(width[abi], cell(abi, i))
	}
	count = lines_of(from)
	for (i = 1; i <= count && line_of[i] !~ /^SYSCALL\(/; i++)
		print line_of[i] > to
	for (i = 1; i <= names; i++) {
		row = sprintf("SYSCALL(%-" (width_name + 1) "s %-" (width_since + 4) "s", \
			name[i] ",", "\"" since[name[i]] "\",")
		for (abi = 1; abi <= abis; abi++)
			row = row sprintf(" %" width[abi] "s%s", cell(abi, i), abi < abis ? "," : ")")
		print row > to
	}
	close(to)
}

function write_kernel(from, to,    i, count) {
	count = lines_of(from)
	for (i = 1; i <= count; i++) {
		if (!older)
			sub(/^KERNEL\(.*\)/, "KERNEL(" new_major ", " new_minor ")", line_of[i])
		print line_of[i] > to
	}
	close(to)
}

function tell_kept(    i, abi) {
	for (i = 1; i <= names; i++)
		for (abi = 1; abi <= abis; abi++)
			if ((abi, name[i]) in number && number[abi, name[i]] !~ /^0x/ && \
			    !((abi, name[i]) in in_source))
				say("kept, though Linux " new_major "." new_minor " lacks it on " \
					column[abi] ": " name[i])
}

BEGIN {
	def_read(tables "/abis.def")
	def_read(tables "/kernel.def")
	def_read(tables "/syscalls.def")
	read_version(linux "/Makefile")
	for (abi = 1; abi <= abis; abi++)
		read_source(abi)
	if (!older)
		tell_kept()
	sort_names()
	write_calls(tables "/syscalls.def", new "/syscalls.def")
	write_kernel(tables "/kernel.def", new "/kernel.def")
}
