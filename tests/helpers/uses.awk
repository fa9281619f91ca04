# SPDX-License-Identifier: GPL-2.0-or-later
# Prints man/uses.def for the tests: id, command, tighter item, with a tab between.
function def_comment(path, line, text) {
}

function def_row(path, line, macro, n) {
	print F[1] "\t" F[3] "\t" F[4]
}

BEGIN { def_read(ARGV[1]); exit }
