# SPDX-License-Identifier: GPL-2.0-or-later
# spawn=deny and namespaces=deny as programs meet them, and the exec ticket with which gyve itself
# starts its target under spawn=deny.
load helpers/common

setup() {
	SPAWNER=$GYVE_HELPERS/spawner
	EXECS=$GYVE_HELPERS/execs
	TRACER=$GYVE_HELPERS/tracer
	spawn=(-sandbox on,spawn=deny)
}

# launched OUTPUT COMMAND...: starts under spawn=deny, prints OUTPUT.
launched() {
	local expected=$1
	shift
	run "$GYVE" "${spawn[@]}" -- "$@"
	assert_success
	assert_output "$expected"
}

killed() {
	run "$@"
	assert_failure "$SIGSYS_STATUS"
	assert_output ""
}

@test "spawn=deny: threads start, every way to a process kills" {
	local means
	for means in pthread posix_spawn fork vfork system popen; do
		run "$SPAWNER" $means
		assert_output ok
	done
	launched ok "$SPAWNER" pthread
	for means in posix_spawn fork vfork system popen; do
		killed "$GYVE" "${spawn[@]}" -- "$SPAWNER" $means
	done
}

@test "spawn=deny: a thread's violation takes the whole process" {
	run "$SPAWNER" in-thread fork
	assert_output "ok
survived"
	killed "$GYVE" "${spawn[@]}" -- "$SPAWNER" in-thread fork
	killed "$GYVE" -sandbox on,spawn=deny,compat=qemu -- "$SPAWNER" in-thread fork
}

@test "spawn=deny: clone's flags decide, in all 64 bits" {
	needs x86-64 is_x86_64
	# a thread's flags; with CLONE_CHILD_SETTID and CLONE_DETACHED (musl); each without the TLS
	# address that the kernel takes, so that nothing starts
	local thread=$((0x003d0f00)) flag
	{
		echo "on,spawn=deny EPERM clone $thread 0 0 0 -1"
		echo "on,spawn=deny EPERM clone $((thread | 0x01400000)) 0 0 0 -1"
		# each flag that a thread needs, missing
		for flag in 0x100 0x200 0x400 0x800 0x10000 0x40000 0x80000 0x100000 0x200000; do
			echo "on,spawn=deny killed clone $((thread & ~flag)) 0 0 0 -1"
		done
		# each flag that a thread has not: NEWNS NEWCGROUP NEWUTS NEWIPC NEWUSER NEWPID NEWNET
		# IO UNTRACED PARENT VFORK PTRACE PIDFD, and two of the upper half
		for flag in 0x20000 0x2000000 0x4000000 0x8000000 0x10000000 0x20000000 0x40000000 \
			0x80000000 0x800000 0x8000 0x4000 0x2000 0x1000 0x100000000 0x8000000000000000; do
			echo "on,spawn=deny killed clone $((thread | flag)) 0 0 0 -1"
		done
	} | expect_all
}

@test "namespaces=deny: threads and processes start, new namespaces do not" {
	local means flag
	for means in pthread posix_spawn fork vfork system popen; do
		run "$GYVE" -sandbox on,namespaces=deny -- "$SPAWNER" $means
		assert_success
		assert_output ok
	done
	{
		echo "on,namespaces=deny ok clone 17 0 0 0 0"
		echo "on,namespaces=deny ENOSYS clone3 0 0"
		# NEWNS NEWCGROUP NEWUTS NEWIPC NEWUSER NEWPID NEWNET; with NEWUSER no privilege is needed
		for flag in 0x20000 0x2000000 0x4000000 0x8000000 0x10000000 0x20000000 0x40000000; do
			echo "on,namespaces=deny EPERM clone $((17 | flag)) 0 0 0 0"
			echo "on,namespaces=deny EPERM clone $((17 | flag | 0x10000000)) 0 0 0 0"
			echo "on,namespaces=deny EPERM unshare $flag"
			echo "on,namespaces=deny EPERM setns -1 $flag"
		done
		echo "on,namespaces=deny EPERM unshare 0x80" # NEWTIME
	} | expect_all
}

@test "namespaces=deny: without it each of those makes a namespace" {
	local flag
	needs user-namespaces unshare -U true
	for flag in 0x20000 0x2000000 0x4000000 0x8000000 0 0x20000000 0x40000000; do
		echo "on ok clone $((17 | flag | 0x10000000)) 0 0 0 0"
	done | expect_all
}

@test "launch under spawn=deny: dynamic and static programs, with action=kill, errno and trap" {
	local action
	for action in kill errno trap; do
		spawn=(-sandbox "on,spawn=deny,action=$action")
		launched executed "$EXECS" executed
		launched ok "$TRY" getpid
		run "$GYVE" "${spawn[@]}" -- "$GYVE" --version # static where the machine can link so
		assert_success
		assert_output --partial gyve
	done
	spawn=(-sandbox strict)
	launched executed "$EXECS" executed
}

@test "launch under spawn=deny: '#!' scripts, and scripts without it by way of /bin/sh" {
	cd "$BATS_TEST_TMPDIR"
	printf '#!/bin/sh\necho "script $0 $*"\n' >script
	printf 'echo "plain $0 $*"\n' >plain
	chmod +x script plain
	launched "script ./script a b" ./script a b
	launched "plain ./plain a b" ./plain a b
	PATH=$PWD:$PATH launched "script $PWD/script a" script a
	PATH=$PWD:$PATH launched "plain $PWD/plain a" plain a
	spawn=(-sandbox strict)
	launched "plain ./plain c" ./plain c
}

@test "launch under spawn=deny: a failed exec keeps its status" {
	cd "$BATS_TEST_TMPDIR"
	printf '#!/nonexistent/interpreter\n' >noloader
	chmod +x noloader
	run -127 "$GYVE" "${spawn[@]}" -- ./noloader
	assert_output --partial "the interpreter or loader that it names is missing"
	run -127 "$GYVE" "${spawn[@]}" -- ./none
	run "$GYVE" "${spawn[@]}" -- /
	assert_failure 126
}

@test "the target's own exec is stopped, in every way, with guessed and zero words" {
	local way
	for way in execve execveat fexecve memfd; do
		run "$EXECS" $way
		assert_output executed
		run "$GYVE" -sandbox on,tty=allow -- "$EXECS" $way
		assert_output executed
		killed "$GYVE" "${spawn[@]}" -- "$EXECS" $way
		killed "$GYVE" "${spawn[@]}" -- "$EXECS" $way 0 0 0
		killed "$GYVE" "${spawn[@]}" -- "$EXECS" $way 1 2 3
		killed "$GYVE" "${spawn[@]}" -- "$EXECS" $way -1 -1 -1
		run "$GYVE" -sandbox on,spawn=deny,action=errno -- "$EXECS" $way
		assert_output "Operation not permitted"
		killed "$GYVE" -sandbox on,spawn=deny,action=trap -- "$EXECS" $way
	done
	expect on,spawn=deny,action=trap SIGSYS_execve -s execve 0 0 0
}

@test "the ticket: who knows the three words passes, one wrong bit or a stale word does not" {
	needs ptrace "$TRACER" can
	local bit stale
	run "$TRACER" give -- "$GYVE" "${spawn[@]}" -- "$EXECS" execve stdin
	assert_success
	assert_output executed
	# execveat and a second launch's words are no use even so
	killed "$TRACER" give -- "$GYVE" "${spawn[@]}" -- "$EXECS" execveat stdin
	killed "$TRACER" give -- "$GYVE" "${spawn[@]}" -- "$EXECS" fexecve stdin
	killed "$TRACER" give -- "$GYVE" "${spawn[@]}" -- "$EXECS" memfd stdin
	for bit in 0 31 32 63 64 95 96 127 128 159 160 191; do
		killed "$TRACER" give -- "$GYVE" "${spawn[@]}" -- "$EXECS" execve stdin $bit
	done
	stale=$("$TRACER" print -- "$GYVE" "${spawn[@]}" -- true)
	# shellcheck disable=SC2086
	killed "$GYVE" "${spawn[@]}" -- "$EXECS" execve $stale
}

@test "the ticket: drawn anew at each launch, never zero, and not at all without spawn=deny" {
	needs ptrace "$TRACER" can
	local first second
	first=$("$TRACER" print -- "$GYVE" "${spawn[@]}" -- true)
	second=$("$TRACER" print -- "$GYVE" "${spawn[@]}" -- true)
	[ "$(tr ' ' '\n' <<<"$first $second" | sort -u | wc -l)" -eq 6 ]
	[[ " $first $second " != *" 0 "* ]]
	run "$TRACER" print -- "$GYVE" -sandbox on -- true
	assert_line "0 0 0"
}

@test "the ticket: nothing of it is left in the target, in registers, memory or /proc" {
	needs ptrace "$TRACER" can
	needs plain-build is_plain_build
	printf '#!/bin/sh\n:\n' >"$BATS_TEST_TMPDIR/script"
	chmod +x "$BATS_TEST_TMPDIR/script"
	local target
	for target in "$EXECS executed" "$GYVE --version" "$BATS_TEST_TMPDIR/script"; do
		# shellcheck disable=SC2086
		run "$TRACER" scan -- "$GYVE" "${spawn[@]}" -- $target
		assert_success
		refute_line "gyve 0" # the search finds what there is
		assert_line --regexp '^gyve [0-9]+$'
		assert_line "executed 0"
		assert_line "first-instruction 0"
		assert_line "first-call 0"
		assert_line "end 0"
	done
}

@test "the ticket: wiped after a failed exec" {
	needs ptrace "$TRACER" can
	needs plain-build is_plain_build
	cd "$BATS_TEST_TMPDIR"
	printf '#!/nonexistent/interpreter\n' >noloader
	chmod +x noloader
	run -127 "$TRACER" failed -- "$GYVE" "${spawn[@]}" -- ./noloader
	refute_line "gyve 0"
	assert_line --regexp '^gyve [0-9]+$'
	assert_line "end 0"
}
