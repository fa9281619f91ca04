# SPDX-License-Identifier: GPL-2.0-or-later
# The tables are what their heads say, and the program's files include each other in one direction.
# shellcheck disable=SC2016 # "$" is an address of sed, or awk's
load helpers/common

setup() {
    cd "$BATS_TEST_TMPDIR" || return
}

@test "the tables are as their heads say" {
    run awk -f "$GYVE_SOURCE/tools/def.awk" -f "$GYVE_SOURCE/tools/check-tables.awk" \
        "$GYVE_SOURCE"/src/tables/*.def
    assert_success
    assert_output ""
}

# faulty SED FILE TEXT: with the table changed, the check says TEXT.
faulty() {
    rm -rf copy
    cp -r "$GYVE_SOURCE/src/tables" copy
    chmod -R u+w copy
    sed -i "$1" "copy/$2"
    run awk -f "$GYVE_SOURCE/tools/def.awk" -f "$GYVE_SOURCE/tools/check-tables.awk" copy/*.def
    assert_failure 1
    assert_output --regexp "^copy/$2:[0-9]+: .*$3"
}

@test "a table that is not is noticed" {
    faulty '/SYSCALL(access,/{h;d};/SYSCALL(acct,/{G}' syscalls.def "SYSCALL access stands after acct"
    faulty '/RULE(SPAWN, 1, fork,/{h;d};/RULE(SPAWN, 1, vfork,/{G}' rules.def "RULE fork is not where"
    faulty '/RULE(TTY, 1, ioctl, PASTES/p' rules.def "RULE TTY 1 ioctl PASTES_INPUT stands twice"
    faulty 's/RULE(DEBUG, 1, kcmp,/RULE(DEBUG, 1, kcmb,/' rules.def "there is no SYSCALL kcmb"
    faulty 's/RULE(DEBUG, 1, kcmp,/RULE(DEBUG, 3, kcmp,/' rules.def "there is no rank of key DEBUG 3"
    faulty 's/RULE(TTY, 1, ioctl, PASTES_INPUT/RULE(TTY, 1, ioctl, PUSHES/' rules.def "there is no CONDITION PUSHES"
    faulty 's/VALUE(DEBUG, ALLOW, "allow", 0, NONE/VALUE(DEBUG, ALLOW, "allow", 0, TIGHTEST/' keys.def \
        "tightest value of DEBUG stands twice"
    faulty 's/"they may change"/"they may change."/' keys.def "no full stop"
    faulty 's/GROUP(TTY, *"tty", *TTY,/GROUP(TTY, "tty", PTY,/' groups.def "there is no KEY PTY"
    faulty 's/125/128/' exits.def "EXIT 126 stands after 128"
    faulty 's/NEEDED, "SPEC"/NEEDED, ""/' options.def "has an argument and no word for it"
}

@test "no file of the program includes one that includes it" {
    edges='/^#include "[a-z_]*\.h"/ {
        from = FILENAME; sub(/.*\//, "", from); sub(/\.[ch]$/, "", from)
        to = $2; gsub(/"|\.h/, "", to)
        if (from != to) print from, to }'
    awk "$edges" "$GYVE_SOURCE"/src/*.[ch] >pairs
    assert [ "$(wc -l <pairs)" -ge 20 ]
    run tsort pairs
    assert_success
    assert_line main
    # nothing knows main; what else nobody includes has a header of another name (export_*.c)
    run grep ' main$' pairs
    assert_failure
    (cat pairs; echo tables main) >knot
    run tsort knot
    assert_failure
}
