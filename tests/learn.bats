# SPDX-License-Identifier: GPL-2.0-or-later
# --learn: a run under nothing, then the same under what was learned from it.
load helpers/common

DENIED=$GYVE_HELPERS/denied

setup() {
	PATH=$PATH:/usr/sbin:/sbin
	learned=$BATS_TEST_TMPDIR/learned
	cd "$BATS_TEST_TMPDIR"
}

# A pipeline is bash's: dash takes a clone(2) that its SIGCHLD interrupts while the supervisor has not
# looked at it yet for a failure, and bash restarts it.
#
# Learns from a run, then runs the same under the SPEC, which is left in $spec: same end, same words.
learns() {
	local status_before output_before
	rm -f "$learned"
	run "$GYVE" --learn=json --report-file "$learned" -- "$@" 2>/dev/null
	status_before=$status
	output_before=$(grep -v '^gyve: warning: --learn' <<<"$output" || true)
	spec=$(sed -n 's/.*"event":"learned","sandbox":"\([^"]*\)".*/\1/p' "$learned")
	[ -n "$spec" ] || fail "nothing learned: $output"
	run "$GYVE" -sandbox "$spec" -- "$@"
	assert_equal "$status" "$status_before"
	assert_equal "$output" "$output_before"
}

# Whether the JSON names this key as opened to this value because of a call that matches.
opened() {
	grep -F "\"key\":\"$1\",\"value\":\"$2\"" "$learned" | grep -qE -- "$3" || {
		cat "$learned"
		fail "no $1=$2 because of $3"
	}
}

@test "learn: a run that needs nothing gets strict" {
	learns "$TRY" getpid
	assert_equal "$spec" strict
	assert_output ok
}

@test "learn: it says that it does not protect, and it does not deny" {
	run "$GYVE" --learn -- "$TRY" socket 2 1 0
	assert_success
	assert_line 'gyve: warning: --learn: nothing is denied in this run, so it does not protect'
	assert_line ok
	assert_line '  -sandbox strict,network=allow'
	assert_line --regexp '^gyve: network +allow +socket\(AF_INET, SOCK_STREAM, 0\), by try\[[0-9]+\]$'
}

@test "learn: the network is opened as far as the families ask for" {
	learns "$TRY" socket 1 1 0
	assert_equal "$spec" strict,network=local
	opened network local 'AF_UNIX'
	learns sh -c "'$TRY' socket 1 1 0; '$TRY' socket 16 3 0"
	assert_equal "$spec" strict,spawn=allow,network=allow
	opened network allow 'AF_NETLINK'
	run grep -c AF_UNIX "$learned"
	assert_output 0 # it is not what opened the key that far
}

@test "learn: the SPEC is the tightest: each key closed again, the run fails" {
	learns bash -c "'$TRY' socket 1 1 0 | cat; '$TRY' setpriority 0 0 0"
	assert_equal "$spec" strict,spawn=allow,resourcecontrol=allow,network=local
	run "$GYVE" -sandbox strict,resourcecontrol=allow,network=local -- sh -c "'$TRY' socket 1 1 0 | cat"
	assert_failure "$SIGSYS_STATUS"
	run "$GYVE" -sandbox strict,spawn=allow,network=local -- "$TRY" setpriority 0 0 0
	assert_output EPERM
	run "$GYVE" -sandbox strict,spawn=allow,resourcecontrol=allow -- "$TRY" socket 1 1 0
	assert_output EAFNOSUPPORT
}

@test "learn: every row of the table opens its key, and its key alone suffices" {
	local group name number value rest status_learned
	for group in elevateprivileges resourcecontrol network debug kernel; do
		while IFS=$'\t' read -r name number value rest; do
			case $name in clone* | vhangup | *setns* | unshare) continue ;; esac
			[ "$number" -ge 0 ] || continue
			rm -f "$learned"
			run "$GYVE" --learn=json --report-file "$learned" -- "$TRY" "$name" -1 -1 -1 -1 -1
			grep -q "\"key\":\"$group\"\|\"event\":\"learned\",\"sandbox\":\"strict\"" "$learned" ||
				fail "$name: $(cat "$learned")"
			status_learned=$status
			spec=$(sed -n 's/.*"event":"learned","sandbox":"\([^"]*\)".*/\1/p' "$learned")
			run "$GYVE" -sandbox "$spec" -- "$TRY" "$name" -1 -1 -1 -1 -1
			assert_equal "$name $status" "$name $status_learned"
		done < <("$GYVE" --list-syscalls "$group" | sort -u -k1,1 | awk 'NR % 8 == 0')
	done
}

@test "learn: threads need no key, though libraries try clone3 first" {
	learns "$DENIED" threads 4 0
	assert_equal "$spec" strict
}

@test "learn: what no key allows takes action=log, and that is said to be no protection" {
	learns "$TRY" mount 0 0 0 0 0
	assert_equal "$spec" strict,debug=allow,action=log # its domain denies mounts as well
	grep -q '"protects":false' "$learned"
	run "$GYVE" --learn -- "$TRY" mount 0 0 0 0 0
	assert_line --partial 'no key allows some of these calls'
}

@test "learn: unknown calls and x32" {
	learns "$TRY" 999
	assert_equal "$spec" strict,unknown=allow
	needs x86-64 is_x86_64
	learns "$TRY" 0x40000027
	assert_equal "$spec" strict,abi=all,action=log
}

@test "learn: exit status and death by signal pass through" {
	learns sh -c 'exit 41'
	assert_failure 41
	learns sh -c 'kill -TERM $$'
	assert_failure 143
}

@test "learn: what was learned and cannot be written is no success" {
	needs /dev/full test -w /dev/full
	run "$GYVE" --learn --report-file /dev/full -- true
	assert_failure 125
	assert_line 'gyve: --learn: cannot write what was learned: No space left on device'
}

@test "learn: as an unprivileged user" {
	run as_user "$GYVE" --learn --report-fd 7 -- "$TRY" socket 2 1 0 7>"$learned"
	assert_line ok
	grep -q -- '-sandbox strict,network=allow' "$learned"
}

@test "learn: a program that gives privileges opens elevateprivileges" {
	make_setuid() { cp "$TRY" ./setuid-try && chmod 4755 ./setuid-try && [ -u ./setuid-try ]; }
	needs setuid-programs make_setuid
	learns sh -c './setuid-try getpid; exit 0'
	assert_equal "$spec" strict,elevateprivileges=allow,spawn=allow
	opened elevateprivileges allow 'setuid-try.*"gives_privileges":true'
	learns ./setuid-try getpid
	assert_equal "$spec" strict,elevateprivileges=allow
	run as_user "$GYVE" --learn --report-fd 7 -- sh -c './setuid-try getpid; exit 0' 7>"$learned"
	grep -q 'ran without them' "$learned"
}

@test "learn: --sandbox has no meaning with it" {
	run "$GYVE" --learn -sandbox on -- true
	assert_failure 125
}

# ---- programs as they are ----

@test "learn: a make build" {
	needs make
	needs cc
	printf 'all: a b\na: x.c\n\t@cc -o a x.c\nb: x.c\n\t@cc -O -o b x.c\nclean:\n\t@rm -f a b\n' >Makefile
	echo 'int main(void) { return 0; }' >x.c
	learns make -s clean all
	assert_success
	[ -x b ]
	opened spawn allow 'execve'
}

@test "learn: git" {
	needs git
	learns sh -c 'rm -rf g && git init -q g && cd g && git -c user.name=a -c user.email=b commit -q --allow-empty -m x &&
		git log --format=%s && git gc -q'
	assert_success
	assert_output x
	opened spawn allow 'by|git'
}

@test "learn: python with a subprocess" {
	python=$(command -v /usr/bin/python3 || command -v python3 || true)
	needs python3 test -n "$python"
	learns "$python" -c 'import subprocess; print(subprocess.run(["echo", "hi"], capture_output=True).stdout)'
	assert_success
	assert_output "b'hi\\n'"
	opened spawn allow python
}

@test "learn: a shell pipeline" {
	learns bash -c 'printf "b\na\n" | sort | head -n 1'
	assert_success
	assert_output a
	assert_equal "$spec" strict,spawn=allow
}

@test "learn: nginx serving on loopback" {
	needs nginx
	needs curl
	needs python3
	local port
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >nginx.conf <<-EOF
	daemon off; error_log $PWD/error; pid $PWD/pid;
	events {}
	http { access_log off; client_body_temp_path $PWD/b; proxy_temp_path $PWD/p; fastcgi_temp_path $PWD/f;
	uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
	server { listen unix:$PWD/socket; listen 127.0.0.1:$port; location / { return 200 served; } } }
	EOF
	learns sh -c 'nginx '"$(nginx_errors)"' -c '"$PWD"'/nginx.conf &
		for i in $(seq 100); do curl -s http://127.0.0.1:'"$port"'/ && break; sleep 0.1; done
		kill $!; wait $!'
	assert_output served
	opened network allow 'socket\(AF_INET'
}

@test "learn: redis-server" {
	needs redis-server
	needs redis-cli
	# for more clients it raises the limit of open files, where that is a low one
	learns sh -c 'redis-server --port 0 --maxclients 100 --unixsocket '"$PWD"'/socket --save "" >/dev/null &
		for i in $(seq 100); do redis-cli -s '"$PWD"'/socket ping 2>/dev/null && break; sleep 0.1; done
		redis-cli -s '"$PWD"'/socket shutdown nosave; wait $!'
	assert_output PONG
	assert_equal "$spec" strict,spawn=allow,network=local
}

@test "learn: node" {
	needs node
	learns node -e 'console.log(require("child_process").execSync("echo hi").toString().trim())'
	assert_output hi
	opened spawn allow node
}

@test "learn: sudo failing" {
	needs sudo
	learns sudo -n false
	assert_failure 1
	opened elevateprivileges allow 'sudo'
}

@test "learn: bwrap" {
	works() { bwrap --ro-bind / / true 2>/dev/null; }
	needs bwrap
	needs bwrap-namespaces works
	learns bwrap --ro-bind / / --unshare-pid echo inside
	assert_output inside
	[[ $spec == *action=log ]]
	opened enable '(action=log)' 'pivot_root'
	opened namespaces allow 'CLONE_NEWNS'
}

@test "learn: qemu-system-x86_64 starting a machine" {
	needs qemu-system-x86_64
	learns bash -c 'echo quit | qemu-system-x86_64 -display none -nodefaults -machine accel=tcg -monitor stdio >/dev/null'
	assert_success
	opened spawn allow 'execve'
}
