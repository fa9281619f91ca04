# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input is refused, and the message helps.
load helpers/common

# A word of so many letters.
long() {
	printf '%*s' "$1" '' | tr ' ' a
}

# Runs one row of data/bad-input.tsv and says what is wrong with the outcome. Builtins only: there are
# many rows.
try_row() {
	local LC_ALL=C words=${1//RUN/touch \"\$ran\"} expected=$2 status=0 message
	local -a arguments

	eval "arguments=($words)"
	"$GYVE" "${arguments[@]}" >"$out" 2>"$err" || status=$?
	IFS= read -r -d '' message <"$err" || true
	[ "$status" -eq 125 ] || echo "status $status instead of 125"
	[ ! -s "$out" ] || echo "standard output is not empty"
	[ ! -e "$ran" ] || echo "the command was executed"
	[[ $message == "gyve: "*$'\n' ]] || echo "not a line that begins with the program's name"
	message=${message%$'\n'}
	[[ $message == *"$expected"* ]] || echo "message: $message"
	[[ $message != *[$'\x01'-$'\x1f'$'\x7f']* ]] || echo "a control character got through"
	[[ $message != *$'\xc2'[$'\x80'-$'\x9f']* ]] || echo "a C1 control got through"
}

@test "every row of bad-input.tsv: status 125, its message, nothing executed" {
	local words expected faults bad=0 rows=0
	local ran=$BATS_TEST_TMPDIR/ran out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err

	while IFS= read -r line; do
		[[ $line != \#* && -n $line ]] || continue
		# Not "read words expected": a tab at the start would be eaten.
		words=${line%%$'\t'*} expected=${line#*$'\t'}
		[ -n "$expected" ] && [ "$expected" != "$line" ] || fail "no message in: $line"
		try_row "$words" "$expected" >"$BATS_TEST_TMPDIR/faults"
		rows=$((rows + 1))
		[ -s "$BATS_TEST_TMPDIR/faults" ] || continue
		printf '%s\nexpected: %s\n' "gyve $words" "$expected"
		cat "$BATS_TEST_TMPDIR/faults"
		rm -f "$ran"
		bad=$((bad + 1))
	done <"$GYVE_SOURCE/tests/data/bad-input.tsv"
	echo "$bad of $rows rows"
	[ "$rows" -ge 60 ]
	[ "$bad" -eq 0 ]
}

@test "the table's own target would be seen" {
	cd "$BATS_TEST_TMPDIR"
	run "$GYVE" -sandbox on touch ran
	assert_success
	assert [ -e ran ]
}

@test "a message as long as it gets is still one line" {
	local item
	item=$(printf '\\x1b%.0s' {1..250})
	run "$GYVE" -sandbox "on,$(printf "$item")=x" -- true
	assert_failure 125
	[ "${#lines[@]}" -eq 1 ]
	refute_output --partial $'\e'
}

@test "standard error closed, full or a broken pipe: the status is still 125" {
	run "$GYVE" -sandbox x 2>&-
	assert_failure 125
	run bash -c '"$1" -sandbox x 2>/dev/full' - "$GYVE"
	assert_failure 125
}
