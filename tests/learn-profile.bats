# SPDX-License-Identifier: GPL-2.0-or-later
# --learn-profile: an allow-list of what was seen, and runs under it.
load helpers/common
load helpers/profiles

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# The interpreter itself, where python3 is a script that looks for it.
python() {
	python3 -c 'import sys; print(sys.executable)'
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
		"$GYVE" $mode -- nginx $(nginx_errors) -p "$PWD" -c "$PWD/nginx.conf" 3>&- &
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
