#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run-test.sh COMMAND [ARG...]: what "make check" starts every test by. The surroundings are the same
# everywhere, and there is an end: GYVE_TEST_LIMIT seconds, 300 if it is not set.
set -u
unset -v BASH_ENV CDPATH ENV GREP_OPTIONS LANGUAGE LISTEN_FDS LISTEN_FDNAMES LISTEN_PID NO_COLOR \
    NOTIFY_SOCKET POSIXLY_CORRECT WATCHDOG_PID WATCHDOG_USEC
LC_ALL=C.UTF-8 SHELL=/bin/sh
export LC_ALL SHELL
umask 022

bounded=$GYVE_HELPERS/bounded

# As root the tests run some programs as the user nobody.
# setpriv(1) itself still has root's capabilities when it executes; a shell has lost them.
as_nobody() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups -- /bin/sh -c "$@"
    else
        /bin/sh -c "$@"
    fi
}

# A folder of PATH that is closed to them, as one in root's home, makes "Permission denied" of each
# command that is not found.
# shellcheck disable=SC2016 # for the shell that is run
open_path=$(as_nobody 'IFS=: open=
    for folder in $PATH; do
        [ ! -x "${folder:-.}/." ] || open=$open:$folder
    done
    echo "${open#:}"') && PATH=$open_path

# They may not be let into the folder that the build is in, either. Then all are run from a copy.
nobody_runs() {
    # shellcheck disable=SC2016 # for the shell that is run
    as_nobody 'exec "$1" --version' sh "$1" >/dev/null 2>&1
}

copy_to() {
    copy=$(mktemp -d "$1/gyve-tests.XXXXXX" 2>/dev/null) || return
    chmod 755 "$copy" && mkdir "$copy/helpers" && cp "$GYVE" "$copy/gyve" || return
    for helper in "$GYVE_HELPERS"/*; do
        [ ! -f "$helper" ] || [ ! -x "$helper" ] || cp "$helper" "$copy/helpers" || return
    done
    nobody_runs "$copy/gyve"
}

copy=
drop_copy() {
    [ -z "$copy" ] || rm -rf "$copy"
    copy=
}

trap drop_copy EXIT
trap : HUP INT TERM
if ! nobody_runs "$GYVE"; then
    if copy_to "${TMPDIR:-/tmp}" || { drop_copy; copy_to /tmp; } || { drop_copy; copy_to /var/tmp; }; then
        GYVE=$copy/gyve GYVE_HELPERS=$copy/helpers
    else
        drop_copy
    fi
fi
"$bounded" "${GYVE_TEST_LIMIT:-300}" "$@"
