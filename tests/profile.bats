# SPDX-License-Identifier: GPL-2.0-or-later
# --profile: OCI seccomp profiles, alone and together with -sandbox.
load helpers/common
load helpers/profiles

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# As root: without the capabilities that root has.
without_capabilities=()
[ "$(id -u)" -ne 0 ] || without_capabilities=(setpriv --bounding-set=-all --inh-caps=-all --)

# try's word under a profile, without warnings
under() {
	local file=$1
	shift
	run --separate-stderr "$GYVE" --profile "$file" -- "$TRY" "$@"
}

# ---- real profiles ----

@test "profile: under Docker's default, ordinary programs run and the rest is EPERM" {
	under "$DOCKER" getpid
	assert_output ok
	under "$DOCKER" mount 0 0 0 0
	if [ "$(id -u)" -ne 0 ]; then assert_output EPERM; fi
	under "$DOCKER" socket 38 5 0
	assert_output EPERM
	under "$DOCKER" personality 0x40000
	assert_output EPERM
	under "$DOCKER" personality 0xffffffff
	assert_output ok
	under "$DOCKER" kexec_load 0 0 0 0
	assert_output EPERM
	# newer than everything the profile names
	under "$DOCKER" 600
	assert_output ENOSYS
	run --separate-stderr "$GYVE" --profile "$DOCKER" -- sh -c 'echo $(ls / | wc -l) | grep -c .'
	assert_output 1
}

@test "profile: what Docker includes by capability is denied without it" {
	run --separate-stderr "${without_capabilities[@]}" "$GYVE" --profile "$DOCKER" -- "$TRY" chroot 0
	assert_output EPERM
	run --separate-stderr "${without_capabilities[@]}" "$GYVE" --profile "$DOCKER" --print
	refute_line --regexp ' (chroot|bpf|reboot|mount) '
	if [ "$(id -u)" -eq 0 ]; then
		run --separate-stderr "$GYVE" --profile "$DOCKER" --print
		assert_line --regexp ' chroot +[0-9]+ +- +ALLOW +profile'
	fi
}

@test "profile: under Podman's default, unknown is ENOSYS and known EPERM" {
	under "$PODMAN" getpid
	assert_output ok
	under "$PODMAN" 600
	assert_output ENOSYS
	under "$PODMAN" vmsplice 0 0 0 0
	assert_output EPERM
	# "defaultErrno" and "errno" by name
	under "$PODMAN" socket 2 1 0
	assert_output ok
}

@test "profile: the warning of a 64-bit comparison says which rule, and tells the truth" {
	run "$GYVE" --profile "$DOCKER" -- true
	assert_success
	assert_line --partial 'syscalls[4]: argument 0 of socket has 32 bits and is compared in 64'
	[ "$(grep -c 'compared in 64' <<<"$output")" -eq 1 ]
	# AF_ALG is refused, and passes with garbage above: to the kernel it is the same family
	under "$DOCKER" socket 38 5 0
	assert_output EPERM
	run --separate-stderr "$GYVE" --profile "$DOCKER" -- "$TRY" socket 0x100000026 5 0
	refute_output EPERM
}

# ---- each part of the format ----

@test "profile: every operator, at its edges" {
	write_profile p.json \
		'{"names": ["dup"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [{"index": 1, "value": 5, "op": "SCMP_CMP_EQ"}]}' \
		'{"names": ["dup2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2, "args": [{"index": 2, "value": 5, "op": "SCMP_CMP_NE"}]}' \
		'{"names": ["lseek"], "action": "SCMP_ACT_ERRNO", "errnoRet": 3, "args": [{"index": 3, "value": 4294967296, "op": "SCMP_CMP_LT"}]}' \
		'{"names": ["flock"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4, "args": [{"index": 3, "value": 4294967296, "op": "SCMP_CMP_LE"}]}' \
		'{"names": ["fsync"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5, "args": [{"index": 3, "value": 4294967296, "op": "SCMP_CMP_GT"}]}' \
		'{"names": ["fchdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 6, "args": [{"index": 3, "value": 18446744073709551614, "op": "SCMP_CMP_GE"}]}' \
		'{"names": ["fchmod"], "action": "SCMP_ACT_ERRNO", "errnoRet": 7, "args": [{"index": 3, "value": 240, "valueTwo": 16, "op": "SCMP_CMP_MASKED_EQ"}]}'
	while read -r expected call; do
		# shellcheck disable=SC2086
		under p.json $call
		[ "$output" = "$expected" ] || fail "$call: $output instead of $expected"
	done <<-EOF
		EPERM dup -1 5
		ENOSYS dup -1 0x100000005
		ENOENT dup2 -1 -1 4
		ENOSYS dup2 -1 -1 5
		ESRCH lseek -1 0 0 0xffffffff
		ENOSYS lseek -1 0 0 0x100000000
		EINTR flock -1 0 0 0x100000000
		ENOSYS flock -1 0 0 0x100000001
		EIO fsync -1 0 0 0x100000001
		EIO fsync -1 0 0 0x200000000
		ENOSYS fsync -1 0 0 0x100000000
		ENXIO fchdir -1 0 0 0xffffffffffffffff
		ENXIO fchdir -1 0 0 0xfffffffffffffffe
		ENOSYS fchdir -1 0 0 0xfffffffffffffffd
		E2BIG fchmod -1 0 0 0xff1f
		ENOSYS fchmod -1 0 0 0xff2f
	EOF
}

@test "profile: comparisons of several arguments must all hold; two of one, any" {
	write_profile p.json \
		'{"names": ["dup"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [{"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 2, "value": 2, "op": "SCMP_CMP_EQ"}]}' \
		'{"names": ["flock"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [{"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 2, "op": "SCMP_CMP_EQ"}]}'
	under p.json dup -1 1 2
	assert_output EPERM
	under p.json dup -1 1 3
	assert_output ENOSYS
	under p.json flock -1 1
	assert_output EPERM
	under p.json flock -1 2
	assert_output EPERM
	under p.json flock -1 3
	assert_output ENOSYS
}

@test "profile: every action" {
	write_profile p.json '{"name": "dup", "action": "SCMP_ACT_KILL"}' '{"names": ["dup2"], "action": "SCMP_ACT_KILL_PROCESS"}' \
		'{"names": ["flock"], "action": "SCMP_ACT_TRAP"}' '{"names": ["fsync"], "action": "SCMP_ACT_LOG"}' \
		'{"names": ["fchdir"], "action": "SCMP_ACT_TRACE"}' '{"names": ["fchmod"], "action": "SCMP_ACT_ERRNO", "errno": "EXDEV"}'
	for call in dup dup2 flock; do
		under p.json $call -1
		assert_failure "$SIGSYS_STATUS"
	done
	under p.json fsync -1
	assert_output EBADF
	under p.json fchdir -1 # nobody traces
	assert_output ENOSYS
	# shellcheck disable=SC2154
	[[ $stderr = *'p.json: syscalls[5].action: SCMP_ACT_TRACE denies nothing: the target can bring its own tracer'* ]]
	under p.json fchmod -1
	assert_output EXDEV
}

@test "profile: where entries contradict each other the strictest holds, in either order" {
	write_profile p.json '{"names": ["dup"], "action": "SCMP_ACT_ALLOW"}' \
		'{"names": ["dup"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [{"index": 1, "value": 9, "op": "SCMP_CMP_EQ"}]}'
	under p.json dup -1 9
	assert_output EPERM
	under p.json dup -1 8
	assert_output EBADF
}

@test "profile: includes and excludes by architecture and kernel" {
	native=$NATIVE_ABI
	case $native in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; *) arch=$native ;; esac
	write_profile p.json \
		'{"names": ["dup"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["mips", "'$arch'"]}}' \
		'{"names": ["dup2"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["mips"]}}' \
		'{"names": ["flock"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["'$arch'"]}}' \
		'{"names": ["fsync"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}}' \
		'{"names": ["fchdir"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "99.0"}}' \
		'{"names": ["fchmod"], "action": "SCMP_ACT_ALLOW", "excludes": {"minKernel": "4.8"}}' \
		'{"names": ["lseek"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8.0"}}' \
		'{"names": ["ftruncate"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "'"$(uname -r | sed 's/^\([0-9]*\.[0-9]*\).*/\1/')"'.9999"}}'
	for pair in dup:EBADF dup2:ENOSYS flock:ENOSYS fsync:EBADF fchdir:ENOSYS fchmod:ENOSYS lseek:EBADF ftruncate:ENOSYS; do
		under p.json ${pair%:*} -1
		[ "$output" = "${pair#*:}" ] || fail "$pair: $output"
	done
}

@test "profile: calls of an ABI that it does not cover kill; of one that it does, are filtered" {
	needs x86-64 is_x86_64
	needs i386-calls "$TRY" -i 20
	write_profile p.json
	under p.json -i 20 # getpid
	assert_failure "$SIGSYS_STATUS"
	under "$DOCKER" -i 20
	assert_output ok
	under "$DOCKER" -i 88 # reboot
	if [ "$(id -u)" -ne 0 ]; then assert_output EPERM; fi
	run --separate-stderr "$GYVE" --profile "$DOCKER" -sandbox on -- "$TRY" -i 20
	assert_failure "$SIGSYS_STATUS" # abi=native
	run --separate-stderr "$GYVE" --profile "$DOCKER" -sandbox on,abi=all -- "$TRY" -i 20
	assert_output ok
}

@test "profile: an i386 call is compared in its 32 bits, whatever 64-bit code leaves above them" {
	needs i386-calls "$TRY" -i 20
	# Docker's lets families above 40 through: to the kernel this is 40, AF_VSOCK
	under "$DOCKER" -i socket 0x100000028 1 0
	assert_output EPERM
	under "$DOCKER" -i socket 0x100000001 1 0
	assert_output ok
	write_profile p.json '{"names": ["dup"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 4294967295, "op": "SCMP_CMP_EQ"}]}' \
		'{"names": ["fchdir"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 4294967296, "op": "SCMP_CMP_GT"}]}'
	sed -i '1s/{/{"architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], /' p.json
	under p.json -i dup 0xa5a5a5a5ffffffff
	assert_output EBADF
	under p.json -i dup 0xa5a5a5a5fffffffe
	assert_output ENOSYS
	# no argument of 32 bits is above: libseccomp would compare with the low half, 0
	under p.json -i fchdir 0xfffffffff
	assert_output ENOSYS
	under p.json fchdir 0xfffffffff
	assert_output EBADF
}

@test "profile: what is allowed or denied of a call is so through socketcall and ipc" {
	needs i386-calls "$TRY" -i 20
	local bare_socket bare_ipc
	bare_socket=$("$TRY" -i socketcall 1 @buf)
	bare_ipc=$("$TRY" -i ipc 0x10002 0 0 99999999)
	both='"architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], '
	write_profile p.json '{"names": ["socket"], "action": "SCMP_ACT_ALLOW"}'
	sed -i "1s/{/{$both/" p.json
	under p.json -i socketcall 1 @buf
	assert_output "$bare_socket"
	under p.json -i socketcall 2 @buf
	assert_output ENOSYS
	write_profile p.json '{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}]}'
	sed -i "1s/{/{$both/" p.json
	under p.json -i socketcall 1 @buf
	assert_output ENOSYS
	# ipc has a version above the number
	echo '{'"$both"'"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{"names": ["semget", "socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 18,
		"args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}]}' >p.json
	under p.json -i ipc 0x10002 0 0 99999999
	assert_output EXDEV
	under p.json -i ipc 0x10003 0 0 99999999
	refute_output EXDEV
	under p.json -i socketcall 0x500000001 @buf
	assert_output EXDEV
	# who names them has decided
	sed -i 's/"syscalls": \[/&{"names": ["ipc"], "action": "SCMP_ACT_ALLOW"}, /' p.json
	under p.json -i ipc 0x10002 0 0 99999999
	assert_output "$bare_ipc"
}

@test "profile: what an entry names without a rule counts as known, and none at all is no horizon" {
	cat >p.json <<-EOF
		{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
		  {"names": ["read", "write", "execve", "exit_group"], "action": "SCMP_ACT_ALLOW"},
		  {"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}]}
	EOF
	highest=$("$GYVE" --explain bpf | grep -o 'number [0-9]*' | head -1 | tr -dc 0-9)
	run --separate-stderr "$GYVE" --profile p.json --print
	assert_line --regexp "^[^ ]+ +$((highest + 1))-[0-9]+ .*ERRNO\\(ENOSYS\\)"
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}' >p.json
	run --separate-stderr "$GYVE" --profile p.json --print
	refute_line --regexp '^[^ ]+ +[0-9]-[0-9]+ .*ENOSYS'
}

@test "profile: a foreign target is announced with what would cover it" {
	needs x86-64 is_x86_64
	printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\3\0' >i386 # its head alone
	chmod +x i386
	write_profile p.json
	run "$GYVE" --profile p.json -- ./i386
	assert_line --partial "'./i386' is a program for i386, every call of which the policy stops; the profile does not have its architecture"
	run "$GYVE" --profile p.json -sandbox on,abi=all -- ./i386
	assert_line --partial 'the profile does not have its architecture'
	run "$GYVE" --profile "$DOCKER" -sandbox on -- ./i386
	assert_line --partial "'abi=all' would cover it"
	run "$GYVE" --profile "$DOCKER" -- ./i386
	refute_line --partial 'is a program for i386'
}

@test "profile: one that allows by default has no way round it by x32's calls" {
	needs x86-64 is_x86_64
	echo '{"defaultAction": "SCMP_ACT_ALLOW"}' >p.json
	run "$GYVE" --profile p.json --print
	assert_line --regexp '^x86_64 +512-547 .*ERRNO\(ENOSYS\)'
	assert_line --regexp '^x86_64 +1073741824-4294967294 .*KILL_PROCESS'
}

@test "profile: flags reach the kernel" {
	write_profile p.json
	sed -i '1s/{/{"flags": ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"], /' p.json
	under p.json getpid
	assert_output ok
	needs strace
	run strace -f -e trace=seccomp "$GYVE" --profile p.json -- "$TRY" getpid
	assert_output --regexp 'SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC\|SECCOMP_FILTER_FLAG_LOG\|SECCOMP_FILTER_FLAG_SPEC_ALLOW'
}

# ---- the launch ----

@test "profile: the launch passes where the profile does not allow execve, and once" {
	write_profile p.json
	under p.json execve 0 0 0
	assert_output ENOSYS
	write_profile p.json '{"names": ["execve", "execveat"], "action": "SCMP_ACT_KILL_PROCESS"}'
	under p.json execve 0 0 0
	assert_failure "$SIGSYS_STATUS"
	under p.json getpid
	assert_output ok
	# and where everything is killed that is not named
	sed -i 's/SCMP_ACT_ERRNO", "defaultErrnoRet": 38/SCMP_ACT_KILL_PROCESS"/' p.json
	under p.json getpid
	assert_output ok
	under p.json dup -1
	assert_failure "$SIGSYS_STATUS"
}

@test "profile: with -sandbox the stricter verdict wins, each way" {
	write_profile p.json '{"names": ["socket", "fork", "clone", "execve"], "action": "SCMP_ACT_ALLOW"}' \
		'{"names": ["dup"], "action": "SCMP_ACT_KILL_PROCESS"}'
	run "$GYVE" --profile p.json -sandbox on,network=local -- "$TRY" socket 2 1 0
	assert_output EAFNOSUPPORT
	run "$GYVE" --profile p.json -sandbox on,network=local -- "$TRY" socket 1 1 0
	assert_output ok
	run "$GYVE" --profile p.json -sandbox on,spawn=deny -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" --profile p.json -sandbox on -- "$TRY" dup -1
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" --profile p.json -sandbox on -- "$TRY" flock -1
	assert_output ENOSYS
	# action=log lets nothing through that the profile denies
	run "$GYVE" --profile p.json -sandbox on,action=log -- "$TRY" mount 0 0 0 0
	assert_output ENOSYS
}

@test "profile: a launch without one opens no library and no file for it" {
	needs strace
	run strace -f -e trace=openat,open "$GYVE" -sandbox on -- true
	refute_output --partial json
}

# ---- errors ----

refused() {
	local text=$1
	shift
	printf '%s' "$text" >bad.json
	run "$GYVE" "$@" --profile bad.json -- true
	assert_failure 125
}

@test "profile: what is not JSON is refused with file and line" {
	refused $'{\n  "defaultAction": SCMP,\n}'
	assert_output --partial 'bad.json:2: not JSON'
	refused $'{"defaultAction":\n\n'
	assert_output --partial 'bad.json:3: the file ends inside the JSON value'
	refused ''
	run "$GYVE" --profile /nonexistent -- true
	assert_failure 125
	assert_output "gyve: cannot open '/nonexistent': No such file or directory"
}

@test "profile: what a string or number of ours cannot hold is refused" {
	printf '{"defaultAction": "SCMP_ACT_ALLOW"}\0{"syscalls": 1}' >bad.json
	run "$GYVE" --profile bad.json -- true
	assert_failure 125
	assert_output 'gyve: bad.json:1: not JSON: something follows the value'
	refused $'{"defaultAction":\n"SCMP_ACT_ALLOW\\u0000"}'
	assert_output 'gyve: bad.json:2: not for a profile: a NUL'
	refused '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["dup"], "action": "SCMP_ACT_ERRNO",
		"args": [{"index": 0, "value": 18446744073709551616, "op": "SCMP_CMP_EQ"}]}]}'
	assert_output 'gyve: bad.json: syscalls[0].args[0].value: 18446744073709551616: must be a number of 64 bits without sign'
	write_profile good.json '{"names": ["dup"], "action": "SCMP_ACT_ALLOW", "comment": "\\u0000 \"1 18446744073709551616",
		"args": [{"index": 0, "value": 18446744073709551615, "op": "SCMP_CMP_EQ"}]}'
	under good.json dup -1
	assert_output EBADF
	under good.json dup 0
	assert_output ENOSYS
}

@test "profile: a bad value is refused with its place and the value" {
	refused '[]'
	assert_output --partial 'must be an object'
	refused '{}'
	assert_output --partial 'defaultAction: null: missing'
	refused '{"defaultAction": "SCMP_ACT_ALLOWED"}'
	assert_output --partial 'bad.json: defaultAction: "SCMP_ACT_ALLOWED": not an action'
	local head='{"defaultAction": "SCMP_ACT_ALLOW", '
	refused "$head\"syscalls\": {}}"
	assert_output --partial 'syscalls: {...}: must be an array'
	refused "$head\"syscalls\": [{\"names\": [\"dup\"], \"action\": \"SCMP_ACT_KILL\"}, {\"names\": [\"dup\"], \"action\": \"SCMP_ACT_KILL\", \"args\": [{\"index\": 6, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}"
	assert_output --partial 'syscalls[1].args[0].index: 6: must be the index of an argument, 0 to 5'
	refused "$head\"syscalls\": [{\"names\": [\"dup\"], \"action\": \"SCMP_ACT_KILL\", \"args\": [{\"index\": 0, \"value\": -1, \"op\": \"SCMP_CMP_EQ\"}]}]}"
	assert_output --partial 'syscalls[0].args[0].value: -1: must be'
	refused "$head\"syscalls\": [{\"names\": [\"dup\"], \"action\": \"SCMP_ACT_KILL\", \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"==\"}]}]}"
	assert_output --partial 'syscalls[0].args[0].op: "==": not an operator'
	refused "$head\"syscalls\": [{\"names\": [\"dup\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 5000}]}"
	assert_output --partial 'errnoRet: 5000: must be an error number'
	refused "$head\"syscalls\": [{\"names\": [\"dup\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}"
	assert_output --partial 'needs an agent'
	refused "$head\"syscalls\": [{\"names\": [\"dup\"], \"action\": \"SCMP_ACT_KILL\", \"includes\": {\"minKernel\": \"4\"}}]}"
	assert_output --partial 'syscalls[0].includes.minKernel: "4": must be two or three numbers'
	refused "$head\"syscalls\": [{\"names\": [\"dup\"], \"action\": \"SCMP_ACT_KILL\", \"includes\": {\"minKernel\": \"4.8.0.1\"}}]}"
	assert_output --partial 'must be two or three numbers'
	refused "$head\"architectures\": [\"SCMP_ARCH_MIPS\"]}"
	assert_output --partial "does not have this machine's architecture"
	refused "$head\"architectures\": [\"SCMP_ARCH_X86_64\"], \"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\"}]}"
	assert_output --partial 'together with "archMap"'
	refused "$head\"flags\": [\"SECCOMP_FILTER_FLAG_MORE\"]}"
	assert_output --partial 'flags: "SECCOMP_FILTER_FLAG_MORE": not a flag'
}

@test "profile: what is not known is a warning, and with --strict-profile refused" {
	local text='{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["dup", "dupp"], "action": "SCMP_ACT_KILL"}]}'
	printf '%s' "$text" >p.json
	run "$GYVE" --profile p.json -- "$TRY" getpid
	assert_success
	assert_line --partial "1 system calls are not in this gyve's table, and get the default: dupp"
	assert_line ok
	refused "$text" --strict-profile
	assert_output --partial 'syscalls[0].names: "dupp": not a system call'
	refused '{"defaultAction": "SCMP_ACT_ALLOW", "defaultAktion": 1}' --strict-profile
	assert_output --partial 'defaultAktion: unknown member'
	refused '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["dup"], "action": "SCMP_ACT_KILL", "includes": {"caps": ["CAP_NONE"]}}]}' --strict-profile
	assert_output --partial 'caps: "CAP_NONE": not a capability'
}

@test "profile: every call of an entry may have an errno of its own" {
	local entries=() number
	for number in {1..40}; do
		entries+=("{\"names\": [\"dup\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": $number, \"args\": [{\"index\": 0, \"value\": $((100 + number)), \"op\": \"SCMP_CMP_EQ\"}]}")
	done
	write_profile p.json "${entries[@]}"
	under p.json dup 107
	assert_output E2BIG
	under p.json dup 118
	assert_output EXDEV
}

@test "profile: a member that is there twice is a warning, and with --strict-profile refused" {
	local text='{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["dup"], "action": "SCMP_ACT_ALLOW", "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}'
	printf '%s' "$text" >p.json
	run "$GYVE" --profile p.json -- "$TRY" dup -1
	assert_line 'gyve: warning: p.json: syscalls[0].action: given twice, the last one counts'
	assert_line EPERM
	refused "$text" --strict-profile
	assert_output 'gyve: bad.json: syscalls[0].action: given twice, the last one counts'
	# also where one of the names is written with an escape
	refused '{"defaultAction": "SCMP_ACT_ALLOW", "defaultActio\u006e": "SCMP_ACT_KILL"}' --strict-profile
	assert_output 'gyve: bad.json: defaultAction: given twice, the last one counts'
}

@test "profile: a known member in other letters narrows elsewhere, so it is refused" {
	refused '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["dup"], "action": "SCMP_ACT_ALLOW", "Args": []}]}'
	assert_output 'gyve: bad.json: syscalls[0].Args: must be written "args"'
}

@test "profile: printed as json it is JSON, whatever the file is called" {
	needs python3
	local name=$'p\xff\xc3\xa9"\n.json'
	write_profile "$name"
	"$GYVE" --profile "$name" --print=json >printed.json
	run python3 -c 'import json; print(ascii(json.load(open("printed.json", encoding="utf-8"))["profile"]))'
	assert_output "'p\\ufffd\\xe9\"\\n.json'"
}

@test "profile: printed as oci it keeps its rules" {
	needs jq
	run --separate-stderr "$GYVE" --profile "$DOCKER" --print=oci
	assert_success
	printf '%s' "$output" >again.json
	run jq -c '[.syscalls[] | select(.names == ["socket"]) | .args[0] | [.op, .value]]' again.json
	assert_output '[["SCMP_CMP_LT",38],["SCMP_CMP_EQ",39],["SCMP_CMP_GT",40]]'
	under again.json socket 38 5 0
	assert_output EPERM
	under again.json socket 1 1 0
	assert_output ok
}
