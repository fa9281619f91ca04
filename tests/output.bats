# SPDX-License-Identifier: GPL-2.0-or-later
# What was not written whole is no success, in every mode that prints.
load helpers/common

data=$GYVE_SOURCE/tests/data

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp "$data/audit-dmesg.txt" "$data/strace-old.txt" .
}

# One command line for each mode that prints, and for each format of --print.
command_lines() {
	local option operands format
	while IFS=$'\t' read -r option _ _ operands; do
		[ -z "$operands" ] || continue # starts something
		case $option in
		--print)
			for format in $("$GYVE" --list-formats | cut -f 1); do
				"$GYVE" -sandbox on,spawn=allow --print="$format" 2>&1 | grep -q 'built without' ||
					echo "-sandbox on,spawn=allow --print=$format"
			done
			;;
		--from-strace) echo --from-strace strace-old.txt ;;
		--from-audit) echo --from-audit audit-dmesg.txt --all ;;
		--list-values) echo --list-values spawn ;;
		--list-syscalls) echo --list-syscalls spawn ;;
		--json) echo --probe --json ;;
		--list-ports) [ ! -r /etc/services ] || echo --list-ports ;; # else there are none
		--help | --version | --probe | --explain-log | --list-*) echo "$option" ;;
		esac
	done < <("$GYVE" --list-options)
	echo --explain fork
}

# Whether every mode fails when run by the function FAILS with its command line, and says why.
all_fail() {
	local line count=0 message=
	while read -r line; do
		# shellcheck disable=SC2086
		"$1" $line <audit-dmesg.txt 2>err && fail "$line: success"
		status=$?
		[ "$status" -eq 125 ] || fail "$line: status $status: $(cat err)"
		grep -qE "$2" err || fail "$line: $(cat err)"
		count=$((count + 1))
	done < <(command_lines)
	[ "$count" -ge 17 ] || fail "$count command lines"
}

@test "every mode writes all to where it can" {
	local line
	while read -r line; do
		# shellcheck disable=SC2086
		"$GYVE" $line <audit-dmesg.txt >out 2>err || [[ $line == --probe* ]] || fail "$line: $(cat err)"
		[ -s out ] || fail "$line: nothing"
	done < <(command_lines)
}

@test "standard output is closed" {
	closed() { "$GYVE" "$@" >&-; }
	all_fail closed '^gyve: cannot write to standard output: Bad file descriptor$'
}

@test "the disk is full" {
	needs /dev/full test -w /dev/full
	full() { "$GYVE" "$@" >/dev/full; }
	all_fail full '^gyve: cannot write to standard output: No space left on device$'
}

@test "the size of files is limited, below what is printed" {
	local line
	while read -r line; do
		# what is said goes into a pipe: a file could not take it, either
		# shellcheck disable=SC2086
		run bash -c '(ulimit -f 0; "$@" >out) 2>&1 | cat; exit "${PIPESTATUS[0]}"' - "$GYVE" $line <audit-dmesg.txt
		assert_failure 125
		assert_output --regexp 'cannot write to standard output: File too large|is the size of files limited'
	done < <(command_lines)
}

@test "the size of files is limited, in the middle of what is printed" {
	local size
	for format in $("$GYVE" --list-formats | cut -f 1); do
		"$GYVE" -sandbox on,spawn=allow --print="$format" >whole 2>/dev/null
		size=$(stat -c %s whole)
		[ "$size" -gt 1024 ] || continue
		run bash -c '(ulimit -f 1; "$@" >out) 2>&1 | cat; exit "${PIPESTATUS[0]}"' - \
			"$GYVE" -sandbox on,spawn=allow --print="$format"
		assert_failure 125
	done
}

@test "a learned profile that cannot be written whole is no profile" {
	run bash -c '(ulimit -f 0; "$@") 2>&1 | cat; exit "${PIPESTATUS[0]}"' - "$GYVE" --learn-profile p.json -- true
	assert_failure 125
	assert_output "gyve: cannot write 'p.json': File too large"
	run ls
	refute_output --partial p.json
}
