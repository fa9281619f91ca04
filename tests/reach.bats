# SPDX-License-Identifier: GPL-2.0-or-later
# Files, metadata, ports and other processes: what reaches them with and without the denial, as root
# and as a user. The operations and their outcomes are tests/data/reach.tsv.
load helpers/common

setup() {
    who=(as_user)
    [ "$(id -u)" -ne 0 ] || who+=(env)
    ROWS=$GYVE_SOURCE/tests/data/reach.tsv
    cd "$BATS_TEST_TMPDIR" || return
    make_room
    export REACH_FDS=1
}

teardown() {
    [ -z "${peer-}" ] || kill -KILL "$peer"
    leave_room
}

has_i386() {
    [ "$("$TRY" -i 20 2>/dev/null)" = ok ]
}

# rows KEY: its rows with the outcomes of $user, without those of i386 where it cannot be called.
rows() {
    local column=2 i386=no
    [ "$user" != env ] || column=1
    ! has_i386 || i386=yes
    awk -F '\t' -v OFS='\t' -v key="$1" -v column="$column" -v i386="$i386" '
        $1 != key || (i386 == "no" && $2 ~ /^-i /) { next }
        {
            for (i = 3; i <= 5; i++)
                if (split($i, who, ",") == 2)
                    $i = who[column]
            print
        }' "$ROWS"
}

# lines SPEC COLUMN SUBSTITUTION: lines for expect_all of the rows on standard input. The calls of i386
# need abi=all to be let through at all.
lines() {
    awk -F '\t' -v spec="$1" -v column="$2" -v substitution="$3" '
        BEGIN { count = split(substitution, pair, " ") }
        {
            operation = $2
            for (i = 1; i < count; i += 2)
                gsub(pair[i], pair[i + 1], operation)
            if (operation ~ /^@reach/) {
                sub(/@parent/, "outside", operation)
                sub(/@child/, "inside", operation)
            }
            options = spec
            if (operation ~ /^-i /)
                sub(/^on/, "on,abi=all", options)
            print options, $column, operation
        }'
}

OUTSIDE="PEERFD @pidfd PEER @parent"
INSIDE="PEERFD @childfd PEER @child"

# Stages the operations in a directory of $user, and holds each line against what it gives.
perform() {
    local stage=$room/$user
    [ -d "$stage" ] || mkdir "$stage"
    [ "$user" = env ] || [ "$(id -u)" -ne 0 ] || chown 65534:65534 "$stage"
    "$user" test -w "$stage" || needs folder-that-users-reach false
    cat >lines
    [ "$(wc -l <lines)" -ge "$1" ] || fail "too few lines"
    hold "$GYVE_HELPERS/reach" stage "$stage" "$ports" <lines
}

# hold [WRAPPER...]: expect_all as $user.
hold() {
    local become=(env)
    [ "$user" = env ] || [ "$(id -u)" -ne 0 ] ||
        become=(setpriv --reuid=65534 --regid=65534 --clear-groups --)
    expect_all "${become[@]}" "$@"
}

ports=0

@test "files: read, written, made, moved, removed and executed, closed and opened" {
    needs landlock-5 has_landlock 5
    local user
    for user in "${who[@]}"; do
        local at=$room/$user
        local read="on,files=read;--write=$at/open"
        local deny="on,files=deny;--write=$at/open;--read=$at/seen"
        {
            rows files | lines on 3 "AT $at/closed"
            rows files | lines "$read" 4 "AT $at/closed"
            rows files | lines "$deny" 5 "AT $at/closed"
            # what no path leads to is the same wherever it is tried
            rows files | grep -w AT | lines "$read" 3 "AT $at/open"
            rows files | grep -w AT | lines "$deny" 3 "AT $at/open"
            rows files | grep -w AT | lines "$deny" 4 "AT $at/seen"
            rows unopened | lines on 3 "AT $at/closed"
            rows unopened | lines "$read" 4 "AT $at/open"
            rows unopened | lines "$deny" 5 "AT $at/open"
        } | perform 300
    done
}

@test "metadata: by every call, which Landlock does not hold and the filter does" {
    needs landlock-3 has_landlock 3
    local user
    for user in "${who[@]}"; do
        local at=$room/$user
        {
            rows metadata | lines on 3 "AT $at/closed"
            rows metadata | lines "on,files=deny" 4 "AT $at/closed"
            rows metadata | lines "on,metadata=deny" 5 "AT $at/closed"
        } | perform 60
    done
}

@test "network=ports: TCP to the opened ports, and every way round" {
    needs landlock-4 has_landlock 4
    local user free connect other bind
    mapfile -t free < <("$GYVE_HELPERS/reach" free 3)
    connect=${free[0]} other=${free[1]} bind=${free[2]}
    ports=$connect,$other
    for user in "${who[@]}"; do
        local at="AT $room/$user/closed CONNECT $connect BIND $bind"
        {
            rows network | lines on 3 "$at"
            rows network | lines "on;--connect=$connect;--bind=$bind" 4 "$at"
            rows network | lines "on;--connect=$other" 5 "$at"
            rows network | lines "on,network=ports" 5 "$at"
        } | perform 150
    done
}

@test "a PORT is a number, a range, or a name of /etc/services" {
    needs landlock-4 has_landlock 4
    needs services grep -q '^http.*80/tcp.*www' /etc/services
    local open port
    # refused by nobody who listens (ECONNREFUSED) is opened
    while read -r open port; do
        run "$GYVE" --close-fds --connect "$open" -- "$GYVE_HELPERS/reach" connect "$port" 4
        [[ $output == ECONNREFUSED || $output == ok ]] || fail "--connect $open, port $port: $output"
        run "$GYVE" --close-fds --connect "$open" -- "$GYVE_HELPERS/reach" connect 4 4
        assert_output EACCES
    done <<-END
		80 80
		0080 80
		79-81 79
		79-81 81
		http 80
		www 80
		65535 65535
	END
    run "$GYVE" --close-fds --connect 79-81 -- "$GYVE_HELPERS/reach" connect 82 4
    assert_output EACCES
    # port 0 is the kernel's choice, and no other port
    mapfile -t port < <("$GYVE_HELPERS/reach" free 1)
    run "$GYVE" --close-fds --bind 0 -- sh -c '"$0" listen 0 4; "$0" bind "$1" 4' "$GYVE_HELPERS/reach" "$port"
    assert_output $'ok\nEACCES'
    # a name may begin with a digit
    port=$(sed -n 's/^\([0-9][^ \t]*[a-z][^ \t]*\)[ \t]*\([0-9]*\)\/tcp.*/\1 \2/p' /etc/services | head -n 1)
    [ -z "$port" ] || {
        run "$GYVE" --close-fds --connect "${port% *}" -- "$GYVE_HELPERS/reach" connect "${port#* }" 4
        assert_output ECONNREFUSED
    }
}

@test "outside: signals and abstract sockets reach processes of the sandbox only" {
    needs landlock-6 has_landlock 6
    local user
    for user in "${who[@]}"; do
        local at="AT $room/$user/closed"
        {
            rows outside | lines on 3 "$OUTSIDE $at"
            rows outside | lines on,outside=deny 4 "$INSIDE $at"
            rows outside | lines on,outside=deny 5 "$OUTSIDE $at"
            rows outside | lines on,outside=deny,debug=deny,files=deny 5 "$OUTSIDE $at"
        } | perform 60
    done
}

@test "debug: any domain keeps a process from those outside, and not from those inside" {
    needs landlock-6 has_landlock 6
    local user
    for user in "${who[@]}"; do
        {
            rows debug | lines on 3 "$OUTSIDE"
            rows debug | lines on,outside=deny 4 "$OUTSIDE"
            rows debug | lines on,debug=deny 5 "$OUTSIDE"
            rows debug | lines on,outside=deny 3 "$INSIDE"
        } | perform 40
    done
}

# survivors: ID and words of each row of survivors.def about the key.
survivors() {
    sed -n "s/^SURVIVOR(\([A-Z]*\), *$1, *\"\(.*\)\")$/\1\t\2/p" "$GYVE_SOURCE/src/tables/survivors.def"
}

@test "what passes although files=deny is what the manual says, word for word" {
    survivors FILES >told
    [ "$(wc -l <told)" -ge 7 ]
    # What passes though everything is closed, of files by the last column, of metadata by the one
    # before, names the survivor that it is, and what does not names none.
    awk -F '\t' '
        FILENAME == "told" { id[$1] = 0; next }
        /^#/ || ($1 != "files" && $1 != "metadata") { next }
        {
            passes = ($1 == "files" ? $5 : $4) == $3
            if (passes && !($6 in id)) print "passes, and nothing tells it: " $0
            if (!passes && $6 != "-") print "is told, and does not pass: " $0
            if ($6 in id) id[$6]++
        }
        END { for (i in id) if (!id[i]) print "told, and no operation shows it: " i }' told "$ROWS" >wrong
    run cat wrong
    assert_output ""
    run "$GYVE" --explain files
    sed -n 's/^  not covered: //p' <<<"$output" | diff <(cut -f 2 told) -
    needs mandoc
    needs col
    mandoc -T ascii -O width=900 "$GYVE_BUILD/man/gyve-calls.7" | col -bx |
        sed -n '/not asked there:$/,/^$/s/^ *[+o]   *//p' | diff <(cut -f 2 told) -
}

# start_peer SPEC: a sandbox with a process to act on; sets peer, its ID, and address.
start_peer() {
    : >peer
    "$user" setsid "$GYVE" -sandbox "$1" -- "$GYVE_HELPERS/reach" peer >peer 3>&- &
    eventually grep -q REACH_ADDRESS peer
    IFS=' =' read -r _ peer _ address <peer
}

@test "two sandboxes of one user cannot reach each other" {
    needs landlock-6 has_landlock 6
    local user spec address column
    for user in "${who[@]}"; do
        for spec in on on,outside=deny,debug=deny strict,spawn=allow,network=local,abi=all; do
            start_peer "$spec"
            column=5
            [ "$spec" != on ] || column=3 # control: without the denial they can
            { rows outside && rows debug; } | grep ' PEER' | grep -v PEERFD | lines "$spec" "$column" "PEER @parent" |
                sed "s/@parent/$peer/g" >lines
            [ "$(wc -l <lines)" -ge 25 ]
            REACH_PID=$peer REACH_ADDRESS=$address hold <lines
            kill -KILL "$peer"
            peer=
        done
    done
}
