# SPDX-License-Identifier: GPL-2.0-or-later
# The target is what it would be without gyve: nothing it can see differs but the filter.
load helpers/common

setup() {
	cd "$BATS_TEST_TMPDIR"
	STATE=$GYVE_HELPERS/state
	WAITER=$GYVE_HELPERS/waiter
}

# Compares the state of a process with and without gyve, started in the same way: "$@" are the words
# before the target. The process ID and its parent differ, and are tested below. Standard output is
# the same file, since its inode is compared, too.
same_state() {
	"$@" "$STATE" one 'two  words' '' >out
	cp out plain
	"$@" "$GYVE" -sandbox "${SPEC:-on}" -- "$STATE" one 'two  words' '' >out
	cp out sandboxed
	[ "$(wc -l <plain)" -gt 100 ]
	differ=$(diff <(grep -v '^pid' plain) <(grep -v '^pid' sandboxed)) || fail "$differ"
}

@test "everything a process has: descriptors, environment, signals, limits, identity, scheduling" {
	same_state env
	SPEC=strict same_state env
	SPEC=off same_state env
	SPEC=on,elevateprivileges=allow same_state env
}

@test "unusual descriptors: their numbers, flags and offsets, and no others" {
	printf 'abcdefgh' >data
	(
		exec 5<data 9<>data 200>>data 4<&-
		dd bs=1 count=3 of=/dev/null status=none <&5
		same_state env
		grep -q '^fd 5 .* offset 3$' sandboxed
		grep -q '^fd 200 ' sandboxed
	)
	# Without the standard ones: what gyve itself opens must not take their place.
	"$STATE" >out 6>&1 <&- 2>&-
	grep '^fd' out >plain
	"$GYVE" -sandbox on "$STATE" >out 6>&1 <&- 2>&-
	grep '^fd' out >sandboxed
	grep -q '^fd 6' plain
	refute grep -q '^fd [02] ' plain
	diff plain sandboxed
}

@test "descriptors marked close-on-exec are closed, the others not" {
	needs python3
	run python3 -c '
import os, sys
a, b = os.open("/dev/null", 0), os.open("/dev/null", 0)
os.set_inheritable(b, True)
script = "test ! -e /proc/self/fd/%d && test -e /proc/self/fd/%d && echo right" % (a, b)
os.execv(sys.argv[1], [sys.argv[1], "-sandbox", "on,spawn=deny", "sh", "-c", script])' "$GYVE"
	assert_output right
}

@test "unusual umask, directory, limits, nice value, environment" {
	mkdir 'odd name'
	cd 'odd name'
	umask 0137
	ulimit -S -n 333
	ulimit -c 0
	export EMPTY= ODD=$'\xff\n=\e' LD_LIBRARY_PATH=/nonexistent GYVE_SANDBOX=off
	same_state env -u nothing
	same_state env -i
	same_state nice -n 5
	grep -q "^nice $(nice -n 5 nice) " sandboxed
	if [ -w /proc/self/oom_score_adj ]; then
		echo 300 >/proc/self/oom_score_adj
		same_state env
		grep -qx 300 sandboxed
	fi
}

@test "signals: ignored, blocked and pending ones stay so; SIGSYS is default and unblocked" {
	same_state "$WAITER" -s || true # differs in SIGSYS, as it must
	grep -qx 'signal 31 ignored blocked' plain
	grep -qx 'signal 31 default' sandboxed
	grep -qx 'signal 10 ignored' sandboxed
	grep -qx 'signal 12 default blocked pending' sandboxed
	run diff <(grep -v '^pid' plain) <(grep -v '^pid' sandboxed)
	assert_output --regexp $'^[0-9]+c[0-9]+\n< signal 31 ignored blocked\n---\n> signal 31 default$'
	# Untouched means untouched.
	SPEC=off same_state "$WAITER" -s
}

@test "SIGSYS ignored and blocked by the caller hides no kill" {
	run "$WAITER" -s "$GYVE" -sandbox on,spawn=deny "$TRY" fork
	assert_output "killed 31"
	run "$WAITER" -s "$GYVE" -sandbox on,spawn=deny,action=trap "$TRY" fork
	assert_output "killed 31"
}

@test "arguments, byte for byte" {
	local big bytes i
	printf -v big '%*s' 102400 ''
	for i in {1..255}; do
		printf -v i '\\x%02x' "$i"
		printf -v i "$i" && bytes+=$i
	done
	local -a arguments=(-a '' ' ' '  a  b ' $'new\nline' $'\xff\xfe\x80' "$big" "$bytes" -- -sandbox
		--help '*' '$HOME' \\ '' '')
	"$STATE" "${arguments[@]}" >plain
	[ "$(wc -l <plain)" -eq $((${#arguments[@]} + 1)) ]
	"$GYVE" -sandbox on -- "$STATE" "${arguments[@]}" >sandboxed
	cmp plain sandboxed
	"$GYVE" "$STATE" "${arguments[@]}" >sandboxed
	cmp plain sandboxed
	# Many, too.
	"$STATE" -a {1..10000} >plain
	"$GYVE" -sandbox strict "$STATE" -a {1..10000} >sandboxed
	cmp plain sandboxed
}

@test "exec gyve: the same process, the same parent, and one process only" {
	needs ps
	run bash -c 'echo "pid $$ parent $PPID"; exec "$@"' - "$GYVE" -sandbox on "$STATE"
	[ "${lines[0]}" = "$(grep '^pid' <<<"$output" | tail -n 1)" ]
	[ "$(grep -c '^pid' <<<"$output")" -eq 2 ]
	# Nothing stays: the caller's child is the target itself, without children or threads.
	"$GYVE" -sandbox on sleep 60 3>&- &
	eventually has_become $! sleep
	run ps -o pid= --ppid $!
	assert_output ""
	run ps -o nlwp= -p $!
	assert_output --regexp '^ *1$'
	[ "$(readlink /proc/$!/exe)" = "$(readlink -f "$(type -P sleep)")" ]
	kill $!
}

@test "every exit status from 0 to 255" {
	# in a small shell, whose forks are cheap
	run sh -c 'i=0
		while [ $i -lt 256 ]; do
			"$1" -sandbox on,spawn=deny sh -c "exit $i"
			status=$?
			[ $status -eq $i ] || { echo "status $status instead of $i"; exit 1; }
			i=$((i + 1))
		done
		echo "$i statuses"' - "$GYVE"
	assert_output "256 statuses"
}

@test "death by a signal: the parent's wait sees that signal" {
	local signal
	for signal in HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV PIPE ALRM TERM SYS; do
		run "$WAITER" "$GYVE" -sandbox on sh -c "kill -$signal \$\$"
		assert_output "killed $(kill -l "$signal")"
	done
	run "$WAITER" "$GYVE" -sandbox on,spawn=deny "$TRY" fork
	assert_output "killed $(kill -l SYS)"
	run "$WAITER" "$GYVE" -sandbox on sh -c 'exit 7'
	assert_output "exited 7"
	run "$WAITER" "$GYVE" -sandbox nonsense true
	assert_line "exited 125"
}

@test "a signal that arrives is the target's to handle" {
	"$GYVE" -sandbox on sh -c 'trap "echo got it; exit 5" TERM; echo ready; while :; do sleep 0.1; done' >out 3>&- &
	eventually grep -q ready out
	kill -TERM $!
	wait $! && status=0 || status=$?
	[ "$status" -eq 5 ]
	grep -q 'got it' out
}

@test "standard input, output and error are piped through" {
	head -c 300000 /dev/urandom >data
	"$GYVE" -sandbox strict cat <data >copy
	cmp data copy
	cat data | "$GYVE" -sandbox strict cat | cmp - data
	run --separate-stderr "$GYVE" -sandbox on sh -c 'echo out; echo err >&2'
	assert_output out
	[ "$stderr" = err ]
	# gyve does not read ahead: what it does not consume is there for the next command.
	run sh -c 'printf "one\ntwo\n" | { "$1" -sandbox on true; cat; }' - "$GYVE"
	assert_output $'one\ntwo'
	run sh -c '"$1" -sandbox on seq 100000 | head -n 1' - "$GYVE"
	assert_output 1
}

@test "in chains with timeout, nohup, nice, env, xargs, setsid, and with itself" {
	run timeout 1 "$GYVE" -sandbox on sleep 60
	assert_failure 124
	run "$GYVE" -sandbox on timeout 1 sleep 60
	assert_failure 124
	run timeout -s KILL 1 "$GYVE" -sandbox on sleep 60
	assert_failure 137
	run "$GYVE" -sandbox on timeout 60 sh -c 'exit 9'
	assert_failure 9
	run "$GYVE" -sandbox on nohup env A=1 nice -n 3 "$GYVE" -sandbox on,spawn=deny sh -c 'echo $A'
	assert_line 1
	run nohup "$GYVE" -sandbox on echo x
	assert_line x
	run env -i A=b "$GYVE" -sandbox on env
	assert_output A=b
	run sh -c 'printf "a b c" | xargs -n 1 "$1" -sandbox on echo item' - "$GYVE"
	assert_output $'item a\nitem b\nitem c'
	run setsid -w "$GYVE" -sandbox on sh -c 'exit 4'
	assert_failure 4
	# Filters stack; what the inner one allows the outer one still denies.
	run "$GYVE" -sandbox on,spawn=deny "$GYVE" -sandbox off true
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" "$GYVE" "$GYVE" "$GYVE" "$GYVE" echo deep
	assert_output deep
}

@test "in a shell's loops, substitutions, pipelines and with time and &" {
	run bash -c 'for i in 1 2 3; do "$0" echo $i; done; echo $("$0" echo sub); ! "$0" false && echo neg
		"$0" true | "$0" cat; diff <("$0" echo a) <(echo a) && echo same
		"$0" sh -c "exit 6" & wait $!; echo $?' "$GYVE"
	assert_output $'1\n2\n3\nsub\nneg\nsame\n6'
	run bash -o pipefail -c '"$0" sh -c "exit 3" | "$0" cat' "$GYVE"
	assert_failure 3
}

# What the user types, and what the terminal then shows. The typed line is echoed, too: the words to
# wait for must not stand in it. The targets that are stopped do not fork meanwhile: a shell in vfork(2)
# whose child is stopped first does not stop, with or without gyve.
@test "job control in a terminal: stop, continue, background, interrupt" {
	needs python3
	mkfifo hold # to wait on without a child
	run python3 "$GYVE_SOURCE/tests/helpers/dialogue.py" \
		env PS1='ready> ' GYVE="$GYVE" bash --norc --noprofile -i <<-'END'
		expect ready> 
		send "$GYVE" -sandbox on sh -c 'trap "echo con""tinued" CONT; exec 5<>hold; echo be""gun; while :; do read x <&5; done'\r
		expect begun
		send \x1a
		expect Stopped
		expect ready> 
		send jobs; echo lis""ted\r
		expect Stopped
		expect listed
		send fg\r
		expect continued
		send \x1a
		expect Stopped
		send bg; jobs\r
		expect continued
		send kill -STOP %1; sleep 0.1; fg\r
		expect continued
		send \x03
		expect ready> 
		send echo code $?.\r
		expect code 130.
		send "$GYVE" -sandbox on,spawn=deny sleep 62 & echo sta""rted\r
		expect started
		send jobs; echo lis""ted\r
		expect Running
		expect listed
		send kill -STOP %1; sleep 0.2; jobs\r
		expect Stopped
		send kill -CONT %1; kill %1; wait; jobs; echo go""ne\r
		expect gone
		send echo sy""nc; "$GYVE" -sandbox strict cat\r
		expect sync
		send hel\x7flo wor\x17there\r
		expect helo there\r\n
		send \x04
		expect ready> 
		send "$GYVE" sh -c 'test -t 0 -a -t 1 && echo term""inal $(tty)'\r
		expect terminal /dev/
		send "$GYVE" -sandbox on bash --norc -i\r
		send PS1='inner> '\r
		expect inner> 
		expect inner> 
		send sh -c 'trap "echo con""tinued" CONT; exec 5<>hold; echo be""gun; while :; do read x <&5; done'\r
		expect begun
		send \x1a
		expect Stopped
		send fg\r
		expect continued
		send \x03
		expect inner> 
		send exit 3\r
		expect ready> 
		send echo code $?.\r
		expect code 3.
		send exit 0\r
	END
	assert_success
	assert_output "status 0"
}

@test "a terminal's size, hangup and password prompt" {
	needs python3
	mkfifo hold
	run python3 "$GYVE_SOURCE/tests/helpers/dialogue.py" \
		env PS1='ready> ' GYVE="$GYVE" bash --norc --noprofile -i <<-'END'
		expect ready> 
		send stty rows 40 cols 99; "$GYVE" -sandbox on stty size\r
		expect 40 99
		send "$GYVE" bash -c 'read -s -p "Pass""word: " p; echo; echo "<${p//x/-}>"'\r
		expect Password: 
		send axbx\r
		expect <a-b->
		send "$GYVE" sh -c 'trap "echo hung > hup; exit" HUP; exec 5<>hold; echo wai""ting; while :; do read x <&5; done'\r
		expect waiting
		send \x1a
		expect Stopped
		send kill -HUP %1; fg\r
		expect ready> 
		send cat hup; exit\r
		expect hung
	END
	assert_success
}

@test "--die-with-parent: the target ends with its parent, and only then" {
	bash -c '"$0" --die-with-parent -sandbox on sleep 64 3>&- &
		until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.05; done
		echo $! >pid
		kill -9 $$' "$GYVE" || true
	eventually is_gone "$(<pid)"
	run "$GYVE" --die-with-parent -sandbox on sh -c 'exit 8'
	assert_failure 8
}
