# SPDX-License-Identifier: GPL-2.0-or-later
# Holds the tables against what they say at their heads, as far as a compiler would not: how they
# are sorted, that nothing stands there twice, that what a row names exists, and that help texts
# fit the places where they are shown.
#
#   awk -f tools/def.awk -f tools/check-tables.awk src/tables/*.def
#
# Prints file, line and complaint for each fault; status 1 when there was one.

function complain(path, line, text) {
	printf "%s:%d: %s\n", path, line, text
	faults++
}

function once(path, line, what, name) {
	if ((what, name) in seen)
		complain(path, line, what " " name " stands twice")
	seen[what, name] = path ":" line
}

# A name that another table must have; asked for at the end, when all have been read.
function refers(path, line, what, name,    i) {
	i = ++reference_count
	reference_path[i] = path; reference_line[i] = line
	reference_what[i] = what; reference_name[i] = name
}

function ascending(path, line, kind, name, number) {
	if (path == last_path[kind] && (number ? name + 0 <= last[kind] + 0 : name "" <= last[kind] ""))
		complain(path, line, kind " " name " stands after " last[kind])
	last_path[kind] = path
	last[kind] = name
}

function help(path, line, text) {
	if (text == "" || text ~ /[.]$/ || text ~ /^[[:space:]]|[[:space:]]$|\t/)
		complain(path, line, "a help text has no full stop, and no blank at its ends: " text)
	if (text ~ /^[A-Z][a-z]/)
		complain(path, line, "a help text begins with a small letter: " text)
}

# A comment on a line of its own within rules.def begins a new run of sorted rows.
function def_comment(path, line, text) {
	rule_order = ""
}

function rule(path, line,    order) {
	refers(path, line, "GROUP", F[1])
	refers(path, line, "SYSCALL", F[3])
	if (F[4] != "ALWAYS")
		refers(path, line, "CONDITION", F[4])
	refers(path, line, "rank of", F[1] " " F[2])
	once(path, line, "RULE", F[1] " " F[2] " " F[3] " " F[4])
	help(path, line, F[7])
	if (F[1] != rule_group && (F[1] in rule_groups))
		complain(path, line, "rows of " F[1] " stand apart")
	rule_group = F[1]
	rule_groups[F[1]] = 1
	order = F[2] " " (F[6] == "OURS" ? 2 : 1) " " F[3]
	if (order "" < rule_order "")
		complain(path, line, "RULE " F[3] " is not where its group, origin and name put it")
	rule_order = order
}

function value(path, line) {
	refers(path, line, "KEY", F[1])
	once(path, line, "VALUE", F[1] " " F[3])
	help(path, line, F[6])
	if (F[1] != value_key && (F[1] in value_keys))
		complain(path, line, "values of " F[1] " stand apart")
	value_key = F[1]
	value_keys[F[1]] = 1
	for (rank = 1; rank <= F[4]; rank++)
		seen["rank of key", F[1] " " rank] = 1
	if (F[5] ~ /TIGHTEST/)
		once(path, line, "tightest value of", F[1])
}

function def_row(path, line, macro, n) {
	if ((macro in def_shape) && macro != "RULE" && macro != "VALUE" && macro != "ALIAS")
		once(path, line, macro, F[1])
	if (macro == "RULE")
		rule(path, line)
	else if (macro == "VALUE")
		value(path, line)
	else if (macro == "ALIAS") {
		refers(path, line, "VALUE id", F[1] " " F[2])
		once(path, line, "VALUE", F[1] " " F[3])
	} else if (macro == "KEY") {
		once(path, line, "KEY name", F[2])
		refers(path, line, "tightest value of", F[1] == "ENABLE" ? "" : F[1])
		help(path, line, F[3])
	} else if (macro == "GROUP") {
		once(path, line, "GROUP name", F[2])
		refers(path, line, "KEY", F[3])
		group_key[F[1]] = F[3]
		if (F[4] != "ANY")
			refers(path, line, "VALUE id", F[3] " " substr(F[4], length(F[3]) + 2))
		help(path, line, F[5])
	} else if (macro == "HARMLESS") {
		refers(path, line, "SYSCALL", F[2])
		if (path == last_path[macro] && F[2] "" < last[macro] "")
			complain(path, line, "HARMLESS " F[2] " stands after " last[macro])
		last_path[macro] = path
		last[macro] = F[2]
		if (F[3] == "" || F[4] == "" || F[5] == "")
			complain(path, line, "HARMLESS " F[1] " wants whose code, why and evidence")
	} else if (macro == "SURVIVOR") {
		refers(path, line, "KEY", F[2])
		help(path, line, F[3])
	} else if (macro == "SYSCALL") {
		ascending(path, line, macro, F[1], 0)
		if (F[2] !~ /^[1-9][0-9]*\.[0-9]+(\.[0-9]+)?$/)
			complain(path, line, F[1] " is since no release of Linux: " F[2])
	} else if (macro == "EXIT") {
		ascending(path, line, macro, F[2], 1)
		help(path, line, F[3])
	} else if (macro == "OPTION") {
		once(path, line, "OPTION name", F[2])
		help(path, line, F[7])
		if ((F[3] == "NO") != (F[4] == ""))
			complain(path, line, "--" F[2] " has an argument and no word for it, or the other way round")
	}
	if (macro == "VALUE")
		seen["VALUE id", F[1] " " F[2]] = 1
}

BEGIN {
	def_any = 1
	for (i = 1; i < ARGC; i++) {
		rule_order = ""
		def_read(ARGV[i])
	}
	for (i = 1; i <= reference_count; i++) {
		what = reference_what[i]
		name = reference_name[i]
		if (what == "rank of") {
			split(name, part, " ")
			what = "rank of key"
			name = group_key[part[1]] " " part[2]
		}
		if (name != "" && !((what, name) in seen))
			complain(reference_path[i], reference_line[i], "there is no " what " " name)
	}
	exit faults > 0
}
