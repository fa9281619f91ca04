# SPDX-License-Identifier: GPL-2.0-or-later
# Makes a page of the manual: copies its source, and fills in what the tables know.
#
#   awk -f tools/def.awk -f tools/man.awk -v tables=DIR -v version=VERSION man/gyve.in >man/gyve.1
#
# A line of the source that begins with "@" is replaced:
#   @synopsis      a line of the synopsis for each mode; then lines "MODE OPERANDS", then @end
#   @option-list   every option and its help, under the headings of --help, but
#   @lists         the lists for programs
#   @options       then "@about NAME" and what to say of an option beyond its help, for any of them;
#                  then @end
#   @key-list      every key with its values
#   @keys          the same as @options, of keys
#   @groups        every group with its calls; what to say of it, likewise
#   @formats       every format of --print; the same
#   @exits         the exit statuses
#   @differences   each verdict of ours that is not QEMU's
#   @unknown-keys  the keys that compat=qemu closes
#   @survivors     after an @about of a key: what is not covered
#   @example       lines to be shown as they are, up to @end
# and these words anywhere: @VERSION@, @KERNEL@ (which the system call table reaches).
#
# The order of options, keys and groups is that of the tables; an @about of something that no table
# has is an error.

# ---- the tables ----

function def_comment(path, line, text) {
}

function def_row(path, line, macro, n,    i) {
	i = ++count[macro]
	if (macro == "OPTION") {
		option[i] = F[2]; option_id[i] = F[1]; option_argument[i] = F[3]
		option_metavar[i] = F[4]; option_kind[i] = F[5]; option_with[i] = F[6]
		option_help[i] = F[7]
		known["options", F[2]] = 1
	} else if (macro == "KEY") {
		key[i] = F[2]; key_id[i] = F[1]; key_help[i] = F[3]; key_name[F[1]] = F[2]; is_key[F[2]] = 1
		known["keys", F[2]] = 1
	} else if (macro == "VALUE") {
		value_key[i] = F[1]; value_id[i] = F[2]; value[i] = F[3]; value_rank[i] = F[4]; value_help[i] = F[6]
		value_tightest[i] = F[5] ~ /TIGHTEST/
		value_name[F[1], F[2]] = F[3]
	} else if (macro == "ALIAS") {
		alias_key[i] = F[1]; alias_value[i] = value_name[F[1], F[2]]; alias[i] = F[3]
	} else if (macro == "GROUP") {
		group[i] = F[2]; group_id[i] = F[1]; group_key[i] = F[3]; group_help[i] = F[5]
		group_only[i] = F[4] == "ANY" ? "" : F[4]
		known["groups", F[2]] = 1
	} else if (macro == "CONDITION")
		words[F[1]] = F[3]
	else if (macro == "RULE") {
		rule_group[i] = F[1]; rule_rank[i] = F[2]; rule_call[i] = F[3]
		rule_condition[i] = F[4]; rule_action[i] = F[5]; rule_origin[i] = F[6]
		rule_why[i] = F[7]
		if (F[4] != "ALWAYS" && !(F[4] in words))
			def_die(path, line, "RULE: there is no condition " F[4])
		highest_rank[F[1]] = F[2] > highest_rank[F[1]] ? F[2] : highest_rank[F[1]]
		if (F[6] == "EXACT")
			exact[F[1], F[3]] = i
	} else if (macro == "FORMAT") {
		format[i] = F[1]; format_help[i] = F[n]
		known["formats", F[1]] = 1
	} else if (macro == "EXIT") {
		exit_status[i] = F[2]; exit_help[i] = F[3]
	} else if (macro == "SURVIVOR") {
		survivor_key[i] = key_name[F[2]]; survivor[i] = F[3]
	} else if (macro == "KERNEL") {
		kernel = F[1] "." F[2]
	} else if (macro == "SECTION") {
		section[F[1]] = F[2]
	} else
		def_die(path, line, macro " has no place in the manual")
}

# ---- text for mdoc ----

# A line of text; it must not look like a request.
function text_line(text) {
	gsub(/\\/, "\\e", text)
	return text ~ /^[.']/ ? "\\&" text : text
}

# One argument of a macro.
function word(text) {
	gsub(/\\/, "\\e", text)
	gsub(/"/, "\\(dq", text)
	return "\"" text "\""
}

# A line to be shown as it is: the characters that a formatter would make prettier are protected.
function shown(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	gsub(/'/, "\\(aq", text)
	gsub(/`/, "\\(ga", text)
	gsub(/\^/, "\\(ha", text)
	gsub(/~/, "\\(ti", text)
	return text ~ /^\./ ? "\\&" text : text
}

function capital(text) {
	return text ~ /^gyve/ ? text : toupper(substr(text, 1, 1)) substr(text, 2)
}

function sentence(text) {
	return text_line(capital(text) (text ~ /[.?!]$/ ? "" : "."))
}

function action(i) {
	return rule_action[i] == "KILL" ? "kill" : rule_action[i]
}

function origin(i) {
	return rule_origin[i] == "OURS" ? "gyve" : rule_origin[i] == "QEMU" ? "qemu" : "compat"
}

function condition(i) {
	return rule_condition[i] == "ALWAYS" ? "" : words[rule_condition[i]]
}

# ---- what the directives become ----

function print_prose(kind, name) {
	if ((kind, name) in about)
		printf "%s", about[kind, name]
}

function option_words(i) {
	if (option_argument[i] == "NO")
		return "Fl " dashed(i)
	if (option_argument[i] == "NEEDED")
		return "Fl " dashed(i) " Ar " option_metavar[i]
	return "Fl " dashed(i) " Ns Op Ns = Ns Ar " inner(option_metavar[i])
}

# "FORMAT" of "[=FORMAT]".
function inner(text) {
	gsub(/^\[=|\]$/, "", text)
	return text
}

# -sandbox is QEMU's; the others have two dashes, although one would do.
function dashed(i) {
	return (option[i] == "sandbox" ? "" : "-") option[i]
}

# A line for each mode; what may go with it is told under the options.
function print_synopsis(    i) {
	print ".Nm\n.Op Ar OPTION ...\n.Op Fl -\n.Ar COMMAND\n.Op Ar ARG ..."
	for (i = 1; i <= count["OPTION"]; i++) {
		if (option_kind[i] != "MODE" || option[i] ~ /^list-/)
			continue
		print ".Nm\n." option_words(i)
		if (option_with[i] == "COMMAND")
			print ".Op Ar OPTION ...\n.Op Fl -\n.Ar COMMAND\n.Op Ar ARG ..."
		else if ((option[i]) in operands)
			print ".Ar " operands[option[i]]
		else if (has_modifier(i))
			print ".Op Ar OPTION ..."
	}
	print ".Nm\n.Fl -list- Ns Ar WHAT Op Ar NAME"
}

function has_modifier(mode,    i) {
	for (i = 1; i <= count["OPTION"]; i++)
		if (index(option_with[i], "WITH(" option_id[mode] ")"))
			return 1
	return 0
}

# The lists for programs, or all the others.
function print_option_list(lists,    i, is_list, begun) {
	for (i = 1; i <= count["OPTION"]; i++) {
		if (option_id[i] in section)
			is_list = option_id[i] == "LIST_KEYS"
		if (is_list != lists)
			continue
		if (option_id[i] in section)
			print (begun++ ? ".El\n" : "") ".Pp\n" text_line(section[option_id[i]]) ":\n" \
				".Bl -tag -width Ds -compact"
		print ".It " option_words(i)
		print sentence(option_help[i])
	}
	print ".El"
}

# What is said of some rows of a table beyond their help: kind is that of @about.
function print_notes(kind, names, total,    i) {
	print ".Bl -tag -width Ds"
	for (i = 1; i <= total; i++)
		if ((kind, names[i]) in about) {
			print ".It " (kind == "options" ? option_words(i) : "Cm " names[i])
			print_prose(kind, names[i])
		}
	print ".El"
}

function print_key_list(    i, j, line, aliases) {
	print ".Bl -tag -width Ds -compact"
	for (i = 1; i <= count["KEY"]; i++) {
		line = ""
		for (j = 1; j <= count["VALUE"]; j++)
			if (value_key[j] == key_id[i])
				line = line (line == "" ? "" : " | ") value[j]
		print ".It Cm " key[i] " Ns = Ns Cm " line
		print sentence(key_help[i])
		print ".Bl -tag -width childrenX -compact"
		for (j = 1; j <= count["VALUE"]; j++)
			if (value_key[j] == key_id[i]) {
				print ".It Cm " value[j]
				print sentence(value_help[j])
				if (value_tightest[j] && key[i] != "enable")
					print ".Pq Cm strict"
			}
		print ".El"
		aliases = ""
		for (j = 1; j <= count["ALIAS"]; j++)
			if (alias_key[j] == key_id[i])
				aliases = aliases (aliases == "" ? "" : " ,\n") ".Cm " alias[j] "\nfor\n.Cm " alias_value[j]
		if (aliases != "")
			print "Also accepted:\n" aliases " ."
	}
	print ".El"
}

# The values of a group's key that deny the rows of this rank.
function denying(g, rank,    i, list) {
	for (i = 1; i <= count["VALUE"]; i++)
		if (value_key[i] == group_key[g] && \
		    (group_only[g] == "" ? value_rank[i] >= rank : group_only[g] == group_key[g] "_" value_id[i]))
			list = list (list == "" ? "" : " or\n") ".Cm " key_name[group_key[g]] "=" value[i]
	return list
}

function print_calls(g, rank,    i, line) {
	print ".Pp\nUnder\n" denying(g, rank) ":"
	print ".Bl -column sched_setschedulerX ENOSYSXXXXXX compatX"
	for (i = 1; i <= count["RULE"]; i++)
		if (rule_group[i] == group_id[g] && rule_rank[i] == rank) {
			line = condition(i)
			print ".It Ic " rule_call[i] " Ta " action(i) " Ta " origin(i) " Ta " \
				word((line == "" ? "" : line ": ") rule_why[i])
		}
	print ".El"
}

function print_groups(    g, rank) {
	for (g = 1; g <= count["GROUP"]; g++) {
		print ".Ss The group " word(group[g])
		print sentence(group_help[g])
		for (rank = 1; rank <= highest_rank[group_id[g]]; rank++)
			print_calls(g, rank)
		if (("groups", group[g]) in about)
			print ".Pp"
		print_prose("groups", group[g])
	}
}

function print_formats(    i) {
	print ".Bl -tag -width systemd"
	for (i = 1; i <= count["FORMAT"]; i++) {
		print ".It Cm " format[i]
		print sentence(format_help[i])
		print_prose("formats", format[i])
	}
	print ".El"
}

function print_exits(    i) {
	print ".Bl -tag -width Ds -compact"
	for (i = 1; i <= count["EXIT"]; i++)
		print ".It " exit_status[i] "\n" sentence(exit_help[i])
	print ".El"
}

# The item that denies a row: the mildest value that does.
function item(i,    j, g, best) {
	for (g = 1; group_id[g] != rule_group[i]; g++)
		;
	for (j = 1; j <= count["VALUE"]; j++)
		if (value_key[j] == group_key[g] && value_rank[j] >= rule_rank[i] &&
		    (best == 0 || value_rank[j] < value_rank[best]))
			best = j
	return key_name[group_key[g]] "=" value[best]
}

# Only the groups that QEMU has as well, and what "on" alone denies.
function compared(i,    j, g) {
	for (g = 1; group_id[g] != rule_group[i]; g++)
		;
	for (j = 1; j <= count["RULE"]; j++)
		if (rule_group[j] == rule_group[i] && rule_origin[j] != "OURS")
			return 1
	for (j = 1; value_key[j] != group_key[g]; j++)
		;
	return value_rank[j] > 0
}

function verdict(i) {
	return action(i) (condition(i) == "" ? "" : " " condition(i))
}

function print_differences(    i, e) {
	print ".Bl -column elevateprivileges=denyX set_mempolicy_home_nodeX"
	print ".It Sy Item Ta Sy Call Ta " word("QEMU -> gyve")
	for (i = 1; i <= count["RULE"]; i++) {
		if (rule_origin[i] != "OURS" || !compared(i))
			continue
		e = exact[rule_group[i], rule_call[i]]
		print ".It Cm " item(i) " Ta Ic " rule_call[i] " Ta " \
			word((e ? verdict(e) : "allowed") " -> " verdict(i))
	}
	print ".El"
}

function print_unknown_keys(    g, i, j, found, list) {
	for (g = 1; g <= count["GROUP"]; g++) {
		found = group_id[g] == "ABI"
		for (i = 1; i <= count["RULE"]; i++)
			if (rule_group[i] == group_id[g] && rule_origin[i] != "OURS")
				found = 1
		if (!found)
			list = list (list == "" ? "" : " ,\n") ".Cm " key_name[group_key[g]]
	}
	print list " ."
}

# Words with the macros that they take: pages as "stat(2)", options, items, constants.
function marked(text,    n, i, part, macro, out, line, tail) {
	n = split(text, part, " ")
	for (i = 1; i <= n; i++) {
		tail = part[i]
		sub(/^.*[^,;:]/, "", tail)
		part[i] = substr(part[i], 1, length(part[i]) - length(tail))
		macro = ""
		if (part[i] ~ /^[a-z_0-9]+\([1-8]\)$/)
			macro = ".Xr " substr(part[i], 1, length(part[i]) - 3) " " \
				substr(part[i], length(part[i]) - 1, 1)
		else if (part[i] ~ /^--/)
			macro = ".Fl " substr(part[i], 2)
		else if (part[i] ~ /^[a-z]+=[a-z]+$/ || part[i] in is_key)
			macro = ".Cm " part[i]
		else if (part[i] ~ /^[A-Z]+_[A-Z]+$/)
			macro = ".Dv " part[i]
		if (macro != "") {
			out = out (line == "" ? "" : text_line(line) "\n") macro (tail == "" ? "" : " " tail) "\n"
			line = ""
		} else
			line = line (line == "" ? "" : " ") part[i] tail
	}
	return out (line == "" ? "" : text_line(line) "\n")
}

function survivors(name,    i, text) {
	for (i = 1; i <= count["SURVIVOR"]; i++)
		if (survivor_key[i] == name)
			text = text ".It\n" marked(survivor[i])
	return ".Bl -bullet -compact\n" text ".El\n"
}

# ---- the source ----

BEGIN {
	def_read(tables "/options.def")
	def_read(tables "/keys.def")
	def_read(tables "/groups.def")
	def_read(tables "/conditions.def")
	def_read(tables "/rules.def")
	def_read(tables "/formats.def")
	def_read(tables "/exits.def")
	def_read(tables "/survivors.def")
	def_read(tables "/help_sections.def")
	def_read(tables "/kernel.def")
}

function close_block() {
	if (block == "synopsis")
		print_synopsis()
	else if (block == "options")
		print_notes("options", option, count["OPTION"])
	else if (block == "keys")
		print_notes("keys", key, count["KEY"])
	else if (block == "groups")
		print_groups()
	else if (block == "formats")
		print_formats()
	else if (block == "example")
		print ".Ed"
	block = subject = ""
}

function inside(line,    space) {
	if (block == "example")
		print shown(line)
	else if (block == "synopsis") {
		space = index(line, " ")
		if (!(("options", substr(line, 1, space - 1)) in known))
			def_die(FILENAME, FNR, "no option has this name: " line)
		operands[substr(line, 1, space - 1)] = substr(line, space + 1)
	} else if (line ~ /^@about /) {
		subject = substr(line, 8)
		if (!((block, subject) in known))
			def_die(FILENAME, FNR, "no table has this name under " block ": " subject)
		if ((block, subject) in about)
			def_die(FILENAME, FNR, "said before: " line)
		about[block, subject] = ""
	} else if (subject == "")
		def_die(FILENAME, FNR, "before the first @about: " line)
	else if (line == "@survivors")
		about[block, subject] = about[block, subject] survivors(subject)
	else
		about[block, subject] = about[block, subject] line "\n"
}

{
	gsub(/@VERSION@/, version)
	gsub(/@KERNEL@/, kernel)
}

block != "" && $0 == "@end" { close_block(); next }
block != "" && (block == "example" || $0 !~ /^@/ || /^@about / || $0 == "@survivors") { inside($0); next }
block != "" { def_die(FILENAME, FNR, "@" block " is not ended") }
/^@(synopsis|options|keys|groups|formats)$/ { block = substr($0, 2); block_line = FNR; next }
$0 == "@example" { block = "example"; block_line = FNR; print ".Bd -literal -offset indent"; next }
$0 == "@exits" { print_exits(); next }
$0 == "@differences" { print_differences(); next }
$0 == "@unknown-keys" { print_unknown_keys(); next }
$0 == "@option-list" { print_option_list(0); next }
$0 == "@lists" { print_option_list(1); next }
$0 == "@key-list" { print_key_list(); next }
/^@/ { def_die(FILENAME, FNR, "unknown directive: " $0) }
{ print }

END {
	if (!def_failed && block != "")
		def_die(FILENAME, block_line, "@" block " is not ended")
	if (def_failed)
		exit 1
}
