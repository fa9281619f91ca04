# SPDX-License-Identifier: GPL-2.0-or-later
# What the manual and examples/ show runs, and does what they say.
load helpers/common

setup() {
    PATH=$(dirname "$GYVE"):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
    export PATH
    ulimit -c 0
    EXAMPLES=$GYVE_SOURCE/examples
    cd "$BATS_TEST_TMPDIR" || return
    server=
}

teardown() {
    [ -z "$server" ] || kill "$server"
}

# ---- the manual ----

# The lines between @example and @end in the source of the manual.
manual_examples() {
    awk '$0 == "@end" { shown = 0 } shown { print } $0 == "@example" { shown = 1 }' \
        "$GYVE_SOURCE"/man/*.in
}

# Runs the "$ " lines of a transcript and prints it anew with what they wrote. What a shell says of a
# killed child differs between shells, so it is left out.
replay() {
    local line
    while IFS= read -r line; do
        [[ $line == '$ '* ]] || continue
        printf '%s\n' "$line"
        sh -c "${line#'$ '}" 2>&1 </dev/null | grep -v 'Bad system call' || true
    done
}

@test "the manual's examples say what happens" {
    needs python3
    needs landlock-3 has_landlock 3
    manual_examples >shown
    assert [ "$(grep -c '^\$ ' shown)" -ge 10 ]
    replay <shown >happened
    diff -u shown happened
}

@test "an example that is wrong is noticed" {
    printf '$ gyve -- echo one\ntwo\n' >shown
    replay <shown >happened
    run diff shown happened
    assert_failure 1
    assert_line '> one'
}

@test "the manual shows its examples to be copied, letter by letter" {
    needs mandoc
    needs col
    manual_examples >shown
    mandoc -T ascii "$GYVE_BUILD"/man/gyve*.[17] | col -bx | sed 's/^ *//' >page
    while IFS= read -r line; do
        grep -qxF -- "$line" page || fail "not on the page: $line"
    done < <(sed 's/^ *//' shown)
}

# ---- the shell script ----

archive() {
    mkdir data
    echo text >data/file
    tar -cJf archive.tar.xz data
    rm -r data
}

@test "unpack unpacks" {
    needs xz
    archive
    run sh "$EXAMPLES/unpack" archive.tar.xz there
    assert_success
    assert_output ""
    assert_equal "$(cat there/data/file)" text
}

@test "unpack gives nothing when xz starts a program" {
    archive
    mkdir bin
    printf '#!/bin/sh\nls >/dev/null\ncat archive.tar.xz\n' >bin/xz
    chmod +x bin/xz
    PATH=$PWD/bin:$PATH run bin/xz -dc -- archive.tar.xz
    assert_success
    PATH=$PWD/bin:$PATH run sh "$EXAMPLES/unpack" archive.tar.xz there
    assert_failure "$SIGSYS_STATUS"
    assert [ ! -e there ]
}

@test "unpack says how to use it, and needs both arguments" {
    run grep -c '^# *sh examples/unpack ARCHIVE DIRECTORY$' "$EXAMPLES/unpack"
    assert_output 1
    run sh "$EXAMPLES/unpack" archive.tar.xz
    assert_failure
}

# ---- the systemd units ----

# The command of a unit, with this gyve in place of the installed one.
exec_start() {
    sed -n 's/^ExecStart=//p' "$1" | sed "s:^/usr/bin/gyve :$GYVE :"
}

@test "systemd understands the units" {
    needs systemd-analyze can_verify_units
    mkdir units
    cp "$EXAMPLES"/*.service "$EXAMPLES"/*.socket units
    cp "$EXAMPLES/checksum@.service" units/checksum@one.service
    sed -i "s:^ExecStart=/usr/bin/gyve :ExecStart=$GYVE :" units/*.service
    run systemd-analyze verify --man=no units/file-server.service units/checksum.socket \
        units/checksum@one.service
    assert_success
    refute_output --partial "$PWD/units"
    refute_output --partial "ignoring"
}

@test "systemd would not understand a unit with a mistake" {
    needs systemd-analyze can_verify_units
    sed "s:^ExecStart=/usr/bin/gyve :ExecStar=$GYVE :" "$EXAMPLES/file-server.service" \
        >mistake.service
    run systemd-analyze verify --man=no "$PWD/mistake.service"
    assert_output --partial ExecStar
}

@test "the file server serves, and does so under a filter" {
    needs curl
    needs /usr/bin/python3
    mkdir files
    echo text >files/page
    exec_start "$EXAMPLES/file-server.service" |
        sed "s:/srv/files 8000:$PWD/files --bind 127.0.0.1 0:" >start
    PYTHONUNBUFFERED=1 sh -c "exec $(cat start)" >log 2>&1 3>&- &
    server=$!
    eventually grep -q 'port [0-9]' log
    run curl -fsS "http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' log)/page"
    assert_success
    assert_output text
    run grep '^Seccomp:' "/proc/$server/status"
    assert_output "Seccomp:	2"
}

@test "the file server's filter denies what its head says" {
    spec=$(exec_start "$EXAMPLES/file-server.service" | sed 's/.* -sandbox \([^ ]*\) .*/\1/')
    run "$GYVE" -sandbox "$spec" -- "$TRY" socket 2 1 0
    assert_output ok
    run "$GYVE" -sandbox "$spec" -- "$TRY" fork
    assert_failure "$SIGSYS_STATUS"
    run "$GYVE" -sandbox "$spec" -- "$TRY" ptrace 0
    assert_output EPERM
    run "$GYVE" -sandbox "$spec" -- "$TRY" setuid 12345
    assert_failure "$SIGSYS_STATUS"
    run "$GYVE" -sandbox "$spec" -- "$TRY" unshare 0
    assert_failure "$SIGSYS_STATUS"
    run "$GYVE" -sandbox "$spec" -- "$TRY" setpriority 0 0 0
    assert_output EPERM
}

@test "the checksum service answers through the socket that it inherits" {
    needs systemd-socket-activate
    needs python3
    # shellcheck disable=SC2046 # systemd splits the line into words, too
    systemd-socket-activate --accept --inetd --listen="$PWD/socket" \
        $(exec_start "$EXAMPLES/checksum@.service") >log 2>&1 3>&- &
    server=$!
    eventually test -S socket
    run python3 -c '
import socket
s = socket.socket(socket.AF_UNIX)
s.connect("socket")
s.sendall(b"hello")
s.shutdown(socket.SHUT_WR)
print(s.makefile().read(), end="")'
    assert_success
    assert_output "$(printf hello | sha256sum)"
}

# ---- the CI job ----

ci_command() {
    sed -n 's/^ *run: \(gyve .*\)/\1/p' "$EXAMPLES/ci.yml"
}

project() {
    echo 'int main(void) { return 0; }' >tool.c
    printf 'check: tool\n\t./tool\n\t%s\ntool: tool.c\n\tcc -o tool tool.c\n' "$1" >Makefile
}

@test "the CI job is YAML" {
    needs python3
    needs python3-yaml python3 -c 'import yaml'
    run python3 -c '
import sys, yaml
job = yaml.safe_load(open(sys.argv[1]))
print(job["jobs"]["build"]["steps"][-1]["run"])' "$EXAMPLES/ci.yml"
    assert_success
    assert_output "$(ci_command)"
}

@test "the CI job builds and tests" {
    needs cc
    needs make
    project 'echo passed'
    run sh -c "$(ci_command)"
    assert_success
    assert_output --partial passed
}

@test "the CI job keeps a build from the network, and from tracing" {
    needs cc
    needs make
    needs python3
    project "python3 -c 'import socket; socket.socket()'"
    run make -s check
    assert_success
    run sh -c "$(ci_command)"
    assert_failure
    assert_output --partial "Address family not supported"
    project "$TRY ptrace 0"
    run sh -c "$(ci_command)"
    assert_output --partial EPERM
}

# ---- an agent's tool call ----

has_files() {
    "$GYVE" --write / -- true 3>&-
}

@test "agent-tool: a command works in its directory, and elsewhere, outside and by the network it does not" {
    needs landlock-3 has_files
    mkdir -p work outside
    echo secret >outside/key
    export TOKEN=secret
    agent() { run sh "$EXAMPLES/agent-tool" work sh -c "$1"; }
    agent 'echo text >file && cat file && ls /usr >/dev/null && echo "token: $TOKEN"'
    assert_success
    assert_output $'text\ntoken: '
    agent "cat '$PWD/outside/key'"
    assert_failure
    assert_output --partial "Permission denied"
    agent "echo >'$PWD/outside/new' || echo closed"
    assert_output --partial closed
    assert [ ! -e outside/new ]
    agent 'chmod 777 . || echo closed'
    assert_output --partial closed
    needs python3
    agent 'python3 -c "import socket; socket.socket()"'
    assert_failure
    assert_output --partial "Address family not supported"
    run sh "$EXAMPLES/agent-tool" work
    assert_failure 2
}

# ---- all of them ----

@test "each example says at its head how to use it" {
    for file in "$EXAMPLES"/*; do
        head -n 12 "$file" | grep -qE 'examples/|To use it|says how to use it' ||
            fail "does not say how to use it: $file"
    done
}

@test "what the README shows of the examples is what they are" {
    run grep -F "$(sed -n '/gyve.* xz /p' "$EXAMPLES/unpack")" "$GYVE_SOURCE/README.md"
    assert_success
    run grep -F "$(sed -n '/gyve.* tar /p' "$EXAMPLES/unpack")" "$GYVE_SOURCE/README.md"
    assert_success
    run grep -F "$(sed -n '/^ExecStart/p' "$EXAMPLES/file-server.service")" "$GYVE_SOURCE/README.md"
    assert_success
    run grep -F "run: $(ci_command)" "$GYVE_SOURCE/README.md"
    assert_success
}
