# SPDX-License-Identifier: GPL-2.0-or-later
# debug=deny beyond system calls: the Landlock domain that keeps the target from processes outside
# it; and what gyve believes of a kernel that says yes to everything.
load helpers/common
shopt -s extglob

setup() {
    who=(env)
    [ "$(id -u)" -ne 0 ] || who+=(as_user)
}

teardown() {
    [ -z "${neighbour-}" ] || kill "$neighbour" 2>/dev/null || true
}

# old [env|as_user] ANSWER COMMAND...: under a kernel that answers so, see helpers/oldkernel.
old() {
    local user=env answer
    case $1 in env | as_user) user=$1 && shift ;; esac
    answer=$1
    shift
    "$user" "$GYVE_HELPERS/oldkernel" "$answer" -- "$@"
}

# A process of the same user outside the sandbox, with a secret in its environment. $1 is who.
start_neighbour() {
    has_started() { grep -qa SECRET= "/proc/$(cat "$BATS_TEST_TMPDIR/pid")/environ"; }
    : >"$BATS_TEST_TMPDIR/pid"
    "$1" sh -c 'echo $$ && SECRET=of-the-neighbour exec sleep 120' >"$BATS_TEST_TMPDIR/pid" 3>&- &
    eventually has_started
    neighbour=$(cat "$BATS_TEST_TMPDIR/pid")
}

# reaches PID LAUNCHER...: what programs started by LAUNCHER get at of the process, a line each.
reaches() {
    local pid=$1
    shift
    "$@" cat "/proc/$pid/environ" 2>/dev/null | tr '\0' '\n' | grep -x 'SECRET=.*' || true
    "$@" readlink "/proc/$pid/fd/0" >/dev/null 2>&1 && echo fd
    "$@" ls "/proc/$pid/root/" >/dev/null 2>&1 && echo root
    "$@" dd if="/proc/$pid/mem" of=/dev/null bs=1 count=1 iflag=skip_bytes \
        skip="$((0x$(sed -n 's/-.* r-xp .*//p' "/proc/$pid/maps" | head -n 1)))" 2>/dev/null && echo mem
    "$@" dd if=/dev/zero of="/proc/$pid/mem" bs=1 count=0 2>/dev/null && echo mem-for-writing
    true
}

@test "a target under debug=deny reaches no process of the same user outside" {
    needs landlock has_landlock
    local user spec left
    for user in "${who[@]}"; do
        start_neighbour "$user"
        left=
        # The kernel lets CAP_PERFMON, which root has, read without asking (kernel/fork.c, mm_access).
        [ "$user $(id -u)" != "env 0" ] || left="?(SECRET=of-the-neighbour)"
        # control: without the denial all of it works
        run reaches "$neighbour" "$user" "$GYVE" -sandbox on --
        assert_output "$(printf '%s\n' SECRET=of-the-neighbour fd root mem mem-for-writing)"
        for spec in on,debug=deny strict strict,abi=all; do
            run reaches "$neighbour" "$user" "$GYVE" -sandbox "$spec" --
            [[ $output == $left ]] || fail "reached: $output"
        done
        run reaches "$neighbour" "$user" "$GYVE" --report --report-file /dev/null -sandbox strict --
        [[ $output == $left ]] || fail "reached: $output"
        kill "$neighbour"
        wait
    done
}

@test "in the domain files move and are linked across directories, and its processes reach each other" {
    needs landlock has_landlock
    cd "$BATS_TEST_TMPDIR"
    mkdir a b
    echo text >a/file
    run "$GYVE" -sandbox strict,spawn=allow -- sh -c 'ln a/file b/link && mv a/file b/file &&
        cat b/file && python3 -c "import os; os.rename(\"b/file\", \"a/file\")"'
    assert_success
    assert_output text
    assert [ -e a/file ]
    run "$GYVE" -sandbox strict,spawn=allow -- sh -c 'sleep 60 & cat /proc/$!/environ >/dev/null &&
        echo reached; kill $!'
    assert_line reached
}

@test "no descriptor of the domain's is in the target" {
    run "$GYVE" -sandbox on,debug=deny,spawn=allow -- sh -c 'ls /proc/self/fd | wc -l'
    assert_output "$(sh -c 'ls /proc/self/fd | wc -l')"
}

@test "simulated: without Landlock a written-out debug=deny starts nothing, unless --degrade debug" {
    local answer
    for answer in ENOSYS EOPNOTSUPP EPERM; do
        run old landlock_create_ruleset:$answer "$GYVE" -sandbox on,debug=deny -- echo started
        assert_failure 125
        refute_line started
        assert_output --partial "'debug' cannot be held in full"
        assert_output --partial "--degrade debug"
        run --separate-stderr old landlock_create_ruleset:$answer \
            "$GYVE" --degrade debug -sandbox on,debug=deny -- echo started
        assert_success
        assert_output started
        assert [ "${#stderr_lines[@]}" -eq 1 ]
        assert_regex "$stderr" "warning: debug: .*processes of the same user stay reachable"
        run old landlock_create_ruleset:$answer \
            "$GYVE" --report -sandbox on,debug=deny -- echo started
        assert_failure 125
        refute_line started
    done
    run old landlock_create_ruleset:ENOSYS "$GYVE" -sandbox on,debug=deny -- true
    assert_output --partial "this kernel has no Landlock"
    run old landlock_create_ruleset:EOPNOTSUPP "$GYVE" -sandbox on,debug=deny -- true
    assert_output --partial "switched off"
}

@test "simulated: without Landlock strict starts, and says in one line what stays reachable" {
    run --separate-stderr old landlock_create_ruleset:ENOSYS "$GYVE" -sandbox strict -- echo started
    assert_success
    assert_output started
    assert [ "${#stderr_lines[@]}" -eq 1 ]
    assert_regex "$stderr" "stay reachable"
    # what strict chooses and the user has written out is written out
    run old landlock_create_ruleset:ENOSYS "$GYVE" -sandbox strict,debug=deny -- echo started
    assert_failure 125
    # who does not ask for it hears nothing of it
    run old landlock_create_ruleset:ENOSYS "$GYVE" -sandbox on -- echo started
    assert_output started
    run old landlock_create_ruleset:ENOSYS "$GYVE" -sandbox strict,debug=allow,outside=allow -- echo started
    assert_output started
}

@test "simulated: a step of entering the domain fails, each says which" {
    run old landlock_add_rule:EINVAL "$GYVE" -sandbox on,debug=deny -- echo started
    assert_failure 125
    assert_output --partial "(landlock_add_rule): Invalid argument; nothing was started"
    # a path is not the kernel's fault: --degrade does not pass over it
    run "$GYVE" --degrade files --read /nowhere -- echo started
    assert_failure 125
    assert_output --partial "--read: cannot open '/nowhere' to COMMAND: No such file or directory"
    run old landlock_restrict_self:E2BIG "$GYVE" -sandbox on,debug=deny -- echo started
    assert_failure 125
    assert_output --partial "16 domains"
    # from ABI 7 on with the flag by which the kernel does not log what gyve tries in its domain
    needs landlock-7 has_landlock 7
    run old landlock_restrict_self:1=1:E2BIG "$GYVE" -sandbox on,debug=deny -- echo started
    assert_failure 125
}

@test "more than 16 domains, one in another: refused, or said under strict" {
    needs landlock has_landlock
    local nest=() i
    for ((i = 0; i < 16; i++)); do nest+=("$GYVE" -sandbox on,debug=deny --); done
    run "${nest[@]}" echo started
    assert_output started
    run "${nest[@]}" "$GYVE" -sandbox on,debug=deny -- echo started
    assert_failure 125
    assert_output --partial "16 domains"
    run "${nest[@]}" "$GYVE" -sandbox strict -- echo started
    assert_success
    assert_line started
    assert_line --partial "stay reachable"
}

@test "simulated: success of what was never done is not believed" {
    local user
    for user in "${who[@]}"; do
        run old "$user" seccomp:OK "$GYVE" -sandbox on -- echo started
        assert_failure 125
        refute_line started
        assert_output --partial "something answers in the kernel's place"
        run old "$user" seccomp:OK "$GYVE" --report -sandbox on -- echo started
        assert_failure 125
        refute_line started
        run old "$user" landlock_restrict_self:OK "$GYVE" -sandbox on,debug=deny -- echo started
        assert_failure 125
        refute_line started
        assert_output --partial "does not hold"
        run old "$user" landlock_restrict_self:OK "$GYVE" -sandbox strict -- echo started
        assert_failure 125
        refute_line started
        # PR_GET_NO_NEW_PRIVS, 39, answered like the setting
        run old "$user" prctl:0=39:OK "$GYVE" -sandbox on -- echo started
        assert_failure 125
        refute_line started
        assert_output --partial "cannot set no_new_privs"
    done
}

@test "simulated: only the kernel's own no makes a kill a trap, with one line" {
    local number mode
    for mode in -- --report --print; do
        local command=(echo started)
        [ "$mode" != --print ] || command=()
        for number in EACCES EAGAIN EBADF EBUSY EFAULT EINTR EINVAL EIO ENOMEM ENOSYS EPERM ESRCH; do
            run old seccomp:0=2:$number "$GYVE" -sandbox on "$mode" "${command[@]}"
            assert_failure 125
            refute_line started
            assert_output --partial "SECCOMP_GET_ACTION_AVAIL"
        done
    done
    run --separate-stderr old seccomp:0=2:EOPNOTSUPP "$GYVE" -sandbox on,spawn=deny -- "$TRY" -s fork
    assert_output "SIGSYS fork"
    assert [ "${#stderr_lines[@]}" -eq 1 ]
    assert_regex "$stderr" "has no KILL_PROCESS"
}

@test "simulated: a kernel older than 4.14 cannot be asked, and traps" {
    needs uname-2.6 setarch "$(uname -m)" --uname-2.6 "$GYVE" --version
    local number
    for number in EINVAL ENOSYS; do
        run --separate-stderr setarch "$(uname -m)" --uname-2.6 "$GYVE_HELPERS/oldkernel" \
            seccomp:0=2:$number -- "$GYVE" -sandbox on,spawn=deny -- "$TRY" -s fork
        assert_output "SIGSYS fork"
        assert [ "${#stderr_lines[@]}" -eq 1 ]
    done
}

@test "--degrade: of a key that a filter holds alone, or of what is not denied, is refused" {
    run "$GYVE" --degrade spawn -sandbox strict -- true
    assert_failure 125
    assert_output --partial "unknown value 'spawn' for '--degrade'; accepted: network|files|outside|debug"
    # which are the rows of domains.def
    assert_equal "$("$GYVE" --list-options | awk -F '\t' '$1 == "--degrade" { print $2 }')" \
        "$(sed -n 's/^NEED(\([A-Z]*\),.*/\L\1/p' "$GYVE_SOURCE/src/tables/domains.def" | paste -sd '|')"
    run "$GYVE" --degrade debug -sandbox on -- true
    assert_failure 125
    assert_output --partial "'debug' is not denied"
    run "$GYVE" --degrade debug -sandbox off -- true
    assert_failure 125
}

@test "--probe, --print and --explain tell of the domain" {
    run old landlock_create_ruleset:EOPNOTSUPP "$GYVE" --probe
    assert_failure 1
    assert_line --partial "is refused, and strict does without it"
    assert_line --regexp "^keys +no-network \(Linux 6.7\) no-files .* no-debug \(Linux 5.13\)$"
    assert_line --regexp "^Landlock +none: $(text_of EOPNOTSUPP)"
    run "$GYVE" --print -sandbox on,debug=deny
    assert_line "By Landlock besides: debug=deny"
    run "$GYVE" --print -sandbox on
    refute_line --partial Landlock
    run "$GYVE" --print=json -sandbox on,debug=deny
    assert_line --partial '"landlock": {"keys": [{"key": "debug", "abi": 1, "demanded": true}]'
    run "$GYVE" --print=json -sandbox strict
    assert_line --partial '{"key": "outside", "abi": 6, "demanded": false}, {"key": "debug", "abi": 1, "demanded": false}'
    run "$GYVE" --print=json -sandbox on
    assert_line --partial '"landlock": null'
    run "$GYVE" --print=systemd -sandbox on,debug=deny
    assert_line --partial "NOT ENFORCED HERE: debug=deny"
    run --separate-stderr "$GYVE" --print=oci -sandbox on,debug=deny
    assert_regex "$stderr" "not in it: what Landlock holds of debug=deny"
    run "$GYVE" --explain debug
    assert_line --partial "a Landlock domain closes"
}
