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

# Tests that write to a serial line need to be told of one that nobody uses.
@test "TIOCM_LOOP: what is written to a serial line does not come back as input" {
	needs serial-line test -c "${GYVE_SERIAL-}"
	cat >loop <<-'END'
		exec 9<>"$GYVE_SERIAL"
		stty raw -echo clocal <&9
		printf '\0\200\0\0' >bits # TIOCM_LOOP, 0x8000
		python3 -c 'import fcntl; fcntl.ioctl(9, 0x5416, open("bits", "rb").read())'
		printf 'looped\n' >&9
		IFS= read -r -t 2 line <&9
		printf '%s\n' "$line"
	END
	run bash loop
	assert_output looped
	run "$GYVE" -- bash loop
	assert_output --partial 'PermissionError: [Errno 1]'
	refute_output --partial looped
}

@test "the terminal, its console and its keyboard cannot be taken over, with any upper half" {
	local request
	# TIOCMBIS TIOCMSET TIOCSRS485 TIOCSSERIAL TIOCSETD TIOCCONS, KDSETMODE KDSKBMODE KDSKBENT
	# KDSKBSENT KDSKBDIACR KDSKBDIACRUC KDSETKEYCODE, VT_SETMODE VT_ACTIVATE VT_LOCKSWITCH
	# VT_SETACTIVATE, UI_DEV_CREATE
	for request in 5416 5418 542f 541f 5423 541d 4b3a 4b45 4b47 4b49 4b4b 4bfb 4b4d \
		5602 5606 560b 560f 5501; do
		echo "none EBADF ioctl -1 0x$request @buf"
		echo "on EPERM ioctl -1 0x$request @buf"
		echo "on EPERM ioctl -1 0xdeadbeef0000$request @buf"
		echo "strict EPERM ioctl -1 0xffffffff0000$request @buf"
		echo "on,tty=allow EBADF ioctl -1 0x$request @buf"
	done | expect_all
	# what only asks, and what a serial line cannot do without: TIOCMGET TIOCMBIC TIOCGSERIAL TIOCGETD
	# KDGKBMODE KDGKBENT KDGKBSENT VT_GETSTATE VT_GETMODE, and TCSETS TIOCSWINSZ TIOCSPGRP TIOCSCTTY
	for request in 5415 5417 541e 5424 4b44 4b46 4b48 5603 5601 5402 5414 5410 540e; do
		echo "on EBADF ioctl -1 0x$request @buf"
		echo "strict EBADF ioctl -1 0x$request @buf"
	done | expect_all
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
