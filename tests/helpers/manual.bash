# SPDX-License-Identifier: GPL-2.0-or-later
# Reads the manual's text back into the shape of gyve's lists, to be compared with them. For each of the
# functions "manual_X DIRECTORY", which reads gyve.1 or gyve-calls.7 there, there is a "gyve_X" that asks
# the program.
# shellcheck shell=bash

# Text as it was before the manual: without what mdoc needs.
plain() {
    sed -e 's/\\(dq/"/g' -e 's/\\&//g' -e 's/\\e/\\/g'
}

# A help text as the manual has it: a capital at the beginning, unless that is gyve; a full stop.
# shellcheck disable=SC2120 # sed's arguments
as_sentence() {
    sed -E 's/(^|.*\t)(gyve)?([^\t]*)$/\1\n\2\n\3./; s/\n\n(.)/\n\U\1/; s/\n//g'
}

# ---- options ----
# The lists for programs stand in the other page.
manual_options() {
    cat "$1/gyve.1" "$1/gyve-calls.7" |
        awk '/^\.S[hs] / { on = /Options/ } /^Lists for programs/ { on = 1 }
        on && /^\.It Fl / {
            $1 = $2 = ""
            sub(/^ */, "")
            sub(/ Ns Op Ns = Ns Ar /, " ")
            sub(/ Ar /, " ")
            name = $1
            sub(/^-/, "", name)
            metavar = $2
            getline help
            print "--" name "\t" metavar "\t" help
        }' | plain | sort
}

# An optional argument is "[=X]" in the list, or X.
gyve_options() {
    "$GYVE" --list-options | awk -F '\t' '{
        if ($2 ~ /^\[=/)
            gsub(/^\[=|\]$/, "", $2)
        print $1 "\t" $2 "\t" $3 }' | as_sentence | sort
}

# ---- keys, and their values ----
manual_keys() {
    awk '/^\.S[hs] / { on = /Keys/ }
        on && /^\.It Cm .* Ns = Ns Cm / {
            key = $3
            sub(/.* Ns = Ns Cm /, "")
            gsub(/ \| /, ",")
            values = $0
            getline help
            print key "\t" values "\t" help
        }' "$1/gyve.1" | plain
}

gyve_keys() {
    "$GYVE" --list-keys | as_sentence
}

manual_values() {
    awk '/^\.S[hs] / { on = /Keys/ }
        on && /^\.It Cm .* Ns = Ns Cm / { key = $3; next }
        on && /^\.It Cm / { value = $3; getline help; print key "\t" value "\t" help }' "$1/gyve.1" | plain
}

gyve_values() {
    local key
    "$GYVE" --list-keys | cut -f 1 | while read -r key; do
        "$GYVE" --list-values "$key" | sed "s/^/$key	/"
    done | as_sentence
}

# ---- groups, and their calls ----
manual_groups() {
    awk '/^\.Ss The group / { name = $4; getline help; print name "\t" help }' "$1/gyve-calls.7" |
        sed 's/^"\([a-z]*\)"/\1/' | plain
}

gyve_groups() {
    "$GYVE" --list-groups | cut -f 1,3 | as_sentence
}

# Group, call, action, origin, condition and reason. Which values deny stands above the calls.
manual_calls() {
    awk '/^\.Sh QEMU/ { exit }
        /^\.Ss The group / { group = $4; gsub(/"/, "", group) }
        /^Under$/ { getline; sub(/.*=/, "", $2); value = $2; sub(/:$/, "", value) }
        /^\.It Ic [a-z_0-9]+ Ta / {
            why = substr($0, index($0, " Ta \"") + 4)
            print group "\t" $3 "\t" value "\t" $5 "\t" $7 "\t" why
        }' "$1/gyve-calls.7" | sed -e 's/"\(.*\)"$/\1/' | plain
}

# "ERRNO(EPERM)" of the list is "EPERM" in the manual.
gyve_calls() {
    local group
    "$GYVE" --list-groups | cut -f 1 | while read -r group; do
        "$GYVE" --list-syscalls "$group" | awk -F '\t' -v group="$group" '{
            print group "\t" $1 "\t" $3 "\t" $4 "\t" $6 "\t" ($5 == "" ? "" : $5 ": ") $7 }'
    done | sed 's/ERRNO(\([A-Z]*\))/\1/'
}

# ---- formats ----
manual_formats() {
    awk '/^\.Sh FORMATS/ { on = 1 } /^\.Sh PROFILES/ { on = 0 }
        on && /^\.It Cm / { format = $3; getline help; print format "\t" help }' "$1/gyve-calls.7" | plain
}

gyve_formats() {
    "$GYVE" --list-formats | as_sentence
}

# ---- exit statuses ----
manual_exits() {
    awk '/^\.Sh EXIT STATUS/ { on = 1 } /^\.Sh EXAMPLES/ { on = 0 }
        on && /^\.It [0-9]/ { status = $2; getline help; print status "\t" help }' "$1/gyve.1" | plain
}

gyve_exits() {
    "$GYVE" --list-exits | as_sentence
}

# ---- where QEMU and gyve differ: item, call, QEMU's verdict, ours ----
manual_differences() {
    awk '/^\.Sh QEMU/ { on = 1 } /^\.Sh HOW/ { on = 0 }
        on && /^\.It Cm / {
            item = $3
            call = $6
            $0 = substr($0, index($0, " Ta \"") + 4)
            gsub(/"/, "")
            sub(/ -> /, "\t")
            print item "\t" call "\t" $0
        }' "$1/gyve-calls.7" | plain
}

# The same from the lists: what is ours in a group that QEMU has, or that "on" alone denies.
gyve_differences() {
    local group key rest qemu default
    "$GYVE" --list-groups | while IFS=$'\t' read -r group key rest; do
        qemu=$("$GYVE" --list-syscalls "$group" | cut -f 6 | grep -c qemu || true)
        default=$("$GYVE" --list-keys | awk -F '\t' -v key="$key" '$1 == key { print $2 }')
        [ "$qemu" -gt 0 ] || [[ $default == deny,* ]] || continue
        "$GYVE" --list-syscalls "$group" | awk -F '\t' -v key="$key" '
            { verdict = $4 ($5 == "" ? "" : " " $5) }
            $6 == "compat" { exact[$1] = verdict }
            $6 == "gyve" {
                print key "=" $3 "\t" $1 "\t" ($1 in exact ? exact[$1] : "allowed") "\t" verdict
            }'
    done | sed 's/ERRNO(\([A-Z]*\))/\1/g'
}
