# SPDX-License-Identifier: GPL-2.0-or-later
# --status-fd: one can tell whether the command was executed, and under what.
load helpers/common

SCHEMA=$GYVE_SOURCE/schema/status.schema.json

setup() {
	cd "$BATS_TEST_TMPDIR"
	who=(env)
	[ "$(id -u)" -ne 0 ] || who+=(as_user)
	chmod a+rwx . # as_user writes here, too
	printf '#!/nonexistent/interpreter\n' >broken
	chmod +x broken
}

teardown() {
	[ -z "${child-}" ] || kill "$child" 2>/dev/null || true
}

has_validator() {
	python3 -c 'from jsonschema import Draft202012Validator' 2>/dev/null
}

has_landlock() {
	"$GYVE" --probe | grep -q '^Landlock  *version'
}

# told COMMAND...: runs it with descriptor 3 going to the file "status". Not by run: it knows 127 as a
# mistake in the test.
told() {
	status=0
	output=$("$@" 3>status 2>stderr) || status=$?
	stderr=$(cat stderr)
}

# states STATE...: the lines of the file are of these states, whole, and nothing else.
states() {
	assert_equal "$(sed 's/^{"state":"\([a-z]*\)",.*}$/\1/' status | tr '\n' ' ')" "$(printf '%s ' "$@")"
	[ ! -s status ] || [ -z "$(tail -c 1 status)" ]
}

# member FILTER: what jq finds in the last line.
member() {
	tail -n 1 status | jq -r "$1"
}

# ---- what is said ----

@test "started: one line, which the schema describes, for every way to launch" {
	needs jsonschema has_validator
	local user
	"$GYVE" --learn-profile p.json -- true
	for user in "${who[@]}"; do
		while read -r options; do
			# shellcheck disable=SC2086 # several words
			told "$user" "$GYVE" --status-fd 3 $options -- true
			assert_success
			states started
			cat status >>all
		done <<-'EOF'
			-sandbox on
			-sandbox strict
			-sandbox strict --close-fds
			-sandbox on,elevateprivileges=allow
			-sandbox off
			-sandbox strict --read / --write /tmp --connect 443 --connect 8000-8010 --bind 0 --close-fds
			-sandbox on,files=deny --no-base --read / --close-fds
			--profile p.json
			--profile p.json -sandbox on,spawn=deny
			--report --report-fd 2 -sandbox strict
			--report -sandbox off
			--learn
			--learn-profile q.json
		EOF
	done
	run python3 "$GYVE_SOURCE/tests/helpers/schema.py" "$SCHEMA" <all
	assert_success
}

@test "started: what it says is so" {
	needs jq
	told "$GYVE" --status-fd 3 -sandbox strict,abi=all,spawn=allow -- sh -c 'echo $$'
	states started
	assert_equal "$(member .pid)" "$output"
	assert_equal "$(member .mode)" launch
	assert_equal "$(member .command)" "$(type -P sh)"
	assert_equal "$(member .profile)" null
	assert_equal "$(member .no_new_privs)" true
	assert_equal "$(member .gyve)" "$("$GYVE" --version | sed -n 's/^gyve //p')"
	assert_equal "$(member .kernel_table)" "$("$GYVE" --version | sed -n 's/.*up to Linux //p')"
	# the keys as --print has them, which is tested against the table
	diff <(member '.sandbox | to_entries[] | "\(.key)=\(.value)"') \
		<("$GYVE" --print=json -sandbox strict,abi=all,spawn=allow | jq -r '.sandbox | to_entries[] | "\(.key)=\(.value)"')
	assert_equal "$(member .filter.instructions)" \
		"$("$GYVE" --print=json -sandbox strict,abi=all,spawn=allow | jq .instructions)"
}

@test "started: under a supervisor the process is the command, and --learn enforces nothing" {
	needs jq
	told "$GYVE" --status-fd 3 --report -sandbox on -- sh -c 'echo $$'
	states started
	assert_equal "$(member '"\(.mode) \(.pid) \(.sandbox.enable)"')" "report $output on"
	told "$GYVE" --status-fd 3 --learn -- sh -c 'echo $$'
	states started
	assert_equal "$(member '"\(.mode) \(.pid) \(.sandbox) \(.filter) \(.landlock)"')" \
		"learn ${output%%$'\n'*} null null null"
	told "$GYVE" --status-fd 3 --learn-profile p.json -- sh -c 'echo $$'
	states started
	assert_equal "$(member '"\(.mode) \(.pid) \(.sandbox) \(.filter) \(.landlock)"')" \
		"learn-profile $output null null null"
	told "$GYVE" --status-fd 3 -sandbox off -- true
	assert_equal "$(member '"\(.mode) \(.sandbox) \(.filter) \(.landlock) \(.degraded)"')" \
		"launch null null null []"
}

@test "started: no_new_privs as it is" {
	needs jq
	needs CAP_SYS_ADMIN unshare -u true
	needs no-no_new_privs-around grep -qx $'NoNewPrivs:\t0' /proc/self/status
	told "$GYVE" --status-fd 3 -sandbox on,elevateprivileges=allow -- grep NoNewPrivs /proc/self/status
	assert_output $'NoNewPrivs:\t0'
	assert_equal "$(member .no_new_privs)" false
	told as_user "$GYVE" --status-fd 3 -sandbox on,elevateprivileges=allow -- grep NoNewPrivs /proc/self/status
	assert_output $'NoNewPrivs:\t1'
	assert_equal "$(member .no_new_privs)" true
	told setpriv --no-new-privs "$GYVE" --status-fd 3 -sandbox off -- true
	assert_equal "$(member .no_new_privs)" true
}

@test "started: paths, ports and keys of the domain" {
	needs jq
	needs landlock has_landlock
	mkdir 'a "b" \ é' $'c\n\xff'
	told "$GYVE" --status-fd 3 --close-fds -sandbox on,outside=deny --write 'a "b" \ é' --read $'c\n\xff' \
		--read / --connect 443 --connect 8000-8010 --bind 0 -- true
	assert_success
	assert_equal "$(member .landlock.abi)" "$("$GYVE" --probe --json | jq .landlock)"
	assert_equal "$(member '.landlock.keys | sort | join(" ")')" "files network outside"
	assert_equal "$(member '.landlock.write[0]')" 'a "b" \ é'
	assert_equal "$(member '.landlock.read | map(tojson) | join(" ")')" '"c\n�" "/"'
	assert_equal "$(member '.landlock | [.connect, .bind, .base] | tojson')" '[[[443,443],[8000,8010]],[[0,0]],true]'
}

@test "started: what this kernel cannot hold is degraded" {
	needs jq
	local old=("$GYVE_HELPERS/oldkernel" landlock_create_ruleset:ENOSYS --)
	told "${old[@]}" "$GYVE" --status-fd 3 -sandbox strict -- true
	states started
	assert_equal "$(member '"\(.landlock) \(.degraded | sort | join(" "))"')" "null debug outside"
	told "${old[@]}" "$GYVE" --status-fd 3 -sandbox on,debug=deny --degrade debug -- true
	assert_equal "$(member '"\(.landlock) \(.degraded | join(" "))"')" "null debug"
	told "${old[@]}" "$GYVE" --status-fd 3 -sandbox on,debug=deny -- true
	assert_failure 125
	states failed
	told "$GYVE" --status-fd 3 -sandbox on -- true
	assert_equal "$(member .degraded)" "[]"
}

@test "started: as many paths as one likes, and a command far down" {
	needs jq
	needs landlock has_landlock
	local i deep=$PWD
	local -a options=()
	for i in {1..15}; do
		deep+=/$(printf 'd%.0s' {1..240})
	done
	(set -- $(tr / ' ' <<<"${deep#"$PWD"}"); for i; do mkdir "$i"; cd "$i"; done; cp "$(type -P true)" target)
	for i in {1..400}; do
		mkdir -p "paths/path number $i"
		options+=(--read "paths/path number $i")
	done
	told "$GYVE" --status-fd 3 --close-fds "${options[@]}" -- "$deep/target"
	assert_success
	states started
	assert_equal "$(member '.landlock.read | length')" 400
	assert_equal "$(member '.landlock.read[399]')" "paths/path number 400"
	assert_equal "$(member .command)" "$deep/target"
}

@test "started: the filter's hash is that of its bytes, and the same for the same policy" {
	needs jq
	needs python3
	local spec
	told "$GYVE" --status-fd 3 -sandbox on,network=deny -- true
	"$GYVE" --print=bpf -sandbox on,network=deny >filter
	assert_equal "$(member .filter.fnv1a64)" "$(python3 -c '
h = 0xcbf29ce484222325
for byte in open("filter", "rb").read():
    h = (h ^ byte) * 0x100000001b3 % 2**64
print("%016x" % h)')"
	for spec in on,spawn=deny strict strict,network=local strict,abi=all; do
		told "$GYVE" --status-fd 3 -sandbox "$spec" -- true
		member .filter.fnv1a64 >>hashes
		told "$GYVE" --status-fd 3 -sandbox "$spec" -- true
		member .filter.fnv1a64 >>hashes
	done
	[ "$(uniq -c hashes | awk '$1 == 2' | wc -l)" -eq 4 ]
	[ "$(sort -u hashes | wc -l)" -eq 4 ]
}

@test "failed: the message and the status that gyve ends with, as one line of JSON" {
	needs jq
	local user row expected
	for user in "${who[@]}"; do
		for row in "125 -sandbox spawn=dney -- true" "125 --report -sandbox x" "125 --nonsense" "125" \
			"125 --learn --env = -- true" "125 --report-file /nonexistent/x --report -- true" \
			"127 ./no-such-command" "127 --report -- ./no-such-command" "126 -- $PWD" "126 --learn -- $PWD"; do
			expected=${row%% *}
			row=${row#"$expected"}
			# shellcheck disable=SC2086 # several words
			told "$user" "$GYVE" --status-fd 3 $row
			assert_failure "$expected"
			states failed
			assert_equal "$(member .status)" "$expected"
			[[ $stderr == *"gyve: $(member .message)" ]] || fail "$stderr"
			cat status >>all
		done
	done
	! has_validator || python3 "$GYVE_SOURCE/tests/helpers/schema.py" "$SCHEMA" <all
}

@test "failed: whatever the message holds, and however long it is" {
	needs jq
	local word
	for word in $'q"\\\n\x01\xff\xc3' "$(printf '\\\\%.0s' {1..2000})" "$(printf '\x01%.0s' {1..2000})" \
		"$(printf 'é%.0s' {1..2000})"; do
		told "$GYVE" --status-fd 3 -sandbox on,spawn="$word" -- true
		assert_failure 125
		states failed
		[ "$(wc -c <status)" -le 4096 ]
		member .message >message
		grep -q "^-sandbox: " message
	done
	told "$GYVE" --status-fd 3 -sandbox on -- $'no\n"such\xff'
	assert_equal "$(member .message | head -n 2)" $'cannot find command \'no\n"such�\' in PATH: No such file or directory'
}

@test "an exec that fails after all is told by a second line, whatever the policy" {
	local options
	needs jq
	"$GYVE" --learn-profile p.json -- true
	while read -r options; do
		# shellcheck disable=SC2086 # several words
		told "$GYVE" --status-fd 3 $options -- ./broken
		assert_failure 127
		states started failed
		assert_equal "$(member .status)" 127
		[[ $(member .message) == "cannot execute './broken': the interpreter"* ]]
	done <<-'EOF'
		-sandbox on
		-sandbox strict
		-sandbox off
		-sandbox strict,action=log
		--profile p.json
		--profile p.json -sandbox strict
		--report -sandbox strict
		--learn
		--learn-profile q.json
	EOF
}

@test "a filter that cannot be loaded is told by a second line" {
	local mode
	for mode in "seccomp:1=1:ENOMEM -- $GYVE" "seccomp:1=8:EBUSY seccomp:1=40:EBUSY -- $GYVE --report"; do
		# shellcheck disable=SC2086 # several words
		told "$GYVE_HELPERS/oldkernel" $mode --status-fd 3 -sandbox on -- touch ran
		assert_failure 125
		states started failed
		[ ! -e ran ]
	done
}

@test "gyve's own statuses and the command's can be told apart" {
	local status
	for status in 125 126 127; do
		told "$GYVE" --status-fd 3 -sandbox on -- sh -c "exit $status"
		assert_failure "$status"
		states started
	done
}

@test "what fails after the command was executed takes nothing back" {
	told "$GYVE" --status-fd 3 --learn --report-fd 7 -- true 7>/dev/full
	assert_failure 125
	states started
	run --separate-stderr bash -c '"$1" --status-fd 2 --learn --report-fd 7 -- true 7>/dev/full' - "$GYVE"
	assert_failure 125
	grep '^{' <<<"$stderr" >status
	states started
}

@test "a profile under which a failed exec could not be told is refused" {
	local call
	needs jq
	"$GYVE" --learn-profile p.json -- true
	for call in write rt_sigaction; do
		jq --arg call "$call" '.syscalls |= map(select(.names[0] != $call))' p.json >without.json
		told "$GYVE" --status-fd 3 --profile without.json -- true
		assert_failure 125
		states failed
		assert_equal "$(member .message)" "--status-fd: the profile denies $call, which it takes to tell that COMMAND cannot be executed; nothing was started"
	done
}

# ---- the descriptor ----

@test "the command does not get the descriptor, and neither does a supervisor keep it" {
	local mode
	mkfifo fifo
	for mode in "" "--close-fds" "-sandbox strict" "--report --report-fd 2 -sandbox on" "--learn --close-fds" "--learn-profile p.json"; do
		# shellcheck disable=SC2086 # several words
		"$GYVE" --status-fd 7 $mode -- sleep 60 7>fifo 3>&- 2>/dev/null &
		child=$!
		# Ends when the last writer is gone, long before the command.
		timeout 50 cat fifo >status
		states started
		! is_gone "$child" || fail "gyve $mode: gone"
		kill "$child"
		wait "$child" || true
	done
}

@test "0 to 2 stay the command's" {
	run bash -c '"$1" --status-fd 1 -sandbox on -- echo mine' - "$GYVE"
	assert_line --index 0 --partial '{"state":"started"'
	assert_line --index 1 mine
	run bash -c '"$1" --status-fd 2 -sandbox on -- sh -c "echo mine >&2"' - "$GYVE"
	assert_line --index 0 --partial '{"state":"started"'
	assert_line --index 1 mine
	"$GYVE" --status-fd 0 -sandbox on -- sh -c 'echo mine >&0' 0>status
	sed -i 's/^mine$/{"state":"mine",}/' status
	states started mine
}

@test "with any of the standard descriptors closed" {
	local mode closed
	for mode in "" "-sandbox off" "--report --report-fd 4" "--learn --report-fd 4" "--learn-profile p.json"; do
		for closed in "" "<&-" ">&-" "2>&-" "<&- >&-" "<&- 2>&-" ">&- 2>&-" "<&- >&- 2>&-"; do
			# shellcheck disable=SC2086 # several words
			timeout 50 bash -c 'exec "$@" 3>status 4>/dev/null '"$closed" - "$GYVE" --status-fd 3 $mode -- true >/dev/null 2>&1
			states started
			timeout 50 bash -c 'exec "$@" 3>status 4>/dev/null '"$closed" - "$GYVE" --status-fd 3 $mode -- ./broken >/dev/null 2>&1 || true
			states started failed
		done
	done
}

@test "a descriptor that is none, closed, or not for writing" {
	local number
	for number in x -1 '' 3x ' 3' +3 0x3 99999999999999999999 4294967299; do
		run "$GYVE" --status-fd "$number" -- touch ran 3>status
		assert_failure 125
		assert_output "gyve: --status-fd: '$number' is not the number of a descriptor"
	done
	run "$GYVE" --status-fd 77 -- touch ran
	assert_failure 125
	assert_output "gyve: --status-fd: cannot use descriptor 77: Bad file descriptor"
	run "$GYVE" --status-fd 7 -- touch ran 7</dev/null
	assert_failure 125
	assert_output "gyve: --status-fd: descriptor 7 is not open for writing"
	run bash -c '"$1" --status-fd 0 -- touch ran <&-' - "$GYVE"
	assert_failure 125
	assert_output "gyve: --status-fd: cannot use descriptor 0: Bad file descriptor"
	[ ! -e ran ]
	[ ! -s status ]
}

@test "one descriptor for the status and the report" {
	run bash -c '"$1" --status-fd 3 --report=json --report-fd 3 -sandbox on -- true 3>both' - "$GYVE"
	assert_success
	assert_equal "$(sed 's/^{"\([a-z]*\)".*/\1/; s/^{"time.*/event/' both | head -n 1)" state
	[ "$(grep -c '"event":"end"' both)" -eq 1 ]
}

# ---- a reader that is not there ----

@test "nobody reads, or the disk is full: 125, nothing started, and no SIGPIPE" {
	local mode user
	mkfifo fifo
	exec 5<>fifo 6>fifo 5<&-
	for user in "${who[@]}"; do
		for mode in "-sandbox on" "-sandbox off" "--report -sandbox on" "--learn" "--learn-profile p.json"; do
			# shellcheck disable=SC2086 # several words
			run "$user" "$GYVE" --status-fd 6 $mode -- touch ran
			assert_failure 125
			assert_line "gyve: --status-fd: cannot write to descriptor 6; nothing was started: Broken pipe"
			# shellcheck disable=SC2086 # several words
			run "$user" "$GYVE" --status-fd 7 $mode -- touch ran 7>/dev/full
			assert_failure 125
			assert_line "gyve: --status-fd: cannot write to descriptor 7; nothing was started: No space left on device"
		done
	done
	# The status is gyve's even where the message fails.
	run -127 "$GYVE" --status-fd 6 -- no-such-command
	[ ! -e ran ]
}

# full_pipe SECONDS COMMAND...: runs it with a full pipe at descriptor 3, which is emptied after so
# many seconds, or never; prints what was in the pipe then.
full_pipe() {
	timeout 100 python3 -c '
import os, subprocess, sys, time
reader, writer = os.pipe()
os.set_blocking(writer, False)
try:
    while True:
        os.write(writer, b"." * 4096)
except BlockingIOError:
    os.set_blocking(writer, True)
os.dup2(writer, 3)
child = subprocess.Popen(sys.argv[2:], pass_fds=(3,))
os.close(3)
os.close(writer)
if sys.argv[1] != "never":
    time.sleep(float(sys.argv[1]))
    with open(reader, "rb") as pipe:
        print(pipe.read().lstrip(b".").decode(), end="")
sys.exit(child.wait())' "$@"
}

@test "a reader that is late is waited for, one that takes nothing is not for ever" {
	needs python3
	local mode
	for mode in "-sandbox on" "--report -sandbox on"; do
		# shellcheck disable=SC2086 # several words
		run --separate-stderr full_pipe 1 "$GYVE" --status-fd 3 $mode -- true
		assert_success
		assert_output --regexp '^\{"state":"started",.*\}$'
		# shellcheck disable=SC2086 # several words
		run --separate-stderr full_pipe never "$GYVE" --status-fd 3 $mode -- touch ran
		assert_failure 125
		assert_equal "$stderr" "gyve: --status-fd: cannot write to descriptor 3; nothing was started: $(text_of ETIMEDOUT)"
	done
	run -127 full_pipe never "$GYVE" --status-fd 3 -- no-such-command
	[ ! -e ran ]
}

@test "signals: SIGPIPE is the command's as the caller left it" {
	local state=$GYVE_HELPERS/state ignored
	for ignored in "" "trap '' PIPE;"; do
		bash -c "$ignored"' exec "$@"' - "$GYVE" -sandbox on -- "$state" | grep '^signal' >plain || true
		bash -c "$ignored"' exec "$@" 3>status' - "$GYVE" --status-fd 3 -sandbox on -- "$state" | grep '^signal' >with || true
		diff plain with
		[ -z "$ignored" ] || grep -q '^signal 13 ignored' with
	done
}

@test "nothing of it without the option: not one call more" {
	needs strace
	needs plain-build is_plain_build
	strace -f -o plain "$GYVE" -sandbox on -- true
	refute grep -E 'SIGPIPE|poll|getpid' plain
}

# ---- the schema ----

@test "the schema is installed" {
	needs make
	make -C "$GYVE_BUILD" -s install-dist_schemaDATA DESTDIR="$PWD/root" pkgdatadir=/share >/dev/null
	cmp "$SCHEMA" root/share/schema/status.schema.json
}
