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

# FROM TO for each header of the program that a file of it includes, as room/name without its ending.
includes() {
    (cd "$1" && awk '/^#include "[a-z_]*\/[a-z_]*\.h"/ {
        from = FILENAME; sub(/\.[ch]$/, "", from)
        to = $2; gsub(/"|\.h"/, "", to)
        if (from != to) print from, to }' main.c */*.[ch])
}

# The rooms, each of which may include those before it. CONTRIBUTING.md has the same list.
rooms="tables base syscalls reach policy bpf run profile show mode main"

# Of pairs on standard input those that point upwards, or to nowhere.
upwards() {
    awk -v rooms="$rooms" '
        function room(path) { sub(/\/.*/, "", path); return path in rank ? rank[path] : 99 }
        BEGIN { n = split(rooms, list); for (i = 1; i <= n; i++) rank[list[i]] = i }
        room($1) < room($2) || room($1) == 99 || room($2) == 99'
}

@test "no room of the program includes one that stands above it" {
    includes "$GYVE_SOURCE/src" >pairs
    assert [ "$(wc -l <pairs)" -ge 80 ]
    run upwards <pairs
    assert_output ""
    echo base/diag policy/policy >knot
    run upwards <knot
    assert_output "base/diag policy/policy"
    for room in "$GYVE_SOURCE"/src/*/; do
        assert [ -n "$(echo " $rooms " | grep " $(basename "$room") ")" ]
    done
}

@test "CONTRIBUTING.md lists the rooms, from top to bottom" {
    run sed -n 's/^    src\/\([a-z]*\)[/.].*/\1/p' "$GYVE_SOURCE/CONTRIBUTING.md"
    assert_output "$(echo "$rooms" | tr ' ' '\n' | tac)"
}

@test "no file of the program includes one that includes it" {
    includes "$GYVE_SOURCE/src" >pairs
    run tsort pairs
    assert_success
    assert_line main
    (cat pairs; echo tables/tables main) >knot
    run tsort knot
    assert_failure
}

# FROM TO for each file of the program that uses a function or an object of another, likewise; from
# a library and its sources.
uses() {
    nm "$1" | awk -v files="$(cd "$2" && echo */*.c)" '
        BEGIN {
            count = split(files, list)
            for (i = 1; i <= count; i++) {
                path = list[i]; sub(/\.c$/, "", path)
                name = path; sub(/.*\//, "", name)
                file[name ".o:"] = path
            }
        }
        NF < 2 { if (NF) at = file[$1]; next }
        $(NF - 1) ~ /^[TDRBC]$/ { home[$NF] = at }
        $(NF - 1) == "U" { used[++uses] = $NF; from[uses] = at }
        END {
            for (i = 1; i <= uses; i++)
                if (used[i] in home && home[used[i]] != from[i]) print from[i], home[used[i]]
        }' | sort -u
}

@test "no file of the program calls one of a room above it, or one that calls it" {
    needs nm
    uses "$GYVE_BUILD/libgyve.a" "$GYVE_SOURCE/src" >pairs
    assert [ "$(wc -l <pairs)" -ge 80 ]
    run upwards <pairs
    assert_output ""
    run tsort pairs
    assert_success
}
