# SPDX-License-Identifier: GPL-2.0-or-later
# --report: what is denied is told; what is told, and who listens, changes nothing in what is denied.
load helpers/common

DENIED=$GYVE_HELPERS/denied
FORKING=strict,spawn=allow,elevateprivileges=allow,outside=allow # what the helper's subcommands need to run

setup() {
	report=$BATS_TEST_TMPDIR/report
	: >"$report"
	chmod 666 "$report"
}

# Runs a target with its report in $report, also when another user runs it.
reported() {
	run "$GYVE" --report --report-fd 7 "$@" 7>>"$report"
}

reported_json() {
	run "$GYVE" --report=json --report-fd 7 "$@" 7>>"$report"
}

# wait, in this shell: run has one of its own.
ends() {
	status=0 output=
	wait "$1" || status=$?
}

in_report() {
	grep -E -- "$1" "$report" || {
		cat "$report"
		fail "the report has no line: $1"
	}
}

# ---- what is answered ----

@test "report: a denial that kills ends gyve by SIGSYS, and is told" {
	reported -sandbox on,spawn=deny -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
	assert_output ''
	in_report ' try\[[0-9]+\] +killed +spawn +(fork\(\)|clone\(.*\)) \[.*\] at /.*\+0x[0-9a-f]+; to allow: spawn=allow$'
	in_report 'was killed for a denied call'
}

@test "report: an errno is the policy's own" {
	reported -sandbox strict -- "$TRY" socket 2 1 0
	assert_success
	assert_output EAFNOSUPPORT
	in_report 'EAFNOSUPPORT  network +socket\(AF_INET, SOCK_STREAM, 0\) .*; to allow: network=allow$'
	reported -sandbox strict -- "$TRY" setpriority 0 0 5
	assert_output EPERM
	in_report 'setpriority\(PRIO_PROCESS, 0, 5\)'
}

@test "report: every row gives under it what it gives without" {
	local name number value action rest group plain
	for group in resourcecontrol network namespaces debug kernel tty default obsolete spawn; do
		while IFS=$'\t' read -r name number value action rest; do
			[ "$number" -ge 0 ] || continue
			run "$GYVE" -sandbox strict -- "$TRY" "$name" 0 0 0 0 0
			plain="$status $output"
			reported -sandbox strict -- "$TRY" "$name" 0 0 0 0 0
			assert_equal "$name $status $output" "$name $plain"
		done < <("$GYVE" --list-syscalls "$group" | sort -u -k1,1 | awk 'NR % 9 == 1')
	done
}

@test "report: an allowed call is not told" {
	reported -sandbox strict -- "$TRY" getpid
	assert_success
	assert_output ok
	in_report 'denied calls: 0'
	[ "$(wc -l <"$report")" -eq 2 ] # and the head
}

@test "report: a grandchild is killed and its parent lives" {
	reported -sandbox on -- sh -c "'$TRY' mount 0 0 0 0 0; echo \$?; echo alive"
	assert_success
	assert_line 137
	assert_line alive
	in_report 'killed +default +mount\(NULL, NULL, NULL, 0, NULL\) .*; no item allows it$'
	in_report 'ended with status 0; denied calls: 1'
}

@test "report: a thread that is denied takes its process along" {
	reported -sandbox strict -- "$DENIED" thread-kill
	assert_failure "$SIGSYS_STATUS"
	assert_output ''
}

@test "report: a grandchild's thread takes its process along" {
	reported -sandbox strict,spawn=allow,unknown=allow,action=kill -- "$DENIED" threads 50 20
	assert_output '1000 denied'
}

@test "report: action=errno and action=log" {
	reported -sandbox strict,action=errno -- "$DENIED" trap
	assert_output EPERM
	reported -sandbox strict,action=log -- "$DENIED" trap
	assert_line 'let through'
	in_report 'passed +spawn'
}

@test "report: action=trap reaches a handler, and kills where there is none or it is blocked" {
	reported -sandbox strict,action=trap -- "$DENIED" trap
	assert_success
	assert_line --index 0 --regexp '^caught 31 syscall [0-9]+$'
	assert_line --index 1 ENOSYS
	in_report 'trapped +spawn'
	reported -sandbox strict,action=trap -- "$DENIED" trap block
	assert_failure "$SIGSYS_STATUS"
	refute_output --partial 'let through'
	reported -sandbox strict,action=trap -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
}

@test "report: x32 and unknown calls" {
	needs x86-64 is_x86_64
	reported -sandbox strict -- "$TRY" 0x40000027
	assert_failure "$SIGSYS_STATUS"
	in_report 'killed +abi +getpid\(.*\) \[x32\] .*; no item allows it'
	reported -sandbox strict -- "$TRY" 999
	assert_output ENOSYS
	in_report 'ENOSYS +unknown +call 999\(.*to allow: unknown=allow'
	reported -sandbox strict -- "$TRY" 0x80000027
	assert_failure "$SIGSYS_STATUS"
	in_report 'killed +abi +call 2147483687\(.*; no item allows it'
}

# What threads are made by since glibc 2.34, in what is built as gyve is.
has_clone3_library() {
	local version
	[[ $("$GYVE" --version) == *' with glibc '* ]] && version=$(getconf GNU_LIBC_VERSION 2>/dev/null) &&
		printf '%s\n' 'glibc 2.34' "$version" | sort -CV
}

@test "report: of a clone3 that the C library replaces, what the clone needs" {
	needs glibc-2.34 has_clone3_library
	needs jq
	reported -sandbox strict -- "$DENIED" threads 2 0
	in_report 'ENOSYS .*clone3\(.*; nothing to allow; most programs fall back'
	: >"$report"
	reported_json -sandbox strict -- "$DENIED" threads 2 0
	run -0 jq -c 'select(.call == "clone3" and .event == "denial").allow' "$report"
	assert_line '""'
}

@test "report: i386 calls" {
	has_i386() { [ "$("$TRY" -i 20 2>/dev/null)" = ok ]; }
	needs i386-calls has_i386
	reported -sandbox on -- "$TRY" -i 20
	assert_failure "$SIGSYS_STATUS"
	in_report 'killed +abi +getpid\(.*\) \[i386\] .*; to allow: abi=all'
}

@test "report: the exec ticket works, and no second time" {
	reported -sandbox strict -- sh -c 'exec true'
	assert_failure "$SIGSYS_STATUS"
	in_report 'killed +spawn +execve\("/.*true", \["true"\], 0x'
	printf '#!/bin/sh\necho script\n' >"$BATS_TEST_TMPDIR/script"
	chmod 755 "$BATS_TEST_TMPDIR/script"
	reported -sandbox strict -- "$BATS_TEST_TMPDIR/script"
	assert_output script
}

@test "report: nothing of the exec ticket is left in the supervisor" {
	needs ptrace "$GYVE_HELPERS/tracer" can
	needs plain-build is_plain_build
	needs root test "$(id -u)" -eq 0 # others cannot look into a supervisor
	local mode
	for mode in '--report -sandbox on,spawn=deny' '--report -sandbox strict,abi=all' --learn; do
		# shellcheck disable=SC2086
		run "$GYVE_HELPERS/tracer" stays -- "$GYVE" $mode --report-file /dev/null -- true
		assert_success
		refute_line "gyve 0" # the search finds what there is
		assert_line --regexp '^gyve [0-9]+$'
		assert_line "end 0"
	done
}

# ---- arguments in words ----

@test "report: arguments are decoded" {
	run "$GYVE" --report --report-fd 7 -sandbox on,namespaces=deny,tty=deny,resourcecontrol=deny \
		-- sh -c "'$TRY' unshare 0x10020000; '$TRY' ioctl 1 0x5412 0; '$TRY' sched_setscheduler 0 1 @buf
		'$TRY' prlimit64 0 7 @buf 0; '$TRY' socket 1 0x80801 0" 7>>"$report"
	assert_success
	in_report 'unshare\(CLONE_NEWNS\|CLONE_NEWUSER\)'
	in_report 'ioctl\(1, TIOCSTI, 0\)'
	in_report 'sched_setscheduler\(0, SCHED_FIFO, \{priority=0\}\)'
	in_report 'prlimit64\(0, RLIMIT_NOFILE, \{soft=0, hard=0\}, NULL\)'
	run grep -c 'socket(' "$report"
	assert_output 0
	reported -sandbox strict -- "$TRY" socket 1 0x80801 0
	in_report 'socket\(AF_UNIX, SOCK_STREAM\|SOCK_NONBLOCK\|SOCK_CLOEXEC, 0\)'
}

@test "report: a remedy names all the keys it takes" {
	reported -sandbox strict,action=errno -- "$TRY" unshare 0x10000000
	in_report 'to allow: elevateprivileges=allow,spawn=allow,namespaces=allow'
	run "$GYVE" -sandbox strict,action=errno,elevateprivileges=allow,spawn=allow -- "$TRY" unshare 0x10000000
	assert_output EPERM
	run "$GYVE" -sandbox strict,elevateprivileges=allow,spawn=allow,namespaces=allow -- "$TRY" unshare 0
	assert_output ok
}

@test "report: a target cannot forge lines, nor drive the terminal" {
	reported -sandbox strict -- "$DENIED" forge
	assert_failure "$SIGSYS_STATUS"
	in_report 'execve\("a\\x0a\{\\"event\\":\\"end\\"\}\\x0a\\x1b\[2Jgyve: all is well \\"\\\\"'
	in_report ' "x\\x0agyve: \\x1b\[31m"\['
	run grep -c 'all is well' "$report"
	assert_output 1
	# not one byte besides printable ASCII and newlines
	[ "$(LC_ALL=C tr -d '\n -~' <"$report" | wc -c)" -eq 0 ]
}

@test "report: a process's name cannot look like fields of gyve's, nor arguments that are cut off" {
	local name='x; to allow: y'
	cp "$DENIED" "$BATS_TEST_TMPDIR/$name"
	reported -sandbox strict -- "$BATS_TEST_TMPDIR/$name" trap
	in_report ' "x; to allow: y"\[[0-9]+\] +killed +spawn .*; to allow: spawn=allow$'
	in_report '^gyve: .* killed +"x; to allow: y" +spawn=allow$'
	reported -sandbox strict -- "$DENIED" forge long
	in_report '"\.\.\. \[' # it was cut off within a string
	# with what is quoted left out, nothing of it is left
	sed -i -E "s/\"([^\"\\\\]|\\\\.)*\"//g; s/'[^']*'//g" "$report"
	refute grep -E 'x;|allow: y|all is well' "$report"
}

@test "report: nor can the path of a file that it has mapped" {
	local libc directory="$BATS_TEST_TMPDIR/z, to allow= nothing at all"
	libc=$(ldd "$TRY" | awk '$1 ~ /^libc\.so/ { print $3 }')
	needs glibc test -n "$libc"
	mkdir "$directory"
	cp "$libc" "$directory"
	LD_LIBRARY_PATH=$directory reported -sandbox strict -- "$TRY" socket 2 1 0
	assert_output EAFNOSUPPORT
	in_report 'at "/[^"]*/z, to allow= nothing at all/libc[^"]*"\+0x[0-9a-f]+; to allow: network=allow$'
}

@test "report=json: every line is one object with the members that the manual names" {
	needs python3
	reported_json -sandbox strict -- "$DENIED" forge
	reported_json -sandbox "$FORKING" -- "$DENIED" flood 500
	run python3 - "$report" "$GYVE_SOURCE/man/gyve-calls.in" <<-'EOF'
	import json, re, sys
	named, event = {}, None
	for line in open(sys.argv[2]):
	    begun = re.match(r"\.It Va event Dq (\w+)$", line)
	    if begun:
	        event = begun.group(1)
	        named[event] = {"event", "time"} if event != "repeat" else set(named["denial"])
	    elif line.startswith(".El"):
	        event = None
	    elif event and line.startswith(".Va "):
	        named[event] |= set(re.findall(r"[a-z_]+", line[4:]))
	seen = set()
	for line in open(sys.argv[1]):
	    record = json.loads(line)
	    seen.add(record["event"])
	    wanted = named[record["event"]]
	    if record["event"] == "end":
	        wanted = wanted - {"status" if "signal" in record else "signal"}
	    assert set(record) == wanted, (record, wanted)
	    assert len(record.get("args", [0] * 6)) == 6
	assert seen == {"start", "denial", "repeat", "end", "total", "try"}, seen
	EOF
	assert_success
}

@test "report: a summary counts by call, group, command and item, most frequent first" {
	reported -sandbox "$FORKING" -- sh -c "'$DENIED' flood 7; '$TRY' setpriority 0 0 5"
	in_report '^gyve: +times +call +group +done +command +to allow$'
	in_report '^gyve: +7  socket +network +EAFNOSUPPORT +denied +network=allow$'
	in_report '^gyve: +1  setpriority +resourcecontrol +EPERM +try +resourcecontrol=allow$'
	run grep -n -E '^gyve: +[17]  ' "$report"
	assert_line --index 0 --partial socket
}

@test "report: the summary does not count together what other items would allow" {
	reported -sandbox on,network=local -- sh -c "'$TRY' socket 2 1 0; '$TRY' socket 16 3 0; '$TRY' socket 16 3 0"
	in_report '^gyve: +3  socket +network +EAFNOSUPPORT +try +network=allow$'
	: >"$report"
	reported -sandbox strict,spawn=allow,elevateprivileges=allow -- \
		sh -c "'$TRY' socket 1 1 0; '$TRY' socket 2 1 0; '$TRY' socket 2 1 0"
	in_report '^gyve: +2  socket +network +EAFNOSUPPORT +try +network=allow$'
	in_report '^gyve: +1  socket +network +EAFNOSUPPORT +try +network=local$'
	: >"$report"
	reported_json -sandbox strict,spawn=allow,elevateprivileges=allow -- \
		sh -c "'$TRY' socket 1 1 0; '$TRY' socket 2 1 0; '$TRY' socket 2 1 0"
	in_report '"event":"total".*"count":2,.*"call":"socket".*"allow":"network=allow"'
	in_report '"event":"total".*"count":1,.*"call":"socket".*"allow":"network=local"'
}

# ---- what fails for want of privileges ----

# ./setuid-try, set-user-ID of root, and there.
make_setuid() {
	cd "$BATS_TEST_TMPDIR"
	cp "$TRY" setuid-try && chmod 4755 setuid-try && [ -u setuid-try ]
}

@test "report: a set-user-ID program that no_new_privs took the privileges of is told" {
	needs root test "$(id -u)" -eq 0
	needs setuid-programs make_setuid
	cd "$BATS_TEST_TMPDIR"
	run as_user "$GYVE" --report --report-fd 7 -sandbox on -- ./setuid-try getpid 7>>report
	assert_output ok
	in_report 'setuid-try\[[0-9]+\] executes "\./setuid-try" without the privileges that it gives, because of no_new_privs; no item allows it without CAP_SYS_ADMIN$'
	in_report 'denied calls: 0'
	: >report
	run as_user "$GYVE" --report=json --report-fd 7 -sandbox on -- sh -c "./setuid-try getpid; ./setuid-try getpid; :" 7>>report
	assert_line ok
	in_report '"event":"unprivileged","time":"[^"]*","pid":[0-9]+,"tid":[0-9]+,"command":"sh","text":"\\"./setuid-try\\"","allow":null}'
	assert_equal "$(grep -c unprivileged report)" 1
	# root's own programs give root nothing, nor is there anything to tell where they get their privileges
	: >report
	reported -sandbox on -- sh -c "./setuid-try getpid; :"
	refute grep executes report
	chown 65534 setuid-try
	chmod 4755 setuid-try
	reported -sandbox on,elevateprivileges=allow -- sh -c "./setuid-try getpid; :"
	refute grep executes report
	reported -sandbox on -- sh -c "./setuid-try getpid; :"
	in_report 'executes "./setuid-try" .*; to allow: elevateprivileges=allow$'
}

@test "report: repeats are folded into one line with a count" {
	reported -sandbox "$FORKING" -- "$DENIED" flood 10000
	assert_line --partial '10000 denied'
	[ "$(wc -l <"$report")" -lt 20 ]
	in_report ' [0-9]+ more like it$'
	in_report '^gyve: +10000  socket'
}

@test "report: a flood of different calls is counted, not told line by line" {
	local begin=$SECONDS
	reported -sandbox "$FORKING" -- "$DENIED" vary 10000
	assert_line --partial '10000 denied'
	# a hundred lines a second, on a slow machine for longer
	[ "$(wc -l <"$report")" -lt $((300 + 100 * (SECONDS - begin + 1))) ]
	in_report ' [0-9]+ denials not told one by one'
	in_report '^gyve: +10000  socket'
}

@test "report: colour on a terminal only, not under NO_COLOR, and not on a dumb one" {
	needs script
	on_terminal() { script -qec "$*" /dev/null; }
	run on_terminal "TERM=xterm '$GYVE' --report -sandbox strict -- '$TRY' socket 2 1 0"
	assert_output --partial $'\033[33mEAFNOSUPPORT\033[0m'
	for variable in NO_COLOR=1 TERM=dumb TERM=; do
		run on_terminal "$variable '$GYVE' --report -sandbox strict -- '$TRY' socket 2 1 0"
		assert_output --partial EAFNOSUPPORT
		refute_output --partial $'\033'
	done
	reported -sandbox strict -- "$TRY" socket 2 1 0
	run grep -c $'\033' "$report"
	assert_output 0
}

@test "report: threads that make the same call are one line" {
	reported -sandbox strict,unknown=deny -- "$DENIED" threads 17 1
	assert_output '17 denied'
	in_report '^gyve: +17  socket'
	in_report 'socket\(.*; [0-9]+ more like it$'
	[ "$(grep -c 'socket(' "$report")" -lt 9 ]
}

# ---- the head, and what to try ----

# The command line that the report ends with, taken as a shell takes it. Its gyve is this one.
try_it() {
	line=$(tail -n 1 "$report")
	[[ $line == 'gyve: try: gyve '* ]] || fail "the report does not end with what to try: $line"
	gyve() { "$GYVE" "$@"; }
	eval "run ${line#gyve: try: }"
}

@test "report: it ends with the command line to try, which works" {
	# shellcheck disable=SC2016 # the target's variable
	reported -sandbox on,network=deny --env A=1 --env 'B=x y' --env PATH -sandbox resourcecontrol=deny -- \
		sh -c '"$0" socket 2 1 0; "$0" setpriority 0 0 19; echo $B' "$TRY"
	assert_line --index 0 EAFNOSUPPORT
	assert_line --index 1 EPERM
	try_it
	assert_equal "$line" "gyve: try: gyve -sandbox on,resourcecontrol=allow,network=allow --env A=1 --env 'B=x y' --env PATH -- sh -c '\"\$0\" socket 2 1 0; \"\$0\" setpriority 0 0 19; echo \$B' $TRY"
	assert_line --index 0 ok
	assert_line --index 1 ok
	assert_line --index 2 'x y'
}

@test "report: what to try is quoted so that a shell takes it as it was" {
	local -a words=("it's" '' 'a b' '$HOME' '`id`' $'line\nbreak' $'\033[31m' 'ü' '\n' '*' '!x' '~' '#' '"' '-x' 'a=b' $'\'\t\\')
	# shellcheck disable=SC2016 # the target's variables
	"$GYVE" --report --report-fd 7 -sandbox strict,spawn=allow -- \
		bash -c '"$0" socket 2 1 0; printf "<%s>" "$@"' "$TRY" "${words[@]}" 7>>"$report"
	try_it
	assert_output "$(echo ok; printf '<%s>' "${words[@]}")"
	run grep -c $'[^ -~]' <<<"$line"
	assert_output 0
}

@test "report: what only goes with a report is not to be tried, nor what closes what is opened" {
	reported -sandbox strict --until target --close-fds --connect 443 -- "$TRY" socket 2 2 0
	try_it
	assert_equal "$line" "gyve: try: gyve -sandbox strict,network=allow --close-fds -- $TRY socket 2 2 0"
	assert_output ok
}

@test "report: nothing to try where nothing was denied, or no item allows it" {
	reported -sandbox strict -- "$TRY" getpid
	refute grep try: "$report"
	reported -sandbox strict -- "$TRY" mount 0 0 0 0 0
	refute grep try: "$report"
	in_report '^gyve: note: no item of a SPEC allows some of these calls$'
}

@test "report: of a run that was killed it says that there may be more" {
	reported -sandbox strict -- sh -c 'true | true'
	in_report '^gyve: note: what a whole run needs was not seen'
	try_it
	assert_success
}

# Whether this machine's C library asks nscd.
asks_nscd() {
	"$GYVE" --learn -- getent passwd root 2>&1 | grep -q AF_UNIX
}

@test "report: calls that programs do without are told, and not to be tried" {
	needs nscd-lookups asks_nscd
	reported -sandbox strict -- getent passwd root
	assert_success
	in_report 'socket\(AF_UNIX.*to allow: network=local; known to be done without: .*nscd$'
	in_report 'getent +network=local \(done without\)$'
	in_report '^gyve: nothing to try: '
	refute grep ' try: gyve' "$report"
	# The same call of a program's own is no such look-up.
	reported -sandbox strict -- "$TRY" socket 1 $((1 | 02000000 | 04000)) 0
	assert_output EAFNOSUPPORT
	try_it
	assert_output ok
	needs jq
	: >"$report"
	reported_json -sandbox strict -- getent passwd root
	run jq -r 'select(.event == "denial").harmless' "$report"
	assert_line --partial nscd
}

@test "report: a file begins with when, which gyve, and the command line" {
	local file=$BATS_TEST_TMPDIR/file
	run "$GYVE" --report --report-file "$file" -sandbox strict -- "$TRY" socket 2 1 0
	run head -n 1 "$file"
	assert_output --regexp "^gyve: [0-9-]{10} [0-9:]{8} UTC  gyve $("$GYVE" --version | sed -n '1s/gyve //p'), process [0-9]+: gyve --report -sandbox strict --report-file $file -- $TRY socket 2 1 0\$"
	run "$GYVE" --report -sandbox strict -- "$TRY" getpid
	refute_output --partial UTC
	needs jq
	reported_json -sandbox strict --until target -- "$TRY" getpid
	run jq -R -c 'fromjson? | select(.event == "start") | [.format, .mode, .sandbox, .profile, .argv[-2:]]' "$report"
	assert_output "[1,\"report\",\"strict\",null,[\"$TRY\",\"getpid\"]]"
}

# ---- standing for the target ----

@test "report: exit status and death by signal pass through" {
	reported -sandbox on -- sh -c 'exit 41'
	assert_failure 41
	reported -sandbox on -- sh -c 'kill -TERM $$'
	assert_failure $((128 + $(kill -l TERM)))
	reported -sandbox on -- sh -c 'kill -KILL $$'
	assert_failure $((128 + $(kill -l KILL)))
	in_report 'was killed by signal 9'
}

@test "report: 126 and 127, and nothing is left behind" {
	run -127 "$GYVE" --report -sandbox on -- "$BATS_TEST_TMPDIR/absent"
	echo x >"$BATS_TEST_TMPDIR/data"
	reported -sandbox on -- "$BATS_TEST_TMPDIR/data"
	assert_failure 126
	printf '#!/no/such/interpreter\n' >"$BATS_TEST_TMPDIR/script"
	chmod 755 "$BATS_TEST_TMPDIR/script"
	run -127 "$GYVE" --report -sandbox on -- "$BATS_TEST_TMPDIR/script"
	assert_output --partial 'interpreter'
}

@test "report: signals to gyve reach the target" {
	local pid
	"$GYVE" --report --report-fd 7 -sandbox on -- sh -c '
		trap "echo term; exit 7" TERM; trap "echo usr1" USR1
		echo ready; while :; do sleep 0.02; done' \
		>"$BATS_TEST_TMPDIR/out" 7>>"$report" 3>&- &
	pid=$!
	eventually grep -q ready "$BATS_TEST_TMPDIR/out"
	kill -USR1 $pid
	eventually grep -q usr1 "$BATS_TEST_TMPDIR/out"
	kill -TERM $pid
	ends $pid
	assert_failure 7
	grep -q term "$BATS_TEST_TMPDIR/out"
}

@test "report: an alarm set before reaches the target" {
	needs python3
	run timeout 20 python3 -c 'import os, signal, sys
signal.alarm(1)
os.execv(sys.argv[1], sys.argv[1:])' "$GYVE" --report --report-fd 7 -sandbox on -- \
		sh -c 'trap "echo alarm; exit 4" ALRM; while :; do sleep 0.05; done' 7>>"$report"
	assert_failure 4
	assert_output alarm
}

@test "report: as process 1 of a PID namespace, it reaps what is left behind" {
	can_unshare() { unshare -rpf --mount-proc true 2>/dev/null; }
	needs user-namespaces can_unshare
	run timeout 20 unshare -rpf --mount-proc "$GYVE" --report --report-fd 7 -sandbox on -- \
		sh -c "(sleep 0.3 &); '$TRY' getpid; exit 3" 7>>"$report"
	assert_failure 3
	assert_output ok
}

@test "report: timeout ends gyve and target alike" {
	run timeout -s TERM 2 "$GYVE" --report -sandbox on -- sh -c 'echo $$ >"$1"; exec sleep 30' sh "$BATS_TEST_TMPDIR/pid"
	assert_failure 124
	[ -s "$BATS_TEST_TMPDIR/pid" ]
	run kill -0 "$(cat "$BATS_TEST_TMPDIR/pid")"
	assert_failure
}

@test "report: the target's signal mask and dispositions are the caller's" {
	local plain
	needs python3
	# not through a shell, which would have an empty mask
	as_caller() {
		timeout 20 python3 -c 'import os, signal, sys
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_DFL)
for number in signal.SIGHUP, signal.SIGCHLD:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGUSR1, signal.SIGSYS})
os.execv(sys.argv[1], sys.argv[1:])' "$GYVE" "$@" -sandbox on -- grep '^Sig[BI]' /proc/self/status
	}
	plain=$(as_caller)
	[ "$(head -n 1 <<<"$plain")" = $'SigBlk:\t0000000000000200' ] # SIGSYS is not left blocked
	# 32 and 33 are the C library's, which only it can set: make leaves them ignored
	[ $((0x$(sed -n 's/^SigIgn:.//p' <<<"$plain") & ~0x180000000)) -eq $((0x10001)) ]
	run as_caller --report --report-fd 7 7>/dev/null
	assert_success
	assert_output "$plain"
}

@test "report: under nohup" {
	needs nohup
	nohup "$GYVE" --report -sandbox on -- sh -c 'kill -HUP $$; kill -HUP $PPID; sleep 0.2; echo survived' \
		>"$BATS_TEST_TMPDIR/out" 2>/dev/null </dev/null 3>&-
	grep -q survived "$BATS_TEST_TMPDIR/out"
}

@test "report: gyve stops and continues with its target under job control" {
	needs python3
	run timeout 20 python3 - "$GYVE" <<-'EOF'
	import os, pty, signal, sys
	SCRIPT = "echo ready; read x; kill -STOP $$; exit 5"
	def shell():  # as a shell with job control has it: the job is a group of its own
	    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
	    job = os.fork()
	    if job == 0:
	        os.setpgid(0, 0)
	        os.tcsetpgrp(0, os.getpid())
	        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
	        os.execv(sys.argv[1], [sys.argv[1], "--report", "-sandbox", "on", "--", "sh", "-c", SCRIPT])
	    _, status = os.waitpid(job, os.WUNTRACED)  # ^Z
	    if not os.WIFSTOPPED(status):
	        return 11
	    os.write(1, b"stopped")
	    os.killpg(job, signal.SIGCONT)
	    _, status = os.waitpid(job, os.WUNTRACED)  # the target's own SIGSTOP
	    if not os.WIFSTOPPED(status):
	        return 12
	    os.kill(job, signal.SIGCONT)  # gyve alone: it passes that on
	    _, status = os.waitpid(job, 0)
	    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 13
	pid, fd = pty.fork()
	if pid == 0:
	    os._exit(shell())
	def expect(word):
	    out = b""
	    while word not in out:
	        out += os.read(fd, 100)
	expect(b"ready")
	os.write(fd, b"\032")
	expect(b"stopped")
	os.write(fd, b"go\n")
	_, status = os.waitpid(pid, 0)
	sys.exit(os.WEXITSTATUS(status))
	EOF
	assert_failure 5
}

@test "report: ^C on the terminal ends both" {
	needs python3
	run timeout 20 python3 - "$GYVE" <<-'EOF'
	import os, pty, sys
	pid, fd = pty.fork()
	if pid == 0:
	    os.execv(sys.argv[1], [sys.argv[1], "--report", "-sandbox", "on", "--",
	             "sh", "-c", "trap 'n=x$n' INT; echo ready; sleep 1; echo $n; exit 6"])
	out = b""
	while b"ready" not in out:
	    out += os.read(fd, 100)
	os.write(fd, b"\003")
	out = b""
	try:
	    while True:
	        out += os.read(fd, 100)
	except OSError:
	    pass
	_, status = os.waitpid(pid, 0)
	assert os.WEXITSTATUS(status) == 6, status
	assert b"x\r" in out and b"xx" not in out, out  # once, not twice
	EOF
	assert_success
}

@test "report: the target has no descriptor of gyve's, nor that of the report" {
	local plain
	plain=$("$GYVE" -sandbox on -- "$DENIED" fds 3>&- 4>&-)
	run "$GYVE" --report --report-fd 7 -sandbox on -- "$DENIED" fds 3>&- 4>&- 7>>"$report"
	assert_output "$plain"
}

@test "report: --close-fds closes the target's, not the report" {
	reported --close-fds -sandbox on -- "$DENIED" fds
	assert_output '0 1 2 '
	in_report 'ended with status 0'
}

@test "report: gyve does not keep open what the target has closed" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	"$GYVE" --report --report-fd 7 -sandbox "$FORKING" -- "$DENIED" lingerpipe 120000 \
		>"$BATS_TEST_TMPDIR/pipe" 2>&1 7>>"$report" 3>&- &
	run timeout 60 cat "$BATS_TEST_TMPDIR/pipe"
	assert_success # and not 124
	kill $!
	ends $!
}

@test "report: systemd's LISTEN_PID and WATCHDOG_PID name the target" {
	run bash -c "LISTEN_PID=\$\$ WATCHDOG_PID=\$\$ exec '$GYVE' --report --report-fd 7 -sandbox on -- sh -c '[ \$LISTEN_PID = \$\$ ] && [ \$WATCHDOG_PID = \$\$ ] && echo both' 7>/dev/null"
	assert_output both
	LISTEN_PID=1 run "$GYVE" --report --report-fd 7 -sandbox on -- sh -c 'echo $LISTEN_PID' 7>/dev/null
	assert_output 1
}

@test "report: until=last waits for the last process, until=target does not" {
	"$GYVE" --report --report-fd 7 -sandbox "$FORKING" -- "$DENIED" linger 300 \
		>"$BATS_TEST_TMPDIR/out" 7>>"$report" 3>&- || [ $? -eq 3 ]
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = EAFNOSUPPORT ]
	in_report 'ended with status 3; denied calls: 1'
	"$GYVE" --report --report-fd 7 --until=target -sandbox "$FORKING" -- "$DENIED" linger 300 \
		>"$BATS_TEST_TMPDIR/out" 7>>"$report" 3>&- || [ $? -eq 3 ]
	in_report 'ended with status 3; denied calls: 0'
	[ ! -s "$BATS_TEST_TMPDIR/out" ]
	eventually [ -s "$BATS_TEST_TMPDIR/out" ]
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = EAFNOSUPPORT ] # as the policy says, though gyve has ended
}

@test "report: SIGTERM ends the wait for what the target left behind" {
	local pid
	cd "$BATS_TEST_TMPDIR"
	"$GYVE" --report --report-fd 7 -sandbox "$FORKING" -- \
		sh -c 'sleep 60 & echo $! >left; echo $$ >target; exit 3' 7>>"$report" 3>&- &
	pid=$!
	eventually test -s target
	eventually test ! -e "/proc/$(<target)"
	kill -TERM $pid
	ends $pid
	assert_failure 3
	kill "$(<left)" # it sleeps on
}

@test "report: --die-with-parent takes the target along when gyve is killed" {
	local pid
	"$GYVE" --report --report-fd 7 --die-with-parent -sandbox on -- sh -c 'echo $$ >"$1"; exec sleep 30' sh \
		"$BATS_TEST_TMPDIR/pid" 7>>"$report" 3>&- &
	pid=$!
	eventually [ -s "$BATS_TEST_TMPDIR/pid" ]
	kill -KILL $pid
	eventually is_gone "$(cat "$BATS_TEST_TMPDIR/pid")"
}

# ---- robustness ----

@test "report: as an unprivileged user" {
	run as_user "$GYVE" --report --report-fd 7 -sandbox "$FORKING" -- "$TRY" socket 2 1 0 7>>"$report"
	assert_output EAFNOSUPPORT
	in_report 'socket\(AF_INET'
	run as_user "$GYVE" --report --report-fd 7 -sandbox strict -- "$TRY" fork 7>>"$report"
	assert_failure "$SIGSYS_STATUS"
}

@test "report: 200 processes at once" {
	reported -sandbox "$FORKING" -- "$DENIED" procs 200 20
	assert_output '4000 denied'
	in_report '^gyve: +4000  socket'
}

@test "report: 50 threads at once" {
	reported -sandbox "$FORKING" -- "$DENIED" threads 50 100
	assert_output '5000 denied'
}

@test "report: a process killed while its call is pending" {
	reported -sandbox "$FORKING" -- "$DENIED" pending
	assert_success
	assert_output EAFNOSUPPORT
}

@test "report: a stopped supervisor lets nothing through, and answers when it goes on" {
	reported -sandbox "$FORKING" -- "$DENIED" stop
	assert_line --index 0 waits
	assert_line --index 1 EAFNOSUPPORT
}

@test "report: a killed supervisor lets nothing through" {
	"$GYVE" --report --report-fd 7 -sandbox "$FORKING" -- "$DENIED" childkill \
		>"$BATS_TEST_TMPDIR/out" 7>>"$report" 3>&- || [ $? -eq 137 ]
	eventually [ -s "$BATS_TEST_TMPDIR/out" ]
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = ENOSYS ]
}

@test "report: the target cannot trace, write to or look into its supervisor" {
	run as_user "$GYVE" --report --report-fd 7 -sandbox "$FORKING,debug=allow" -- "$DENIED" trace 7>>"$report"
	assert_line --index 0 EPERM
	assert_line --index 1 EPERM
	assert_line --index 2 EACCES
	assert_line --index 3 EACCES
	assert_line --index 4 EAFNOSUPPORT
}

@test "report: a target in a session of its own" {
	reported -sandbox "$FORKING" -- "$DENIED" session
	assert_output EAFNOSUPPORT
}

@test "report: nobody reads the report any more (EPIPE)" {
	run bash -c "{ '$GYVE' --report --report-fd 7 -sandbox '$FORKING' -- '$DENIED' flood 1000 >'$BATS_TEST_TMPDIR/out'; echo \$? >'$BATS_TEST_TMPDIR/status'; } 7>&1 | true"
	[ "$(cat "$BATS_TEST_TMPDIR/status")" = 0 ]
	grep -q '1000 denied' "$BATS_TEST_TMPDIR/out"
}

@test "report: the disk is full" {
	run "$GYVE" --report --report-file /dev/full -sandbox "$FORKING" -- "$DENIED" flood 1000
	assert_success
	assert_line --partial '1000 denied'
	assert_line --partial 'cannot write the report, the rest of it is lost: No space left on device'
	[ "$(grep -c 'cannot write' <<<"$output")" -eq 1 ]
}

@test "report: a reader that does not read holds up the report, not the target" {
	local pid
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec 8<>"$BATS_TEST_TMPDIR/pipe"
	"$GYVE" --report=json --report-fd 8 -sandbox "$FORKING" -- "$DENIED" vary 5000 \
		>"$BATS_TEST_TMPDIR/out" 3>&- &
	pid=$!
	eventually grep -q '5000 denied' "$BATS_TEST_TMPDIR/out"
	cat <&8 >>"$report" 3>&- &
	ends $pid
	assert_success
	eventually in_report '"event":"total".*"count":5000,'
	kill $! # the pipe has no end while descriptor 8 is open
	exec 8>&-
}

@test "report: one supervisor for each process: a second one is refused" {
	reported -sandbox on -- "$GYVE" --report -sandbox on -- true
	assert_failure 125
	assert_output --partial 'supervised already'
}

@test "report: plain mode inside it works, and the stricter verdict holds" {
	reported -sandbox on,network=deny -- "$GYVE" -sandbox on,resourcecontrol=deny -- \
		sh -c "'$TRY' socket 2 1 0; '$TRY' setpriority 0 0 1"
	assert_success
	assert_line --index 0 EAFNOSUPPORT
	assert_line --index 1 EPERM
}

# ---- the command line ----

@test "report: bad uses are refused before anything starts" {
	run "$GYVE" --report=xml -- true
	assert_failure 125
	assert_output --partial 'accepted: text|json'
	run "$GYVE" --report
	assert_failure 125
	assert_output --partial 'no COMMAND'
	run "$GYVE" --report --learn -- true
	assert_failure 125
	run "$GYVE" --report-file x -- true
	assert_failure 125
	run "$GYVE" --report --report-file x --report-fd 1 -- true
	assert_failure 125
	run "$GYVE" --report --report-fd 99 -- true
	assert_failure 125
	assert_output --partial 'Bad file descriptor'
	run "$GYVE" --report --report-fd 0 -- true </dev/null
	assert_failure 125
	assert_output --partial 'not open for writing'
	run "$GYVE" --report --report-fd x -- true
	assert_failure 125
	run "$GYVE" --report --report-file /no/such/directory/x -- true
	assert_failure 125
	run "$GYVE" --report --until=never -- true
	assert_failure 125
}

@test "report: --report-file appends, for the user alone" {
	local file=$BATS_TEST_TMPDIR/file
	"$GYVE" --report --report-file "$file" -sandbox strict -- "$TRY" socket 2 1 0
	"$GYVE" --report --report-file "$file" -sandbox strict -- "$TRY" socket 2 1 0
	[ "$(grep -c 'ended with status 0' "$file")" -eq 2 ]
	[ "$(stat -c %a "$file")" = 600 ]
}

@test "report: nothing to report with enable=off: said so, and launched" {
	run "$GYVE" --report -sandbox off -- echo hello
	assert_success
	assert_line hello
	assert_line --partial 'nothing is denied'
}

@test "plain mode: no process stays, and the filter asks nobody" {
	run bash -c "echo \$\$; exec '$GYVE' -sandbox strict -- sh -c 'echo \$\$'"
	assert_equal "${lines[0]}" "${lines[1]}"
	run "$GYVE" -sandbox strict -- "$DENIED" fds 3>&-
	refute_output --partial 'anon'
}
