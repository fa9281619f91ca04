# SPDX-License-Identifier: GPL-2.0-or-later
# --explain and --explain-log: the same facts as the tables, in words.
load helpers/common

data=$GYVE_SOURCE/tests/data

@test "explain: a call by name has numbers, version, rows and remedies" {
	run "$GYVE" --explain unshare
	assert_success
	assert_line --index 0 --regexp '^unshare: number [0-9]+ on .*; since Linux 2.6.16$'
	assert_line --regexp "^  elevateprivileges=sessions +kills the process .*, with CLONE_NEWUSER; gyve's row: .*; to allow: elevateprivileges=allow$"
	assert_line --regexp "^  spawn=deny +kills the process .*; QEMU's row: .*; to allow: spawn=allow$"
	assert_line --regexp '^  namespaces=deny +fails with EPERM; .*; to allow: namespaces=allow$'
	assert_equal "${#lines[@]}" 4
}

@test "explain: a call that every sandbox denies has no remedy, one that none denies no row" {
	run "$GYVE" --explain mount getpid
	assert_success
	assert_line --regexp '^  enable=on +kills the process .*; no item allows it$'
	assert_line --index 3 '  no key denies it'
}

@test "explain: two ranks of one key have each their own remedy" {
	run "$GYVE" --explain socket
	assert_line --regexp '^  network=local +fails with EAFNOSUPPORT, unless the family is AF_UNIX; .*; to allow: network=allow$'
	assert_line --regexp '^  network=deny +fails with EAFNOSUPPORT; .*; to allow: network=local$'
}

@test "explain: numbers, also hexadecimal and of another ABI" {
	run "$GYVE" --explain x86_64:57 x86_64:0x39 i386:11 aarch64:97
	assert_success
	assert_line --index 0 --partial 'fork:'
	assert_output --partial 'execve:'
	assert_output --partial 'unshare:'
	[ "$("$GYVE" --explain x86_64:57)" = "$("$GYVE" --explain x86_64:0x39)" ]
}

@test "explain: a number by itself is the native ABI's" {
	local number
	number=$("$GYVE" --list-syscalls resourcecontrol | awk '$1 == "setpriority" {print $2}')
	run "$GYVE" --explain "$number"
	assert_success
	assert_line --index 0 --partial 'setpriority:'
}

@test "explain: every number that --list-syscalls prints leads back to its name" {
	local group name number rest
	while read -r group _; do
		while IFS=$'\t' read -r name number rest; do
			[ "$number" -ge 0 ] || continue
			run "$GYVE" --explain "$number"
			assert_line --index 0 --partial "$name:"
		done < <("$GYVE" --list-syscalls "$group" | sort -u -k1,1 | head -n 12)
	done < <("$GYVE" --list-groups)
}

@test "explain: an unknown number says how far the table reaches, and that unknown= decides" {
	run "$GYVE" --explain 4000
	assert_success
	assert_line --index 0 --regexp '^4000: no call of .* that gyve knows; its table reaches [0-9]+'
	assert_line --regexp '^  unknown=deny +fails with ENOSYS'
}

@test "explain: a number without a name says what strict really does to it" {
	needs x86-64 is_x86_64
	# in a gap of the table, beyond it, above x32's bit, in x32's old range, and -1
	local number outcome
	while read -r number outcome words; do
		run "$GYVE" --explain "$number"
		assert_success
		assert_line --index 1 --regexp "^  $words"
		expect strict "$outcome" "$number"
	done <<-END
		400 ENOSYS unknown=deny +fails with ENOSYS
		4000 ENOSYS unknown=deny +fails with ENOSYS
		0x80000027 killed enable=on +kills the process.*no key allows
		0x3fffffff ENOSYS unknown=deny +fails with ENOSYS
		0x40000000 killed enable=on +kills the process.*no key allows
		520 killed enable=on +kills the process.*no key allows
		4294967295 ENOSYS no key denies it
	END
}

@test "explain: x32 is beyond every key" {
	run "$GYVE" --explain x32:57
	assert_success
	assert_output --partial 'no key allows x32'
	refute_output --partial 'to allow'
}

@test "explain: a key lists its values and what each denies" {
	run "$GYVE" --explain network
	assert_success
	assert_line --regexp '^  network=allow .*\(default\)$'
	assert_line --regexp '^ +.* socket\* '
	assert_line --regexp '^ +(.* )?socket( |$)'
}

@test "explain: an item and a group" {
	run "$GYVE" --explain tty=deny default
	assert_success
	assert_line --index 0 --partial 'tty=deny'
	assert_line --index 1 --partial 'ioctl*'
	assert_output --partial 'default: the group of'
	assert_output --partial 'kexec_load'
}

@test "explain: every key and group is explained" {
	local word
	while read -r word _; do
		run "$GYVE" --explain "$word"
		assert_success
	done < <("$GYVE" --list-keys; "$GYVE" --list-groups)
}

@test "explain: a word that is nothing is refused, with the nearest" {
	run "$GYVE" --explain unshar
	assert_failure 125
	assert_output --partial "did you mean 'unshare'?"
	run "$GYVE" --explain no-such:57
	assert_failure 125
	run "$GYVE" --explain 99999999999
	assert_failure 125
	run "$GYVE" --explain spawn=perhaps
	assert_failure 125
}

# ---- paths ----

# explains PATH PATTERN...: the lines about it, in order, each matched as a whole.
explains() {
	local i=0 pattern
	run "$GYVE" --explain "$1"
	assert_success
	shift
	for pattern; do
		[[ ${lines[i]} =~ ^$pattern$ ]] || fail "line $i is not $pattern: $output"
		i=$((i + 1))
	done
	assert_equal "${#lines[@]}" "$#"
}

@test "explain: a path is open by the base set, or by the option that it says" {
	cd "$BATS_TEST_TMPDIR"
	mkdir dir
	touch dir/file
	ln -s dir/file link
	local here gives=" +--read gives +execute a file, open a file for reading"
	local besides=" +--write gives besides +open a file for writing, truncate a file \\(Landlock 3\\)"
	here=$(realpath .)
	explains ./dir "./dir: a directory, $here/dir" " +the base set +does not have it" \
		" +files=read +closes it for writing, with all below it; to open: --write ./dir" \
		" +files=deny +closes it for reading as well; to open: --read ./dir, or --write ./dir for both" \
		"$gives, list a directory" \
		" +--write gives besides +open a file for writing, remove .*, control a device .*\\(Landlock 5\\)"
	explains "$here/dir/file" "$here/dir/file: a file" " +the base set +does not have it" \
		" +files=read +closes it for writing; to open: --write .*/file" " +files=deny +.*" "$gives" "$besides"
	explains ./link "./link: a file, $here/dir/file" ".*" ".*--write ./link" ".*" ".*" ".*"
	explains /etc/passwd "/etc/passwd: a file" " +the base set +opens it for reading, by /etc: settings.*" \
		" +files=read +closes it for writing; to open: --write /etc/passwd" " +files=deny +the same; .*" \
		"$gives" "$besides"
	explains /dev/null "/dev/null: a device" " +the base set +opens it for reading and writing, by /dev/null: .*" \
		" +files=read, files=deny +leave it open, but with --no-base" "$gives" \
		"$besides, control a device .*\\(Landlock 5\\)"
}

@test "explain: of a path what it says is what happens" {
	needs landlock-3 has_landlock 3
	cd "$BATS_TEST_TMPDIR"
	mkdir dir
	echo text >dir/file
	local path option
	for path in ./dir dir/file "$PWD/dir" /etc/passwd /usr/bin/env /proc/self/status /dev/null /dev/zero; do
		run "$GYVE" --explain "$path"
		local file=$path opened=no
		[ ! -d "$path" ] || file=$path/file
		[[ $output != *"the base set"*"opens it for reading"* ]] || opened=yes
		run "$GYVE" --close-fds -sandbox on,files=deny -- head -c 1 "$file"
		assert_equal "$status" "$([ $opened = yes ] && echo 0 || echo 1)"
		run "$GYVE" --close-fds --read "$path" -- head -c 1 "$file"
		assert_success
		run "$GYVE" --close-fds -sandbox on,files=read -- "$TRY" openat -100 "=$file" 1
		[[ $output == ok ]] || [[ $output == EACCES && $path != /dev/* ]]
	done
}

@test "explain: a path that is not there, a socket, one that cannot be looked at" {
	cd "$BATS_TEST_TMPDIR"
	explains ./no/where "./no/where: is not there, and an option opens only what is" " +to let it be made +--write ."
	explains "$PWD/x" ".*/x: is not there.*" " +to let it be made +--write $PWD"
	explains /nowhere "/nowhere: is not there.*" " +to let it be made +--write /"
	needs python3
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
	explains ./sock "./sock: a socket.*" " +network +decides of connecting; no option opens or closes it"
	touch file
	run "$GYVE" --explain file/below
	assert_failure 125
	assert_output --partial "cannot look at 'file/below': Not a directory"
	# what a terminal would obey is shown
	mkdir $'\e[31m'
	run "$GYVE" --explain $'./\e[31m'
	assert_line --index 0 --partial '\x1b[31m'
	refute_output --partial $'\e'
}
