# SPDX-License-Identifier: GPL-2.0-or-later
# no_new_privs, setuid programs, and the two options about what the target inherits.
load helpers/common

# The target's no_new_privs, 0 or 1.
nnp() {
	"$@" grep NoNewPrivs /proc/self/status | cut -f2
}

can_skip_no_new_privs() {
	[ "$(id -u)" -eq 0 ] && unshare -U true && "$GYVE" --probe | grep -q 'not demanded'
}

# A copy of a program with the setuid bit in the test's directory, which may be on a nosuid mount.
setuid_copy() {
	cd "$BATS_TEST_TMPDIR"
	chmod 755 .
	cp -L "$1" copy
	chown 0:0 copy
	chmod 4755 copy
}

# The effective user of ./copy, an id(1), when user 65534 executes it.
euid_of_copy() {
	setpriv --reuid=65534 --regid=65534 --clear-groups -- ./copy -u
}

works_setuid() {
	[ "$(euid_of_copy)" = 0 ]
}

@test "no_new_privs: always set for an unprivileged user, with or without being asked" {
	local spec
	[ "$(nnp as_user env)" = 0 ] || needs no-no_new_privs-around false
	for spec in on strict on,elevateprivileges=allow on,elevateprivileges=deny \
		on,elevateprivileges=children on,compat=qemu \
		on,compat=qemu,elevateprivileges=allow; do
		echo "$spec"
		[ "$(nnp as_user "$GYVE" -sandbox $spec --)" = 1 ]
	done
	[ "$(nnp as_user "$GYVE" -sandbox off --)" = 0 ]
	[ "$(nnp as_user "$GYVE" -sandbox off,elevateprivileges=children --)" = 0 ]
}

@test "no_new_privs: as root set, unless elevateprivileges=allow is written out" {
	needs CAP_SYS_ADMIN can_skip_no_new_privs
	local spec
	for spec in on strict on,elevateprivileges=deny on,elevateprivileges=children \
		on,compat=qemu on,compat=qemu,elevateprivileges=allow \
		on,elevateprivileges=allow,elevateprivileges=children; do
		echo "$spec"
		[ "$(nnp "$GYVE" -sandbox $spec --)" = 1 ]
	done
	for spec in on,elevateprivileges=allow strict,elevateprivileges=allow,spawn=allow \
		on,elevateprivileges=deny,elevateprivileges=allow off; do
		echo "$spec"
		[ "$(nnp "$GYVE" -sandbox $spec --)" = 0 ]
	done
	[ "$(nnp "$GYVE" -sandbox elevateprivileges=allow -sandbox on --)" = 0 ]
}

@test "no_new_privs: with CAP_SYS_ADMIN of a user namespace as with root's" {
	needs user-namespaces as_user unshare -Ur true
	[ "$(nnp as_user unshare -Ur "$GYVE" -sandbox on --)" = 1 ]
	[ "$(nnp as_user unshare -Ur "$GYVE" -sandbox on,elevateprivileges=allow --)" = 0 ]
}

@test "a setuid program gains its user only with elevateprivileges=allow written out, as root" {
	needs CAP_SYS_ADMIN can_skip_no_new_privs
	setuid_copy "$(command -v id)"
	needs setuid-programs works_setuid
	local user=(setpriv --reuid=65534 --regid=65534 --clear-groups --)
	run "$GYVE" -sandbox on,elevateprivileges=allow -- "${user[@]}" ./copy -u
	assert_output 0
	run "$GYVE" -sandbox on -- "${user[@]}" ./copy -u
	assert_output 65534
	run "$GYVE" -sandbox on,compat=qemu,elevateprivileges=allow -- "${user[@]}" ./copy -u
	assert_output 65534
	run "${user[@]}" "$GYVE" -sandbox on,elevateprivileges=allow -- ./copy -u
	assert_output 65534
	run "${user[@]}" "$GYVE" -sandbox on,elevateprivileges=children -- ./copy -u
	assert_output 65534
	run "${user[@]}" "$GYVE" -sandbox off -- ./copy -u
	assert_output 0
}

@test "gyve refuses to be setuid or setgid" {
	needs root [ "$(id -u)" -eq 0 ]
	needs plain-build is_plain_build
	setuid_copy "$(command -v id)"
	needs setuid-programs works_setuid
	local user=(setpriv --reuid=65534 --regid=65534 --clear-groups --) arguments
	setuid_copy "$GYVE"
	for mode in 4755 2755 6755; do
		chmod $mode copy
		for arguments in "-- echo started" "-sandbox off -- echo started" --version --probe; do
			# shellcheck disable=SC2086
			run "${user[@]}" ./copy $arguments
			assert_failure 125
			refute_line started
			assert_output "gyve: refusing to run with more privileges than the caller has: gyve must not be setuid, setgid or have file capabilities"
		done
	done
	chmod 755 copy
	run "${user[@]}" ./copy -- echo started
	assert_output started
}

# Which of the descriptors 3 to 9 the target has.
descriptors() {
	"$@" sh -c 'for n in 3 4 5 6 7 8 9; do ! [ -e "/proc/$$/fd/$n" ] || printf "$n "; done' \
		3</dev/null 4</dev/null 5</dev/null 6<&- 7</dev/null 8</dev/null 9<&-
}

@test "--close-fds: without it every descriptor stays, with it none above 2" {
	[ "$(descriptors "$GYVE" -sandbox strict --)" = "3 4 5 7 8 " ]
	[ "$(descriptors "$GYVE" -sandbox strict --close-fds --)" = "" ]
	[ "$(descriptors "$GYVE" -sandbox off --close-fds --)" = "" ]
	run "$GYVE" --close-fds -- sh -c 'echo out; echo err >&2; cat' <<<in
	assert_output "out
err
in"
}

# listening COUNT PID COMMAND...: as systemd starts services; PID "self" for the command's own.
listening() {
	local count=$1 pid=$2
	shift 2
	(
		[ "$pid" != self ] || pid=$BASHPID
		LISTEN_FDS=$count LISTEN_PID=$pid exec "$@"
	)
}

@test "--close-fds: keeps what systemd passed to this process, and nothing for another" {
	local count oldkernel=("$GYVE_HELPERS/oldkernel" close_range:ENOSYS --)
	[ "$(descriptors listening 2 self "$GYVE" --close-fds --)" = "3 4 " ]
	[ "$(descriptors listening 3 self "$GYVE" --close-fds --)" = "3 4 5 " ]
	[ "$(descriptors listening 2 self "${oldkernel[@]}" "$GYVE" --close-fds --)" = "3 4 " ]
	[ "$(descriptors "${oldkernel[@]}" "$GYVE" --close-fds --)" = "" ]
	[ "$(descriptors listening 2 1 "$GYVE" --close-fds --)" = "" ]
	for count in 0 -1 "" x 2x 4294967298 99999999999999999999; do
		echo "LISTEN_FDS='$count'"
		[ "$(descriptors listening "$count" self "$GYVE" --close-fds --)" = "" ]
	done
	[ "$(descriptors listening 2 "" "$GYVE" --close-fds --)" = "" ]
	[ "$(LISTEN_FDS=2 descriptors "$GYVE" --close-fds --)" = "" ]
}

# Starts "gyve OPTION... -- sleep" in a shell, kills the shell; prints the sleeper's process ID.
orphan() {
	sh -c '"$@" -- sleep 60 3>&- >/dev/null & echo $!
		until read -r name <"/proc/$!/comm" && [ "$name" = sleep ]; do sleep 0.05; done
		kill -9 $$' sh "$@" || :
}

@test "--die-with-parent: the target ends with gyve's parent, without it it stays" {
	local pid
	pid=$(orphan "$GYVE" --die-with-parent)
	eventually is_gone "$pid"
	pid=$(orphan "$GYVE" -sandbox strict --die-with-parent)
	eventually is_gone "$pid"
	pid=$(orphan "$GYVE" -sandbox off --die-with-parent)
	eventually is_gone "$pid"
	pid=$(orphan "$GYVE")
	sleep 0.2
	has_become "$pid" sleep
	kill "$pid"
}
