# SPDX-License-Identifier: GPL-2.0-or-later
# The terminal: nothing can be typed into it from inside, and whoever works in it notices nothing.
load helpers/common

setup() {
	PTY=$GYVE_HELPERS/pty
	cd "$BATS_TEST_TMPDIR"
	export PS1='ready$ ' TERM=dumb HISTFILE=/dev/null
	printf 'first line\nsecond line\n' >text
	# types "pwd" and the return key into its own terminal
	cat >inject <<-END
		#!/bin/bash
		for key in p w d \$'\\n'; do "$TRY" ioctl 0 "\$1" "=\$key"; done
	END
	chmod +x inject
}

# injects COMMAND...: whether what COMMAND pushed is then run by the shell it came from.
injects() {
	"$PTY" '<ready$ ' ">$* > outcome^M" '<ready$ ' '>exit^M' -- \
		bash --norc --noprofile -i | grep -qx "$BATS_TEST_TMPDIR"$'\r'
}

# The control: that it can be done at all. On a busy machine the shell may be typed "exit" first.
can_inject() {
	local try
	for try in 1 2 3 4 5; do
		injects "$@" && return
	done
	return 1
}

@test "TIOCSTI: types into the caller's shell without gyve, and not under it, with any upper half" {
	local request
	needs TIOCSTI can_inject ./inject 0x5412
	[ "$(sort -u outcome)" = ok ]
	for request in 0x5412 0xdeadbeef00005412 0xffffffff00005412 0x100005412; do
		can_inject ./inject $request
		[ "$(sort -u outcome)" = ok ]
		refute injects "$GYVE" -- ./inject $request
		[ "$(sort -u outcome)" = EPERM ]
		refute injects "$GYVE" -sandbox strict,spawn=allow -- ./inject $request
		[ "$(sort -u outcome)" = EPERM ]
	done
	can_inject "$GYVE" -sandbox on,tty=allow -- ./inject 0x5412
	[ "$(sort -u outcome)" = ok ]
}

@test "TIOCSTI: not from a new session that takes the terminal over either" {
	needs TIOCSTI can_inject ./inject 0x5412
	needs setsid
	refute injects "$GYVE" -- setsid -w ./inject 0x5412
	[ "$(sort -u outcome)" = EPERM ]
	# without CAP_SYS_ADMIN setsid(1) fails to take it over, and starts nothing
	refute injects "$GYVE" -- setsid -c -w ./inject 0x5412
	refute grep -q ok outcome
}

@test "TIOCLINUX: EPERM with any upper half" {
	expect_all <<-END
		on EPERM ioctl -1 0x541c @buf
		on EPERM ioctl -1 0xdeadbeef0000541c @buf
		strict EPERM ioctl -1 0xffffffff0000541c @buf
		on,tty=allow EBADF ioctl -1 0x541c @buf
	END
}

@test "job control: ^Z stops, fg goes on, ^C ends, under on and strict" {
	local spec
	for spec in on strict; do
		run "$PTY" '<ready$ ' ">echo u''p; $GYVE -sandbox $spec -- cat^M" $'<\nup' '>abc^M' $'<abc\r\nabc' '>^Z' \
			'<Stopped' '<ready$ ' '>fg^M' '<cat' '>def^M' $'<def\r\ndef' '>^C' '<ready$ ' \
			'>echo status $?^M' '<status 130' '<ready$ ' '>exit^M' -- bash --norc --noprofile -i
		assert_success
	done
}

@test "job control of a shell inside: it stops, lists, resumes and ends its own jobs" {
	run "$PTY" '<ready$ ' ">echo u''p; cat^M" $'<\nup' '>abc^M' $'<abc\r\nabc' '>^Z' '<Stopped' '<ready$ ' \
		'>bg; jobs; kill %1; wait; fg^M' '<ready$ ' ">echo u''p; cat^M" $'<\nup' '>abc^M' $'<abc\r\nabc' '>^C' '<ready$ ' \
		'>echo status $?^M' '<status 130' '<ready$ ' '>exit^M' -- \
		"$GYVE" -- bash --norc --noprofile -i
	assert_success
	refute_output --partial "no job control"
}

@test "full-screen programs: vi edits, less pages, under on and strict" {
	local spec
	needs vi
	needs less
	for spec in on strict; do
		run "$PTY" '<first line' '>ggxx:wq^M' -- env TERM=xterm "$GYVE" -sandbox $spec -- vi text
		assert_success
		[ "$(head -n 1 text)" = "rst line" ]
		printf 'first line\nsecond line\n' >text
		run "$PTY" '<second line' '>/second^M' '>q' -- env TERM=xterm "$GYVE" -sandbox $spec -- less text
		assert_success
	done
}

@test "full-screen programs: top, under on and strict" {
	needs top
	local spec
	for spec in on strict; do
		run "$PTY" '<load average' '<PID' '>q' -- env TERM=xterm "$GYVE" -sandbox $spec -- top
		assert_success
	done
}

@test "password prompts: echo goes off and on again, under on and strict" {
	local spec
	cat >ask <<-'END'
		stty -echo; printf 'Password: '; IFS= read -r word; stty echo
		printf '\ngot %s letters\n' "${#word}"
		printf 'Name: '; IFS= read -r word
	END
	run "$PTY" '<Password: ' '>secret^M' '<got 6 letters' '<Name: ' '>visible^M' -- \
		"$GYVE" -- bash ask
	assert_success
	assert_output --partial visible
	refute_output --partial secret
	# strict starts no stty; the shell's own prompt needs none
	run "$PTY" '<Password: ' '>secret^M' '<got 6' -- "$GYVE" -sandbox strict -- \
		bash -c 'read -rsp "Password: " word; echo "got ${#word}"'
	assert_success
	refute_output --partial secret
}

@test "the window's size reaches the target, and its change is told (SIGWINCH)" {
	run "$PTY" -- "$GYVE" -- stty size
	assert_output --partial "24 80"
	run "$PTY" $'<up' -- "$GYVE" -- bash -c \
		'trap "echo changed; exit" WINCH; echo up; stty rows 30; for i in {1..50}; do sleep 0.1; done'
	assert_output --partial changed
}
