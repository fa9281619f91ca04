# SPDX-License-Identifier: GPL-2.0-or-later
# "What you run, what to write": each row of man/uses.def runs as it stands there, and does not with
# the tighter item added. What a case needs beforehand, and what success looks like, is said here.
load helpers/common

setup() {
    PATH=$(dirname "$GYVE"):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
    HOME=$BATS_TEST_TMPDIR
    export PATH HOME
    ulimit -c 0
    cd "$BATS_TEST_TMPDIR" || return
    server=
}

teardown() {
    [ -z "$server" ] || kill "$server"
}

rows() {
    awk -f "$GYVE_SOURCE/tools/def.awk" -f "$GYVE_SOURCE/tests/helpers/uses.awk" \
        "$GYVE_SOURCE/man/uses.def"
}

# The row of a case: $command, $tighter, and $one_tighter, the command with the item added.
take() {
    local id
    IFS=$'\t' read -r id command tighter < <(rows | grep "^$1	")
    [ "$id" = "$1" ]
    # shellcheck disable=SC2001 # a pattern that ends at a blank
    one_tighter=$(sed "s/-sandbox \([^ ]*\)/-sandbox \1,$tighter/" <<<"$command")
}

# Starts helpers/serve.py and waits until it takes connections.
serve() {
    python3 "$GYVE_SOURCE/tests/helpers/serve.py" "$1" "$PWD/ready" 3>&- &
    server=$!
    eventually test -e ready
    URL=$(cat ready)
    export URL
}

@test "every row is tested, and every test has a row" {
    diff <(rows | cut -f 1 | sort) \
        <(sed -n 's/^@test "\([a-z]*\)".*/\1/p' "$BATS_TEST_FILENAME" | sort)
}

@test "checksum" {
    take checksum
    echo data >file
    sha256sum file >SHA256SUMS
    run sh -c "$command"
    assert_success
    assert_output "file: OK"
    assert_equal "$tighter" ""
}

@test "database" {
    needs sqlite3
    take database
    sqlite3 app.db "CREATE TABLE users(name); INSERT INTO users VALUES ('a'), ('b')"
    run sh -c "$command"
    assert_success
    assert_output 2
    assert_equal "$tighter" ""
}

@test "unpack" {
    needs xz
    take unpack
    mkdir data
    echo text >data/file
    tar -cJf archive.tar.xz data
    rm -r data
    run sh -c "$one_tighter"
    assert_failure "$SIGSYS_STATUS"
    assert [ ! -e data ]
    run sh -c "$command"
    assert_success
    assert_equal "$(cat data/file)" text
}

@test "script" {
    take script
    echo 'echo one | tr a-z A-Z' >report.sh
    run sh -c "$command"
    assert_success
    assert_output ONE
    run sh -c "$one_tighter"
    assert_failure "$SIGSYS_STATUS"
}

@test "build" {
    needs cc
    needs make
    take build
    echo 'int other(void); int main(void) { return other(); }' >tool.c
    echo 'int other(void) { return 0; }' >other.c
    printf 'tool: tool.o other.o\n\tcc -o tool tool.o other.o\n' >Makefile
    run sh -c "$one_tighter"
    assert_failure
    assert [ ! -e tool.o ]
    run sh -c "$command"
    assert_success
    run ./tool
    assert_success
}

@test "fetch" {
    needs curl
    needs python3
    take fetch
    serve tcp
    run sh -c "$one_tighter"
    assert_failure 7
    assert_output --partial "connect"
    assert [ ! -e page ]
    run sh -c "$command"
    assert_success
    assert_equal "$(cat page)" pong
}

@test "service" {
    needs curl
    needs python3
    take service
    serve app.sock
    run sh -c "$command"
    assert_success
    assert_output pong
    run sh -c "$one_tighter"
    assert_failure 7
    assert_output --partial "connect"
}

@test "shell" {
    needs bash
    needs script
    take shell
    printf 'sleep 0.1 &\nfg\nexit 7\n' >typed
    run script -qec "$command" /dev/null <typed
    assert_failure 7
    refute_output --partial "job control"
    run script -qec "$one_tighter" /dev/null <typed
    assert_failure "$SIGSYS_STATUS"
}

@test "trace" {
    needs strace
    take trace
    printf '#!/bin/sh\necho traced\n' >tool
    chmod +x tool
    strace -f -o plain.txt ./tool >/dev/null || needs "a kernel that lets strace trace" false
    run sh -c "$command"
    assert_success
    assert_output traced
    run cat trace.txt
    assert_output --partial execve
    run sh -c "$one_tighter"
    assert_failure
    assert_output --partial "Operation not permitted"
}

@test "backup" {
    needs ionice
    take backup
    mkdir data
    echo text >data/file
    run sh -c "$one_tighter"
    assert_failure
    assert_output --partial "Operation not permitted"
    assert [ ! -e backup.tar ]
    run sh -c "$command"
    assert_success
    run tar -tf backup.tar
    assert_output --partial data/file
}
