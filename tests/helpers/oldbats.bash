# SPDX-License-Identifier: GPL-2.0-or-later
# Loaded by helpers/common where bats is older than 1.7 (Debian 11 and Ubuntu 22.04 have 1.2.1): what
# the tests use of later ones.
# shellcheck shell=bash disable=SC2034 # status, output, lines and stderr are for the tests

export BATS_FILE_TMPDIR=${BATS_FILE_TMPDIR:-$BATS_RUN_TMPDIR/${BATS_TEST_FILENAME##*/}.files}
if [ -z "${BATS_TEST_TMPDIR-}" ]; then
	mkdir -p "$BATS_FILE_TMPDIR"
	BATS_TEST_TMPDIR=$(mktemp -d "$BATS_FILE_TMPDIR/test.XXXXXX")
	chmod 755 "$BATS_TEST_TMPDIR"
fi

# From where Debian, Fedora and npm have them; BATS_LIB_PATH comes first.
bats_load_library() {
	local -a places
	local place
	IFS=: read -r -a places <<<"${BATS_LIB_PATH-}"
	for place in "${places[@]}" /usr/lib/bats /usr/local/lib/bats /usr/lib /usr/share/bats; do
		[ -r "$place/$1/load.bash" ] || continue
		# shellcheck disable=SC1090,SC1091
		source "$place/$1/load.bash"
		return
	done
	printf 'bats: no library %s; set BATS_LIB_PATH\n' "$1" >&2
	return 1
}

# run [-STATUS|!] [--separate-stderr] COMMAND...: as bats has it since 1.5.
run() {
	local flags=$- expected='' errors=''
	while [[ $1 == -* || $1 == ! ]]; do
		case $1 in
		--separate-stderr) errors=$(mktemp "$BATS_TEST_TMPDIR/stderr.XXXXXX") ;;
		*) expected=${1#-} ;;
		esac
		shift
	done
	set +eET
	if [ -n "$errors" ]; then
		output=$("$@" 2>"$errors")
		status=$?
		stderr=$(<"$errors")
		IFS=$'\n' read -r -d '' -a stderr_lines <<<"$stderr"
		rm -f "$errors"
	else
		output=$("$@" 2>&1)
		status=$?
	fi
	IFS=$'\n' read -r -d '' -a lines <<<"$output"
	set "-$flags"
	case $expected in
	'' | "$status") ;;
	!) [ "$status" -ne 0 ] || fail "run: $*: status 0" ;;
	*) fail "run: $*: status $status instead of $expected: $output" ;;
	esac
}
