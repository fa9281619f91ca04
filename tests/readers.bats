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

readers="explain-log from-audit"

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
	for mode in "--explain-log" "--from-audit $log"; do
		# the calls that stand before the failure would make a profile
		yes 'read(0, "", 1) = 0' | head -n 100000 >trace
		yes "$(tail -n 1 "$log")" | head -n 10000 >long
		# shellcheck disable=SC2086
		run --separate-stderr strace -qq -o strace.log -P trace -P "$log" -P "$PWD/long" -e trace=read \
			-e inject=read:error=EIO:when=2+ "$GYVE" ${mode/"$log"/long} <long
		assert_failure 125
		[[ $stderr == *"cannot read '"*"' beyond line "*': Input/output error' ]] || fail "$mode: $stderr"
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
		[[ $stderr == "gyve: cannot read 'standard input': Cannot allocate memory" ]] || fail "$reader: $stderr"
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
	needs profiles has_profiles
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

@test "from-strace: what strace really writes, and a run under it" {
	needs strace
	for options in '' -f '-f -tt -T' '-f -r' '-c' '-f -C'; do
		# shellcheck disable=SC2086
		strace $options -o record "$TRY" socket 1 1 0
		run --separate-stderr "$GYVE" --from-strace record
		[ "$status" -eq 0 ] || fail "strace $options: $stderr"
		printf '%s' "$output" >p.json
		run --separate-stderr "$GYVE" --profile p.json -- "$TRY" socket 1 1 0
		[ "$output" = ok ] || fail "strace $options: $output $stderr"
	done
}

@test "from-strace: lines that are no record are refused with their number" {
	printf 'write(1, "x", 1) = 1\nhello\n' >log
	run "$GYVE" --from-strace log
	assert_failure 125
	assert_output "gyve: log:2: neither a call nor a remark of strace: 'hello'"
	printf 'no_such_call(1) = 1\n' >log
	run "$GYVE" --from-strace log
	assert_failure 125
	assert_output --partial "log:1: not a system call of this gyve's table: 'no_such_call'"
	: >log
	run "$GYVE" --from-strace log
	assert_failure 125
}
