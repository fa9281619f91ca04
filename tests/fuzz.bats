# SPDX-License-Identifier: GPL-2.0-or-later
# The fuzzers' dictionaries know every word that the program knows.
load helpers/common

@test "sandbox_opt.dict holds every key and value" {
	local key values rest value
	while IFS=$'\t' read -r key values rest; do
		for value in "$key" "$key=" ${values//,/ }; do
			grep -qxF "\"$value\"" "$GYVE_SOURCE/tests/fuzz/sandbox_opt.dict" ||
				fail "not in the dictionary: $value"
		done
	done < <("$GYVE" --list-keys)
	[ -n "$value" ]
}
