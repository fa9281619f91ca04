# SPDX-License-Identifier: GPL-2.0-or-later
# The paths of --read and --write in every form, on file systems of every kind, and COMMAND itself.
load helpers/common

setup() {
    needs landlock-3 has_landlock 3
    make_room
    cd "$room" || return
    mkdir dir other
    echo text >dir/file
    echo else >other/file
}

teardown() {
    local mount
    for mount in ${mounted-}; do
        umount "$mount"
    done
    cd /
    leave_room
}

# closed OPTION...: gyve with everything closed but what the options open.
closed() {
    "$GYVE" --close-fds -sandbox on,files=deny "$@"
}

# opens PATH FILE: --read PATH opens FILE for reading, --write PATH for writing, and neither other/file.
opens() {
    local option
    run closed -- cat -- "$2"
    assert_failure 1
    for option in --read --write; do
        run closed "$option" "$1" -- cat -- "$2" other/file
        assert_line text
        refute_line else
        run closed "$option=$1" -- cat -- "$2"
        assert_output text
    done
    run closed --read "$1" -- sh -c ': >>"$1"' - "$2"
    assert_failure
    run closed --write "$1" -- sh -c ': >>"$1" && : >>other/file' - "$2"
    assert_failure
    assert_output --partial "other/file"
    refute_output --partial "$2"
}

# ---- forms ----

@test "a PATH is relative or absolute, a file or a directory" {
    opens dir dir/file
    opens ./dir/ dir/file
    opens dir/file dir/file
    opens "$room/dir" dir/file
    opens "$room/dir/file" dir/file
    opens "other/../dir//." dir/file
    cd dir
    run closed --read . -- cat file ../other/file
    assert_line text
    refute_line else
    run closed --read .. -- cat file ../other/file
    assert_line text
    assert_line else
}

@test "a PATH has any bytes: blanks, newlines, what is not UTF-8, quotes, dashes" {
    local name
    for name in 'two words' $'two\nlines' $'caf\xe9' $'\x01\x7f\x80' "it's \"quoted\"" -x --read '*' '$HOME' \
        , =; do
        cp -r dir "./$name"
        opens "$name" "./$name/file"
        opens "./$name/file" "./$name/file"
    done
}

@test "a PATH that is a symbolic link opens what it leads to at the launch" {
    ln -s dir to-dir
    ln -s dir/file to-file
    ln -s to-dir chain
    ln -s "$room/dir" absolute
    opens to-dir to-dir/file
    opens to-dir dir/file
    opens to-file dir/file
    opens chain dir/file
    opens absolute dir/file
    # what becomes of the link later opens nothing
    mkdir links
    ln -s ../dir links/link
    run closed --read links/link --write links -- sh -c 'cat links/link/file &&
        ln -sfn ../other links/link && cat links/link/file'
    assert_line text
    refute_line else
}

@test "PATHs are repeated and nested: the most that one of them opens holds" {
    mkdir -p dir/sub
    echo text >dir/sub/file
    run closed --read dir --read dir --read dir/file -- cat dir/file
    assert_output text
    for options in "--read dir --write dir/sub" "--write dir/sub --read dir"; do
        # shellcheck disable=SC2086
        run closed $options -- sh -c 'cat dir/file && : >>dir/sub/file && : >>dir/file'
        assert_line text
        assert_line --partial "dir/file: Permission denied"
        refute_output --partial "sub/file:"
    done
    run closed --write dir --read dir/sub -- sh -c ': >>dir/sub/file'
    assert_success
}

@test "a PATH by a descriptor, /proc/self/fd/N" {
    exec 7<dir
    opens /proc/self/fd/7 dir/file
    exec 7<dir/file
    opens /proc/self/fd/7 dir/file
    exec 7<&-
    # a pipe, to which no path leads, is no matter of Landlock: it is there as it was
    run closed --write /proc/self/fd/1 -- sh -c 'echo into-the-pipe | cat'
    assert_output into-the-pipe
}

@test "a PATH that is no file: a device, a pipe with a name" {
    mkfifo fifo
    run closed --write fifo -- sh -c 'echo through >fifo & cat fifo'
    assert_output through
    run closed -- sh -c ': <>fifo'
    assert_failure
    run closed -- sh -c 'cat /etc/passwd >/dev/full'
    assert_output --partial "No space left"
    # of the base set the devices stay open for writing under files=read, and nothing else does
    run "$GYVE" --close-fds -sandbox on,files=read -- sh -c 'echo >/dev/null && : >>/etc/passwd'
    refute_output --partial "/dev/null"
    assert_output --partial "/etc/passwd"
}

@test "1,000 PATHs" {
    local options=() i
    for ((i = 0; i < 1001; i++)); do
        mkdir "many.$i"
        echo "$i" >"many.$i/file"
        [ "$i" -eq 1000 ] || options+=(--read "many.$i")
    done
    run closed "${options[@]}" -- cat many.{0,500,999,1000}/file
    assert_line 0
    assert_line 500
    assert_line 999
    refute_line 1000
}

@test "a rule follows the file: what replaces it by its name is closed" {
    echo new >dir/new
    closed --read dir/file --read other -- sh -c 'cat dir/file && echo ready
        until [ -e other/go ]; do sleep 0.02; done; cat dir/file' >out 2>&1 3>&- &
    eventually grep ready out
    mv dir/new dir/file
    : >other/go
    wait
    run cat out
    assert_line text
    refute_line new
    assert_line --partial "Permission denied"
}

# ---- what is none ----

# refuses OPTION PATH TEXT: nothing is started, and the message says which PATH and why.
refuses() {
    run closed "$1" "$2" -- echo started
    assert_failure 125
    [[ $output != *started ]]
    assert_output --partial "$1: "
    assert_output --partial "$3"
    [ "$(wc -l <<<"$output")" -eq 1 ]
}

@test "a PATH that cannot be opened starts nothing, and is named" {
    local option long
    ln -s nowhere dangling
    ln -s loop loop
    long=$(printf '%05000d' 0)
    for option in --read --write; do
        refuses "$option" nowhere "cannot open 'nowhere' to COMMAND: No such file or directory"
        refuses "$option" nowhere/at/all "No such file or directory"
        refuses "$option" "" "cannot open '' to COMMAND: No such file or directory"
        refuses "$option" dangling "cannot open 'dangling' to COMMAND: No such file or directory"
        refuses "$option" loop "$(text_of ELOOP)"
        refuses "$option" dir/file/x "Not a directory"
        refuses "$option" "$long" "$(text_of ENAMETOOLONG)"
        refuses "$option" $'no\nwhere' 'no\x0awhere'
    done
    needs python3
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
    refuses --read sock "'sock' is a socket"
}

@test "a PATH without permission starts nothing, one of a file without permission does" {
    chmod 700 dir
    chmod 000 other/file
    if [ "$(id -u)" -eq 0 ]; then
        run as_user "$GYVE" --close-fds --read dir/file -- echo started
        assert_failure 125
        assert_output --partial "cannot open 'dir/file' to COMMAND: Permission denied"
    fi
    # the rule is made, and the permissions hold all the same
    run as_user "$GYVE" --close-fds --read other/file -- cat other/file
    assert_failure 1
    assert_output --partial "Permission denied"
}

# ---- other file systems ----

# mounts DIRECTORY ARGUMENTS...: mounts, or the test is skipped; unmounted at its end.
mounts() {
    local at=$1
    shift
    mkdir -p "$at"
    mount "$@" "$at" 2>/dev/null || return
    mounted="$at ${mounted-}"
}

@test "PATHs on other file systems: what is mounted below is open as well" {
    needs mount mounts dir/mounted -t tmpfs none
    echo text >dir/mounted/file
    opens dir/mounted dir/mounted/file
    opens dir dir/mounted/file
    opens dir/mounted/file dir/mounted/file
}

@test "PATHs of bind mounts" {
    needs mount mounts bound --bind dir
    opens bound bound/file
    opens bound/file dir/file
    # the directory is the same, by whichever name
    opens dir bound/file
    opens bound dir/file
    # above the mount point its path counts, not where the files come from
    mkdir above above/in
    mounts above/in --bind dir
    opens above above/in/file
    run closed --read above -- cat dir/file
    assert_output --partial "Permission denied"
}

@test "PATHs of an overlay" {
    mkdir lower upper work
    cp dir/file lower
    needs overlay mounts merged -t overlay -o "lowerdir=lower,upperdir=upper,workdir=work" none
    opens merged merged/file
    opens merged/file merged/file
    run closed --write merged -- sh -c 'echo more >>merged/file && mkdir merged/new && mv merged/file merged/new'
    assert_success
    [ "$(cat upper/new/file)" = $'text\nmore' ]
    # what lies below it is another file system's
    run closed --read merged -- cat lower/file
    assert_output --partial "Permission denied"
}

@test "PATHs of Btrfs: no subvolume is made or removed, whatever is opened" {
    needs mkfs.btrfs
    truncate -s 120M image
    mkfs.btrfs -q image
    needs mount mounts btrfs -o loop image
    mkdir btrfs/closed btrfs/open
    for at in btrfs/closed btrfs/open; do
        run "$GYVE" --close-fds -- "$GYVE_HELPERS/reach" make-subvolume "$at"
        assert_output ok
        rmdir "$at/new"
        for spec in files=read files=deny; do
            run "$GYVE" --close-fds -sandbox "$spec" --write btrfs/open -- \
                "$GYVE_HELPERS/reach" make-subvolume "$at"
            assert_output --partial E
            [ ! -e "$at/new" ]
        done
    done
}

# ---- the standard streams ----

@test "what the standard streams lead to may be opened by name, for what the descriptor allows" {
    local log=$room/log
    # by /dev/stderr, by its own name, and not for reading
    closed -- sh -c 'echo one >>/dev/stderr; echo two >>"$1"; cat "$1" >&2' - "$log" 2>>"$log" || true
    run cat "$log"
    assert_line one
    assert_line two
    assert_line --partial "log: Permission denied"
    "$GYVE" --close-fds -sandbox on,files=read -- sh -c 'echo three >/dev/stdout' >"$log"
    [ "$(cat "$log")" = three ]
    run closed -- sh -c 'cat /dev/stdin && echo >>/dev/stdin' <dir/file
    assert_line text
    assert_output --partial "Permission denied"
    [ "$(cat dir/file)" = text ]
    # nothing beside it, and no directory
    run closed -- sh -c 'cat /dev/stdin dir/new' <dir/file
    assert_failure
    run closed -- sh -c 'ls /dev/stdin/ || cat /dev/stdin/file' <dir
    refute_line text
    assert_failure
}

@test "a terminal may be opened by its name, and the others of its user not" {
    needs script script -qec true /dev/null
    cat >tries <<-'END'
	echo by-stderr >/dev/stderr
	echo by-name >$(tty)
	test -t 1 && stty -a >/dev/null <$(tty) && echo and-controlled
	for other in /dev/pts/[0-9]*; do
	    [ "$other" = "$(tty)" ] || ! (: >"$other") 2>/dev/null || echo "opened $other"
	done
	END
    run script -qec "script -qc 'sleep 60' /dev/null & sleep 1
        '$GYVE' --close-fds -sandbox on,files=read -- sh tries; kill \$!" /dev/null
    assert_line --partial by-stderr
    assert_line --partial by-name
    assert_line --partial and-controlled
    refute_output --partial "opened"
}

@test "what programs miss, as the manual says, is opened by an option" {
    if unshare -Ur true; then
        run "$GYVE" --close-fds -sandbox on,files=read -- unshare -Ur true
        assert_output --partial "uid_map: Permission denied"
        run "$GYVE" --close-fds --write /proc -- unshare -Ur id -u
        assert_output 0
    fi
    needs script script -qec true /dev/null
    run "$GYVE" --close-fds -sandbox on,files=read -- script -qec 'echo in-a-terminal' /dev/null
    refute_output --partial in-a-terminal
    run "$GYVE" --close-fds --write /dev/pts -- script -qec 'echo in-a-terminal' /dev/null
    assert_output --partial in-a-terminal
}

# ---- COMMAND ----

@test "COMMAND outside the base set is readable all the same, and nothing beside it" {
    cp /bin/cat dir/cat
    ln -s dir/cat link
    local command
    for command in dir/cat "$room/dir/cat" ./link; do
        run closed --read other -- "$command" other/file
        assert_output else
        run closed -- "$command" dir/file
        assert_failure
    done
    cd dir
    PATH=$room/dir:$PATH run closed -- cat cat
    assert_success # COMMAND itself
}

@test "COMMAND is a script: its interpreter in the base set, outside of it, or named by nothing" {
    cp /bin/sh dir/sh
    printf '#!/bin/sh\necho ran\n' >dir/within
    printf '#!%s/dir/sh\necho ran\n' "$room" >dir/outside
    printf 'echo ran\n' >dir/nameless
    chmod 755 dir/within dir/outside dir/nameless
    run closed -- dir/within
    assert_output ran
    run closed -- dir/nameless
    assert_output ran
    run closed -- dir/outside
    assert_failure 126
    assert_output --partial "cannot execute 'dir/outside': Permission denied; "
    assert_output --partial "--read opens it"
    run closed --read dir/sh -- dir/outside
    assert_output ran
    # an argument is no COMMAND
    run closed -- sh dir/within
    assert_failure
    refute_line ran
}

@test "COMMAND of PATH is the first, or none: what is closed is not passed over for another" {
    mkdir first second
    cp /bin/sh dir/sh
    printf '#!%s/dir/sh\necho first\n' "$room" >first/tool
    printf '#!/bin/sh\necho second\n' >second/tool
    chmod 755 first/tool second/tool
    PATH=$room/first:$room/second:$PATH
    run tool
    assert_output first
    run closed --read second -- tool
    assert_failure 126
    refute_line second
    run closed --read dir -- tool
    assert_output first
}

@test "--no-base: what COMMAND needs to start must be opened" {
    run closed --no-base -- /bin/true
    assert_failure 126
    assert_output --partial "cannot execute"
    assert_output --partial "--read"
    local options=() path
    for path in /usr /lib /lib64 /etc; do
        [ ! -e "$path" ] || options+=(--read "$path")
    done
    run closed --no-base "${options[@]}" -- /bin/echo started
    assert_output started
    run closed --no-base "${options[@]}" -- cat /proc/self/status
    assert_failure
}
