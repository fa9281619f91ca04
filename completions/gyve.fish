# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for gyve. It holds no lists: the program that is being completed is asked for
# them (--list-options and its kind), so that the two can never differ. From fish 4 on "?" in a
# pattern is itself (before, under the feature flag qmark-noglob), so none of the patterns has one.

# The records of a list of the program's, and nothing where it has no such list.
function __gyve_ask
    set -l program (string replace -r '^~/' "$HOME/" -- (commandline -opc)[1])
    command -q -- $program; or set program gyve
    command $program $argv 2>/dev/null </dev/null
end

# The record of an option as typed, with one dash or two: option, argument, meaning, operands.
function __gyve_record -a typed
    set -l name (string replace -r -- '^-+([^=]*).*' '--$1' $typed)
    __gyve_ask --list-options | string match -r -- '^'(string escape --style=regex -- $name)'\t.*'
end

# The values of an option's argument, by what --help calls it: "PREFIXname TAB meaning".
function __gyve_argument -a metavar prefix text
    set metavar (string replace -r '^\[=(.*)\]$' '$1' -- $metavar)
    if test "$metavar" = CALL; and string match -q '*/*' -- $text
        set metavar PATH # which --explain takes as well
    end
    switch $metavar
        case SPEC
            __gyve_spec $prefix $text
        case FILE DIR PATH
            string replace -r -- '^' $prefix (__fish_complete_path $text)
        case 'NAME[*'
            string replace -r -- '^' $prefix (set -nx)
        case '*|*'
            string replace -r -- '^' $prefix (string split '|' -- $metavar)
        case ''
        case '*'
            __gyve_ask --list-(string lower -- $metavar)s | while read -d \t -la fields
                printf '%s%s\t%s\n' $prefix $fields[1] $fields[-1]
            end
    end
end

# The item of a SPEC under the cursor: a key, after "=" a value; the first item may be a bare value
# of the first key. Keys that stand in front already are not offered again.
function __gyve_spec -a prefix text
    set -l items (string split , -- $text)
    set -l front (string join , -- $items[1..-2] '')
    test (count $items) -gt 1; or set front ''
    if string match -q '*=*' -- $items[-1]
        set -l key (string split -m 1 = -- $items[-1])[1]
        __gyve_ask --list-values $key | while read -d \t -la fields
            printf '%s%s%s=%s\t%s\n' $prefix $front $key $fields[1] $fields[2]
        end
        return
    end
    set -l first
    __gyve_ask --list-keys | while read -d \t -la fields
        if not set -q first[1]
            set first $fields[1]
            test -z "$front"; or continue
            __gyve_ask --list-values $first | while read -d \t -la value
                printf '%s%s\t%s\n' $prefix $value[1] $value[2]
            end
        else if not string match -q "*,$fields[1]=*" -- ,$front
            printf '%s%s%s=\t%s\n' $prefix $front $fields[1] $fields[3]
        end
    end
end

function __gyve_options -a text
    set -l dashes --
    string match -qr -- '^-[^-]' $text; and set dashes -
    __gyve_ask --list-options | while read -d \t -la fields
        set -l name (string replace -- -- '' $fields[1])
        printf '%s%s\t%s\n' $dashes $name $fields[3]
        if test "$text$fields[2]" = -SPEC
            printf '-%s\t%s\n' $name $fields[3]
        end
    end
end

# The words in front of the cursor that are gyve's own decide what is completed.
function __gyve_complete
    set -l words (commandline -opc)
    set -l text (commandline -ct)
    set -l operands COMMAND
    set -l i 2
    set -l ended no
    while test $i -le (count $words)
        if test "$words[$i]" = --
            set i (math $i + 1)
            set ended yes
            break
        end
        string match -qr -- '^-.' $words[$i]; or break
        set -l record (string split \t -- (__gyve_record $words[$i]))
        set i (math $i + 1)
        set -q record[1]; or continue
        test "$record[4]" = COMMAND; or set operands "$record[4]"
        if test -z "$record[2]"; or string match -q '[*' -- $record[2]
            continue
        end
        string match -q '*=*' -- $words[(math $i - 1)]; and continue
        if test $i -gt (count $words)
            __gyve_argument $record[2] '' "$text"
            return
        end
        set i (math $i + 1)
    end
    # i is the first operand now, or the word under the cursor.
    if test $i -gt (count $words) -a $ended = no; and string match -q -- '-*' $text
        set -l record
        string match -q '*=*' -- $text; and set record (string split \t -- (__gyve_record $text))
        if set -q record[1]
            set -l typed (string split -m 1 = -- $text)
            __gyve_argument $record[2] "$typed[1]=" "$typed[2]"
        else
            __gyve_options $text
        end
    else if test "$operands" = COMMAND
        complete --do-complete=(string join ' ' -- (string escape -- $words[$i..-1]) "$text")
    else
        __gyve_argument "$operands" '' "$text"
    end
end

complete -c gyve -f -a '(__gyve_complete)'
