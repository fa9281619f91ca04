# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels whose Landlock is older, switched off, not there, or no more than a yes: what each key of
# domains.def does on them. Simulated: an outer process or filter answers in the kernel's place.
load helpers/common

setup() {
    who=(as_user)
    [ "$(id -u)" -ne 0 ] || who+=(env)
    needs landlock-7 has_landlock 7
    make_room
    chmod 777 "$room"
    cd "$room" || return
}

teardown() {
    leave_room
}

# on ABI COMMAND...: as $user; ABI 0 is a kernel without Landlock, off one where it is switched off.
on() {
    local abi=$1
    shift
    case $abi in
    0) "$user" "$GYVE_HELPERS/oldkernel" landlock_create_ruleset:ENOSYS -- "$@" ;;
    off) "$user" "$GYVE_HELPERS/oldkernel" landlock_create_ruleset:EOPNOTSUPP -- "$@" ;;
    *) "$user" "$GYVE_HELPERS/landlock" "$abi" "$@" ;;
    esac
}

# The rows of domains.def: key, ABI, Linux, what is left.
needed() {
    sed -n 's/^NEED(\([A-Z]*\), *\([0-9]*\), *"\(.*\)", *"\(.*\)")$/\L\1\E\t\2\t\3\t\4/p' \
        "$GYVE_SOURCE/src/tables/domains.def"
}

item() {
    case $1 in
    network) echo network=ports ;;
    *) echo "$1=deny" ;;
    esac
}

refused() {
    assert_failure 125
    [[ $'\n'$output$'\n' != *$'\n'started$'\n'* ]] || fail "started: $output"
}

# Nothing on standard error, or one line with these words.
started() {
    assert_success
    assert_output started
    [ "${#stderr_lines[@]}" -eq $(($# > 0)) ] || fail "said: $stderr"
    local word
    for word; do
        [[ $stderr == *"$word"* ]] || fail "not said: $word"
    done
}

@test "each key on each ABI: held, or refused with what it needs, or done without on request" {
    local user key abi linux left have
    [ "$(needed | wc -l)" -eq 4 ]
    for user in "${who[@]}"; do
        for have in 0 off 1 2 3 4 5 6 7; do
            while IFS=$'\t' read -r key abi linux left; do
                local spec
                spec=on,$(item "$key")
                run --separate-stderr on "$have" "$GYVE" --close-fds -sandbox "$spec" -- echo started
                if [ "${have/off/0}" -ge "$abi" ]; then
                    started
                    continue
                fi
                refused
                [ "${#stderr_lines[@]}" -eq 1 ]
                output=$stderr
                assert_output --partial "'$key' cannot be held in full: "
                assert_output --partial "needs ABI $abi (Linux $linux)"
                assert_output --partial "'--degrade $key' would start COMMAND all the same"
                case $have in
                0) assert_output --partial "no Landlock" ;;
                off) assert_output --partial "switched off" ;;
                *) assert_output --partial "this kernel's Landlock has ABI $have;" ;;
                esac
                run --separate-stderr on "$have" "$GYVE" --close-fds --degrade "$key" \
                    -sandbox "$spec" -- echo started
                started "warning: $key: not held in full" "$left"
            done < <(needed)
        done
    done
}

@test "strict starts on each ABI, and says in one line what it cannot hold" {
    local user have
    for user in "${who[@]}"; do
        for have in 0 off 1 2 3 4 5; do
            local keys=outside
            [ "${have/off/0}" -ge 1 ] || keys="outside, debug"
            run --separate-stderr on "$have" "$GYVE" -sandbox strict -- echo started
            started "warning: $keys: not held in full" "signals and abstract sockets reach"
            # what strict would choose and somebody has written out is written out
            run on "$have" "$GYVE" -sandbox strict,outside=deny -- echo started
            refused
            assert_output --partial "'outside' cannot be held"
            run --separate-stderr on "$have" "$GYVE" --degrade outside -sandbox strict,outside=deny \
                -- echo started
            started "warning: $keys: not held in full"
            # files and ports stay as they are under strict, so that nothing is to be said of them
            run --separate-stderr on "$have" "$GYVE" -sandbox strict,outside=allow,debug=allow \
                -- echo started
            started
        done
        for have in 6 7; do
            run --separate-stderr on "$have" "$GYVE" -sandbox strict -- echo started
            started
        done
    done
}

@test "all or nothing: of several keys the one that is not held and not given up is named" {
    local user=as_user have
    run on 3 "$GYVE" --close-fds --connect 80 --write . -- echo started
    refused
    assert_output --partial "'network' cannot be held"
    run on 2 "$GYVE" --close-fds --degrade network --connect 80 --write . -- echo started
    refused
    assert_output --partial "'files' cannot be held"
    run --separate-stderr on 2 "$GYVE" --close-fds --degrade network --degrade files \
        -sandbox strict,spawn=allow --connect 80 --write . -- echo started
    started "warning: network, files, outside: not held in full" "TCP may connect" "files stay as open"
    # of a key that is held there is nothing to give up, and nothing to say
    run --separate-stderr on 4 "$GYVE" --close-fds --degrade network --connect 80 -- echo started
    started
}

@test "what is given up is open, and the rest holds" {
    local user
    for user in "${who[@]}"; do
        rm -rf open closed
        "$user" mkdir open closed
        "$user" sh -c 'echo text >open/file; echo text >closed/file'
        # files before ABI 3: all but truncating is closed
        run on 2 "$GYVE" --close-fds --degrade files --write open -- sh -c 'truncate -s 0 open/file &&
            cat /dev/null; echo more >>open/file; echo more >>closed/file; rm closed/file; mkdir closed/new'
        [ "$(cat open/file)" = more ]
        [ "$(cat closed/file)" = text ]
        [ "$(ls closed)" = file ]
        run on 2 "$GYVE" --close-fds --degrade files --write open -- "$TRY" truncate =closed/file 0
        assert_output --partial ok
        run on 3 "$GYVE" --close-fds --write open -- "$TRY" truncate =closed/file 0
        assert_output EACCES
        # on ABI 1 nothing moves between directories, not even between opened ones, nor under debug
        "$user" mkdir open/one open/two
        "$user" touch open/one/file
        for options in "--degrade files --write open" "-sandbox on,debug=deny"; do
            # shellcheck disable=SC2086
            run on 1 "$GYVE" --close-fds $options -- \
                "$TRY" renameat2 -100 =open/one/file -100 =open/two/file 0
            assert_line EXDEV
            # shellcheck disable=SC2086
            run on 2 "$GYVE" --close-fds $options -- \
                "$TRY" renameat2 -100 =open/one/file -100 =open/two/file 0
            assert_line ok
            "$user" mv open/two/file open/one/file
        done
        # ports: the filter's rows hold, the list does not
        run on 3 "$GYVE" --close-fds --degrade network --connect 80 -- "$TRY" socket 2 2 0
        assert_line EAFNOSUPPORT
        run on 3 "$GYVE" --close-fds --degrade network --connect 80 -- "$GYVE_HELPERS/reach" bind 0 4
        assert_line ok
        run on 4 "$GYVE" --close-fds --connect 80 -- "$GYVE_HELPERS/reach" bind 0 4
        assert_line EACCES
        # outside: what any domain closes stays closed
        run on 5 "$GYVE" --degrade outside -sandbox on,outside=deny,debug=deny -- "$TRY" kill @parent 0
        assert_line ok
        run on 6 "$GYVE" -sandbox on,outside=deny -- "$TRY" kill @parent 0
        assert_line EPERM
    done
}

@test "a kernel that says yes and does nothing is not believed, whatever is asked of it" {
    local user=env options
    local -a asked=("-sandbox on,debug=deny" "-sandbox on,files=read" "-sandbox on,files=deny"
        "--write ." "--read ." "--connect 80" "--bind 80" "--connect 0-65535" "--bind 0-65535"
        "-sandbox on,outside=deny" "-sandbox strict")
    for options in "${asked[@]}"; do
        # shellcheck disable=SC2086
        run on 7=fake "$GYVE" --close-fds $options -- echo started
        refused
        assert_output --partial "the Landlock domain does not hold"
        # shellcheck disable=SC2086
        run --separate-stderr on 7 "$GYVE" --close-fds $options -- echo started
        started
    done
    # what is wished is not believed either, nor what is given up: a kernel that lies is none
    run on 7=fake "$GYVE" --close-fds --degrade files --write . -- echo started
    refused
    # With a parent of another user there is nobody to reach for: what is tried is then the key's own.
    [ "$(id -u)" -eq 0 ] || needs root false
    for options in "${asked[@]:1}"; do
        # shellcheck disable=SC2086
        run on 7=fake setpriv --reuid=65534 --regid=65534 --clear-groups -- \
            "$GYVE" --close-fds $options -- echo started
        refused
        assert_output --partial "the Landlock domain does not hold"
    done
}

@test "--probe says of each key whether it is held, with status 1 where one is not" {
    local user have
    for user in "${who[@]}"; do
        for have in 0 off 1 2 3 4 5 6 7; do
            local words=
            while IFS=$'\t' read -r key abi linux _; do
                [ "${have/off/0}" -ge "$abi" ] || key="no-$key (Linux $linux)"
                words+=" $key"
            done < <(needed)
            run on "$have" "$GYVE" --probe
            [ "$status" -eq $((${have/off/0} < 6)) ]
            assert_line --regexp "^keys +${words//[()]/.}$"
            run on "$have" "$GYVE" --probe --json
            assert_output --partial "\"outside\":$([ "${have/off/0}" -ge 6 ] && echo true || echo false)"
        done
    done
}

@test "the answers of an old kernel are those of the helper" {
    local user=as_user
    run on 1 "$GYVE" --probe
    assert_line --regexp "^Landlock +version 1"
    run on 7 "$TRY" landlock_create_ruleset 0 0 1
    assert_output ok
    run on 3 "$TRY" landlock_create_ruleset @buf 24 0
    assert_output ENOMSG # as of nothing: a longer structure of zeros is taken
    run on 7=fake "$TRY" landlock_restrict_self -1 0
    assert_output EBADF
    run on 7=fake "$TRY" landlock_restrict_self 0 0
    assert_output ok
}
