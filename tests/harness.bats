# SPDX-License-Identifier: GPL-2.0-or-later
# What the other tests stand on: that a test finds the same surroundings everywhere, and an end.
load helpers/common

BOUNDED=$GYVE_HELPERS/bounded

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	leave_room
}

@test "bounded: ends a test that hangs, with what it has started in whatever session" {
	local pid status=0
	# not by run, which would wait for what is left
	"$BOUNDED" 1 bash -c 'setsid sh -c "trap \"\" TERM HUP; echo \$\$ >one; sleep 77" &
		sh -c "sleep 77 & echo \$! >two"; sleep 77' >out 3>&- || status=$?
	[ "$status" -eq 1 ]
	grep -q '^Bail out!' out
	for pid in $(cat one two); do
		is_gone "$pid"
	done
}

@test "bounded: passes the status on, and leaves nothing behind" {
	run "$BOUNDED" 60 bash -c 'sleep 77 >/dev/null 2>&1 & echo $! >pid; exit 7'
	assert_failure 7
	refute_output --partial 'Bail out!'
	is_gone "$(cat pid)"
	run "$BOUNDED" 60 bash -c 'kill -SEGV $$'
	assert_failure $((128 + $(kill -l SEGV)))
}

@test "bounded: ends with all that it runs when it is told to" {
	"$BOUNDED" 60 bash -c 'echo $$ >pid; sleep 77' 3>&- &
	eventually test -s pid
	kill -TERM $!
	wait $! || [ $? -eq $((128 + $(kill -l TERM))) ]
	is_gone "$(cat pid)"
}

@test "bounded: what its caller ignores, blocks or has closed its command does not see" {
	needs python3
	run --separate-stderr python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGQUIT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGUSR1, signal.SIGTERM, signal.SIGCHLD})
os.close(0)
os.close(2)
os.execv(sys.argv[1], sys.argv[1:])' "$BOUNDED" 60 bash -c 'grep -E "^Sig(Blk|Ign)" /proc/self/status
		readlink /proc/self/fd/0 /proc/self/fd/2; ps -o tty= -p $$'
	assert_success
	assert_line --regexp '^SigBlk:.0000000000000000$'
	[ $((0x$(sed -n 's/^SigIgn:.//p' <<<"$output") & 0x7fffffff)) -eq 0 ]
	[ "$(grep -c '^/dev/null$' <<<"$output")" -eq 2 ]
	assert_line '?'
}

@test "run-test.sh: as root nobody can run what is below a folder that others may not enter" {
	needs root test "$(id -u)" -eq 0
	mkdir -m 700 private
	cp "$GYVE" private/gyve
	cp -r "$GYVE_HELPERS" private/helpers
	refute as_user sh -c 'private/gyve --version'
	# shellcheck disable=SC2016 # for the shell that is run
	run env GYVE="$PWD/private/gyve" GYVE_HELPERS="$PWD/private/helpers" \
		sh "$GYVE_SOURCE/tests/helpers/run-test.sh" sh -c 'echo "$GYVE"
		setpriv --reuid=65534 --regid=65534 --clear-groups -- "$GYVE" -- "$GYVE_HELPERS/try" getpid'
	assert_success
	assert_line ok
	assert [ ! -e "${lines[0]}" ]
}

@test "run-test.sh: PATH has no folder that is closed to whom the tests run as" {
	make_room
	mkdir -m 000 "$room/closed"
	mkdir "$room/open"
	run env PATH="$room/closed:$room/none:$room/open:$PATH" \
		sh "$GYVE_SOURCE/tests/helpers/run-test.sh" sh -c 'echo "$PATH"'
	assert_output "$room/open:$PATH"
}

# "! command" and "a && b" do not end a test that is not over: "set -e" passes them by.
@test "no line of a test is one that cannot fail" {
	printf '\t%s\n' '! grep -q x file' '[ -e a ] && [ -e b ]' 'true' >idle
	idle_lines() {
		awk '/^[ \t]+(! |\[+ .* \]+ && \[)/ && !/ \|\| / && !/[;{}]$/ { print FILENAME ": " $0 }' "$@"
	}
	run idle_lines idle
	[ "${#lines[@]}" -eq 2 ]
	run idle_lines "$GYVE_SOURCE"/tests/*.bats
	assert_output ""
}

# As root, below a folder that others may not enter, GYVE is a copy with nothing beside it.
@test "no test looks for the build beside the program" {
	run grep -n 'dirname "\$GYVE")[^:]' "$GYVE_SOURCE"/tests/*.bats
	assert_output ""
}

# bats 1.2 has it not; helpers/common asks where it is there.
@test "no test requires a version of bats by itself" {
	run grep -n '^bats_require_minimum_version' "$GYVE_SOURCE"/tests/*.bats
	assert_output ""
}
