# SPDX-License-Identifier: GPL-2.0-or-later
# The completions, in the real shells: what is offered is what the program lists.
load helpers/common
load helpers/shells

# Of an older fish "complete -C" prints what does not begin with the word, too.
have_fish() {
    local version
    version=$(fish --version 2>/dev/null) && printf '%s\n' 3.2 "${version##* }" | sort -CV
}

have_shells() {
    [ -r "${BASH_COMPLETION:-/usr/share/bash-completion/bash_completion}" ] &&
        command -v zsh >/dev/null && have_fish && command -v script >/dev/null
}

setup_file() {
    if have_shells; then
        mkdir "$BATS_FILE_TMPDIR/bin"
        ln -s "$GYVE" "$BATS_FILE_TMPDIR/bin/gyve"
        ln -s /bin/true "$BATS_FILE_TMPDIR/bin/gyve-wrapped-thing"
        export GYVE_OFFERED_ONE=1 GYVE_OFFERED_TWO=
        start_shells
    fi
}

teardown_file() {
    stop_shells
}

setup() {
    needs bash-completion,zsh,fish-3.2,script have_shells
}

# Every shell offers for TEXT exactly the words on standard input.
offers() {
    local expected shell
    local -A offered

    expected=$(sort -u)
    for shell in $shells; do
        type_into "$shell" "$1"
    done
    # All are heard before any is judged: an answer left over would be the next test's.
    for shell in $shells; do
        offered[$shell]=$(names_of "$shell")
    done
    for shell in $shells; do
        assert_equal "$shell: ${offered[$shell]}" "$shell: $expected"
    done
}

# Typing TEXT and a TAB makes LINE in the shells that have a line.
completes_to() {
    local shell
    local -A made

    for shell in bash zsh; do
        type_into "$shell" "$1"
        made[$shell]=$(line_of "$shell")
    done
    for shell in bash zsh; do
        # zsh's comma after a value goes away with the next space
        assert_equal "$shell: ${made[$shell]%[ ,]}" "$shell: $2"
    done
}

first_fields() {
    "$GYVE" "$@" | cut -f 1
}

keys_but() {
    first_fields --list-keys | grep -vxE "$1"
}

@test "options: with two dashes" {
    first_fields --list-options >"$BATS_TEST_TMPDIR/options"
    grep -qx -- --list-keys "$BATS_TEST_TMPDIR/options"
    offers "gyve --" <"$BATS_TEST_TMPDIR/options"
    completes_to "gyve --list-v" "gyve --list-values"
}

@test "options: with one dash" {
    offers "gyve -l" <<<"$(first_fields --list-options | sed -n 's/^--l/-l/p')"
    completes_to "gyve -san" "gyve -sandbox"
}

@test "-: options with two dashes, and -sandbox" {
    offers "gyve -" <<<"$(first_fields --list-options; echo -sandbox)"
}

@test "-sandbox: the first word is a value of enable, or a key" {
    for option in "-sandbox " "--sandbox " "--sandbox="; do
        offers "gyve $option" <<<"$(first_fields --list-values enable; keys_but enable)"
    done
    printf 'on\noff\nobsolete\noutside\n' | offers "gyve -sandbox o"
}

@test "-sandbox: the values of a key" {
    for option in "-sandbox " "--sandbox " "--sandbox="; do
        printf 'allow\ndeny\n' | offers "gyve ${option}spawn="
        printf 'allow\nsessions\ndeny\nchildren\n' | offers "gyve ${option}on,elevateprivileges="
    done
}

@test "-sandbox: after a comma, the keys not given yet" {
    offers "gyve -sandbox strict," <<<"$(keys_but enable)"
    offers "gyve -sandbox on,spawn=deny,tty=allow," <<<"$(keys_but 'enable|spawn|tty')"
    completes_to "gyve -sandbox on,spawn=deny,elev" \
        "gyve -sandbox on,spawn=deny,elevateprivileges="
    completes_to "gyve --sandbox=on,spawn=deny,elevateprivileges=c" \
        "gyve --sandbox=on,spawn=deny,elevateprivileges=children"
}

@test "-sandbox: nothing for a key that is none" {
    offers "gyve -sandbox on,no-such-key=" </dev/null
}

@test "every key has its values" {
    while IFS=$'\t' read -r key values _; do
        offers "gyve -sandbox $key=" <<<"${values//,/$'\n'}"
    done < <("$GYVE" --list-keys)
}

@test "--list-values: keys; --list-syscalls: groups" {
    offers "gyve --list-values " <<<"$(first_fields --list-keys)"
    offers "gyve --list-syscalls " <<<"$(first_fields --list-groups)"
    completes_to "gyve --list-syscalls res" "gyve --list-syscalls resourcecontrol"
}

@test "--env: the caller's variables" {
    for option in "--env " "--env=" "--env A=1 --env "; do
        printf 'GYVE_OFFERED_%s\n' ONE TWO | offers "gyve ${option}GYVE_OFFERED_"
    done
    completes_to "gyve --env GYVE_OFFERED_O" "gyve --env GYVE_OFFERED_ONE"
}

@test "--read, --write and paths of --explain: files" {
    mkdir -p "$SHELLS/tree/only-directory"
    touch "$SHELLS/tree/the-file"
    for option in "--read " "--write=" "--write x --read " "--explain " "--explain mount "; do
        completes_to "gyve $option$SHELLS/tree/the-f" "gyve $option$SHELLS/tree/the-file"
        completes_to "gyve $option$SHELLS/tree/only-d" "gyve $option$SHELLS/tree/only-directory/"
    done
}

@test "--connect and --bind: names and numbers of ports" {
    needs services test -r /etc/services
    for option in "--connect " "--bind=" "--bind 0 --connect "; do
        first_fields --list-ports | grep '^http' | offers "gyve ${option}http"
        first_fields --list-ports | grep '^44' | offers "gyve ${option}44"
    done
}

@test "--degrade: the keys that Landlock holds" {
    for option in "--degrade " "--degrade=" "--degrade files --degrade "; do
        printf '%s\n' network files outside debug | offers "gyve $option"
    done
}

@test "--explain: calls, as many as wanted" {
    printf 'clone\nclone3\n' | offers "gyve --explain clone"
    echo finit_module | offers "gyve --explain mount finit_"
}

@test "a mode without operands: nothing more" {
    offers "gyve --probe " </dev/null
    echo --probe | offers "gyve --json --prob"
    offers "gyve --json " </dev/null
}

@test "the command: its name" {
    for before in "" "-- " "-sandbox on,spawn=deny " "--sandbox=on,spawn=deny -- "; do
        echo gyve-wrapped-thing | offers "gyve ${before}gyve-wrapped-"
    done
}

@test "the command: its own completion" {
    needs git
    for before in "-- " "-sandbox on,spawn=deny " "--sandbox=on,tty=deny -- " ""; do
        echo cherry-pick | offers "gyve ${before}git cherry-pi"
    done
    echo --bare | offers "gyve -sandbox on git clone --bar"
    completes_to "gyve -sandbox on,spawn=deny -- git cherry-pi" \
        "gyve -sandbox on,spawn=deny -- git cherry-pick"
}

@test "the command: its options are not gyve's" {
    for text in "gyve -sandbox on -- sort --list-k" "gyve sort --list-k"; do
        for shell in $shells; do
            type_into "$shell" "$text"
            run candidates_of "$shell"
            refute_output --partial list-keys
        done
    done
}

@test "the program is asked: another gyve has other options, keys and values" {
    rm "$SHELLS/bin/gyve"
    cat >"$SHELLS/bin/gyve" <<'EOF'
#!/bin/sh
case $1 in
--list-options)
    printf -- '--sandbox\tSPEC\tbox\tCOMMAND\n'
    printf -- '--paint\tCOLOUR\tpaint\t\n'
    printf -- '--tone\t[=flat|sharp]\ttone\tCOMMAND\n'
    ;;
--list-keys) printf 'mode\tslow,fast\tpace\nlight\tdim,bright\tlamp\n' ;;
--list-values) [ "$2" = light ] && printf 'dim\tlow\nbright\thigh\n' || printf 'slow\t1\nfast\t2\n' ;;
--list-colours) printf 'red\tlike roses\nblue\tlike violets\n' ;;
*) exit 125 ;;
esac
EOF
    chmod +x "$SHELLS/bin/gyve"
    printf -- '--sandbox\n--paint\n--tone\n' | offers "gyve --"
    printf 'slow\nfast\nlight\n' | offers "gyve -sandbox "
    printf 'dim\nbright\n' | offers "gyve -sandbox fast,light="
    printf 'red\nblue\n' | offers "gyve --paint "
    printf 'flat\nsharp\n' | offers "gyve --tone="
    printf 'bright\n' | offers "gyve --tone -sandbox light=b"
}
