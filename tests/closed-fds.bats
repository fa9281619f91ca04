# SPDX-License-Identifier: GPL-2.0-or-later
# Standard input, output and error closed, in all combinations and modes: nothing spins or is lost,
# what was closed for the target stays closed, and no descriptor of gyve's takes its place.
load helpers/common

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# closing FDS COMMAND...: runs it with these closed, and nothing above 2.
closing() {
	local fds=$1
	shift
	(
		for fd in "/proc/$BASHPID/fd"/*; do
			[ "${fd##*/}" -le 2 ] || eval "exec ${fd##*/}>&-"
		done
		for fd in $fds; do eval "exec $fd>&-"; done
		exec timeout 20 "$@"
	)
}

# The eight combinations, "" for none.
combinations=("" 0 1 2 "0 1" "0 2" "1 2" "0 1 2")

# What the target finds open: those of 0, 1 and 2 that are not closed.
left() {
	local fd
	for fd in 0 1 2; do
		[[ " $1 " == *" $fd "* ]] || printf '%s ' "$fd"
	done
}

# target_of MODE...: the target runs, has what it should have, and makes a denied call.
target_of() {
	local fds
	for fds in "${combinations[@]}"; do
		rm -f got called
		status=0
		closing "$fds" "$GYVE" "$@" -- \
			sh -c '"$0" fds got; "$1" socket 2 1 0 >called 2>&1' "$GYVE_HELPERS/denied" "$TRY" >out 2>err || status=$?
		[ "$status" -eq 0 ] || fail "closed '$fds': status $status: $(cat err)"
		assert_equal "closed $fds: $(cat got)" "closed $fds: $(left "$fds")"
		[ -s called ]
	done
}

@test "closed 0, 1, 2: a launch" {
	target_of -sandbox on,network=deny
	target_of -sandbox strict,spawn=allow
	target_of -sandbox off
	echo '{"defaultAction": "SCMP_ACT_ALLOW"}' >profile
	target_of --profile profile
}

@test "closed 0, 1, 2: --report to a file, or to another descriptor" {
	: >report
	target_of --report --report-file report -sandbox on,network=deny
	assert_equal "$(grep -c 'denied calls: 1' report)" 8
	target_of --report=json --report-file report --until=target -sandbox on,network=deny
	assert_equal "$(grep -c '"event":"end"' report)" 8
}

@test "closed 0, 1, 2: --learn to a file" {
	: >learned
	target_of --learn --report-file learned
	assert_equal "$(grep -c -- '-sandbox strict,.*network=allow' learned)" 8
}

@test "closed 0, 1, 2: --learn-profile" {
	local fds
	for fds in "${combinations[@]}"; do
		rm -f p.json got
		closing "$fds" "$GYVE" --learn-profile p.json -- "$GYVE_HELPERS/denied" fds got >out 2>err
		assert_equal "closed $fds: $(cat got)" "closed $fds: $(left "$fds")"
		grep -q fcntl p.json
	done
}

@test "closed 2: a report to standard error is refused before anything starts" {
	local fds mode
	for mode in "--report -sandbox on" --learn "--report --report-fd 2 -sandbox on"; do
		for fds in 2 "0 2" "1 2" "0 1 2"; do
			status=0
			# shellcheck disable=SC2086
			closing "$fds" "$GYVE" $mode -- touch ran >out 2>err || status=$?
			assert_equal "$fds: $status" "$fds: 125"
			[ ! -e ran ]
		done
	done
	run bash -c '"$0" --report -sandbox on -- touch ran 2</dev/null' "$GYVE"
	assert_failure 125
	[ ! -e ran ]
}

@test "closed 0, 1, 2: what prints is a success only if it could be written" {
	local fds mode
	local -a formats
	mapfile -t formats < <("$GYVE" --list-formats | cut -f1)
	[ "${#formats[@]}" -ge 6 ]
	echo 'getpid() = 1' >trace
	for mode in --print "${formats[@]/#/--print=}" --help --version --list-keys "--explain fork" "--from-strace trace"; do
		for fds in "${combinations[@]}"; do
			status=0
			# shellcheck disable=SC2086
			closing "$fds" "$GYVE" $mode >out 2>err || status=$?
			case " $fds " in
			*" 1 "*) assert_equal "$mode, closed $fds: $status" "$mode, closed $fds: 125" ;;
			*)
				assert_equal "$mode, closed $fds: $status" "$mode, closed $fds: 0"
				[ -s out ]
				;;
			esac
		done
	done
	for fds in "${combinations[@]}"; do
		status=0
		closing "$fds" "$GYVE" --probe >out 2>err || status=$?
		case " $fds " in
		*" 1 "*) assert_equal "$fds: $status" "$fds: 125" ;;
		*) [ "$status" -le 1 ] && [ -s out ] ;;
		esac
	done
}

@test "closed 0: what reads standard input says so" {
	local mode
	for mode in "--explain-log" "--from-strace -" "--from-audit -"; do
		status=0
		# shellcheck disable=SC2086
		closing 0 "$GYVE" $mode >out 2>err || status=$?
		assert_equal "$mode: $status" "$mode: 125"
		grep -q 'Bad file descriptor' err
	done
}
