# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels that offer less, and surroundings that take something away. The older kernels are
# simulated: an outer filter (helpers/oldkernel) gives the answers that they would give.
load helpers/common

# Before Linux 4.14: no KILL_PROCESS, and no way to ask for an action at all.
NO_ACTIONS=seccomp:0=2:EOPNOTSUPP
# Before Linux 3.17: no seccomp(2). Also what gVisor and old container filters answer.
NO_SECCOMP=seccomp:ENOSYS
# The flag TSYNC is not known (Linux 3.17 has it; kernels with backports may lack it).
NO_TSYNC=seccomp:1\&1:EINVAL
# Before Linux 5.9.
NO_CLOSE_RANGE=close_range:ENOSYS

# old ANSWER COMMAND...: as root or whoever runs the tests; as_user old would not find a function.
old() {
	local answer=$1
	shift
	"${who[@]}" "$GYVE_HELPERS/oldkernel" "$answer" -- "$@"
}

in_user_namespace() {
	as_user unshare -Ur "$@"
}

setup() {
	who=(env)
	everyone=(env as_user)
	! as_user unshare -Ur true || everyone+=(in_user_namespace)
}

@test "simulated: without KILL_PROCESS the filter traps, which kills unless caught" {
	for who in "${everyone[@]}"; do
		run old $NO_ACTIONS "$GYVE" -sandbox on,spawn=deny -- "$TRY" fork
		assert_failure "$SIGSYS_STATUS"
		run old $NO_ACTIONS "$GYVE" -sandbox on,spawn=deny -- "$TRY" -s fork
		assert_line "SIGSYS fork"
		run "$who" "$GYVE" -sandbox on,spawn=deny -- "$TRY" -s fork
		assert_failure "$SIGSYS_STATUS"
		run old $NO_ACTIONS "$GYVE" -sandbox strict -- "$TRY" setpriority 99 0 0
		assert_line EPERM
		run old $NO_ACTIONS "$GYVE" -sandbox on,action=errno -- "$TRY" chroot 0
		assert_line EPERM
	done
}

@test "simulated: without KILL_PROCESS a SIGSYS that the caller ignores or blocks is reset and kills" {
	needs coreutils-9 env --ignore-signal=SYS --block-signal=SYS true
	local sysbit=$((1 << ($(kill -l SYS) - 1))) how
	for how in --ignore-signal=SYS --block-signal=SYS; do
		run env $how "$GYVE_HELPERS/oldkernel" $NO_ACTIONS -- \
			"$GYVE" -sandbox on,spawn=deny -- "$TRY" fork
		assert_failure "$SIGSYS_STATUS"
		# the kernel forces the signal; what the target starts with is gyve's doing
		[ "$(sigsys_bits env $how env)" -eq "$sysbit" ]
		[ "$(sigsys_bits env $how "$GYVE" --)" -eq 0 ]
		[ "$(sigsys_bits env $how "$GYVE" -sandbox on,action=trap --)" -eq 0 ]
	done
}

# The bit of SIGSYS in the ignored and the blocked signals of what COMMAND... starts.
sigsys_bits() {
	local masks
	masks=$("$@" grep -E 'SigIgn|SigBlk' /proc/self/status | cut -f2)
	# shellcheck disable=SC2086
	set -- $masks
	echo $(((0x$1 | 0x$2) & sysbit))
}

@test "simulated: action=log without the action LOG is refused" {
	run old $NO_ACTIONS "$GYVE" -sandbox on,action=log -- echo started
	assert_failure 125
	refute_output --partial started
	assert_output --partial "action=log"
}

@test "simulated: without TSYNC, and without seccomp(2), nothing is started" {
	for who in "${everyone[@]}"; do
		run old $NO_TSYNC "$GYVE" -sandbox on -- echo started
		assert_failure 125
		refute_line started
		assert_output --partial TSYNC
		run old $NO_SECCOMP "$GYVE" -sandbox on -- echo started
		assert_failure 125
		refute_line started
		assert_output --partial "no seccomp(2)"
		run old $NO_SECCOMP "$GYVE" -sandbox on,elevateprivileges=allow -- echo started
		assert_failure 125
		refute_line started
		run old $NO_SECCOMP "$GYVE" -sandbox off -- echo started
		assert_success
		assert_output started
	done
}

@test "simulated: --probe says what is missing: status 2 without loading, 1 without KILL_PROCESS" {
	run old $NO_SECCOMP "$GYVE" --probe
	assert_failure 2
	assert_output --partial "none"
	run old $NO_TSYNC "$GYVE" --probe
	assert_failure 2
	run old $NO_ACTIONS "$GYVE" --probe
	assert_failure 1
	assert_output --partial degraded
	assert_output --partial no-KILL_PROCESS
	run old $NO_ACTIONS "$GYVE" --probe --json
	assert_failure 1
	assert_output --partial '"KILL_PROCESS":false'
	run old $NO_CLOSE_RANGE "$GYVE" --probe
	assert_success
}

@test "simulated: without close_range(2) --close-fds closes one by one" {
	run old $NO_CLOSE_RANGE "$GYVE" --close-fds -- sh -c 'echo "$(ls /proc/$$/fd)"' 7</dev/null 9</dev/null
	assert_success
	refute_line 7
	refute_line 9
	assert_line 2
	run old $NO_CLOSE_RANGE "$GYVE" -- sh -c 'ls /proc/$$/fd' 7</dev/null
	assert_line 7
}

@test "unknown=deny answers numbers above the table, and no other" {
	local allowed=471 newest # rseq_slice_yield, by no row of rules.def
	newest=$("$GYVE" --explain 9999 | sed -n 's/.* its table reaches \([0-9]*\),.*/\1/p')
	needs x86-64 is_x86_64
	# The kernel answers ENOSYS as well: an outer filter's EACCES tells the two apart, since of
	# two filters that answer an errno the newest, gyve's, decides.
	"$GYVE_HELPERS/table" "$GYVE_HELPERS/oldkernel" 335+:EACCES -- <<-END
		none EACCES $allowed
		on EACCES $((newest + 1))
		on,unknown=allow EACCES $((newest + 1))
		on,unknown=deny EACCES $allowed
		on,unknown=deny ENOSYS $((newest + 1))
		on,unknown=deny ENOSYS 548
		on,unknown=deny ENOSYS 5000
		on,unknown=deny ENOSYS 0x3fffffff
		on,unknown=deny killed 0x40000000
		on,unknown=deny killed 0x400001ff
		on,unknown=deny killed 0x7fffffff
		on,unknown=deny killed 0x80000000
		on,unknown=deny killed 0xfffffffe
		on,unknown=deny EACCES 0xffffffff
		strict,debug=allow,outside=allow ENOSYS $((newest + 1))
	END
}

@test "as whoever runs the tests, as a user and in a user namespace: the same denials" {
	for who in "${everyone[@]}"; do
		run "$who" "$GYVE" -sandbox on,spawn=deny -- "$TRY" fork
		assert_failure "$SIGSYS_STATUS"
		run "$who" "$GYVE" -sandbox on -- "$TRY" chroot 0
		assert_failure "$SIGSYS_STATUS"
		run "$who" "$GYVE" -sandbox strict -- "$TRY" setpriority 99 0 0
		assert_output EPERM
		run "$who" "$GYVE" -sandbox on,spawn=deny,elevateprivileges=allow -- "$TRY" fork
		assert_failure "$SIGSYS_STATUS"
		run "$who" "$GYVE" --probe
		[ "$status" -le 1 ]
	done
}

@test "in a user namespace" {
	needs user-namespaces in_user_namespace true
	run in_user_namespace "$GYVE" -sandbox strict -- echo started
	assert_output started
}

@test "gyve inside gyve: both filters hold, the stricter answer wins" {
	run "$GYVE" -sandbox on,network=deny -- "$GYVE" -sandbox on,spawn=deny -- "$TRY" socket 1 1 0
	assert_output EAFNOSUPPORT
	run "$GYVE" -sandbox on,network=deny -- "$GYVE" -sandbox on,spawn=deny -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox on,action=errno -- "$GYVE" -sandbox on -- "$TRY" chroot 0
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox on -- "$GYVE" -sandbox on,action=errno -- "$TRY" chroot 0
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox on,spawn=deny -- "$GYVE" -- true
	assert_failure "$SIGSYS_STATUS" # the inner launch is an exec, which the outer one denies
	# every key but spawn denied outside leaves the inner launch possible
	run "$GYVE" -sandbox strict,spawn=allow -- "$GYVE" -sandbox strict -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox strict,spawn=allow -- "$GYVE" -sandbox strict -- echo two
	assert_output two
}
