# SPDX-License-Identifier: GPL-2.0-or-later
# What reads logs: --explain-log, --from-audit, --from-strace.
load helpers/common
load helpers/profiles

data=$GYVE_SOURCE/tests/data

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# The calls of a profile that were seen, one a line, sorted.
calls_of() {
	jq -r '.syscalls[] | select(.comment | startswith("0 calls") | not) | .names[0]' "$1" | sort -u
}

# ---- reading at all ----

# Every reader, on standard input: its status, and on its standard error the message.
reads() {
	case $1 in
	explain-log) "$GYVE" --explain-log ;;
	*) "$GYVE" "--$1" - ;;
	esac
}

readers="explain-log from-audit from-strace"

@test "a line without an end, and lines without an end that say nothing" {
	for reader in $readers; do
		run --separate-stderr reads "$reader" </dev/zero
		assert_failure 125
		assert_equal "$output" ''
		[[ $stderr == *'line 1 is longer than 1048576 bytes'* ]] || fail "$reader: $stderr"
		run --separate-stderr reads "$reader" < <(yes)
		assert_failure 125
		assert_equal "$output" ''
		[[ $stderr == *'nothing to be read in its first 16777216 lines'* ]] || fail "$reader: $stderr"
	done
}

@test "what cannot be read to its end is a failure" {
	can_inject() { strace -qq -o /dev/null -e trace=read -e inject=read:error=EIO:when=9999 true; }
	needs strace can_inject
	local log=$data/audit-forms.txt
	for mode in "--explain-log" "--from-audit $log" "--from-strace trace"; do
		# the calls that stand before the failure would make a profile
		yes 'read(0, "", 1) = 0' | head -n 100000 >trace
		yes "$(tail -n 1 "$log")" | head -n 10000 >long
		# shellcheck disable=SC2086
		run --separate-stderr strace -qq -o strace.log -P trace -P "$log" -P "$PWD/long" -e trace=read \
			-e inject=read:error=EIO:when=2+ "$GYVE" ${mode/"$log"/long} <long
		assert_failure 125
		[[ $stderr == *"cannot read '"*"' beyond line "*": $(text_of EIO)" ]] || fail "$mode: $stderr"
		[[ $mode == --explain-log ]] || assert_equal "$output" ''
	done
}

@test "no memory is a failure" {
	local limit=500
	starts() { (ulimit -v "$limit" && "$GYVE" --version) >/dev/null 2>&1; }
	until starts; do
		((limit += 100))
		[ "$limit" -lt 100000 ] || needs little-memory false # a sanitizer's
	done
	for reader in $readers; do
		run --separate-stderr bash -c 'ulimit -v "$1" && exec "${@:2}"' - "$limit" \
			"$GYVE" "--$reader" $([ "$reader" = explain-log ] || echo -) <"$data/audit-forms.txt"
		assert_failure 125
		assert_equal "$output" ''
		[[ $stderr == "gyve: cannot read 'standard input': $(text_of ENOMEM)" ]] || fail "$reader: $stderr"
	done
}

# ---- --explain-log ----

@test "explain-log: real lines of dmesg" {
	TZ=UTC run "$GYVE" --explain-log <"$data/audit-dmesg.txt"
	assert_success
	assert_line --index 0 '2026-11-24 07:36:50.167  try[31364]  fork [x86_64]  KILL_PROCESS  signal 31  at 0x7fd7eec49829 in a process of /tmp/sandbox-test/try'
	assert_line --partial '"two words"[31384]  setuid [x86_64]'
	assert_line --partial 'umount2 [x86_64]  LOG  at'
	assert_line --partial 'fork [x32]'
	assert_output --partial 'every sandbox stops it'
	[ "$("$GYVE" --explain-log <"$data/audit-dmesg.txt" | grep -c '^[^ ]')" -eq 7 ]
}

@test "explain-log: ausearch prints the same records" {
	[ "$("$GYVE" --explain-log <"$data/audit-ausearch.txt")" = \
		"$("$GYVE" --explain-log <"$data/audit-dmesg.txt")" ]
}

@test "explain-log: ausearch -i has names instead of numbers" {
	run "$GYVE" --explain-log <"$data/audit-ausearch-i.txt"
	assert_success
	# but for the time, which it prints otherwise
	[ "$(sed -E 's/^[^ ]+ [0-9:.]+//' <<<"$output")" = \
		"$("$GYVE" --explain-log <"$data/audit-dmesg.txt" | sed -E 's/^[^ ]+ [0-9:.]+//')" ]
}

@test "explain-log: journalctl's two forms; other lines are passed over" {
	run "$GYVE" --explain-log <"$data/audit-journal.txt"
	assert_success
	assert_line --partial 'try[31364]  fork [x86_64]'
	assert_line --partial 'try[31372]  mount [x86_64]'
	refute_output --partial 'sshd'
}

@test "explain-log: i386, aarch64, an unknown number, a foreign machine, another filter" {
	TZ=UTC run "$GYVE" --explain-log <"$data/audit-foreign.txt"
	assert_success
	assert_line --partial 'old[11]  execve [i386]  KILL_PROCESS  signal 31'
	assert_line --partial 'arm[12]  unshare [aarch64]  KILL_PROCESS'
	assert_line --partial 'new[13]  call 999 [x86_64]  ERRNO(ENOSYS)'
	assert_line --regexp '^  unknown=deny'
	assert_line --partial 'mips[14]  call 5057 [arch 0xc0000008]  KILL_THREAD'
	assert_line --partial 'an ABI that gyve does not know'
	# setpriority is never killed for by us, so what killed was another filter
	[[ $output == *'other[18]  setpriority [x86_64]  KILL_PROCESS'*$'\n'"  no row of gyve's answers this call so: another filter did" ]]
	assert_line --regexp "^  resourcecontrol=deny +fails with EPERM; .*; to allow: resourcecontrol=allow"
}

@test "explain-log: a process can neither break the line nor forge a field" {
	run "$GYVE" --explain-log <"$data/audit-foreign.txt"
	assert_line --partial '"\x1b[2J\x0agyve"[15]  read [x86_64]'
	assert_line --regexp 'mount \[x86_64\] .* of "/opt/b c"$'
	refute_output --partial 'reboot ['
}

@test "explain-log: no record at all, or an illegible one, is an error" {
	run "$GYVE" --explain-log <<<'nothing to see'
	assert_failure 125
	assert_output --partial 'no seccomp record'
	run "$GYVE" --explain-log <<<'audit: type=1326 audit(1.001:1): pid=1 comm="x" sig=31'
	assert_failure 125
	assert_output --partial 'line 1'
}

@test "explain-log: what the kernel logs now is explained" {
	can_read_log() { [ "$(id -u)" -eq 0 ] && dmesg >/dev/null 2>&1; }
	needs kernel-log can_read_log
	cp "$TRY" "$BATS_TEST_TMPDIR/kernel-log"
	run "$GYVE" -sandbox on,spawn=deny -- "$BATS_TEST_TMPDIR/kernel-log" fork
	assert_failure "$SIGSYS_STATUS"
	logged() { dmesg | grep -F "$BATS_TEST_TMPDIR/kernel-log" >"$BATS_TEST_TMPDIR/log"; }
	needs audit-records logged # the record is rate limited, and off where audit is
	run "$GYVE" --explain-log <"$BATS_TEST_TMPDIR/log"
	assert_success
	assert_line --partial 'kernel-log['
	assert_line --regexp '^  spawn=deny .*; to allow: spawn=allow$'
}

@test "explain-log: every form in which a record comes says the same" {
	run "$GYVE" --explain-log <"$data/audit-forms.txt"
	assert_success
	local said='try[31364]  fork [x86_64]  KILL_PROCESS  signal 31  at 0x7fd7eec49829 in a process of /tmp/sandbox-test/try'
	assert_equal "$(grep -cF "$said" <<<"$output")" "$(grep -cv '^#' "$data/audit-forms.txt")"
}

@test "explain-log: --program shows one program's records" {
	run "$GYVE" --explain-log --program '/tmp/sandbox-test/two words' <"$data/audit-dmesg.txt"
	assert_success
	assert_equal "$(grep -c '^[^ ]' <<<"$output")" 1
	assert_line --partial '"two words"[31384]  setuid [x86_64]'
	run "$GYVE" --explain-log --program try --program 'two words' <"$data/audit-dmesg.txt"
	assert_success
	assert_equal "$(grep -c '^[^ ]' <<<"$output")" 7
	run "$GYVE" --explain-log --program nobody <"$data/audit-dmesg.txt"
	assert_failure 125
	assert_output --partial 'no seccomp record (type=1326) of this --program among'
}

@test "explain-log: nothing that a process chose passes for a field or a record" {
	run "$GYVE" --explain-log <"$data/audit-forged.txt"
	assert_success
	assert_equal "$(grep -c '^[^ ]' <<<"$output")" 6
	assert_equal "$(grep -c '\[[0-9]*\]  getpid \[x86_64\]  LOG  at 0x2' <<<"$output")" 6
	# a name cannot end its field in what is printed, either
	assert_line --partial '"a syscall=bpf"[1]  getpid'
	refute_line --regexp 'in a process of /usr/bin/nginx'
}

# ---- --from-audit ----

@test "from-audit: a record of each type, with arguments where the kernel gives them; on top of a profile" {
	needs jq
	cat >log <<-'EOF'
		[ 12.34] audit: type=1326 audit(1700000000.123:45): auid=0 uid=0 gid=0 ses=1 pid=9 comm="qemu" exe="/usr/bin/qemu" sig=31 arch=c000003e syscall=230 compat=0 ip=0x7f code=0x80000000
		type=SECCOMP msg=audit(1700000001.000:46): auid=0 pid=9 comm="qemu" exe="/usr/bin/qemu" sig=0 arch=c000003e syscall=230 compat=0 ip=0x7f code=0x50026
		type=SECCOMP msg=audit(10/20/2026 10:00:00.000:47) : auid=root comm=qemu exe=/usr/bin/qemu sig=SIGSYS arch=x86_64 syscall=mincore compat=0
		type=SYSCALL msg=audit(1700000003.000:48): arch=c000003e syscall=41 success=yes exit=3 a0=10 a1=3 a2=0 a3=0 items=0 comm="x" exe="/usr/bin/qemu"
		type=PROCTITLE msg=audit(1700000003.000:48): proctitle="x"
	EOF
	"$GYVE" --from-audit log >p.json
	run -0 comment_of clock_nanosleep p.json
	assert_output '2 calls'
	run -0 comment_of mincore p.json
	assert_output '1 call'
	run -0 jq -c '.syscalls[] | select(.names == ["socket"]) | .args[0].valueTwo' p.json
	assert_output 16
	"$GYVE" --from-audit log --profile p.json >q.json
	run -0 comment_of clock_nanosleep q.json
	assert_output '4 calls'
}

@test "from-audit: reads what --explain-log reads" {
	needs jq
	for file in "$data"/audit-*.txt; do
		"$GYVE" --from-audit "$file" --all >p.json 2>/dev/null || fail "$file"
		# x32's and what has no name are in no profile
		expected=$("$GYVE" --explain-log <"$file" | sed -nE '/ \[(x32|arch .*)\] |  call /d; s/^[^ ].*\]  ([a-z0-9_]+) \[.*/\1/p' | sort -u)
		assert_equal "$file: $(calls_of p.json)" "$file: $expected"
	done
}

@test "from-audit: whose records are meant is never guessed" {
	needs jq
	local log=$data/audit-dmesg.txt
	run --separate-stderr "$GYVE" --from-audit "$log"
	assert_failure 125
	assert_equal "$output" ''
	[[ $stderr == *"--program NAME takes one's, --all everybody's; there are records of '/tmp/sandbox-test/try' (6), '/tmp/sandbox-test/two words' (1)" ]] ||
		fail "$stderr"
	# by its path, or by the name that it goes by
	for name in '/tmp/sandbox-test/two words' 'two words'; do
		"$GYVE" --from-audit "$log" --program "$name" >p.json
		run -0 calls_of p.json
		assert_output setuid
	done
	"$GYVE" --from-audit "$log" --program try --program 'two words' >p.json
	"$GYVE" --from-audit "$log" --all >q.json
	cmp p.json q.json
	run "$GYVE" --from-audit "$log" --program nobody
	assert_failure 125
	assert_output --partial "no call that a profile could have; there are records of '/tmp/sandbox-test/try' (6)"
}

@test "from-audit: nothing that a process chose passes for a field, a record or another program" {
	needs jq
	"$GYVE" --from-audit "$data/audit-forged.txt" --all >p.json
	run -0 calls_of p.json
	assert_output getpid
	run -0 comment_of getpid p.json
	assert_output '7 calls'
	for name in /usr/bin/nginx nginx /bin/sh; do
		run "$GYVE" --from-audit "$data/audit-forged.txt" --program "$name"
		assert_failure 125
		assert_output --partial 'no call that a profile could have'
	done
}

@test "from-audit: what no profile can have is passed over and counted" {
	needs jq
	cat >log <<-'EOF'
		type=SECCOMP msg=audit(1.001:1): pid=1 comm="x" exe="/x" sig=31 arch=c000003e syscall=39 compat=0 ip=0x1 code=0x80000000
		type=SECCOMP msg=audit(1.001:2): pid=1 comm="x" exe="/x" sig=31 arch=c000003e syscall=1073741881 compat=0 ip=0x1 code=0x80000000
		type=SECCOMP msg=audit(1.001:3): pid=1 comm="x" exe="/x" sig=31 arch=c000003e syscall=-1 compat=0 ip=0x1 code=0x80000000
		type=SECCOMP msg=audit(1.001:4): pid=1 comm="x" exe="/x" sig=31 arch=c000003e syscall=-5 compat=0 ip=0x1 code=0x80000000
		type=SECCOMP msg=audit(1.001:5): pid=1 comm="x" exe="/x" sig=31 arch=c000003e syscall=999 compat=0 ip=0x1 code=0x80000000
		type=SECCOMP msg=audit(1.001:6): pid=1 comm="x" exe="/x" sig=31 arch=c0000099 syscall=1 compat=0 ip=0x1 code=0x80000000
		type=SECCOMP msg=audit(1.001:7): pid=1 comm="x" exe="/x" sig=31 arch=c000003e
	EOF
	run --separate-stderr "$GYVE" --from-audit log
	assert_success
	printf '%s' "$output" >p.json
	run -0 calls_of p.json
	assert_output getpid
	local warned="$stderr"
	warns() { [[ $warned == *"gyve: warning: log: passed over ($1): $2"*"the first on line $3: '$4"* ]] || fail "$warned"; }
	warns 2 'calls of x32 or of nobody' 2 'arch=c000003e syscall=1073741881'
	warns 2 "calls that this gyve's table does not have" 3 'arch=c000003e syscall=-1'
	warns 1 'calls of an architecture' 6 'arch=c0000099 syscall=1'
	warns 1 'audit records without a legible' 7 'type=SECCOMP msg=audit(1.001:7)'
	sed -i 1d log
	run "$GYVE" --from-audit log
	assert_failure 125
	echo nothing >log
	run "$GYVE" --from-audit log
	assert_failure 125
	assert_output "gyve: 'log': no record of type SECCOMP (1326) or SYSCALL (1300) in it"
}

# ---- --from-strace ----

@test "from-strace: a table gives the priorities" {
	needs jq
	cat >table <<-'EOF'
		% time     seconds  usecs/call     calls    errors syscall
		------ ----------- ----------- --------- --------- ----------------
		 41.02   12.000000           2   5303600           write
		 20.01    6.000000           2   2240554     12345 read
		 15.01    5.000000           2   2167030           ppoll
		 14.00    4.000000           1   2134828       717 ioctl
		  9.00    3.000000           4    704023           timerfd_settime
		  0.96    0.300000           0     83122           futex
		  0.00    0.000001           0       178           brk
		------ ----------- ----------- --------- --------- ----------------
		100.00   30.300001           2  12633335     13062 total
	EOF
	run --separate-stderr "$GYVE" --from-strace table
	assert_success
	[[ $stderr == *'ioctl was seen without its arguments'* ]] || fail "$stderr"
	printf '%s' "$output" >p.json
	run -0 jq -r '.syscalls[:7][] | .names[0] + " " + .comment' p.json
	assert_output - <<-EOF
		write 5303600 calls
		read 2240554 calls
		ppoll 2167030 calls
		ioctl 2134828 calls
		timerfd_settime 704023 calls
		futex 83122 calls
		brk 178 calls
	EOF
}

@test "from-strace: a log has arguments, whatever strace puts in front" {
	needs jq
	cat >log <<-'EOF'
		strace: Process 12 attached
		execve("/bin/x", ["x", "socket(2)"], 0x7ffe /* 20 vars */) = 0
		[pid    12] socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3
		12    10:00:00.123456 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 4
		12    ioctl(1, TCGETS, {B38400 opost isig icanon echo ...}) = 0 <0.000010>
		ioctl(1, _IOC(_IOC_READ, 0x54, 0x30, 0x4), 0x7ffc) = 0
		[pid    12] read(3,  <unfinished ...>
		[pid    13] clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, child_tid=0x7f, exit_signal=0}, 88) = 14
		[pid    12] <... read resumed>"x", 1) = 1
		clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 15
		--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=15} ---
		+++ exited with 0 +++
	EOF
	run --separate-stderr "$GYVE" --from-strace log
	assert_success
	[ -z "$stderr" ] || fail "$stderr"
	printf '%s' "$output" >p.json
	run -0 jq -c '[.syscalls[] | select(.args) | [.names[0], .args[0].valueTwo]] | sort' p.json
	assert_output '[["clone",0],["clone",855808],["ioctl",21505],["ioctl",2147767344],["socket",1],["socket",2]]'
	run -0 comment_of read p.json
	assert_output '1 call'
	run -0 jq -r '.syscalls[] | select(.names == ["clone3"])' p.json
	assert_output ''
}

# The values that a profile holds arguments to: "ioctl 21505", sorted.
values_of() {
	jq -r '.syscalls[] | select(.args) | "\(.names[0]) \(.args[0].valueTwo)"' "$1" | sort
}

# Whether a strace log or table of FORM, of a shell that makes what these tests look for, gives the
# profile expected.
traces() {
	# shellcheck disable=SC2086
	strace $1 -o record sh -c 'mkdir "a --- b"; "$0" socket 1 1 0; ("$0" ioctl 0 0x5401 0 & wait); echo "bpf(0) = 0"' \
		"$TRY" >/dev/null 2>&1
	rmdir 'a --- b'
	"$GYVE" --from-strace record >p.json 2>err || fail "strace $1: $(cat err)"
	calls_of p.json >calls
	grep -qx mkdir calls || fail "strace $1: no mkdir"
	grep -qx socket calls || fail "strace $1: no socket"
	! grep -qx bpf calls || fail "strace $1: bpf"
	assert_equal "strace $1: $(jq '.architectures | length' p.json)" "strace $1: 1"
}

@test "from-strace: what strace really writes, in its many forms" {
	needs jq
	needs strace
	local values='' form
	for form in -f '-f -tt -T' '-f -ttt -r' '-f -r' '-f -n' '-f -i' '-f -y' '-f -yy' '-f -Y -y' '-f -v -s 200' \
		'-f -x' '-f -xx' '-f -X raw' '-f -X verbose' '-f -a 1' '-f -k' '-f -e status=successful' '-f -q' \
		'-f -e write=1'; do
		strace $form -o /dev/null true 2>/dev/null || continue # not in this strace
		traces "$form"
		[ ! -s err ] || fail "strace $form: $(cat err)"
		values_of p.json | grep -v '^ioctl' >values.now # a shell asks its terminal this and that
		[ -n "$values" ] || values=$(cat values.now)
		assert_equal "strace $form: $(cat values.now)" "strace $form: $values"
	done
	[[ $values == *'socket 1' ]] || fail "$values"
	for form in '-f -z' '-f -C' '-f -c' '-f -c -w' '-f -c -U name,calls,errors' '-f -c -U calls,time-percent' '-f -c -U name'; do
		strace $form -o /dev/null true 2>/dev/null || continue
		traces "$form"
	done
}

@test "from-strace: a run under what a log taught" {
	needs strace
	for options in '' -f '-c' '-f -C'; do
		# shellcheck disable=SC2086
		strace $options -o record "$TRY" socket 1 1 0
		"$GYVE" --from-strace record >p.json
		run --separate-stderr "$GYVE" --profile p.json -- "$TRY" socket 1 1 0
		assert_equal "strace $options: $output" "strace $options: ok"
	done
}

@test "from-strace: strace's messages and the program's output on the same standard error" {
	needs jq
	run --separate-stderr "$GYVE" --from-strace "$data/strace-shared.txt"
	assert_success
	[[ $stderr == *"strace-shared.txt: passed over (2): lines that are not, or not wholly, strace's"*"the first on line 4"* ]] || fail "$stderr"
	printf '%s' "$output" >p.json
	run -0 values_of p.json
	assert_output $'clone 0\nclone 855808\nioctl 21531\nioctl 21552\nsocket 1\nsocket 46\nsocketpair 1'
	run -0 comment_of write p.json
	assert_output '3 calls'
	# a real one, made now
	needs strace
	strace -f sh -c 'echo "bpf is a call" >&2; (echo child >&2); "$0" socket 1 1 0' "$TRY" 2>log >/dev/null
	"$GYVE" --from-strace log >p.json 2>err
	grep -q "passed over (.*): lines that are not, or not wholly, strace's" err
	run -0 values_of p.json
	assert_line 'socket 1'
	# what was cut is not left open
	if grep 'was seen without its arguments' err; then
		fail "left open"
	fi
}

@test "from-strace: nothing that a process chose passes for a call, a marker or an argument" {
	needs jq
	run --separate-stderr "$GYVE" --from-strace "$data/strace-forged.txt"
	assert_success
	assert_equal "$stderr" ''
	printf '%s' "$output" >p.json
	run -0 values_of p.json
	assert_output $'clone 0\nioctl 21531\nsocket 1'
	# every line is counted, and once
	run -0 jq '[.syscalls[].comment | split(" ")[0] | tonumber] | add' p.json
	assert_output "$(grep -cE '^[0-9]+<.*> [a-z_0-9]+\(' "$data/strace-forged.txt")"
	run -0 jq -c '.architectures | length' p.json
	assert_output 1
}

@test "from-strace: stacks; old names, families and messages; calls cut before what is held" {
	needs jq
	run --separate-stderr "$GYVE" --from-strace "$data/strace-stack.txt"
	assert_success
	assert_equal "$stderr" ''
	run --separate-stderr "$GYVE" --from-strace "$data/strace-old.txt"
	assert_success
	# one clone shows its flags nowhere: it is left out, and not allowed with any
	assert_equal "$stderr" "gyve: warning: $data/strace-old.txt: passed over (1): calls cut off before the argument that a profile holds; the first on line 23: 'clone'"
	printf '%s' "$output" >p.json
	run -0 values_of p.json
	assert_output $'clone 0\nclone 16640\nioctl 21505\nioctl 21523\nsocket 1\nsocket 2\nsocketpair 1'
	run -0 calls_of p.json
	assert_line pread64
	assert_line exit
	printf '1 socket(AF_INET, SOCK_STREAM, 0 <unfinished ...>\n1 ioctl(3,  <unfinished ...>\n1 ioctl(3, TCGETS <unfinished ...>\n' >log
	run --separate-stderr "$GYVE" --from-strace log
	assert_success
	[[ $stderr == *"passed over (1): calls cut off before the argument that a profile holds; the first on line 2: 'ioctl'" ]] || fail "$stderr"
	printf '%s' "$output" >p.json
	run -0 values_of p.json
	assert_output $'ioctl 21505\nsocket 2'
}

@test "from-strace: tables with other columns, and one for each ABI" {
	needs jq
	needs x86-64 is_x86_64
	run --separate-stderr "$GYVE" --from-strace "$data/strace-columns.txt"
	assert_success
	printf '%s' "$output" >p.json
	run -0 jq -r '.syscalls[] | select(.comment | startswith("0 calls") | not) | .names[0] + " " + .comment' p.json
	assert_output $'mmap 17 calls\nioctl 4 calls\nmmap2 3 calls\nwait4 2 calls\ngetpid 1 call'
	run -0 jq -c .architectures p.json
	assert_output '["SCMP_ARCH_X86_64","SCMP_ARCH_X86"]'
}

@test "from-strace: the ABI of a 32-bit program is in the profile, told by strace or not" {
	needs jq
	needs x86-64 is_x86_64
	run --separate-stderr "$GYVE" --from-strace "$data/strace-i386.txt"
	assert_success
	assert_equal "$stderr" "gyve: warning: $data/strace-i386.txt: 'mmap2' on line 3 is a call of i386: taken as one, and i386 is in the profile"
	run -0 jq -c .architectures <<<"$output"
	assert_output '["SCMP_ARCH_X86_64","SCMP_ARCH_X86"]'
	for front in '' 'strace: ' '[pid    12] '; do
		printf '%s[ Process PID=12 runs in 32 bit mode. ]\ngetpid() = 1\n' "$front" >log
		run -0 bash -c '"$GYVE" --from-strace log | jq -c .architectures'
		assert_output '["SCMP_ARCH_X86_64","SCMP_ARCH_X86"]'
	done
	printf 'getpid() = 1\n[ Process PID=12 runs in x32 mode. ]\ngetppid() = 1\n' >log
	run --separate-stderr "$GYVE" --from-strace log
	assert_success
	[[ $stderr == *"passed over (1): calls of x32"*"line 3: 'getppid'" ]] || fail "$stderr"
	printf '%s' "$output" >p.json
	run -0 calls_of p.json
	assert_output getpid
}

@test "from-strace: lines that are no record, and calls without a name, are passed over and counted" {
	needs jq
	printf 'write(1, "x", 1) = 1\nhello\nread(2) is a call\nno_such_call(1) = 1\n' >log
	run --separate-stderr "$GYVE" --from-strace log
	assert_success
	[[ $stderr == *"log: passed over (2): lines that are not, or not wholly, strace's"*"the first on line 2: 'hello'"* ]] || fail "$stderr"
	[[ $stderr == *"log: passed over (1): calls that this gyve's table does not have; the first on line 4: 'no_such_call'"* ]] || fail "$stderr"
	printf '%s' "$output" >p.json
	run -0 calls_of p.json
	assert_output write
	printf 'no_such_call(1) = 1\n' >log
	run "$GYVE" --from-strace log
	assert_failure 125
	assert_line "gyve: 'log': no call in it as strace shows one"
	: >log
	run "$GYVE" --from-strace log
	assert_failure 125
}
