# SPDX-License-Identifier: GPL-2.0-or-later
# The -sandbox language, seen in what real calls come to.
load helpers/common

# One call for each group whose rows kill, with what the kernel itself answers; harmless when made.
KILLING_GROUPS='
on                              EFAULT  chroot 0
on                              EINVAL  sysfs 99
on,elevateprivileges=deny       EINVAL  capset @buf 0
on,elevateprivileges=children   ok      prctl 8 0 0 0 0
on,spawn=deny                   EFAULT  execveat -1 0 0 0 0'

# The same for the groups that answer an errno by design, with that errno.
ERRNO_GROUPS='
on,spawn=deny                   ENOSYS          clone3 0 0
on,elevateprivileges=deny       ENOSYS          clone3 0 0
on,resourcecontrol=deny         EPERM           setpriority 99 0 0
on,network=local                EAFNOSUPPORT    socket 2 15 0
on,network=deny                 EAFNOSUPPORT    socket 1 1 0
on,network=deny                 ENOSYS          io_uring_setup 0 @buf
on,namespaces=deny              EPERM           unshare 0
on,namespaces=deny              ENOSYS          clone3 0 0
on,debug=deny                   EPERM           kcmp @self @self 99 0 0
on,kernel=deny                  EPERM           keyctl 9999
on,kernel=deny                  ENOSYS          io_uring_setup 0 @buf
on                              EPERM           ioctl -1 0x5412 0'

@test "every value of every key does what its line of data says" {
	grep -v "^#" "$GYVE_SOURCE/tests/data/values.txt" | sed "s/^/on,/" | expect_all 3>&-
}

@test "every value of every key has a line of data" {
	local key value
	for key in $("$GYVE" --list-keys | cut -f1); do
		for value in $("$GYVE" --list-values "$key" | cut -f1); do
			run grep -c "^$key=$value " "$GYVE_SOURCE/tests/data/values.txt"
			echo "$key=$value"
			assert_success
		done
	done
}

@test "enable: yes, true and y are on; no, false and n are off; with and without 'enable='" {
	local word
	for word in on yes true y; do
		echo "$word killed chroot 0"
		echo "enable=$word killed chroot 0"
	done | expect_all
	for word in off no false n; do
		echo "$word EFAULT chroot 0"
		echo "enable=$word EFAULT chroot 0"
	done | expect_all
}

@test "without -sandbox, and in a string without 'enable', the sandbox is on" {
	run "$GYVE" -- "$TRY" chroot 0
	assert_failure "$SIGSYS_STATUS"
	expect_all <<-END
		spawn=deny killed chroot 0
		spawn=deny killed fork
		resourcecontrol=deny killed chroot 0
	END
}

@test "off: nothing is denied, whatever else is written" {
	expect_all <<-END
		off,spawn=deny,network=deny ok fork
		off,spawn=deny,network=deny ok socket 1 1 0
		spawn=deny,enable=off ok fork
	END
}

@test "the last of a key wins, in one string and over several" {
	expect_all <<-END
		on,spawn=deny,spawn=allow ok fork
		on,spawn=allow,spawn=deny killed fork
		on,network=deny,network=local ok socket 1 1 0
	END
	run "$GYVE" -sandbox on,spawn=deny -sandbox on,spawn=allow -- "$TRY" fork
	assert_success
	run "$GYVE" -sandbox on,spawn=allow --sandbox=on,spawn=deny -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox on -sandbox off -- "$TRY" chroot 0
	assert_output EFAULT
	run "$GYVE" -sandbox off -sandbox on -- "$TRY" chroot 0
	assert_failure "$SIGSYS_STATUS"
}

@test "several -sandbox merge: keys of the first stay" {
	local both=(-sandbox on,spawn=deny -sandbox network=deny)
	run "$GYVE" "${both[@]}" -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" "${both[@]}" -- "$TRY" socket 1 1 0
	assert_output EAFNOSUPPORT
	run "$GYVE" -sandbox strict -sandbox spawn=allow -- "$TRY" fork
	assert_output ok
	run "$GYVE" -sandbox spawn=allow -sandbox strict -- "$TRY" fork
	assert_output ok
}

@test "on after strict is refused, unless it is written out: what was asked for stays" {
	run "$GYVE" -sandbox strict -sandbox on,network=allow -- "$TRY" fork
	assert_failure 125
	assert_output --partial "would undo it"
	run "$GYVE" -sandbox strict -sandbox enable=on -- "$TRY" fork
	assert_output ok
	run "$GYVE" -sandbox on -sandbox strict -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox strict -sandbox strict,network=allow -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox strict -sandbox off -- "$TRY" fork
	assert_output ok
}

@test "strict: every key at its tightest" {
	expect_all <<-END
		strict killed chroot 0
		strict killed sysfs 99
		strict killed capset @buf 0
		strict killed fork
		strict EPERM setpriority 99 0 0
		strict EAFNOSUPPORT socket 1 1 0
		strict killed unshare 0
		strict EPERM kcmp @self @self 99 0 0
		strict EPERM keyctl 9999
		strict EPERM ioctl -1 0x5412 0
		strict killed 0x40000027
	END
}

@test "strict and a single key after or before it: only that key opens" {
	expect_all <<-END
		strict,spawn=allow ok fork
		strict,spawn=allow EPERM unshare 0
		strict,spawn=allow,namespaces=allow ok unshare 0
		spawn=allow,enable=strict ok fork
		strict,spawn=allow EAFNOSUPPORT socket 1 1 0
		strict,obsolete=allow EINVAL sysfs 99
		strict,elevateprivileges=allow EINVAL capset @buf 0
		strict,elevateprivileges=allow killed fork
		strict,resourcecontrol=allow EINVAL setpriority 99 0 0
		strict,network=local ok socket 1 1 0
		strict,network=local EAFNOSUPPORT socket 2 15 0
		strict,network=allow ENOSYS io_uring_setup 0 @buf
		strict,debug=allow EINVAL kcmp @self @self 99 0 0
		strict,debug=allow EPERM pidfd_getfd -1 0 1
		strict,kernel=allow EOPNOTSUPP keyctl 9999
		strict,tty=allow EBADF ioctl -1 0x5412 0
		strict,action=errno EPERM fork
	END
}

# Lines for a launch with these IDs: what it has passes, with anything above, all else kills.
set_id_lines() {
	local uid=$1 gid=$2 spec garbage
	for spec in on,elevateprivileges=deny strict; do
		for garbage in 0 0xdeadbeef00000000 0xffffffff00000000; do
			echo "$spec ok setuid $((uid | garbage))"
			echo "$spec ok setfsgid $((gid | garbage))"
			echo "$spec ok setresuid $((uid | garbage)) -1 $((uid | garbage))"
			echo "$spec ok setregid $((0xffffffff | garbage)) $((gid | garbage))"
			echo "$spec killed setuid $(((uid + 1) | garbage))"
			echo "$spec killed setfsuid $(((uid + 1) | garbage))"
			echo "$spec killed setresgid $gid $((gid | garbage)) $(((gid + 1) | garbage))"
			echo "$spec killed setresuid -1 $(((uid + 1) | garbage)) -1"
			echo "$spec killed setreuid $(((uid + 1) | garbage)) $((uid | garbage))"
		done
		[ "$uid" -eq 0 ] || echo "$spec killed setuid 0"
		echo "$spec killed setgroups 0 0"
	done
	echo "on,compat=qemu,elevateprivileges=deny killed setuid $uid"
	echo "on,compat=qemu,elevateprivileges=deny killed setfsgid -1"
}

@test "elevateprivileges: IDs may be set to what they are, and to nothing else" {
	set_id_lines "$(id -u)" "$(id -g)" | expect_all
	[ "$(id -u)" -eq 0 ] || return 0
	needs build-for-nobody as_user test -x "$GYVE" -a -x "$TRY"
	set_id_lines 65534 65534 | expect_all setpriv --reuid=65534 --regid=65534 --clear-groups --
	set_id_lines 70000 1 | expect_all setpriv --reuid=70000 --regid=1 --clear-groups --
}

@test "elevateprivileges: i386 calls compare 16 bits where the kernel reads 16" {
	needs i386-calls "$TRY" -i getpid
	local uid
	uid=$(id -u)
	[ "$uid" -lt 65535 ] || needs low-uid false
	expect_all <<-END
		on,abi=all,elevateprivileges=deny ok -i setuid $uid
		on,abi=all,elevateprivileges=deny ok -i setuid $((uid | 0xdead0000))
		on,abi=all,elevateprivileges=deny ok -i setreuid 0xffff $((uid | 0x10000))
		on,abi=all,elevateprivileges=deny killed -i setuid $((uid ^ 0x8000))
		on,abi=all,elevateprivileges=deny ok -i setuid32 $uid
		on,abi=all,elevateprivileges=deny ok -i setresuid32 $uid -1 $uid
		on,abi=all,elevateprivileges=deny killed -i setuid32 $((uid | 0x10000))
		on,abi=all,elevateprivileges=deny killed -i setreuid32 0xffff $uid
		on,abi=all,elevateprivileges=deny killed -i setresgid32 -1 -1 $(($(id -g) + 1))
	END
}

@test "action=kill: the process dies, in every group that kills" {
	local spec outcome call
	while read -r spec outcome call; do
		[ -n "$spec" ] || continue
		echo "none $outcome $call"
		echo "$spec,action=kill killed $call"
	done <<<"$KILLING_GROUPS" | expect_all
}

@test "action=trap: SIGSYS with the call's number reaches a handler, and kills without one" {
	local spec outcome call
	while read -r spec outcome call; do
		[ -n "$spec" ] || continue
		echo "$spec,action=trap SIGSYS_${call%% *} -s $call"
		echo "$spec,action=trap killed $call"
		echo "$spec,action=kill killed -s $call"
	done <<<"$KILLING_GROUPS" | expect_all
}

@test "action=errno: EPERM, in every group that kills" {
	local spec outcome call
	while read -r spec outcome call; do
		[ -n "$spec" ] || continue
		echo "$spec,action=errno EPERM $call"
	done <<<"$KILLING_GROUPS" | expect_all
}

@test "action=log: the call is let through, in every group that kills" {
	local spec outcome call
	while read -r spec outcome call; do
		[ -n "$spec" ] || continue
		echo "$spec,action=log $outcome $call"
	done <<<"$KILLING_GROUPS" | expect_all
}

@test "rows that answer an errno by design keep it under every action" {
	local action spec outcome call
	for action in kill trap errno log; do
		while read -r spec outcome call; do
			[ -n "$spec" ] || continue
				echo "$spec,action=$action $outcome -s $call"
		done <<<"$ERRNO_GROUPS"
	done | expect_all
}

@test "an ABI that is refused follows action as well (x32)" {
	needs x86-64 is_x86_64
	# x32's getpid: without gyve a number, or ENOSYS where the kernel lacks x32
	run "$TRY" 0x40000027
	assert_success
	local without=$output
	expect_all <<-END
		on killed 0x40000027
		on,abi=all killed 0x40000027
	END
	expect on,action=trap "SIGSYS_$((0x40000027))" -s 0x40000027
	expect on,action=errno EPERM 0x40000027
	expect on,action=log "$without" 0x40000027
}
