# SPDX-License-Identifier: GPL-2.0-or-later
# --learn-profile, --from-strace, --from-audit: an allow-list of what was seen, and runs under it.
load helpers/common
load helpers/profiles

setup() {
	needs profiles has_profiles
	cd "$BATS_TEST_TMPDIR"
}

# The interpreter itself, where python3 is a script that looks for it.
python() {
	python3 -c 'import sys; print(sys.executable)'
}

# The comment of a call's entry, for one without arguments: "3 calls".
comment_of() {
	jq -r --arg name "$1" '.syscalls[] | select(.names == [$name]) | .comment' "$2"
}

# ---- observing ----

@test "learn-profile: every call is counted, the busiest first" {
	needs jq
	run "$GYVE" --learn-profile p.json -- dd if=/dev/zero of=/dev/null bs=1 count=500 status=none
	assert_success
	assert_output ''
	run -0 jq -r '.defaultAction, .defaultErrnoRet' p.json
	assert_output $'SCMP_ACT_ERRNO\n38'
	run -0 comment_of write p.json
	assert_output '500 calls'
	run -0 jq -r '.syscalls[:2][].names[0]' p.json
	assert_line write
	assert_line read
	# what a start needs is there although dd never used it
	run -0 comment_of restart_syscall p.json
	assert_output --partial '0 calls; for '
	run -0 "$GYVE" --profile p.json --strict-profile -sandbox on,spawn=deny -- dd if=/dev/zero of=/dev/null bs=1 count=5 status=none
}

@test "learn-profile: threads, children and what they execute are seen; counts agree with strace" {
	needs jq
	needs strace
	script='i=0; while [ $i -lt 20 ]; do /bin/true; i=$((i+1)); done; cd /tmp; cd /'
	"$GYVE" --learn-profile p.json -- sh -c "$script"
	strace -f -c -o table sh -c "$script"
	for call in execve chdir wait4; do
		expected=$(awk -v call=$call '$NF == call { print $4 }' table)
		[ "$(comment_of $call p.json)" = "$expected call$([ "$expected" -eq 1 ] || echo s)" ] ||
			fail "$call: $(comment_of $call p.json), strace: $expected"
	done
}

@test "learn-profile: runs add up" {
	needs jq
	"$GYVE" --learn-profile p.json -- dd if=/dev/zero of=/dev/null bs=1 count=100 status=none
	"$GYVE" --learn-profile p.json -- dd if=/dev/zero of=/dev/null bs=1 count=30 status=none
	run -0 comment_of write p.json
	assert_output '130 calls'
	"$GYVE" --learn-profile p.json -- "$TRY" socket 1 1 0
	"$GYVE" --learn-profile p.json -- "$TRY" socket 16 3 0
	run -0 jq -c '[.syscalls[] | select(.names == ["socket"]) | .args[0] | [.value, .valueTwo]] | sort' p.json
	assert_output '[[4294967295,1],[4294967295,16]]'
	run -0 comment_of write p.json # two more: try's
	assert_output '132 calls'
}

@test "learn-profile: what was not seen is denied, also another value of an argument that is held" {
	"$GYVE" --learn-profile p.json -- "$TRY" socket 1 1 0
	run -0 "$GYVE" --profile p.json -- "$TRY" socket 1 1 0
	assert_output ok
	run -0 "$GYVE" --profile p.json -- "$TRY" socket 2 1 0
	assert_output ENOSYS
	run -0 "$GYVE" --profile p.json -- "$TRY" socket 0x100000002 1 0
	assert_output ENOSYS
	run -0 "$GYVE" --profile p.json -- "$TRY" dup -1
	assert_output ENOSYS
	run -0 "$GYVE" --profile p.json -- "$TRY" 600
	assert_output ENOSYS
}

@test "learn-profile: the target's status is gyve's, a signal the same signal" {
	run "$GYVE" --learn-profile p.json -- sh -c 'exit 7'
	assert_failure 7
	run "$GYVE" --learn-profile p.json -- sh -c 'kill -KILL $$'
	assert_failure 137
	run -127 "$GYVE" --learn-profile p.json -- /nonexistent
	echo '#!/nonexistent/interpreter' >script
	chmod +x script
	run -127 "$GYVE" --learn-profile q.json -- ./script
	assert [ ! -e q.json ]
	run ls -A
	refute_output --regexp 'json\.[A-Za-z0-9]{6}'
}

@test "learn-profile: SIGTERM goes to the target" {
	needs jq
	"$GYVE" --learn-profile p.json -- sh -c 'trap "echo caught; exit 3" TERM; echo ready; while :; do sleep 0.1; done' >out 3>&- &
	pid=$!
	eventually grep -q ready out
	kill $pid
	wait "$pid" || [ $? -eq 3 ]
	run cat out
	assert_line caught
	assert [ -s p.json ]
}

@test "learn-profile: a file that it did not write is refused and kept" {
	cp "$DOCKER" p.json
	run "$GYVE" --learn-profile p.json -- touch ran
	assert_failure 125
	assert_output --partial 'not a learned profile'
	cmp p.json "$DOCKER"
	assert [ ! -e ran ]
	run "$GYVE" --learn-profile /nonexistent/p.json -- touch ran
	assert_failure 125
	assert [ ! -e ran ]
}

@test "learn-profile: what is no regular file is refused and left as it is" {
	mkfifo pipe
	run "$GYVE" --learn-profile pipe -- true
	assert_failure 125
	assert_output "gyve: 'pipe' is not a regular file"
	[ -p pipe ]
}

@test "learn-profile: clone3 is answered ENOSYS, so that clone's flags are learned" {
	needs jq
	needs python3
	python=$(python)
	"$GYVE" --learn-profile p.json -- "$python" -c '
import threading
t = threading.Thread(target=lambda: print("thread"))
t.start()
t.join()'
	run -0 jq -c '[.syscalls[] | .names[0]] | [index("clone3"), index("clone") != null]' p.json
	assert_output '[null,true]'
	# a process is made with other flags than a thread
	run "$GYVE" --profile p.json -- "$python" -c 'import os; os.fork()'
	assert_failure
	assert_output --partial 'Function not implemented'
}

# ---- whole programs ----

@test "learn-profile: sqlite3 runs under what it taught, with spawn=deny" {
	needs sqlite3
	sql='create table t(a); insert into t values (1),(2); select sum(a) from t;'
	run -0 "$GYVE" --learn-profile p.json -- sqlite3 a.db "$sql"
	assert_output 3
	run -0 "$GYVE" --profile p.json -sandbox on,spawn=deny -- sqlite3 b.db "$sql"
	assert_output 3
	run "$GYVE" --profile p.json -sandbox on,spawn=deny -- sqlite3 b.db '.shell echo out'
	refute_output --partial out$
}

@test "learn-profile: python runs under what it taught, with threads and spawn=deny" {
	needs python3
	program='
import json, socket, sys, tempfile, threading
def work(): socket.socket(socket.AF_UNIX).close()
threads = [threading.Thread(target=work) for _ in range(3)]
[t.start() for t in threads]; [t.join() for t in threads]
tempfile.TemporaryFile().write(json.dumps(sys.path).encode())
print("done")'
	python=$(python)
	run -0 "$GYVE" --learn-profile p.json -- "$python" -c "$program"
	run -0 "$GYVE" --profile p.json -sandbox on,spawn=deny -- "$python" -c "$program"
	assert_output done
	run "$GYVE" --profile p.json -sandbox on,spawn=deny -- "$python" -c 'import os; os.nice(1)'
	assert_failure
	assert_output --partial 'Function not implemented'
}

@test "learn-profile: nginx serves under what it taught" {
	needs nginx
	needs curl
	cat >nginx.conf <<-EOF
		daemon off; worker_processes 1; pid $PWD/pid; error_log $PWD/error.log; events {}
		http { access_log $PWD/access.log; client_body_temp_path $PWD/b; proxy_temp_path $PWD/p;
		  fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
		  server { listen unix:$PWD/sock; root $PWD; } }
	EOF
	[ "$(id -u)" -ne 0 ] || sed -i '1s/^/user root; /' nginx.conf
	echo hello >file
	for mode in "--learn-profile p.json" "--profile p.json"; do
		# shellcheck disable=SC2086
		"$GYVE" $mode -- nginx -e "$PWD/error.log" -p "$PWD" -c "$PWD/nginx.conf" 3>&- &
		pid=$!
		eventually curl -sf --unix-socket sock http://x/file
		run -0 curl -sf --unix-socket sock http://x/file
		assert_output hello
		kill $pid
		wait $pid
	done
}

@test "learn-profile: redis serves under what it taught, with spawn=deny" {
	needs redis-server
	needs redis-cli
	for mode in "--learn-profile p.json" "--profile p.json -sandbox on,spawn=deny"; do
		# shellcheck disable=SC2086
		"$GYVE" $mode -- redis-server --port 0 --unixsocket "$PWD/sock" --save '' --dir "$PWD" >log 3>&- &
		pid=$!
		eventually redis-cli -s sock ping
		run -0 redis-cli -s sock set key value
		run -0 redis-cli -s sock get key
		assert_output value
		kill $pid
		wait $pid || true
	done
}

# ---- records made elsewhere ----

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

@test "from-audit: the kernel's lines and auditd's, on top of a profile" {
	needs jq
	[ "$("$GYVE" --version | sed -n '2s/,.*//p')" = x86_64 ] || needs x86-64 false # numbers in the text
	cat >log <<-'EOF'
		[ 12.34] audit: type=1326 audit(1700000000.123:45): auid=0 uid=0 gid=0 ses=1 pid=9 comm="qemu" exe="/usr/bin/qemu" sig=31 arch=c000003e syscall=230 compat=0 ip=0x7f code=0x80000000
		type=SECCOMP msg=audit(1700000001.000:46): auid=0 pid=9 comm="qemu" sig=0 arch=c000003e syscall=230 compat=0 ip=0x7f code=0x50026
		type=SECCOMP msg=audit(10/20/2026 10:00:00.000:47) : auid=root comm=qemu sig=SIGSYS arch=x86_64 syscall=mincore compat=0
		type=SYSCALL msg=audit(1700000003.000:48): arch=c000003e syscall=41 success=yes exit=3 a0=10 a1=3 a2=0 a3=0 items=0 comm="x"
		type=PROCTITLE msg=audit(1700000003.000:48): proctitle="x"
	EOF
	run --separate-stderr "$GYVE" --from-audit log
	assert_success
	printf '%s' "$output" >p.json
	run -0 comment_of clock_nanosleep p.json
	assert_output '2 calls'
	run -0 comment_of mincore p.json
	assert_output '1 call'
	run -0 jq -c '.syscalls[] | select(.names == ["socket"]) | .args[0].valueTwo' p.json
	assert_output 16
	run --separate-stderr "$GYVE" --from-audit log --profile p.json
	printf '%s' "$output" >q.json
	run -0 comment_of clock_nanosleep q.json
	assert_output '4 calls'
	echo 'type=1326 audit(1:1): arch=c0000099 syscall=1' >log
	run "$GYVE" --from-audit log
	assert_failure 125
	assert_output --partial "not an architecture that gyve has a table for: 'c0000099'"
	echo nothing >log
	run "$GYVE" --from-audit log
	assert_failure 125
}
