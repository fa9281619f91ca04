# SPDX-License-Identifier: GPL-2.0-or-later
# Closed files, ports and processes together with gyve's other modes and options, and with itself.
load helpers/common

setup() {
    needs landlock-6 has_landlock 6
    make_room
    cd "$room" || return
    mkdir open closed
    echo text >open/file
    echo text >closed/file
}

teardown() {
    cd /
    leave_room
}

# What a run under these options does: reads, writes, connects, signals.
tries='cat closed/file; true >>open/file; true >>closed/file; kill -0 $1'

@test "with --profile both hold: what the profile denies, and what Landlock closes" {
    local profile=$GYVE_SOURCE/tests/data/docker-default.json
    run "$GYVE" --close-fds --profile "$profile" --write open -- sh -c 'true >>open/file; true >>closed/file'
    refute_output --partial open/file
    assert_output --partial "closed/file: Permission denied"
    # keyctl is denied by the profile alone
    run "$GYVE" --close-fds --profile "$profile" --write open -- "$TRY" keyctl 9999
    assert_output --partial EPERM
    run "$GYVE" --close-fds --write open -- "$TRY" keyctl 9999
    assert_output EOPNOTSUPP
    run "$GYVE" --close-fds --profile "$profile" --connect 1 -- "$TRY" socket 2 2 0
    assert_line --partial EAFNOSUPPORT
}

@test "with --report the target is closed in as without, and what it was denied by a filter is told" {
    run "$GYVE" --report --report-file closed/report --close-fds -sandbox outside=deny --write open -- \
        sh -c "$tries; chmod 600 closed/file; exit 7" - $$
    assert_failure 7
    assert_line text
    assert_output --partial "closed/file: Permission denied"
    refute_output --partial "open/file:"
    # the file of the report is the supervisor's, and open although it is closed to the target
    run cat closed/report
    assert_output --partial "denied calls: 1"
    assert_output --regexp "openat\\(\"closed/file\"\\) for writing: not opened by --write"
    run "$GYVE" --report --close-fds -sandbox metadata=deny --connect 1 -- \
        sh -c "\"\$0\" socket 2 2 0; chmod 600 closed/file; exit 7" "$TRY"
    assert_failure 7
    assert_line EAFNOSUPPORT
    assert_output --regexp "socket.*ports.*EAFNOSUPPORT.*network=allow"
    assert_output --regexp "fchmodat.*metadata.*EPERM.*metadata=allow"
    # what it takes to supervise is no descriptor of the target's, so nothing is said of it
    run --separate-stderr bare '"$@"' "$GYVE" --report --report-fd 1 --write open -- true
    assert_success
    refute_line --partial "is open"
    assert_equal "$stderr" ""
}

@test "with --report a supervisor of the same user is out of the target's reach" {
    run "$GYVE" --report --report-file report -sandbox outside=deny -- "$TRY" kill @parent 0
    assert_output EPERM
    run "$GYVE" --report --report-file report -sandbox on -- "$TRY" kill @parent 0
    assert_output ok
}

@test "--learn takes no option that opens, and says nothing of files" {
    local option
    for option in --read --write --connect --bind --degrade; do
        run "$GYVE" --learn "$option" 1 -- true
        assert_failure 125
        assert_output --partial "$option"
    done
    run --separate-stderr "$GYVE" --learn --report-fd 1 -- sh -c 'true >open/new && chmod 600 open/new'
    assert_success
    refute_output --partial files=
    refute_output --partial metadata=
}

@test "one in another: the inner can close more, and open nothing that the outer closed" {
    mkdir open/in
    run "$GYVE" --close-fds --write open -- "$GYVE" --close-fds --write open/in -- \
        sh -c 'true >>open/in/new; true >>open/file; true >>closed/file'
    refute_output --partial "open/in/new"
    assert_output --partial "open/file: Permission denied"
    assert_output --partial "closed/file: Permission denied"
    run "$GYVE" --close-fds --write open -- "$GYVE" --close-fds --write . -- \
        sh -c 'true >>open/file; true >>closed/file'
    refute_output --partial "open/file"
    assert_output --partial "closed/file: Permission denied"
    # reading closed within, where only writing was without
    run "$GYVE" --close-fds --write open -- "$GYVE" --close-fds --read open -- cat open/file closed/file
    assert_line text
    assert_output --partial "closed/file: Permission denied"
    # ports: of two lists what is on both
    local port
    mapfile -t port < <("$GYVE_HELPERS/reach" free 2)
    run "$GYVE" --close-fds --bind "${port[0]}" --bind "${port[1]}" -- "$GYVE" --close-fds --bind "${port[1]}" \
        -- sh -c '"$0" bind $1 4; "$0" bind $2 4' "$GYVE_HELPERS/reach" "${port[@]}"
    assert_output $'EACCES\nok'
    # the outer sandbox's processes are outside of the inner one
    run "$GYVE" -sandbox outside=deny -- sh -c '"$0" -sandbox outside=deny -- "$1" kill $$ 0; :' "$GYVE" "$TRY"
    assert_output EPERM
    run "$GYVE" -sandbox outside=deny -- sh -c '"$0" -sandbox on -- "$1" kill $$ 0; :' "$GYVE" "$TRY"
    assert_output ok
}

@test "16 domains in one another are held, and at the 17th nothing is started" {
    local nest=() i option
    for ((i = 0; i < 16; i++)); do nest+=("$GYVE" --close-fds --write open --); done
    run "${nest[@]}" sh -c 'true >>open/file; true >>closed/file; echo started'
    refute_output --partial "open/file"
    assert_output --partial "closed/file: Permission denied"
    assert_line started
    for option in "--write open" "--read /" "--connect 1" "-sandbox outside=deny" "-sandbox debug=deny"; do
        # shellcheck disable=SC2086
        run "${nest[@]}" "$GYVE" --close-fds $option -- echo started
        assert_failure 125
        refute_line started
        assert_output --partial "the kernel has 16 domains for a process, one in another"
        assert_output --partial "--degrade"
    done
    # what needs no domain needs no 17th
    run "${nest[@]}" "$GYVE" -sandbox metadata=deny -- echo started
    assert_output started
}

# ---- open descriptors ----

# bare SCRIPT ARG...: bash with the descriptors 0, 1 and 2 and no other.
bare() {
    bash -c 'for fd in /proc/$$/fd/*; do
        fd=${fd##*/}
        [ "$fd" -le 2 ] || [ "$fd" -eq 255 ] || eval "exec $fd>&-"
    done
    eval "$0"' "$@"
}

warning='gyve: warning: descriptor 7 is open, and COMMAND gets at what it leads to whatever is closed; --close-fds closes it'

@test "a descriptor that is left open is told of, once, where files or ports are closed" {
    local option limit
    for limit in 1024 64; do
        for option in "-sandbox files=read" "-sandbox files=deny" "--connect 1"; do
            # shellcheck disable=SC2086
            run bare "ulimit -n $limit"'; "$@" 7<open/file 9<open/file' \
                "$GYVE" $option -- echo started
            assert_output "$warning"$'\n'started
            # shellcheck disable=SC2086
            run bare "ulimit -n $limit"'; "$@" 7<open/file 9<open/file' \
                "$GYVE" --report --report-file report $option -- echo started
            assert_output "$warning"$'\n'started
            # shellcheck disable=SC2086
            run bare '"$@" 7<open/file 9<open/file' \
                "$GYVE" --close-fds $option -- sh -c 'ls /proc/self/fd; cat <&7'
            refute_output --partial "is open"
            refute_line 7
            refute_line 9
            refute_line text
        done
    done
    for option in on outside=deny metadata=deny strict; do
        run bare '"$@" 7<open/file' "$GYVE" -sandbox $option -- echo started
        assert_output started
    done
}

@test "what systemd passes, and what exec closes, is not told of" {
    needs python3
    run bare 'exec 3<open/file; export LISTEN_FDS=1; LISTEN_PID=$$ exec "$@"' \
        "$GYVE" --write open -- cat /dev/fd/3
    refute_output --partial "is open"
    run bare 'exec 3<open/file 4<open/file; export LISTEN_FDS=1; LISTEN_PID=$$ exec "$@"' \
        "$GYVE" --write open -- echo started
    assert_line --partial "descriptor 4 is open"
    # python opens with O_CLOEXEC
    run bare 'exec python3 -c "
import os, sys
kept = os.open(\"open/file\", os.O_RDONLY)
os.execv(sys.argv[1], sys.argv[1:])" "$@"' "$GYVE" --write open -- echo started
    assert_output started
}
