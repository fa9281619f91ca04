# SPDX-License-Identifier: GPL-2.0-or-later
# Supervision, whichever mode it is for: who answers, and what becomes of the target when that fails.
# Faults are simulated: an outer filter (helpers/oldkernel) has a call fail always, strace now and
# then.
load helpers/common

DENIED=$GYVE_HELPERS/denied
FORKING=strict,spawn=allow,elevateprivileges=allow,outside=allow # what the helper's subcommands need to run

setup() {
	cd "$BATS_TEST_TMPDIR"
	report=$PWD/report
	: >report
	chmod 666 report
	chmod 777 .
}

# Runs a target with its report in $report, also when another user runs it.
reported() {
	run "$GYVE" --report --report-fd 7 "$@" 7>>"$report"
}

# ---- a target that would answer for itself ----

TAKEOVER=$GYVE_HELPERS/takeover

# The way of takeover and the SPEC, as a user; what it says is in $taken. Returns when FILE has as
# many lines as "wanted".
takes_over() {
	local how=$1 spec=$2 wanted=$3
	shift 3
	taken=$BATS_TEST_TMPDIR/taken
	: >"$taken"
	chmod 666 "$taken"
	as_user "$GYVE" --report --report-fd 7 "$@" -sandbox "$spec" -- "$TAKEOVER" $how \
		>"$taken" 7>>"$report" 3>&- && ended=0 || ended=$?
	for _ in $(seq 100); do
		[ "$(grep -cv ^undo "$taken")" -lt "$wanted" ] || break
		sleep 0.05
	done
}

@test "takeover: a target never gets a listener, whatever the bits around the flag" {
	local line
	takes_over now strict,spawn=allow 7
	for line in native upper flags; do
		grep -qx "listener $line EBUSY" "$taken"
	done
	grep -qx 'socket EAFNOSUPPORT' "$taken"
	reported -sandbox on -- "$TAKEOVER" now
	assert_line 'listener native EBUSY'
	run "$TAKEOVER" now
	assert_line 'listener native ok' # it is gyve that it does not get one of
}

@test "takeover: nor when the supervisor has been killed" {
	takes_over child strict,spawn=allow,outside=allow 6
	grep -qx 'undo native ok, is 0' "$taken" # what is denied to the target alone
	grep -qx 'listener native EBUSY' "$taken"
	grep -qx 'socket ENOSYS' "$taken"
	grep -qx 'setsid ENOSYS' "$taken"
	refute grep -E '^(listener|socket|setsid) .*ok$' "$taken"
}

@test "takeover: nor when it has ended with --until=target" {
	takes_over orphan strict,spawn=allow,outside=allow 6 --until=target
	grep -qx 'listener native EBUSY' "$taken"
	refute grep -E '^(listener|socket|setsid) .*ok$' "$taken"
	grep -q '^socket ' "$taken"
}

@test "takeover: nor by a call of another ABI, covered or let through" {
	has_i386() { [ "$("$TRY" -i 20 2>/dev/null)" = ok ]; }
	needs i386-calls has_i386
	for spec in strict,spawn=allow,abi=all strict,action=log; do
		takes_over 'now i386' "$spec" 7
		grep -qx 'listener i386 EBUSY' "$taken"
	done
}

@test "takeover: the target, which is all there is under strict, dies with its supervisor" {
	takes_over kill strict,outside=allow 1
	assert_equal "$ended" $((128 + $(kill -l KILL)))
	grep -qx 'undo native EPERM, is 9' "$taken"
	refute grep -v ^undo "$taken"
	sleep 0.2
	refute grep -v ^undo "$taken"
}

# ---- what is left behind ----

# The gyve, if there is one, that still answers what this test has left behind.
keeper() {
	local pid
	for pid in $(pgrep -f -- "-- sh $PWD/left"); do
		has_become "$pid" gyve && echo "$pid"
	done
}

no_keeper() {
	[ -z "$(keeper)" ]
}

@test "left behind: a kill stays a kill; whoever answers holds nothing open, and ends with the last one" {
	local pid
	cat >left <<-EOF
		(exec >/dev/null 2>&1 7>&-; sleep 1; "$TRY" setsid; echo \$? >status) &
		exit 3
	EOF
	mkfifo pipe
	"$GYVE" --report --report-fd 7 --until=target -sandbox strict,spawn=allow,outside=allow -- \
		sh "$PWD/left" 7>pipe 3>&- &
	run cat pipe
	assert_output --partial 'ended with status 3; denied calls: 0'
	wait $! || [ $? -eq 3 ]
	[ ! -e status ]
	pid=$(keeper)
	[ -n "$pid" ]
	[ "$(id -u)" -ne 0 ] || assert_equal "$(readlink "/proc/$pid/cwd")" / # which no other user sees
	eventually [ -s status ]
	assert_equal "$(cat status)" $((128 + $(kill -l KILL)))
	eventually no_keeper
}

@test "left behind: under --learn and --learn-profile everything goes on to be let through" {
	local mode
	cat >left <<-EOF
		(sleep 0.5; "$TRY" socket 2 1 0 >got; "$TRY" getpid >>got; : >done) >/dev/null 2>&1 &
		exit 3
	EOF
	for mode in "--learn --report-file report" "--learn-profile p.json"; do
		rm -f got done
		# shellcheck disable=SC2086
		run "$GYVE" $mode --until=target -- sh "$PWD/left" 3>&-
		assert_failure 3
		[ ! -e done ]
		eventually [ -e done ]
		assert_equal "$(cat got)" $'ok\nok'
		eventually no_keeper
	done
}

@test "left behind: a kernel that does not tell of the last one's end (before Linux 5.9) is not waited for" {
	local begun=$SECONDS
	cat >left <<-EOF
		(sleep 20) >/dev/null 2>&1 &
		exit 3
	EOF
	run "$GYVE_HELPERS/oldkernel" ioctl:1=NOTIF_ADDFD:EINVAL -- "$GYVE" --report --report-file report \
		-sandbox "$FORKING" -- sh "$PWD/left" 3>&-
	assert_failure 3
	[ $((SECONDS - begun)) -lt 20 ]
	no_keeper
}

# ---- room ----

@test "room: with little stack it starts whole or not at all" {
	local size
	needs plain-build is_plain_build
	for size in 28 32 48 64 72 80 84 88 92 96 112 128; do
		rm -f ran
		run env -i bash -c "ulimit -s $size; exec '$GYVE' --report --report-fd 7 -sandbox '$FORKING' -- \
			sh -c ': >ran; exec \"\$0\" vary 400' '$DENIED'" 7>>report
		if [ -e ran ]; then
			assert_success
			assert_output --partial '400 denied'
		else
			assert_failure 125
			assert_output --partial 'ulimit -s'
		fi
	done
	[ -e ran ]
	run env -i bash -c "ulimit -s 48; exec '$GYVE' -sandbox strict -- '$TRY' getpid"
	assert_output ok # the plain launch needs less
}

@test "room: a target that takes its supervisor's limits away gets nothing through" {
	has_prlimit() { prlimit --version; }
	needs prlimit has_prlimit
	needs plain-build is_plain_build
	local limit
	for limit in --stack=4096:4096 --as=4096:4096 --data=0:0 --fsize=0:0 --nproc=0:0; do
		reported -sandbox "$FORKING,resourcecontrol=allow" -- \
			sh -c "prlimit --pid \$PPID $limit; '$DENIED' vary 50; exec '$TRY' mount 0 0 0 0 0"
		assert_output --partial '50 denied'
		assert_failure "$SIGSYS_STATUS"
	done
	# without descriptors it cannot poll, and ends
	reported -sandbox "$FORKING,resourcecontrol=allow" -- \
		sh -c "prlimit --pid \$PPID --nofile=0:0; '$TRY' socket 2 1 0; sleep 30"
	refute_output --partial ok
	assert_failure 125
}

# ---- faults ----

# fails FAULT... : whatever is asked of it, it ends at once, with a message, and the target with it.
fails() {
	local mode faults=()
	while [ "$1" != -- ]; do
		faults+=("$1")
		shift
	done
	shift
	for mode in "--report --report-file report -sandbox $FORKING" "--learn --report-file report" "--learn-profile p.json"; do
		rm -f pid
		# shellcheck disable=SC2086
		run timeout 30 "$GYVE_HELPERS/oldkernel" "${faults[@]}" -- "$GYVE" $mode -- "$@"
		assert_failure 125
		assert_output --regexp 'gyve: .*(supervision failed|cannot wait|cannot read signals).*COMMAND was killed'
		[ ! -s pid ] || is_gone "$(cat pid)"
	done
}

CALLS='echo $$ >pid; "$0" socket 2 1 0; exec sleep 60'

@test "fault: a listener that cannot be read" {
	local fault
	for fault in EINTR EIO ENOENT; do
		fails ioctl:1=NOTIF_RECV:$fault -- sh -c "$CALLS" "$TRY"
	done
}

@test "fault: an answer that cannot be given" {
	local fault
	for fault in EINTR EIO EINVAL ENOENT; do
		fails ioctl:1=NOTIF_SEND:$fault -- sh -c "$CALLS" "$TRY"
	done
	run timeout 30 "$GYVE_HELPERS/oldkernel" ioctl:1=NOTIF_ID_VALID:EIO -- "$GYVE" --report -sandbox strict -- "$TRY" setsid
	assert_failure 125
	refute_line ok
}

@test "fault: poll" {
	local fault
	for fault in EINTR EINVAL ENOMEM; do
		fails poll:$fault ppoll:$fault -- sh -c "$CALLS" "$TRY"
	done
}

@test "fault: signals that cannot be read" {
	local fault
	for fault in EINTR EAGAIN EIO; do
		fails read:2=128:$fault -- sh -c 'echo $$ >pid; kill -USR1 $PPID; true & wait; exec sleep 60'
	done
}

@test "fault: an end that cannot be seen" {
	local fault
	for fault in EINTR ECHILD EIO; do
		fails wait4:$fault waitid:$fault -- "$TRY" getpid
	done
}

# interrupted CALLS WHEN MODE...: strace(1) has these calls of gyve fail with EINTR from the WHENth on, every
# other time.
interrupted() {
	local inject="inject=$1:error=EINTR:when=$2+2" mode
	shift 2
	for mode; do
		rm -f trace
		# shellcheck disable=SC2086
		run timeout 60 strace -o trace -e "$inject" "$GYVE" $mode -- "$DENIED" vary 20
		assert_success
		assert_output --regexp '^(gyve: warning: --learn: .*|)[0-9]+ denied, '
		grep -q INJECTED trace
	done
}

@test "fault: calls that are interrupted now and then are made again" {
	local reporting="--report --report-file report -sandbox $FORKING" learning="--learn-profile p.json"
	works() { strace -o trace -e inject=getppid:error=EINTR true; }
	needs strace
	needs strace-inject works
	interrupted ioctl 2 "$reporting" "$learning"
	interrupted poll,ppoll 1 "$reporting" "$learning"
	interrupted wait4 1 "$reporting" "$learning"
	interrupted write 1 "$reporting"
	# the first reads are the loader's
	strace -o trace -e trace=read "$GYVE" --learn-profile p.json -- true
	interrupted read "$(grep -n ', 128) ' trace | head -n 1 | cut -d : -f 1)" "$reporting" "$learning"
	run grep -c 'denied calls: 20' report
	assert_output 5
}
