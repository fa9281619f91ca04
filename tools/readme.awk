# SPDX-License-Identifier: GPL-2.0-or-later
# Copies README.md and replaces what stands between <!-- NAME --> and <!-- /NAME --> by a table:
# NAME is a file of tab-separated records in the directory lists, or "uses".
#
#   awk -f tools/def.awk -f tools/readme.awk -v lists=DIR -v uses=FILE README.md

function def_comment(path, line, text) {
}

function def_row(path, line, macro, n) {
	if (macro != "USE")
		def_die(path, line, macro " has no place in README.md")
	row(F[2] "\t`" F[3] "`\t" (F[4] == "" ? "" : "`" F[4] "`: ") F[5])
}

function row(record) {
	gsub(/\|/, "\\|", record)
	gsub(/\t/, " | ", record)
	print "| " record " |"
}

function heading(words,    line) {
	print "| " words " |"
	gsub(/[^|]+/, " --- ", words)
	print "|" words "|"
}

function print_list(name,    path, record, got, field) {
	path = lists "/" name
	while ((got = (getline record < path)) > 0) {
		split(record, field, "\t")
		if (name == "keys")
			record = "`" field[1] "`\t" field[2] "\t" field[3]
		else if (name == "groups")
			record = field[1] "\t`" field[2] "`\t" field[3]
		else if (name == "options")
			record = "`" field[1] (field[2] ~ /^(\[|$)/ ? "" : " ") field[2] "`\t" field[3]
		row(record)
	}
	if (got < 0)
		def_die(FILENAME, FNR, "there is no list of this name: " name)
	close(path)
}

BEGIN {
	titles["keys"] = "key | values, default first | what it is about"
	titles["groups"] = "group | key | what it holds"
	titles["options"] = "option | what it does"
	titles["exits"] = "status | meaning"
	titles["uses"] = "what you run | what to write | one item tighter"
}

/^<!-- \/[a-z]+ -->$/ {
	if ($2 != "/" name)
		def_die(FILENAME, FNR, "ends what did not begin: " $0)
	name = ""
}
name == "" { print }
/^<!-- [a-z]+ -->$/ {
	if (name != "" || !($2 in titles))
		def_die(FILENAME, FNR, "unknown marker, or one within another: " $0)
	name = $2
	heading(titles[name])
	if (name == "uses")
		def_read(uses)
	else
		print_list(name)
}
END {
	if (!def_failed && name != "")
		def_die(FILENAME, FNR, "<!-- " name " --> has no end")
	if (def_failed)
		exit 1
}
