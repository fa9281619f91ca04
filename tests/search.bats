# SPDX-License-Identifier: GPL-2.0-or-later
# The command is found, or not, as execvp(3) finds it: env(1) is the witness for status and output.
load helpers/common

setup() {
	cd "$BATS_TEST_TMPDIR"
	ENV=$(type -P env)
	mkdir empty first second
	printf '#!/bin/sh\necho first\n' >first/noexec
	printf '#!/bin/sh\necho second "$@"\n' >second/noexec
	printf '#!/bin/sh\necho tool "$0" "$@"\n' >second/tool
	printf '#!/bin/sh\necho here "$@"\n' >here
	chmod +x second/noexec second/tool here
	: >file
}

# A script with a "#!" line: file, text.
script() {
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod +x "$1"
}

# Runs the words under a PATH ("-": unset) by env and by gyve: untouched, and with a filter in which
# only the launch itself may execute. Statuses and the target's output must agree; the status must be
# the one named, so that env's is not taken on trust. Few forks: there are many cases.
agree() {
	local -x PATH=$2
	local expected=$1 path=$2 spec out status witness message start=()
	shift 2
	# Not by unset, after which bash hands on the PATH from outside this function.
	[ "$path" != - ] || start=("$ENV" -u PATH)
	witness=$("${start[@]}" "$ENV" "$@" 2>/dev/null) && status=0 || status=$?
	[ "$status" -eq "$expected" ] || fail "env: status $status instead of $expected"
	for spec in off on,spawn=deny; do
		out=$("${start[@]}" "$GYVE" -sandbox "$spec" "$@" 2>err) && status=0 || status=$?
		IFS= read -r -d '' message <err || true
		[ "$status" -eq "$expected" ] ||
			fail "$spec: status $status instead of $expected: $message"
		[ "$out" = "$witness" ] || fail "$spec: '$out' instead of '$witness'"
		# 126 and 127 come with a reason, everything else without a word of ours.
		if [[ $expected == 12[67] ]]; then
			[[ $message == "gyve: "* ]] || fail "$spec: no message"
		else
			[[ $message != *"gyve: "* ]] || fail "$spec: unasked: $message"
		fi
	done
}

@test "found in the second directory of PATH" {
	agree 0 "$PWD/first:$PWD/second" tool a b
}

@test "directories that do not exist, or are files, are passed over" {
	agree 0 "$PWD/none:$PWD/file:$PWD/second" tool
	agree 0 "$PWD/second:$PWD/none" tool
}

@test "not found anywhere: 127" {
	agree 127 "$PWD/first:$PWD/second" no-such-tool
	agree 127 "$PWD/none" no-such-tool
	agree 127 "$PWD/none:$PWD/empty" tool
	PATH=$PWD/first:$PWD/second run -127 "$GYVE" no-such-tool
	assert_output "gyve: cannot find command 'no-such-tool' in PATH: No such file or directory"
}

@test "a file at the end of PATH: what execvp says" {
	agree 126 "$PWD/none:$PWD/file" tool
	agree 127 "$PWD/file:$PWD/none" tool
}

@test "not executable, then executable: the second is run" {
	agree 0 "$PWD/first:$PWD/second" noexec x
}

@test "not executable, and nothing else: 126, also when a directory without it follows" {
	agree 126 "$PWD/first" noexec
	agree 126 "$PWD/first:$PWD/empty:$PWD/none" noexec
	agree 126 "$PWD/empty:$PWD/first" noexec
	run -126 "$ENV" PATH="$PWD/first" "$GYVE" noexec
	assert_output "gyve: cannot execute 'noexec': Permission denied"
}

@test "a directory of the command's name is not the command" {
	mkdir empty/tool
	agree 0 "$PWD/empty:$PWD/second" tool
	agree 126 "$PWD/empty" tool
	agree 126 "$PWD" ./empty
	agree 126 "$PWD" /
}

@test "a directory that may not be searched: 126, or what comes later" {
	chmod 0 first
	# Root without capabilities is an owner like any other.
	if [ "$(id -u)" -eq 0 ]; then
		needs setpriv
		drop=(setpriv --bounding-set=-all --inh-caps=-all)
	fi
	run -126 "${drop[@]}" "$GYVE" "$PWD/first/noexec"
	assert_output --partial "Permission denied"
	run -126 "${drop[@]}" "$ENV" "PATH=$PWD/first" "$GYVE" noexec
	run -0 "${drop[@]}" "$ENV" "PATH=$PWD/first:$PWD/second" "$GYVE" noexec z
	assert_output "second z"
	chmod 755 first
}

@test "empty elements of PATH are the working directory" {
	agree 0 "" here 1
	agree 0 ":" here 2
	agree 0 ":$PWD/none" here 3
	agree 0 "$PWD/none:" here 4
	agree 0 "$PWD/none::$PWD/second" here 5
	agree 127 "$PWD/none" here
	agree 0 "." here 6
	agree 0 "second" tool 7
}

@test "PATH not set: the system's default, not the working directory" {
	script echo 'echo wrong'
	agree 0 - echo right
	agree 127 - here
}

@test "a name with a slash is not searched for" {
	agree 0 "$PWD/none" ./here
	agree 0 "$PWD/none" second/tool a
	agree 127 "$PWD/second" ./tool
	agree 127 "$PWD" second/no-such-tool
	agree 126 "$PWD/second" first/noexec
	agree 126 "$PWD" file/tool
	agree 126 "$PWD" ./here/
	run -127 "$GYVE" ./tool
	assert_output "gyve: cannot find command './tool': No such file or directory"
}

@test "the empty name is not found" {
	agree 127 "$PWD/second" ""
	agree 127 "" ""
	agree 127 - ""
}

@test "a script without #! goes to /bin/sh, its arguments intact" {
	printf 'printf "[%%s]" "$0" "$@"\n' >second/bare
	chmod +x second/bare
	agree 0 "$PWD/second" bare
	agree 0 "$PWD/second" bare "" " a  b " $'new\nline' '*' -x -- $'\xff\x01' '$(x)'
	agree 0 "$PWD/none" ./second/bare one
	agree 0 "second" bare one
	agree 0 "" second/bare two
	printf 'exit 3\n' >second/bare
	agree 3 "$PWD/second" bare
	: >second/bare
	agree 0 "$PWD/second" bare
}

@test "a script without #! named like an option of sh" {
	printf 'echo dash "$@"\n' >./-c
	chmod +x ./-c
	out=$(PATH= "$ENV" -- -c x 2>&1) && status=0 || status=$?
	expected="$status $out"
	out=$(PATH= "$GYVE" -- -c x 2>&1) && status=0 || status=$?
	[ "$status $out" = "$expected" ]
}

@test "#! with an interpreter that is missing: 127, and the message says so" {
	printf '#!/no/such/interpreter\n' >second/orphan
	chmod +x second/orphan
	agree 127 "$PWD/second" orphan
	agree 127 "$PWD/second" ./second/orphan
	agree 126 "$PWD/second:$PWD/file" orphan
	script first/orphan 'echo not executable'
	chmod -x first/orphan
	agree 126 "$PWD/first:$PWD/second" orphan
	run -127 "$GYVE" ./second/orphan
	assert_output --partial "interpreter"
	# execvp goes on in PATH.
	script first/orphan 'echo found'
	agree 0 "$PWD/second:$PWD/first" orphan
}

@test "#! with an interpreter that is not executable: 126" {
	printf '#!%s\n' "$PWD/file" >second/odd
	chmod +x second/odd
	agree 126 "$PWD/second" odd
}

@test "names that are too long" {
	local long
	printf -v long '%*s' 256 ''
	long=${long// /x}
	agree 126 "$PWD/second" "$long"
	agree 126 "$PWD/second" "./$long"
	agree 127 "$PWD/second" "${long%x}"
	printf -v long '%*s' 5000 ''
	agree 126 "$PWD/second" "${long// //}tool"
	agree 0 "${long// //x}:$PWD/second" tool
	agree 127 "${long// //x}:$PWD/empty" tool
	printf -v long '%*s' 256 ''
	agree 127 "$PWD/none" "${long// /x}"
}

@test "a loop of symbolic links" {
	ln -s loop first/loop
	script second/loop 'echo second'
	agree 126 "$PWD/none" first/loop
	agree 126 "$PWD/first:$PWD/second" loop
	ln -s nowhere first/dangling
	script second/dangling 'echo second'
	agree 0 "$PWD/first:$PWD/second" dangling
	agree 127 "$PWD/first" dangling
}

@test "a program that is open for writing: 126" {
	cp "$TRY" busy
	exec 7>>busy
	agree 126 "" busy
	exec 7>&-
}

@test "special files are not executable" {
	agree 126 "$PWD" /dev/null
	mkfifo -m 755 pipe
	agree 126 "$PWD" ./pipe
}

@test "what is found is what is run: argv[0] as it was typed" {
	ln -s "$(command -v bash)" second/shell
	agree 0 "$PWD/second:/usr/bin:/bin" shell -c 'echo "$0"'
	[ "$(PATH=$PWD/second:$PATH "$GYVE" shell -c 'echo "$0"')" = shell ]
}
