# SPDX-License-Identifier: GPL-2.0-or-later
# --env: the target's environment is what was named, and nothing else of the caller's.
load helpers/common

setup() {
	cd "$BATS_TEST_TMPDIR"
	who=(env)
	[ "$(id -u)" -ne 0 ] || who+=(as_user)
	export OWN=own TOKEN=secret
	unset -v NEVER
	ENV=$(type -P env)
}

# has EXPECTED OPTION...: what env(1) prints under these options is exactly that.
has() {
	local expected=$1
	shift
	run "$GYVE" "$@" -- "$ENV"
	assert_success
	assert_output "$expected"
}

@test "env: without the option all of the caller's environment passes" {
	run "$GYVE" -sandbox on -- "$ENV"
	assert_line OWN=own
	assert_line TOKEN=secret
	diff <("$ENV" -u _ "$ENV" | grep -v '^_=') <("$ENV" -u _ "$GYVE" -sandbox on -- "$ENV" | grep -v '^_=')
}

@test "env: what is named and nothing else, in its order, as root and user, under any policy" {
	local user spec
	for user in "${who[@]}"; do
		for spec in on off strict on,elevateprivileges=allow; do
			run "$user" "$GYVE" -sandbox "$spec" --env OWN --env NEW=1 --env=EMPTY= -- "$ENV"
			assert_success
			assert_output $'OWN=own\nNEW=1\nEMPTY='
		done
	done
}

@test "env: the new process's memory holds nothing of the rest" {
	"$GYVE" -sandbox on -- cat /proc/self/environ >all
	grep -qa TOKEN= all
	"$GYVE" --env OWN -sandbox on -- cat /proc/self/environ >given
	printf 'OWN=own\0' | cmp - given
}

@test "env: a name without a value of its own is left out, whatever begins or ends like it" {
	OWNER=x NOWN=y has OWN=own --env OWN --env NEVER --env OW --env OWNERS
	has "" --env NEVER
	OWN= has OWN= --env OWN
}

@test "env: of a name given twice the last counts" {
	has A=2 --env A=1 --env A=2
	has OWN=own --env OWN=given --env OWN
	has OWN=given --env OWN --env OWN=given
	has "" --env NEVER=given --env NEVER
	has $'B=2\nA=3' --env A=1 --env B=2 --env A=3
	has $'AB=1\nA=2\nABC=3' --env AB=1 --env A=2 --env ABC=3
}

@test "env: names and values byte for byte" {
	local odd=$'a b\xff\n\e=%s\\'
	has "A==b=" --env A==b=
	has "$odd" --env "$odd"
	has "--=x" --env --=x
	"$ENV" "a-b.c%%=$odd" "$GYVE" --env 'a-b.c%%' -- "$ENV" -0 >out
	printf 'a-b.c%%%%=%s\0' "$odd" | cmp - out
}

@test "env: of a variable that the caller has twice, the one that getenv finds" {
	needs python3
	run python3 -c '
import ctypes, sys
words = lambda *list: (ctypes.c_char_p * (len(list) + 1))(*[word.encode() for word in list])
ctypes.CDLL(None).execve(sys.argv[1].encode(), words(*sys.argv[1:]),
    words("=nameless", "OWN", "OWN=first", "OWN=second", "TOKEN=secret"))' "$GYVE" --env OWN -- "$ENV"
	assert_success
	assert_output OWN=first
}

@test "env: under --report, --learn and --learn-profile, with --profile and without a sandbox" {
	local user
	for user in "${who[@]}"; do
		run --separate-stderr "$user" "$GYVE" --report --env OWN --env A=1 -sandbox on -- "$ENV"
		assert_output $'OWN=own\nA=1'
		run --separate-stderr "$user" "$GYVE" --report --env OWN -sandbox off -- "$ENV"
		assert_output OWN=own
		run --separate-stderr "$user" "$GYVE" --learn --env OWN --env A=1 -- "$ENV"
		assert_line --index 0 OWN=own
		assert_line --index 1 A=1
		refute_output --partial TOKEN
	done
	run --separate-stderr "$GYVE" --learn-profile p.json --env OWN --env A=1 -- "$ENV"
	assert_output $'OWN=own\nA=1'
	run --separate-stderr "$GYVE" --profile p.json --env OWN --env A=1 -- "$ENV"
	assert_output $'OWN=own\nA=1'
}

@test "env: COMMAND is looked for in the PATH that it gets, as env(1) does" {
	mkdir one two
	printf '#!/bin/sh\necho one\n' >one/found-command
	printf '#!/bin/sh\necho two\n' >two/found-command
	chmod +x */found-command
	PATH=$PWD/one:$PATH
	run "$ENV" "PATH=$PWD/two" "$GYVE" -- found-command
	assert_output two
	run "$GYVE" --env "PATH=$PWD/two" -- found-command
	assert_output two
	run "$GYVE" --env PATH -- found-command
	assert_output one
	run "$GYVE" --env "PATH=$PWD/two" --report -sandbox on -- found-command
	assert_line two
	# None: where execvp(3) looks without a PATH.
	run -127 "$GYVE" --env OWN -- found-command
	assert_output "gyve: cannot find command 'found-command' in /bin:/usr/bin, as --env gives no PATH: '--env PATH' passes it on: No such file or directory"
	run -127 "$ENV" -i "$GYVE" -- found-command
	assert_output --partial "in /bin:/usr/bin, as PATH is not set: "
	run "$GYVE" --env OWN -- env
	assert_output OWN=own
}

@test "env: the shell that runs a file without a magic number gets it, too" {
	echo 'echo "${OWN-unset} ${TOKEN-unset}"' >script
	chmod +x script
	run "$GYVE" --env OWN -sandbox on -- ./script
	assert_output "own unset"
}

# passed COMMAND...: runs it as systemd would, with descriptors 3 and 4 passed, and 5 left open.
passed() {
	bash -c 'LISTEN_FDS=2 LISTEN_PID=$$ WATCHDOG_PID=$$ exec "$@" 3</dev/null 4</dev/null 5</dev/null' - "$@"
}

SEE='echo ${LISTEN_FDS-no} $([ "${LISTEN_PID-}" = $$ ] && echo me) $(for fd in 3 4 5; do [ ! /proc/$$/fd/$fd -ef /dev/null ] || echo $fd; done)'

@test "env: what systemd passed is told, and left open by --close-fds, only if it is named" {
	local mode
	for mode in "" "--report --report-fd 7" "--learn --report-fd 7"; do
		run passed "$GYVE" $mode -- sh -c "$SEE" 7>/dev/null
		assert_line "2 me 3 4 5"
		run passed "$GYVE" $mode --env PATH -- sh -c "$SEE" 7>/dev/null
		assert_line "no 3 4 5"
		run passed "$GYVE" $mode --close-fds -- sh -c "$SEE" 7>/dev/null
		assert_line "2 me 3 4"
		run passed "$GYVE" $mode --close-fds --env LISTEN_FDS --env LISTEN_PID -- /bin/sh -c "$SEE" 7>/dev/null
		assert_line "2 me 3 4"
		run passed "$GYVE" $mode --close-fds --env LISTEN_FDS -- /bin/sh -c "$SEE" 7>/dev/null
		assert_line "2"
		run passed "$GYVE" $mode --close-fds --env PATH -- sh -c "$SEE" 7>/dev/null
		assert_line "no"
	done
}

@test "env: thousands of variables, thousands of names" {
	local i
	local -a own=() options=()
	for i in {1..3000}; do
		own+=("VARIABLE_$i=value $i")
		options+=(--env "VARIABLE_$((3001 - i))")
	done
	run "$ENV" "${own[@]}" "$GYVE" "${options[@]}" --env VARIABLE_7=new --env VARIABLE_3001 -- "$ENV"
	assert_success
	[ "${#lines[@]}" -eq 3000 ]
	[ "${lines[0]}" = "VARIABLE_3000=value 3000" ]
	[ "${lines[2999]}" = "VARIABLE_7=new" ]
	diff <(printf '%s\n' "${lines[@]}" | sort) <(printf '%s\n' "${own[@]}" | sed 's/^VARIABLE_7=.*/VARIABLE_7=new/' | sort)
}
