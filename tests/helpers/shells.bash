# SPDX-License-Identifier: GPL-2.0-or-later
# Loaded by tests/completions.bats: real shells, started once for the file, that complete what is
# typed to them. bash and zsh sit on a terminal of their own; fish is asked with "complete -C", once
# as it comes, and once (fish4) with all that fish 4 made the default and fish 3 has to be told.
#
#   $shells                  their names
#   start_shells             in setup_file; $SHELLS/bin stands first in their PATH
#   stop_shells              in teardown_file
#   type_into SHELL TEXT     types TEXT and a TAB; then one of
#   candidates_of SHELL      prints the candidates, one a line
#   names_of SHELL           prints their names, sorted
#   line_of SHELL            prints what stood on the command line then (not for fish)
#
# Typing goes through the FIFO SHELL.in; Ctrl-T has the shell write down what became of it, and
# clear the line. A line through the FIFO SHELL.done says that it is finished.
#
# shellcheck shell=bash disable=SC2016 # fish expands

shells="bash zsh fish fish4"

write_bashrc() {
    cat >"$SHELLS/bashrc" <<EOF
. "${BASH_COMPLETION:-/usr/share/bash-completion/bash_completion}"
. "$GYVE_SOURCE/completions/gyve.bash"
capture() {
    _gyve "\$@"
    local status=\$?
    printf '%s\n' "\${COMPREPLY[@]}" >"$SHELLS/bash.candidates"
    return \$status
}
complete -F capture gyve
finish() {
    printf '%s\n' "\$READLINE_LINE" >"$SHELLS/bash.line"
    READLINE_LINE= READLINE_POINT=0
    echo >"$SHELLS/bash.done"
}
bind -x '"\C-t": finish'
PROMPT_COMMAND='echo >"$SHELLS/bash.done"; PROMPT_COMMAND='
EOF
}

# compadd is where every candidate passes; with -O, -A and -D it only stores them.
write_zshrc() {
    cat >"$SHELLS/.zshrc" <<EOF
fpath=("$GYVE_SOURCE/completions" \$fpath)
autoload -Uz compinit
compinit -D -u
LISTMAX=0
compadd() {
    builtin compadd "\$@"
    local status_=\$?
    local -a found
    if [[ \${@[1,(i)(-|--)]} != *-[a-zA-Z]#[OAD]* ]]; then
        builtin compadd -A found "\$@"
        print -rl -- \$found >>"$SHELLS/zsh.candidates"
    fi
    return status_
}
finish() {
    print -r -- "\$BUFFER" >"$SHELLS/zsh.line"
    BUFFER=
    echo >"$SHELLS/zsh.done"
}
zle -N finish
bindkey '^T' finish
bindkey '\t' complete-word
precmd() { echo >"$SHELLS/zsh.done"; unfunction precmd }
EOF
}

# Bounded: a shell that hangs is a failure, not a hanging test. Opened for writing as well, since
# the opening for reading alone would wait for ever.
await() {
    read -r -t 30 _ <>"$SHELLS/$1.done" ||
        fail "$1 does not answer; on its screen: $(cat "$SHELLS/$1.screen")"
}

start_terminal() {
    local shell=$1
    shift
    script -qfec "$*" /dev/null <"$SHELLS/$shell.in" >"$SHELLS/$shell.screen" 2>&1 3>&- &
    echo $! >>"$SHELLS/pids"
}

# start_fish NAME [OPTION...]: what it says on its screen is an error, and becomes a candidate.
start_fish() {
    local name=$1
    shift
    # By variables: arguments after -c fish takes since 3.2.
    SCRIPT=$GYVE_SOURCE/completions/gyve.fish HERE=$SHELLS/$name fish "$@" -c 'source $SCRIPT
        echo >$HERE.done
        while read -l text
            complete -C $text 2>&1 | string replace -r "\t.*" "" >$HERE.candidates
            echo >$HERE.done
        end' <"$SHELLS/$name.in" >"$SHELLS/$name.screen" 2>&1 3>&- &
    echo $! >>"$SHELLS/pids"
}

start_shells() {
    export SHELLS=$BATS_FILE_TMPDIR
    local shell
    local -x HOME=$SHELLS ZDOTDIR=$SHELLS XDG_CONFIG_HOME=$SHELLS XDG_DATA_HOME=$SHELLS
    local -x XDG_CACHE_HOME=$SHELLS PATH=$SHELLS/bin:$PATH TERM=vt100 LC_ALL=C.UTF-8

    mkdir -p "$SHELLS/bin"
    for shell in $shells; do
        mkfifo "$SHELLS/$shell.in" "$SHELLS/$shell.done"
    done
    write_bashrc
    write_zshrc
    start_terminal bash bash --noprofile --rcfile "'$SHELLS/bashrc'" -i
    start_terminal zsh zsh -d -i
    start_fish fish
    start_fish fish4 --features=all
    # Held open by a process of its own, so that no shell sees the end of its input too early.
    sleep 600 6>"$SHELLS/bash.in" 7>"$SHELLS/zsh.in" 8>"$SHELLS/fish.in" 9>"$SHELLS/fish4.in" 3>&- &
    echo $! >>"$SHELLS/pids"
    for shell in $shells; do
        await "$shell"
    done
}

# By force: one that has an answer nobody waits for would stay.
stop_shells() {
    local pid

    [ -e "${SHELLS-}/pids" ] || return 0
    while read -r pid; do
        kill "$pid" 2>/dev/null || true
    done <"$SHELLS/pids"
}

type_into() {
    local shell=$1 text=$2

    : >"$SHELLS/$shell.candidates"
    case $shell in
    fish*) printf '%s\n' "$text" >"$SHELLS/$shell.in" ;;
    *) printf '%s\t\024' "$text" >"$SHELLS/$shell.in" ;;
    esac
}

candidates_of() {
    await "$1"
    cat "$SHELLS/$1.candidates"
}

line_of() {
    await "$1"
    cat "$SHELLS/$1.line"
}

# The candidates without the part of the word that is there already, which each shell shows or
# leaves out as it likes.
names_of() {
    await "$1"
    sed '/^$/d; s/=$//; s/.*[,=]//; s/ *$//' "$SHELLS/$1.candidates" | sort -u
}
