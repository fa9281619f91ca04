# SPDX-License-Identifier: GPL-2.0-or-later
# abi=native and abi=all, live: real 32-bit programs, int 0x80 from 64-bit code, x32's numbers.
load helpers/common

setup_file() {
	# A 32-bit try, where the compiler can make one: the same source, the tables of i386.
	local src=$GYVE_SOURCE/src
	export TRY32=$BATS_FILE_TMPDIR/try32
	is_x86_64 || return 0
	cd "$BATS_FILE_TMPDIR"
	echo 'int main(void) { return 0; }' >empty.c
	"${CC:-cc}" -m32 -static -o empty empty.c 2>cc.log || return 0
	"${CC:-cc}" -m32 -static -D_GNU_SOURCE -I"$src" -o "$TRY32" \
		"$GYVE_SOURCE/tests/helpers/try.c" "$src/syscalls/syscalls.c" "$src/tables/tables.c"
}

has_int80() { is_x86_64 && [ "$("$TRY" -i 20 2>/dev/null)" = ok ]; }
has_32bit_file() { [ -x "$TRY32" ]; }
has_32bit() { has_32bit_file && [ "$("$TRY32" getpid 2>/dev/null)" = ok ]; }

# What a call answers without a sandbox: the same is wanted with one.
bare() { "$TRY32" "$@"; }

@test "x32's numbers are killed, under abi=native and abi=all" {
	needs x86-64 is_x86_64
	run "$GYVE" -sandbox on -- "$TRY" $((0x40000000 + 39))
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox on,abi=all -- "$TRY" $((0x40000000 + 39))
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox on,compat=qemu -- "$TRY" $((0x40000000 + 39))
	assert_failure "$SIGSYS_STATUS"
}

@test "x32's numbers without its bit are killed: before Linux 5.4 they worked" {
	needs x86-64 is_x86_64
	for nr in 512 520 521 528 545 547; do # rt_sigaction execve ptrace kexec_load execveat preadv2
		run "$GYVE" -sandbox on -- "$TRY" $nr
		assert_failure "$SIGSYS_STATUS"
	done
	run "$GYVE" -sandbox on -- "$TRY" 548
	assert_output ENOSYS
	run "$GYVE" -sandbox on,compat=qemu -- "$TRY" 520
	assert_output ENOSYS
}

@test "the number -1 passes, as a tracer's skipped call" {
	run "$GYVE" -sandbox strict -- "$TRY" 0xffffffff
	assert_output ENOSYS
}

@test "abi=native: a 32-bit target is announced with abi=all" {
	needs gcc-multilib has_32bit_file
	run "$GYVE" -sandbox on -- "$TRY32" getpid
	assert_failure
	assert_line --partial "warning: '$TRY32' is a program for i386"
	assert_line --partial "abi=all"
	run "$GYVE" -sandbox on,abi=all -- "$TRY32" getpid
	refute_line --partial "warning:"
}

@test "a target for another machine is not announced: no key would run it" {
	local machine='\267' # aarch64; its head alone
	[ "$NATIVE_ABI" != aarch64 ] || machine='\76'
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0'"$machine"'\0' >"$BATS_TEST_TMPDIR/foreign"
	chmod +x "$BATS_TEST_TMPDIR/foreign"
	run "$GYVE" -sandbox on -- "$BATS_TEST_TMPDIR/foreign"
	assert_failure
	refute_output --partial 'is a program for'
}

@test "abi=native: a 32-bit target dies of SIGSYS" {
	needs 32-bit-programs has_32bit
	run "$GYVE" -sandbox on -- "$TRY32" getpid
	assert_failure "$SIGSYS_STATUS"
}

@test "abi=native: int 0x80 from 64-bit code is killed" {
	needs i386-calls has_int80
	run "$GYVE" -sandbox on -- "$TRY" -i 20
	assert_failure "$SIGSYS_STATUS"
}

@test "abi=all: int 0x80 from 64-bit code meets the same policy" {
	needs i386-calls has_int80
	run "$GYVE" -sandbox on,abi=all -- "$TRY" -i 20
	assert_output ok
	for nr in 21 22 52 88; do # mount umount umount2 reboot
		run "$GYVE" -sandbox on,abi=all -- "$TRY" -i $nr
		assert_failure "$SIGSYS_STATUS"
	done
	# Garbage in the upper half, which the kernel does not read in such a call.
	run "$GYVE" -sandbox on,abi=all,network=local -- "$TRY" -i 359 0xa5a5a5a500000002 1 0
	assert_output EAFNOSUPPORT
}

@test "abi=all: a 32-bit program runs" {
	needs 32-bit-programs has_32bit
	run "$GYVE" -sandbox strict,abi=all -- "$TRY32" getpid
	assert_success
	assert_output ok
}

@test "abi=all: calls that only 32-bit ABIs have are stopped" {
	needs 32-bit-programs has_32bit
	for call in setuid32 setgid32 setresuid32 setfsgid32 setgroups32 setuid; do
		run "$GYVE" -sandbox on,abi=all,elevateprivileges=deny -- "$TRY32" $call 12345 12345 12345
		assert_failure "$SIGSYS_STATUS"
	done
	run "$GYVE" -sandbox on,abi=all -- "$TRY32" umount
	assert_failure "$SIGSYS_STATUS"
	for call in clock_settime64 clock_adjtime64 stime; do
		run "$GYVE" -sandbox on,abi=all,kernel=deny -- "$TRY32" $call
		assert_output EPERM
	done
	run "$GYVE" -sandbox on,abi=all,resourcecontrol=deny -- "$TRY32" sched_setaffinity
	assert_output EPERM
	run "$GYVE" -sandbox on,abi=all,resourcecontrol=deny -- "$TRY32" nice 1
	assert_output EPERM
}

@test "abi=all: socketcall makes no socket, and does the rest" {
	needs 32-bit-programs has_32bit
	for number in 1 8; do # SYS_SOCKET SYS_SOCKETPAIR
		[ "$(bare socketcall $number @inet)" != EAFNOSUPPORT ]
		run "$GYVE" -sandbox on,abi=all,network=local -- "$TRY32" socketcall $number @inet
		assert_output EAFNOSUPPORT
	done
	run "$GYVE" -sandbox on,abi=all,network=local -- "$TRY32" socketcall 3 @buf
	assert_output "$(bare socketcall 3 @buf)"
}

@test "abi=all: ipc is not affected" {
	needs 32-bit-programs has_32bit
	run "$GYVE" -sandbox strict,abi=all -- "$TRY32" ipc 24 -1 0 0 0
	assert_output "$(bare ipc 24 -1 0 0 0)"
}

@test "abi=all,spawn=deny: the launch of a 32-bit program works, its own execve is killed" {
	needs 32-bit-programs has_32bit
	run "$GYVE" -sandbox on,abi=all,spawn=deny -- "$TRY32" getpid
	assert_output ok
	for call in execve execveat fork vfork; do
		run "$GYVE" -sandbox on,abi=all,spawn=deny -- "$TRY32" $call
		assert_failure "$SIGSYS_STATUS"
	done
}
