# SPDX-License-Identifier: GPL-2.0-or-later
# Loaded by every .bats file: load helpers/common

if declare -F bats_require_minimum_version >/dev/null; then
	bats_require_minimum_version 1.5.0 # run -STATUS
else
	load helpers/oldbats
fi
bats_load_library bats-support
bats_load_library bats-assert

# Where the build is: "make check" says so; by hand, the in-tree build.
: "${GYVE_SOURCE:=$(cd "$BATS_TEST_DIRNAME/.." && pwd)}"
: "${GYVE:=$GYVE_SOURCE/gyve}"
: "${GYVE_BUILD:=$(dirname "$GYVE")}"
: "${GYVE_HELPERS:=$GYVE_SOURCE/tests/helpers}"
TRY=$GYVE_HELPERS/try

# The ABI that gyve was built for: the first word of the second line.
NATIVE_ABI=$("$GYVE" --version)
NATIVE_ABI=${NATIVE_ABI#*$'\n'}
NATIVE_ABI=${NATIVE_ABI%%,*}

is_x86_64() {
	[ "$NATIVE_ABI" = x86_64 ]
}

# Whether gyve has no sanitizer in it, which takes more room than a limit may leave, maps more than
# anybody could search, and looks for leaks in a setuid program whatever it is told.
is_plain_build() {
	[ -z "${ASAN_OPTIONS-}" ]
}

# A make in a test is none of the "make check" around it, nor does it run its jobs.
unset -v MAKEFLAGS MFLAGS MAKELEVEL

# What wait(2) gives a shell for a process killed by SIGSYS.
SIGSYS_STATUS=$((128 + $(kill -l SYS)))

# Skips, naming what is missing. In CI (GYVE_STRICT=1) a skip that the machine should not need
# fails: GYVE_MAY_SKIP holds the words that may be missing there.
needs() {
	local what=$1
	shift
	if [ $# -eq 0 ]; then
		command -v "$what" >/dev/null && return
	elif "$@"; then
		return
	fi
	if [ -n "${GYVE_STRICT:-}" ] && [[ " ${GYVE_MAY_SKIP:-} " != *" $what "* ]]; then
		fail "missing here, and not allowed to be: $what"
	fi
	skip "needs $what"
}

# Tries a command until it succeeds, for a minute: a busy machine is slow, and a test that has to wait
# longer hangs.
eventually() {
	local until=$((SECONDS + 60))
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$until" ] || fail "in vain waited for: $*"
		sleep 0.05
	done
}

# Whether a process has ended; a zombie has.
is_gone() {
	case $(sed -n 's/^State:.//p' "/proc/$1/status" 2>/dev/null) in
	'' | Z* | X*) ;;
	*) return 1 ;;
	esac
}

# Whether a process has become the program NAME.
has_become() {
	[ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]
}

# Whether systemd-analyze verifies units here: older ones look for the cgroup that they are in.
can_verify_units() {
	printf '[Service]\nExecStart=/bin/true\n' >"$BATS_TEST_TMPDIR/verify.service"
	systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/verify.service" >/dev/null 2>&1
}

# The option of nginx (1.19.5 and later) by which it does not open the system's error log first.
nginx_errors() {
	! nginx -h 2>&1 | grep -q -- ' -e ' || echo "-e $PWD/error.log"
}

# Where the kernel cannot hold what strict adds beyond system calls, each launch says so in one line.
# Tests are about other things: their run leaves that line out of what was printed.
definition=$(declare -f run)
eval "bats_$definition"
unset -v definition

says_unheld() {
	: "${UNHELD=$("$GYVE" -sandbox strict -- "$TRY" getpid 2>&1 >/dev/null)}"
	[ -n "$UNHELD" ]
}

run() {
	bats_run "$@"
	[[ $output == *': not held in full, '* ]] && says_unheld || return 0
	output=$(grep -v '^gyve: warning: .*: not held in full, ' <<<"$output" || true)
	IFS=$'\n' read -r -d '' -a lines <<<"$output" || true
}

# What gyve's C library says of an errno, which each says in words of its own.
text_of() {
	"$TRY" -e "$1"
}

# Whether this gyve was built with libseccomp.
has_libseccomp() {
	[[ $("$GYVE" --version) == *' and libseccomp '[0-9]* ]]
}

# Whether the kernel has Landlock of this ABI or a later one.
has_landlock() {
	[ "$("$GYVE" --probe | sed -n 's/^Landlock  *version \([0-9]*\).*/\1/p')" -ge "${1:-1}" ]
}

# Sets room, a folder where other users may go: bats keeps them out of its own. The test's teardown
# calls leave_room.
make_room() {
	room=$(mktemp -d "${TMPDIR:-/tmp}/gyve.XXXXXX") && chmod 755 "$room"
}

leave_room() {
	[ -z "${room-}" ] || rm -rf "$room"
}

# Runs the rest as an unprivileged user when the tests run as root.
as_user() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
	else
		"$@"
	fi
}

# expect SPEC OUTCOME CALL [ARG...]: what helpers/try prints under "-sandbox SPEC", "_" for a space,
# or "killed". SPEC "none" is a run without gyve.
expect() {
	expect_all <<<"$*"
}

# The same for each line of standard input; arguments are a wrapper for the commands.
expect_all() {
	GYVE=$GYVE GYVE_HELPERS=$GYVE_HELPERS "$GYVE_HELPERS/table" "$@"
}
