# SPDX-License-Identifier: GPL-2.0-or-later
# --print: the policy in formats that others enforce, and that they do.
load helpers/common
load helpers/profiles

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# Runs try's arguments under gyve itself, and prints what a launch makes of them: the status of a
# kill, or try's word.
live() {
	local spec=$1 out status=0
	shift
	out=$("$GYVE" -sandbox "$spec" -- "$TRY" "$@" 2>/dev/null) || status=$?
	[ "$status" -eq 0 ] && echo "$out" || echo "status $status"
}

# ---- in general ----

@test "print: table is the default, one line a rule, with its group, action and origin" {
	run "$GYVE" --print
	assert_success
	assert_line --regexp '^x86_64 +mount +165 +default +KILL_PROCESS +qemu|mount +[0-9]+ +default +KILL_PROCESS +qemu'
	assert_line --regexp ' ioctl +[0-9]+ +tty +ERRNO\(EPERM\) +gyve +with TIOCSTI$'
	assert_line 'Any call without a line here: ALLOW'
	"$GYVE" --print=table >one
	"$GYVE" --print >two
	cmp one two
}

@test "print: the effective policy: a milder rule that never decides is not shown" {
	# unshare is denied by spawn with a kill; namespaces and elevateprivileges add nothing to it
	run "$GYVE" -sandbox on,spawn=deny,namespaces=deny --print
	assert_success
	[ "$(grep -c ' unshare ' <<<"$output")" -eq 1 ]
	assert_line --regexp ' unshare +[0-9]+ +spawn +KILL_PROCESS'
	run "$GYVE" -sandbox on,namespaces=deny --print
	assert_line --regexp ' unshare +[0-9]+ +namespaces +ERRNO\(EPERM\)'
}

@test "print: no target runs, and a command is refused" {
	run "$GYVE" --print -- touch ran
	assert_failure 125
	assert [ ! -e ran ]
}

@test "print: an unknown format is refused with the list and the nearest" {
	run "$GYVE" --print=tabel
	assert_failure 125
	assert_output "gyve: --print: unknown format 'tabel'; did you mean 'table'?; formats: $("$GYVE" --list-formats | cut -f1 | paste -sd, | sed 's/,/, /g')"
}

@test "print: every format of --list-formats prints something" {
	local format
	for format in $("$GYVE" --list-formats | cut -f1); do
		run -0 bash -c "'$GYVE' --print=$format 2>/dev/null | wc -c"
		[ "$output" -gt 100 ] || fail "$format: $output bytes"
	done
}

@test "print: -sandbox off leaves nothing to print" {
	run "$GYVE" -sandbox off --print
	assert_failure 125
	assert_output --partial "'-sandbox off' leaves nothing to print"
}

@test "print: a full disk is not success" {
	needs /dev/full test -w /dev/full
	run bash -c "'$GYVE' --print >/dev/full"
	assert_failure 125
	run bash -c "'$GYVE' --print=pfc >/dev/full"
	assert_failure 125
}

@test "print=json: one object; its rules are those of the table" {
	needs jq
	"$GYVE" -sandbox strict --print=json >out.json
	run -0 jq -r '.format, .default, .sandbox.spawn, .profile' out.json
	assert_output $'1\nALLOW\ndeny\nnull'
	run -0 jq '.rules | length' out.json
	[ "$output" -eq "$("$GYVE" -sandbox strict --print | sed "1,/^ABI /d" | wc -l)" ]
	run -0 jq -c '.rules[] | select(.call == "execve") | .condition' out.json
	assert_output '{"words":"except the launch itself","sense":"unless","comparisons":"launch"}'
	run -0 jq -c '.rules[] | select(.call == "prlimit64") | .condition.comparisons' out.json
	assert_output '[{"argument":2,"mask":"0xffffffffffffffff","op":"ne","value":"0"}]'
}

# ---- bpf ----

@test "print=bpf: whole instructions, and the last one returns" {
	"$GYVE" -sandbox strict,spawn=allow --print=bpf >filter
	size=$(stat -c %s filter)
	[ "$size" -gt 200 ]
	[ $((size % 8)) -eq 0 ]
	run -0 bash -c "tail -c 8 filter | head -c 1 | od -An -tx1"
	assert_output ' 06'
}

@test "print=bpf: a terminal is refused" {
	needs script
	run script -qec "'$GYVE' --print=bpf" /dev/null
	assert_failure 125
	assert_output --partial 'standard output is a terminal'
}

@test "print=bpf: with spawn=deny execve is denied outright, with a warning" {
	run --separate-stderr "$GYVE" -sandbox on,spawn=deny --print=bpf
	assert_success
	[[ $stderr == *'execve is KILL_PROCESS without exception'* ]] || fail "$stderr"
}

# ---- pfc ----

@test "print=pfc: every comparison of the filter's bytes, once, by the calls that it is for" {
	spec=strict,spawn=allow,abi=all
	"$GYVE" -sandbox $spec --print=pfc >text 2>/dev/null
	# the classes of instructions that compare: BPF_JMP but for BPF_JA
	comparisons=$("$GYVE" -sandbox $spec --print=bpf 2>/dev/null | od -An -v -tx2 -w8 |
		awk '$1 ~ /[5d]$/ && $1 != "0005" {n++} END {print n}')
	[ "$(grep -c '^ *if (' text)" -eq "$comparisons" ]
	run -0 grep -A 1 '# filter for syscall "ioctl"' text
	assert_output --partial 'if ($a1'
	run -0 grep -A 1 '# filter for syscall.*"mount"' text
	assert_output --partial 'action KILL_PROCESS;'
	run -0 tail -n 5 text
	assert_line '# invalid architecture action'
	assert_line 'action KILL_PROCESS;'
	# nothing is left out, whatever the policy
	run --separate-stderr "$GYVE" -sandbox strict,spawn=allow,abi=all --profile "$GYVE_SOURCE/tests/data/docker-default.json" --print=pfc
	assert_success
	[[ $stderr != *left\ out* ]] || fail "$stderr"
}

can_bwrap() {
	bwrap --ro-bind / / --dev-bind /dev /dev true
}

@test "print=bpf: bwrap --seccomp enforces it, and answers as a launch does" {
	needs bwrap
	needs bwrap-namespaces can_bwrap
	spec=strict,spawn=allow
	"$GYVE" -sandbox $spec --print=bpf >filter
	for call in 'getpid' 'socket 2 1 0' 'socket 1 1 0' 'unshare 0x10000000' 'ioctl 0 0x5412' \
		'ioctl 0 0x5401' 'personality 8' 'personality 0xffffffff' 'prlimit64 0 0 @buf' \
		'mount 0 0 0 0' 'setgroups 0 0' 'sched_setscheduler 0 5 @buf' 'keyctl 0'; do
		status=0
		# shellcheck disable=SC2086
		out=$(bwrap --ro-bind / / --dev-bind /dev /dev --seccomp 9 "$TRY" $call 9<filter 2>/dev/null) || status=$?
		[ "$status" -eq 0 ] || out="status $status"
		# shellcheck disable=SC2086
		[ "$out" = "$(live $spec $call)" ] || fail "$call: bwrap: $out, gyve: $(live $spec $call)"
	done
}

# ---- oci ----

@test "print=oci: spawn=deny is refused: a runtime executes its program under the filter" {
	run "$GYVE" -sandbox on,spawn=deny --print=oci
	assert_failure 125
	assert_output --partial 'the policy denies execve except to the launch'
}

@test "print=oci: the object of the runtime specification, and what it cannot say on stderr" {
	needs jq
	run --separate-stderr "$GYVE" -sandbox on,elevateprivileges=deny --print=oci
	assert_success
	[[ $stderr == *'calls of other ABIs'* && $stderr == *noNewPrivileges* ]] || fail "$stderr"
	run -0 jq -r '.defaultAction, (.syscalls | map(.names[]) | index("mount") != null)' <<<"$output"
	assert_output $'SCMP_ACT_ALLOW\ntrue'
}

@test "print=oci: unknown=deny becomes a default of ENOSYS" {
	needs jq
	"$GYVE" -sandbox on,unknown=deny --print=oci 2>/dev/null >out.json
	run -0 jq -r '.defaultAction, .defaultErrnoRet' out.json
	assert_output $'SCMP_ACT_ERRNO\n38'
	run -0 jq '[.syscalls[] | select(.action == "SCMP_ACT_ALLOW") | .names[]] | index("read") != null' out.json
	assert_output true
}

# A bundle whose program is try, in the runtime's own form, with the profile in it.
make_bundle() {
	local call=$1 profile=$2
	mkdir -p bundle/rootfs/{usr,t,proc,dev,sys}
	for link in bin lib lib64 sbin; do
		ln -sfn usr/$link bundle/rootfs/$link
	done
	[ -e spec.json ] || { (cd bundle && rm -f config.json && runc spec) && mv bundle/config.json spec.json; }
	jq --slurpfile seccomp "$profile" --arg call "/t/try $call" --arg dir "$(dirname "$TRY")" '
		.process.terminal = false | .process.args = ($call | split(" ")) |
		.process.noNewPrivileges = true | .root = {path: "rootfs", readonly: true} |
		.mounts = [{destination: "/proc", type: "proc", source: "proc"},
			{destination: "/usr", type: "bind", source: "/usr", options: ["rbind", "ro"]},
			{destination: "/t", type: "bind", source: $dir, options: ["rbind", "ro"]}] |
		del(.hostname) | .linux = {namespaces: [{type: "mount"}, {type: "pid"}], seccomp: $seccomp[0]}' \
		spec.json >bundle/config.json
}

# crun refuses cgroups of both versions side by side, so it gets a mount namespace with one.
run_crun() {
	unshare -m sh -c 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
		exec crun --cgroup-manager=disabled --root "$1" run -b bundle "gyve-test-$$"' sh "$PWD/crun"
}

run_runc() {
	runc --root "$PWD/runc" run -b bundle "gyve-test-$$"
}

# Whether a runtime can run a container here at all.
can_run() {
	make_bundle getpid "$1" && [ "$("run_$2" 2>/dev/null)" = ok ]
}

compare_runtime() {
	local runtime=$1 call out status spec=strict,spawn=allow
	needs jq
	needs runc
	needs "$runtime"
	needs root test "$(id -u)" -eq 0
	echo '{"defaultAction": "SCMP_ACT_ALLOW"}' >open.json
	needs containers can_run open.json "$runtime"
	"$GYVE" -sandbox $spec --print=oci 2>/dev/null >profile.json
	for call in 'socket 2 1 0' 'unshare 0x10000000' 'ioctl 0 0xffffffff00005412' 'personality 8' \
		'personality 0xffffffff' 'sched_setscheduler 0 1 @buf' 'clone3 0 0'; do
		make_bundle "$call" profile.json
		status=0
		out=$("run_$runtime" 2>/dev/null) || status=$?
		[ "$status" -eq 0 ] || out="status $status"
		# shellcheck disable=SC2086
		[ "$out" = "$(live $spec $call)" ] || fail "$call: $runtime: $out, gyve: $(live $spec $call)"
	done
}

@test "print=oci: crun loads it, and answers as a launch does" {
	compare_runtime crun
}

@test "print=oci: runc loads it, and answers as a launch does" {
	compare_runtime runc
}

# ---- systemd ----

@test "print=systemd: systemd-analyze verify has nothing to say" {
	needs systemd-analyze can_verify_units
	needs libseccomp has_libseccomp # which says what names systemd's knows
	mkdir -p units/x.service.d
	printf '[Service]\nExecStart=/bin/true\n' >units/x.service
	for spec in on strict on,network=local,abi=all strict,spawn=allow,action=errno on,action=log compat=qemu,spawn=deny; do
		"$GYVE" -sandbox $spec --print=systemd >units/x.service.d/gyve.conf
		run systemd-analyze verify units/x.service
		assert_success
		assert_output ''
	done
	# and it would have something to say
	echo 'SystemCallFilter=no_such_call_at_all' >>units/x.service.d/gyve.conf
	run systemd-analyze verify units/x.service
	assert_output --partial no_such_call_at_all
}

@test "print=systemd: directives for keys, a comment for what it cannot express" {
	run "$GYVE" -sandbox strict --print=systemd
	assert_success
	for line in NoNewPrivileges=yes RestrictAddressFamilies=none RestrictNamespaces=yes \
		LockPersonality=yes SystemCallArchitectures=native RestrictRealtime=yes; do
		assert_line "$line"
	done
	assert_line '# NOT ENFORCED HERE: execve, KILL_PROCESS except the launch itself'
	assert_line '# NOT ENFORCED HERE: ioctl, ERRNO(EPERM) with TIOCSTI'
	assert_line '# NOT ENFORCED HERE: calls newer than the table (unknown=deny)'
	run "$GYVE" -sandbox on,network=local --print=systemd
	assert_line RestrictAddressFamilies=AF_UNIX
	run "$GYVE" -sandbox on,elevateprivileges=allow --print=systemd
	refute_line NoNewPrivileges=yes
}

@test "print=systemd: an allow-list is one, and closes what has conditions" {
	run --separate-stderr "$GYVE" --profile "$DOCKER" --print=systemd
	assert_success
	assert_line SystemCallErrorNumber=EPERM
	assert_line --regexp '^SystemCallFilter=(.* )?read( |$)'
	assert_line '# DENIED WHOLE HERE: personality, allowed by the policy under conditions:'
	refute_line --regexp '^SystemCallFilter=.* personality'
}
