# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for gyve. It holds no lists: the program that is being completed is asked for
# them (--list-options and its kind), so that the two can never differ.

# The records of a list of the program's, and nothing where it has no such list. Sets lines.
_gyve_ask() {
    mapfile -t lines < <("$program" "$@" 2>/dev/null </dev/null)
}

# Offers those of the words $3... that begin with $2, behind $1 which stands there already.
_gyve_offer() {
    local front=$1 text=$2 word

    shift 2
    for word; do
        [[ $word == "$text"* ]] && COMPREPLY+=("$front$word")
    done
}

# The values of an option's argument, by what --help calls it.
_gyve_argument() {
    local metavar=$1 text=$2 lines

    metavar=${metavar#'[='}
    metavar=${metavar%']'}
    [[ $metavar != CALL || $text != */* ]] || metavar=PATH # which --explain takes as well
    case $metavar in
    SPEC)
        _gyve_spec "$text"
        ;;
    FILE | DIR | PATH)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$text")
        ;;
    NAME\[*)
        mapfile -t lines < <(compgen -e)
        _gyve_offer '' "$text" "${lines[@]}"
        ;;
    *'|'*)
        IFS='|' read -r -a lines <<<"$metavar"
        _gyve_offer '' "$text" "${lines[@]}"
        ;;
    *)
        _gyve_ask "--list-${metavar,,}s"
        _gyve_offer '' "$text" "${lines[@]%%$'\t'*}"
        ;;
    esac
}

# The item of a SPEC under the cursor: a key, after "=" a value; the first item may be a bare value
# of the first key. Keys that stand in front already are not offered again.
_gyve_spec() {
    local text=$1 item=${1##*,} front='' key values line lines

    [[ $text == *,* ]] && front=${text%,*},
    if [[ $item == *=* ]]; then
        key=${item%%=*}
        _gyve_ask --list-values "$key"
        _gyve_offer "$front$key=" "${item#*=}" "${lines[@]%%$'\t'*}"
        return
    fi
    compopt -o nospace
    _gyve_ask --list-keys
    if [[ ! $front ]]; then
        IFS=$'\t' read -r key values line <<<"${lines[0]}"
        IFS=, read -r -a values <<<"$values"
        _gyve_offer '' "$item" "${values[@]}"
    fi
    for line in "${lines[@]:1}"; do
        key=${line%%$'\t'*}
        [[ ,$front == *,"$key"=* ]] || _gyve_offer "$front" "$item" "$key="
    done
}

_gyve_options() {
    local dashes=-- option metavar rest

    [[ $cur == -[!-]* ]] && dashes=-
    for rest in "${options[@]}"; do
        IFS=$'\t' read -r option metavar rest <<<"$rest"
        _gyve_offer '' "$cur" "$dashes${option#--}"
        [[ $cur == - && $metavar == SPEC ]] && _gyve_offer '' "$cur" "${option#-}"
    done
}

# How many of COMP_WORDS, which readline splits at "=" and ":" as well, make the first $1 words.
_gyve_split_words() {
    local count=$1 i joined

    for ((i = 0, at = 0; i < count; i++)); do
        joined=
        while [[ $joined != "${words[i]}" && $at -lt ${#COMP_WORDS[@]} ]]; do
            joined+=${COMP_WORDS[at++]}
        done
    done
}

# The record of an option as typed, with one dash or two: option, argument, meaning, operands.
_gyve_record() {
    local typed=--${1#"${1%%[!-]*}"}

    for record in "${options[@]}"; do
        [[ ${record%%$'\t'*} == "${typed%%=*}" ]] && return
    done
    return 1
}

# Walks over the words in front of the cursor. Sets metavar, when the word is an option's argument,
# or operand, the index of the first operand, when that was passed; and operands, what these are.
_gyve_walk() {
    local i record fields

    metavar='' operand=0 operands=COMMAND
    for ((i = 1; i < cword; i++)); do
        if [[ ${words[i]} == -- ]]; then
            operand=$((i + 1))
            return
        fi
        if [[ ${words[i]} != -?* ]]; then
            operand=$i
            return
        fi
        _gyve_record "${words[i]}" || continue
        mapfile -t fields <<<"${record//$'\t'/$'\n'}"
        [[ ${fields[3]} == COMMAND ]] || operands=${fields[3]-}
        [[ ! ${fields[1]} || ${fields[1]} == '['* || ${words[i]} == *=* ]] && continue
        if ((++i == cword)); then
            metavar=${fields[1]}
        fi
    done
}

_gyve() {
    local cur words cword program=$1 lines options record metavar operand operands at

    [[ $program == \~/* ]] && program=$HOME/${program:2}
    type -P "$program" >/dev/null || program=gyve
    _get_comp_words_by_ref -n =: cur words cword
    _gyve_ask --list-options
    options=("${lines[@]}")
    COMPREPLY=()
    _gyve_walk
    if [[ $metavar ]]; then
        _gyve_argument "$metavar" "$cur"
    elif ((operand == 0)) && [[ $cur == -*=* ]]; then
        _gyve_record "$cur" || return
        record=${record#*$'\t'}
        metavar=${record%%$'\t'*}
        _gyve_argument "$metavar" "${cur#*=}"
        COMPREPLY=("${COMPREPLY[@]/#/${cur%%=*}=}")
    elif ((operand == 0)) && [[ $cur == -* ]]; then
        _gyve_options
        return
    elif [[ $operands == COMMAND ]]; then
        _gyve_split_words "$((operand ? operand : cword))"
        _command_offset "$at"
        return
    elif [[ $operands ]]; then
        _gyve_argument "$operands" "$cur"
    fi
    # readline replaces only what stands behind the last "=".
    if [[ $cur == *=* && $COMP_WORDBREAKS == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${cur%=*}="}")
    fi
} && complete -F _gyve gyve
