# SPDX-License-Identifier: GPL-2.0-or-later
# Ways around each key: garbage in the half of a register that the kernel does not read, another
# ABI's number, another call with the same effect, descriptors that come from elsewhere. Each was
# tried without the denial as well, so that a test that could not fail shows.
load helpers/common

setup() {
	PASSFD=$GYVE_HELPERS/passfd
}

@test "garbage in the upper half: ioctl, socket, prctl, scheduling, clone, unshare, setns" {
	expect_all <<-END
		none EBADF ioctl -1 0xdeadbeef00005412 0
		on EPERM ioctl -1 0xdeadbeef00005412 0
		on EPERM ioctl -1 0xffffffff00005412 0
		on EPERM ioctl -1 0x0000000100005412 0
		on EPERM ioctl 0xdeadbeefffffffff 0x8000000000005412 @buf
		on EPERM ioctl -1 0xdeadbeef0000541c 0
		on EPERM ioctl -1 0x000000010000541c 0
		on EBADF ioctl -1 0x0000541200000000 0
		none EBADF ioctl -1 0xdeadbeef00005416 @buf
		on EPERM ioctl -1 0xdeadbeef00005416 @buf
		on EPERM ioctl -1 0xffffffff00005418 @buf
		on EPERM ioctl -1 0x1000005423 @buf
		on EPERM ioctl -1 0xdeadbeef00004b49 @buf
		on,network=local EPERM ioctl -1 0xffffffff400454ca @buf
		on,kernel=deny EPERM ioctl -1 0xdeadbeefc0045877 0
		none ok keyctl 0xdeadbeef00000001 0
		on,elevateprivileges=deny killed keyctl 0xdeadbeef00000001 0
		on,elevateprivileges=deny killed keyctl 0x0000000100000012
		none ok prctl 0xdeadbeef0000001d 0 0 0 0
		on,resourcecontrol=deny EPERM prctl 0xdeadbeef0000001d 0 0 0 0
		none ok socket 0xdeadbeef00000002 2 0
		on,network=local EAFNOSUPPORT socket 0xdeadbeef00000002 2 0
		on,network=local EAFNOSUPPORT socket 0x0000000100000002 2 0
		on,network=local ok socket 0xdeadbeef00000001 1 0
		on,network=local EAFNOSUPPORT socket 0x0000000100000000 2 0
		on,network=local EAFNOSUPPORT socketpair 0xdeadbeef00000002 2 0 @buf
		on,network=deny EAFNOSUPPORT socket 0xdeadbeef00000001 1 0
		none ok prctl 0xdeadbeef00000008 0 0 0 0
		on,elevateprivileges=deny killed prctl 0xdeadbeef00000008 0 0 0 0
		on,elevateprivileges=deny killed prctl 0xdeadbeef0000001c 0 0 0 0
		on,elevateprivileges=deny killed prctl 0xdeadbeef00000018 9999 0 0 0
		on,elevateprivileges=deny killed prctl 0xdeadbeef0000002f 4 0 0 0
		on,elevateprivileges=deny killed prctl 47 0x0000000100000001 0 0 0
		on,elevateprivileges=deny killed prctl 47 2 0 0 0
		on,elevateprivileges=deny killed prctl 47 3 0 0 0
		none ok sched_setscheduler 0 0xdeadbeef00000000 @buf
		on,resourcecontrol=deny EPERM sched_setscheduler 0 0xdeadbeef00000000 @buf
		on,resourcecontrol=deny EPERM sched_setscheduler 0 0x0000000500000000 @buf
		on,resourcecontrol=deny ok sched_setscheduler 0 0xdeadbeef00000005 @buf
		none ok clone 0xdeadbeef00000011 0 0 0 0
		on,spawn=deny killed clone 0xdeadbeef00000011 0 0 0 0
		on,namespaces=deny EPERM clone 0xdeadbeef30000011 0 0 0 0
		on,elevateprivileges=deny killed clone 0xdeadbeef10000011 0 0 0 0
		on,elevateprivileges=deny killed unshare 0xdeadbeef10000000
		on,elevateprivileges=deny killed setns -1 0xdeadbeef00000000
		on,elevateprivileges=deny killed setns -1 0xdeadbeef10000000
		none ok personality 0xdeadbeef00000000
		on,kernel=deny EPERM personality 0xdeadbeef00000000
		on,kernel=deny EPERM personality 0xffffffff00000000
		on,kernel=deny ok personality 0xdeadbeefffffffff
		on,resourcecontrol=deny EPERM prlimit64 0 7 0x0000000100000000 0
		on,resourcecontrol=deny EPERM prlimit64 0 7 0x8000000000000000 0
	END
}

@test "x32 numbers: killed whatever the policy, below and above the table" {
	needs x86-64 is_x86_64
	local nr
	# read write ioctl socket clone fork vfork execve ptrace getpid; x32's own ioctl, execve,
	# ptrace, execveat; the last of its table, and beyond
	for nr in 0 1 16 41 56 57 58 59 101 39 514 520 521 545 547 548 1000 0x3fffffff; do
		echo "on killed $((0x40000000 + nr))"
		echo "strict killed $((0x40000000 + nr)) 0 0 0"
		echo "on,abi=all killed $((0x40000000 + nr)) 0 0 0"
		echo "on,compat=qemu killed $((0x40000000 + nr)) 0 0 0"
	done | expect_all
}

@test "int 0x80: an i386 call kills, with abi=all it meets the same policy" {
	needs x86-64 is_x86_64
	needs i386-calls "$TRY" -i getpid
	expect_all <<-END
		none ok -i getpid
		on killed -i getpid
		strict killed -i getpid
		on,unknown=deny killed -i 400
		on,abi=all ok -i getpid
		on,abi=all,spawn=deny killed -i fork
		on,abi=all,spawn=deny killed -i execve 0 0 0
		on,abi=all,network=local EAFNOSUPPORT -i socket 2 2 0
		none ok -i socketcall 1 @inet
		on,abi=all,network=local EAFNOSUPPORT -i socketcall 1 @inet
		on,abi=all EPERM -i ioctl -1 0x5412 0
	END
}

@test "debug: other processes by another call" {
	expect_all <<-END
		none EINVAL perf_event_open 0 @parent -1 -1 0xffffffff
		on,debug=deny EPERM perf_event_open @buf @parent -1 -1 0
		on,debug=deny EPERM bpf 1 @buf 16
		none ok pidfd_getfd @pidfd 1 0
		on,debug=deny EPERM pidfd_getfd @pidfd 1 0
		none ok process_vm_readv @parent 0 0 0 0 0
		on,debug=deny EPERM process_vm_readv @parent 0 0 0 0 0
		none ok process_vm_writev @parent 0 0 0 0 0
		on,debug=deny EPERM process_vm_writev @parent 0 0 0 0 0
		on,debug=deny EPERM ptrace 0 0 0 0
		on,debug=deny EPERM ptrace 16 @parent 0 0
		on,debug=deny EPERM ptrace 0x4206 @parent 0 0
		on,debug=deny EPERM process_madvise @pidfd 0 0 4 0
		on,debug=deny EPERM process_mrelease @pidfd 0
	END
}

@test "resourcecontrol: another process, another call, SCHED_IDLE with RESET_ON_FORK" {
	expect_all <<-END
		none ok prlimit64 @parent 4 @buf 0
		on,resourcecontrol=deny EPERM prlimit64 @parent 4 @buf 0
		on,resourcecontrol=deny ok prlimit64 @parent 4 0 @buf
		none ok sched_setscheduler 0 0x40000005 @buf
		on,resourcecontrol=deny EPERM sched_setscheduler 0 0x40000005 @buf
		on,resourcecontrol=deny ok sched_setscheduler 0 5 @buf
		none ok sched_setattr 0 @idle 0
		on,resourcecontrol=deny EPERM sched_setattr 0 @idle 0
		on,resourcecontrol=deny EPERM sched_setparam 0 @buf
		on,resourcecontrol=deny EPERM setpriority 0 @parent 19
		on,resourcecontrol=deny EPERM setpriority 2 0 19
		on,resourcecontrol=deny EPERM ioprio_set 1 @parent 0x6000
		on,resourcecontrol=deny EPERM sched_setaffinity @parent 8 @buf
	END
}

@test "elevateprivileges: the parent's session keyring, and one's own" {
	expect_all <<-END
		none ok keyctl 18
		on,elevateprivileges=deny killed keyctl 18
		strict killed keyctl 18
		none ok keyctl 1 0
		on,elevateprivileges=deny killed keyctl 1 0
		on,elevateprivileges=deny killed keyctl 14 -1
		on,elevateprivileges=deny killed keyctl 16 0
		on,elevateprivileges=deny EOPNOTSUPP keyctl 9999
		on,elevateprivileges=allow ok keyctl 1 0
	END
}

@test "elevateprivileges and namespaces: a user namespace by each call, capabilities by prctl" {
	expect_all <<-END
		none EINVAL setns @pidfd 0x10000000
		on,elevateprivileges=deny killed setns @pidfd 0x10000000
		on,elevateprivileges=deny killed setns @pidfd 0x30000000
		on,elevateprivileges=deny killed setns @pidfd 0
		on,elevateprivileges=deny killed unshare 0x10000000
		on,elevateprivileges=deny killed unshare 0x30020000
		on,elevateprivileges=deny killed clone 0x10000011 0 0 0 0
		on,elevateprivileges=deny ENOSYS clone3 @buf 88
		on,elevateprivileges=deny killed setgroups 0 0
		on,elevateprivileges=deny killed capset @buf @buf
		on,namespaces=deny EPERM setns @pidfd 0x10000000
		on,namespaces=deny EPERM setns @pidfd 0x20000
		on,namespaces=deny EPERM unshare 0x10000000
		on,namespaces=deny EPERM clone 0x10000011 0 0 0 0
		on,namespaces=deny ENOSYS clone3 @buf 88
		on,spawn=deny killed setns @pidfd 0x10000000
		on,spawn=deny killed unshare 0x10000000
	END
}

@test "kernel: personality's flags, and descriptors by handle" {
	expect_all <<-END
		none ok personality 0x0040000
		on,kernel=deny EPERM personality 0x0040000
		on,kernel=deny EPERM personality 0x0100000
		on,kernel=deny EPERM personality 8
		on,kernel=deny EPERM open_by_handle_at -100 @buf 0
	END
}

@test "network: every family but AF_UNIX, and none at all" {
	local family
	for family in 0 2 3 4 5 9 10 15 16 17 21 26 27 29 30 31 32 38 39 40 41 42 43 44 45 46 -1 65537; do
		echo "on,network=local EAFNOSUPPORT socket $family 2 0"
		echo "on,network=local EAFNOSUPPORT socketpair $family 2 0 @buf"
		echo "on,network=deny EAFNOSUPPORT socket $family 2 0"
	done | expect_all
}

@test "network: an interface of one's own" {
	opens_tun() { : 9<>/dev/net/tun; } 2>/dev/null
	needs tun-device opens_tun
	run "$TRY" ioctl 9 0x400454ca @buf 9<>/dev/net/tun
	assert_output EINVAL # an interface of no kind
	run "$GYVE" -sandbox on,network=local -- "$TRY" ioctl 9 0x400454ca @buf 9<>/dev/net/tun
	assert_output EPERM
}

@test "network: a socket taken out of another process" {
	expect_all <<-END
		on,network=local EPERM pidfd_getfd @pidfd 1 0
		on,network=deny EPERM pidfd_getfd @pidfd 1 0
	END
}

@test "network: io_uring makes sockets, a ring of one's own and an inherited one" {
	needs io_uring-sockets is_bound "$PASSFD" own-ring
	local spec
	run "$PASSFD" ring "$GYVE" -sandbox on -- "$PASSFD" use-ring
	assert_output bound
	for spec in on,network=local on,network=deny on,kernel=deny strict; do
		run "$GYVE" -sandbox $spec -- "$PASSFD" own-ring
		assert_output "Function not implemented"
		run "$PASSFD" ring "$GYVE" -sandbox $spec -- "$PASSFD" use-ring
		assert_output "Function not implemented"
	done
	run "$PASSFD" ring "$GYVE" --close-fds -- "$PASSFD" use-ring
	assert_failure
	assert_output --partial "no ring was passed"
}

is_bound() {
	[ "$("$@" 2>&1)" = bound ]
}

# What seccomp cannot see. The manual says so, and it has to stay true.
@test "network, not closed: an inherited socket works, unless --close-fds" {
	run "$PASSFD" inherit "$GYVE" -sandbox strict -- "$PASSFD" use
	assert_output bound
	run "$PASSFD" inherit "$GYVE" -sandbox strict --close-fds -- "$PASSFD" use
	assert_output "Bad file descriptor"
}

@test "network, not closed: a socket that another process sends works" {
	run "$PASSFD" send "$GYVE" -sandbox strict -- "$PASSFD" take
	assert_output bound
	run "$PASSFD" send "$GYVE" -sandbox strict --close-fds -- "$PASSFD" take
	assert_output "Bad file descriptor"
}

@test "a filter that the target loads itself opens nothing" {
	run "$GYVE" -sandbox on,spawn=deny -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox on,network=deny -- "$GYVE" -sandbox off -- "$TRY" socket 1 1 0
	assert_output EAFNOSUPPORT
	run "$GYVE" -sandbox on,action=kill -- "$GYVE" -sandbox on,action=log -- "$TRY" chroot 0
	assert_failure "$SIGSYS_STATUS"
}

@test "--die-with-parent is not undone: prctl, its upper half, another ABI; under --report, and a profile" {
	has_i386() { [ "$("$TRY" -i 20 2>/dev/null)" = ok ]; }
	undone() { run "$GYVE" --die-with-parent "$@" -- "$GYVE_HELPERS/takeover" undo $i386; }
	local i386= line mode
	run "$GYVE_HELPERS/takeover" undo
	assert_line 'undo native ok, is 0'
	assert_line 'undo other ok, is 18'
	echo '{"defaultAction": "SCMP_ACT_ALLOW"}' >"$BATS_TEST_TMPDIR/profile"
	for mode in "-sandbox on" "-sandbox on --report --report-file /dev/null" "--profile $BATS_TEST_TMPDIR/profile" \
		"--learn --report-file /dev/null" "--learn-profile $BATS_TEST_TMPDIR/learned"; do
		# shellcheck disable=SC2086
		undone $mode
		for line in native upper other; do
			assert_line "undo $line EPERM, is 9"
		done
		assert_line 'undo same ok, is 9'
	done
	undone -sandbox off # untouched, as the manual says
	assert_line 'undo native ok, is 0'
	needs i386-calls has_i386
	i386=i386
	undone -sandbox on,abi=all
	assert_line 'undo i386 EPERM, is 9'
	undone -sandbox on,abi=all --report --report-file /dev/null
	assert_line 'undo i386 EPERM, is 9'
}
