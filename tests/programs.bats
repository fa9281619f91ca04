# SPDX-License-Identifier: GPL-2.0-or-later
# Real programs under the tightest SPEC that they can stand, and what they say one key tighter. A
# denial with an errno has to end in the program's ordinary message, not in a crash or a hang.
load helpers/common

# No call of a program here takes nearly as long: more is a hang.
LIMIT=60

setup() {
	cd "$BATS_TEST_TMPDIR"
	export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
	unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
	seq 1000 >data
}

teardown() {
	[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
}

# The interpreter itself: python3 may be a script that finds it.
python() {
	needs python3
	python=$(python3 -c 'import sys; print(sys.executable)')
}

# Runs the words under a SPEC.
under() {
	local spec=$1
	shift
	run timeout "$LIMIT" "$GYVE" -sandbox "$spec" -- "$@"
}

works() {
	under "$@"
	assert_success
}

# Stopped by a kill, as spawn=deny does.
is_killed() {
	under "$@"
	assert_failure "$SIGSYS_STATUS"
}

# Ends by itself, with an error and this message.
is_told() {
	local message=$1
	shift
	under "$@"
	assert_failure
	[ "$status" -lt 128 ] || [ "$status" -eq 255 ] || [ "$status" -eq 128 ] || fail "died: $status"
	[ "$status" -ne 124 ] || fail "hangs"
	assert_output --partial "$message"
}

@test "strict: sha256sum, xz, tar, gzip, sort, grep, awk, sed" {
	needs xz
	works strict sha256sum data
	assert_output "67d4ff71d43921d5739f387da09746f405e425b07d727e4c69d029461d1f051f  data"
	works strict xz -k data
	works strict xz -dc data.xz
	[ "${#lines[@]}" -eq 1000 ]
	works strict gzip -c data
	works strict tar -cf data.tar data data.xz
	mkdir out
	works strict tar -xf data.tar -C out
	cmp data out/data
	works strict sort -rn data
	[ "${lines[0]}" = 1000 ]
	works strict grep -c 9 data
	assert_output 271
	works strict awk '{ n += $1 } END { print n }' data
	assert_output 500500
	works strict sed -n '$p' data
	assert_output 1000
	# One key tighter there is none; tar with another program to do the work needs spawn.
	is_killed strict tar -cJf data.tar.xz data
	works strict,spawn=allow tar -cJf data.tar.xz data
}

@test "strict: jq" {
	needs jq
	works strict jq -c '{a: (.a + 1)}' <<<'{"a": 1}'
	assert_output '{"a":2}'
}

@test "strict: sqlite3, in memory and in a file" {
	needs sqlite3
	works strict sqlite3 :memory: 'create table t(a); insert into t values(20),(22); select sum(a) from t'
	assert_output 42
	works strict sqlite3 file.db 'create table t(a); insert into t values(7)'
	works strict sqlite3 file.db 'pragma journal_mode=wal; insert into t values(8); select max(a) from t'
	assert_line 8
	is_killed strict sqlite3 :memory: '.shell true'
	works strict,spawn=allow sqlite3 :memory: '.shell true'
}

@test "strict: pdftotext" {
	needs pdftotext
	cat >hello.pdf <<-'END'
		%PDF-1.4
		1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
		2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
		3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R
		/Resources<</Font<</F1 5 0 R>>>>>> endobj
		4 0 obj <</Length 44>> stream
		BT /F1 18 Tf 20 100 Td (Hello from PDF) Tj ET
		endstream endobj
		5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
		trailer <</Root 1 0 R>>
	END
	works strict pdftotext hello.pdf -
	assert_output --partial "Hello from PDF"
}

@test "strict: ffmpeg" {
	needs ffmpeg
	works strict ffmpeg -version
	assert_output --partial "ffmpeg version"
	works strict ffmpeg -v error -f lavfi -i sine=d=1 -y tone.wav
	[ -s tone.wav ]
}

@test "strict: ssh-keygen" {
	needs ssh-keygen
	needs passwd-entry getent passwd "$(id -u)"
	works strict ssh-keygen -q -t ed25519 -N '' -f key
	[ -s key.pub ]
	works strict ssh-keygen -lf key.pub
}

@test "strict: python3 computes, with threads; subprocesses need spawn=allow" {
	python
	works strict "$python" -c 'import hashlib, tempfile, sqlite3; tempfile.TemporaryFile(); print(sum(range(1000)))'
	assert_output 499500
	local threads='
import concurrent.futures as f
with f.ThreadPoolExecutor(4) as p: print(sum(p.map(abs, range(-100, 0))))'
	works strict "$python" -c "$threads"
	assert_output 5050
	local child='import subprocess; print(subprocess.run(["echo", "x"], capture_output=True).stdout)'
	works strict,spawn=allow "$python" -c "$child"
	assert_output "b'x\\n'"
	is_killed strict "$python" -c "$child"
	works strict,spawn=allow "$python" -c 'import os; p = os.fork(); p or os._exit(3); print(os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]))'
	assert_output 3
	is_killed strict "$python" -c 'import os; os.fork()'
	# What would kill can be made to fail, and is then an exception.
	is_told "PermissionError" strict,action=errno "$python" -c 'import os; os.fork()'
}

@test "a build in C with make -j2" {
	needs make
	needs cc
	local names="one two three" name
	for name in $names; do
		echo "int $name(void) { return 1; }" >"$name.c"
	done
	echo 'int one(void); int main(void) { return one() - 1; }' >main.c
	printf 'prog: main.o one.o two.o three.o\n\tcc -o $@ $^\n%%.o: %%.c\n\tcc -c -o $@ $<\n' >Makefile
	# make sets its children's user ID to what it is before it starts them.
	works strict,spawn=allow make -j2
	works strict ./prog
	rm -f ./*.o prog
	works on,network=deny,namespaces=deny,debug=deny,kernel=deny,resourcecontrol=deny,unknown=deny make -j2
	works strict ./prog
	rm -f ./*.o prog
	is_killed strict make -j2
	[ ! -e prog ]
	[ ! -e main.o ]
	# The compiler alone needs no more than its own children.
	works strict,spawn=allow cc -o prog main.c one.c
	is_killed strict cc -o prog main.c one.c
}

# Each sets an ID to what it is: ncurses 6.5 the file-system IDs, busybox and make the user ID, strace
# those of what it traces.
@test "programs that set their IDs to what they are, as root and as a user" {
	chmod 755 .
	printf 'all:\n\techo made\n' >Makefile
	export TERM=xterm
	local command who
	for who in command as_user; do
		for command in "tput cols" clear "less data" "busybox id" "make -s" "strace -f -o /dev/null true"; do
			command -v "${command%% *}" >/dev/null || continue
			run "$who" timeout "$LIMIT" "$GYVE" -sandbox strict,spawn=allow,debug=allow -- $command
			assert_success
		done
	done
}

@test "git: init, add, log under strict; commit and clone with spawn=allow" {
	needs git
	works strict git init -q -b trunk repo
	cp data repo
	works strict git -C repo add data
	is_killed strict git -C repo commit -q -m one
	is_killed strict git -C repo clone -q . ../copy
	rm -rf copy repo/.git/*.lock
	works strict,spawn=allow git -C repo commit -q -m one --allow-empty
	works strict git -C repo log -1 --oneline
	assert_output --regexp '^[0-9a-f]+ one$'
	works strict git -C repo status --short
	assert_output ""
	works strict,spawn=allow git clone -q repo clone
	cmp data clone/data
	works strict,spawn=allow git -C clone fetch -q
	works strict,spawn=allow git -C clone gc -q
}

@test "an HTTP server and its client on loopback" {
	python
	needs curl
	cat >server.py <<-'END'
		import http.server, sys
		class Handler(http.server.SimpleHTTPRequestHandler):
		    def log_message(self, *args): pass
		server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
		print(server.server_address[1], file=open("port", "w"), flush=True)
		server.serve_forever()
	END
	"$GYVE" -sandbox strict,network=allow "$python" server.py 3>&- &
	server=$!
	eventually test -s port
	url=http://127.0.0.1:$(<port)/data
	works strict,network=allow curl -sS -o got "$url"
	cmp data got
	works strict,network=allow "$python" -c 'import sys, urllib.request as u; print(len(u.urlopen(sys.argv[1]).read()))' "$url"
	assert_output 3893
	is_told "curl: (7)" strict,network=local curl -sS "$url"
	is_told "curl: (7)" strict curl -sS "$url"
	is_told "Address family not supported" strict,network=local "$python" server.py
	is_told "Address family not supported" strict "$python" server.py
}

@test "a server and its client on a unix socket: network=local" {
	python
	needs curl
	cat >server.py <<-'END'
		import http.server, socketserver
		class Handler(http.server.SimpleHTTPRequestHandler):
		    def log_message(self, *args): pass
		    def address_string(self): return "local"
		socketserver.ThreadingUnixStreamServer("sock", Handler).serve_forever()
	END
	"$GYVE" -sandbox strict,network=local "$python" server.py 3>&- &
	server=$!
	eventually test -S sock
	works strict,network=local curl -sS --unix-socket sock -o got http://x/data
	cmp data got
	is_told "curl: (7)" strict curl -sS --unix-socket sock http://x/data
	is_told "Address family not supported" strict "$python" server.py
}

# A port on which nothing listens, and a name that never resolves: no packet leaves the machine.
@test "without the network curl, git and ssh fail with their own messages" {
	needs curl
	needs git
	needs ssh
	needs passwd-entry getent passwd "$(id -u)"
	local spec
	for spec in on,network=local on,network=deny; do
		is_told "curl: (7)" "$spec" curl -sS http://127.0.0.1:1/
		is_told "curl: (6)" "$spec" curl -sS http://gyve.invalid/
		is_told "fatal: unable to access" "$spec" git clone -q http://127.0.0.1:1/x
		is_told "fatal: Could not read from remote repository" "$spec" git ls-remote ssh://127.0.0.1:1/x
		is_told "connect to host 127.0.0.1 port 1" "$spec" ssh -F none -p 1 127.0.0.1 true
		is_told "Could not resolve hostname" "$spec" ssh -F none gyve.invalid true
	done
}

@test "without the network getaddrinfo answers, and does not hang" {
	python
	local spec
	for spec in on,network=local on,network=deny strict; do
		works "$spec" "$python" -c 'import socket; print(socket.getaddrinfo("127.0.0.1", 80)[0][4])'
		assert_output "('127.0.0.1', 80)"
		is_told gaierror "$spec" "$python" -c 'import socket; socket.getaddrinfo("gyve.invalid", 80)'
		is_told "Address family not supported" "$spec" "$python" -c 'import socket; socket.create_connection(("127.0.0.1", 1))'
		is_told "Address family not supported" "$spec" "$python" -c 'import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)'
	done
	works on,network=local "$python" -c 'import socket; a, b = socket.socketpair(); a.send(b"x"); print(b.recv(1))'
	is_told "Address family not supported" on,network=deny "$python" -c 'import socket; socket.socketpair()'
}

@test "node: strict computes; kernel=deny costs it nothing; without the network it says so" {
	needs node
	works strict node -e 'console.log(6 * 7)'
	assert_output 42
	works on,kernel=deny node -e 'require("fs").readFile("data", (e, d) => console.log(d.length))'
	assert_output 3893
	is_told EAFNOSUPPORT on,network=local node -e 'require("net").connect(1, "127.0.0.1")'
	is_told EAFNOSUPPORT strict node -e 'require("net").connect(1, "127.0.0.1")'
}

@test "nginx starts and serves under kernel=deny, and more" {
	needs nginx
	needs curl
	cat >nginx.conf <<-END
		daemon off;
		$([ "$(id -u)" -ne 0 ] || echo "user root root;")
		pid $PWD/nginx.pid;
		error_log $PWD/error.log;
		events {}
		http {
			access_log off;
			client_body_temp_path $PWD/t1; proxy_temp_path $PWD/t2;
			fastcgi_temp_path $PWD/t3; uwsgi_temp_path $PWD/t4; scgi_temp_path $PWD/t5;
			server { listen unix:$PWD/sock; root $PWD; }
		}
	END
	local spec
	# The master starts workers and takes their privileges away; alone it needs neither.
	for spec in on,kernel=deny "strict,network=local master_process off;"; do
		rm -f sock
		"$GYVE" -sandbox "${spec%% *}" nginx -p "$PWD" -c "$PWD/nginx.conf" \
			-g "$([ "$spec" = "${spec#* }" ] || echo "${spec#* }")" 3>&- &
		server=$!
		eventually curl -sS --unix-socket sock http://x/data
		works strict,network=local curl -sS --unix-socket sock -o got http://x/nginx.conf
		cmp nginx.conf got
		kill "$server"
		wait "$server" || true
	done
	is_told "Address family not supported" strict nginx -p "$PWD" -c "$PWD/nginx.conf" -g 'master_process off;'
}

@test "namespaces=deny: unshare and bwrap are told no, and the rest goes on" {
	needs unshare
	for words in "-U" "-n" "-m" "-p -f" "-u" "-i"; do
		is_told "Operation not permitted" on,namespaces=deny unshare $words true
	done
	is_killed on,spawn=deny unshare -U true
	works on,namespaces=deny sh -c 'true; sh -c "echo child" | cat'
	assert_output child
}

@test "namespaces=deny: bwrap says why" {
	needs bwrap
	# "Operation not permitted" to root, "No permissions to create new namespace" to others
	is_told "bwrap: " on,namespaces=deny bwrap --ro-bind / / true
	assert_output --regexp 'not permitted|No permissions'
	works on,namespaces=deny bwrap --version
}

@test "debug=deny: strace is told no" {
	needs strace
	is_told "Operation not permitted" on,debug=deny strace -o log true
	is_told "Operation not permitted" on,debug=deny strace -o log -p $$
}

@test "elevateprivileges=sessions: timeout, a new session and an interactive shell work; IDs stay closed" {
	local spec=strict,spawn=allow,elevateprivileges=sessions
	run "$GYVE" -sandbox $spec -- timeout 10 echo in-time
	assert_output in-time
	needs python3
	run "$GYVE" -sandbox $spec -- python3 -c 'import subprocess
print(subprocess.run(["echo", "new session"], start_new_session=True, stdout=-1).stdout)'
	assert_output --partial "new session"
	run "$GYVE" -sandbox $spec -- setsid -w sh -c 'echo $$ >/dev/null; echo alone'
	assert_output alone
	run "$GYVE" -sandbox $spec -- "$TRY" setuid 12345
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox $spec -- "$TRY" unshare 0x10000000
	assert_failure "$SIGSYS_STATUS"
	# one step tighter each of them is killed
	run "$GYVE" -sandbox strict,spawn=allow -- timeout 10 echo in-time
	assert_failure "$SIGSYS_STATUS"
}
