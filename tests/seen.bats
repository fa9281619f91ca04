# SPDX-License-Identifier: GPL-2.0-or-later
# Files and ports in --report: what the domain denies is told, and nothing else.
load helpers/common

SEEN=$GYVE_HELPERS/seen
REACH=$GYVE_HELPERS/reach

setup() {
    needs landlock-3 has_landlock 3
    make_room
    chmod 777 "$room"
    cd "$room" || return
    report=$room/report
    : >"$report"
    chmod 666 "$report"
    mkdir -m 777 closed open
    echo text >closed/file
    echo text >open/file
    chmod 666 closed/file open/file
}

teardown() {
    [ -z "${peer-}" ] || kill -KILL "$peer"
    leave_room
}

# Runs a target with its report, and that alone, in $report.
reported() {
    : >"$report"
    run "$GYVE" --report --report-fd 7 ${keep_fds:---close-fds} "$@" 7>>"$report"
}

in_report() {
    grep -qE -- "$1" "$report" || {
        cat "$report"
        fail "the report has no line: $1"
    }
}

# told N: so many lines are about files and ports.
told() {
    local count
    count=$(grep -c ': not opened by --' "$report" || true)
    [ "$count" -eq "$1" ] || {
        cat "$report"
        fail "told: $count, not $1"
    }
}

# ---- what is told ----

@test "a denied file is told with what is done to it and the option that opens it" {
    reported --read open -- cat open/file closed/file
    assert_failure
    assert_line text
    in_report " cat\[[0-9]+\] +EACCES +files +open(at)?\(\"closed/file\"\) for reading: not opened by --read; to allow: --read $room/closed$"
    in_report 'ended with status 1; denied calls: 1$'
    in_report "^gyve: +1  open(at)? +files +EACCES +cat +--read $room/closed$"
    run "$GYVE" --read open --read "$room/closed" -- cat open/file closed/file
    assert_success
}

@test "each of the calls, with the option that lets it" {
    local option
    while IFS='|' read -r words command; do
        reported --write open -- sh -c "$command"
        in_report "$words"
        told 1
        option=$(sed -n 's/.*; to allow: //p' "$report" | head -n 1)
        eval "set -- $option"
        run "$GYVE" --write open "$@" -- sh -c "$command"
        assert_success
    done <<-'EOF_'
	"closed/file"\) for writing|echo y >>closed/file
	"closed/new"\) to make it|: >closed/new
	mkdir(at)?\("closed/d"\) to make it|mkdir closed/d
	rmdir\("closed/d"\) to remove it|rmdir closed/d
	"closed/s"\) to make it|ln -s x closed/s
	"closed/s"\) to remove it|rm closed/s
	mknod(at)?\("closed/p"\) to make it|mkfifo closed/p
	rename.*\("closed/new", "closed/other"\) to move it away|mv closed/new closed/other
	link.*"closed/hard"\) to make it|ln closed/other closed/hard
	EOF_
    reported --write open -- "$TRY" truncate =closed/file 0
    in_report 'truncate\("closed/file"\) to truncate it: not opened by --write'
    told 1
}

@test "a device, which no option lets make, is told without one" {
    reported --write . -- "$TRY" mknodat -100 =open/device 020644 0x103
    assert_line EACCES
    in_report 'mknodat\("open/device"\) to make it: not opened; to allow: no option does$'
    run grep -E -- '--(read|write) ' "$report"
    refute_output --partial "$room"
}

@test "a move between an opened and a closed directory names both, or the one that is missing" {
    reported --write open -- "$TRY" renameat2 -100 =closed/file -100 =open/new 0
    in_report "\"closed/file\", \"open/new\"\) to move it away: .*; to allow: --write $room/closed$"
    mkdir other
    reported --write open -- "$TRY" renameat2 -100 =closed/file -100 =other/new 0
    in_report "to allow: --write $room/closed --write $room/other$"
    told 1
    # what the kernel answers where only the right to refer is missing
    reported --write open -- "$TRY" linkat -100 =closed/file -100 =open/hard 0
    assert_output EXDEV
    in_report " EXDEV +files .*to link to it from another directory"
}

@test "execution, of a script's interpreter and a program's loader as well" {
    cp "$TRY" closed/try
    reported --read open -- sh -c 'closed/try getpid'
    in_report "execve\(\"closed/try\"\) to execute it: not opened by --read; to allow: --read $room/closed"
    printf '#!%s/closed/try getpid\n' "$room" >open/script
    chmod 755 open/script
    reported --read open -- sh -c open/script
    in_report "execve\(\"open/script\"\) to execute it as an interpreter, \"$room/closed/try\": not opened by --read; to allow: --read $room/closed"
    told 1
    reported --no-base --read open --read /bin --read /usr/bin --read "$(readlink -f /bin/sh)" -- "$TRY" getpid
    told 0
}

@test "ports: connect and bind, and a socket that is not of TCP" {
    needs landlock-4 has_landlock 4
    local free
    mapfile -t free < <("$REACH" free 2)
    reported --connect "${free[0]}" -- "$REACH" connect "${free[1]}" 4
    assert_output EACCES
    in_report " EACCES +ports +connect\(\) to 127.0.0.1 port ${free[1]}: not opened by --connect; to allow: --connect ${free[1]}$"
    reported --connect "${free[0]}" -- "$REACH" connect "${free[1]}" 6
    in_report "connect\(\) to \[::1\] port ${free[1]}"
    reported --bind "${free[0]}" -- "$REACH" bind "${free[1]}" 4
    in_report "bind\(\) to .* port ${free[1]}: not opened by --bind; to allow: --bind ${free[1]}$"
    reported --bind "${free[0]}" -- "$REACH" bind "${free[0]}" 4
    assert_output ok
    told 0
    # refused for want of a privilege as well
    reported --bind "${free[0]}" -- setpriv --bounding-set -net_bind_service --inh-caps -all \
        --reuid 65534 --regid 65534 --clear-groups "$REACH" bind 80 4 || true
    told 0
}

@test "every operation: what is told is what the kernel denies, and nothing else" {
    local ports=0 n=0
    cat >gyve <<-EOF_
	#!/bin/sh
	report=\$(mktemp -p "$room/reports")
	"$GYVE" --report=json --report-fd 7 "\$@" 7>>"\$report"
	status=\$?
	grep '"event":"denial"' "\$report" | grep -c '"options":"--' >>"$room/counts"
	rm "\$report"
	exit \$status
	EOF_
    chmod 755 gyve
    mkdir -m 777 reports
    mkdir -m 777 stage
    [ "$(id -u)" -ne 0 ] || chown 65534:65534 stage
    awk -F '\t' -v at="$room/stage" -v root="$(id -u)" '
        $1 != "files" || $2 ~ /^-i|ring-|open-handle|open-queue|control-device|inherited|received| 12[0-4]/ { next }
        ++n % 2 == 0 {
            for (i = 3; i <= 5; i++)
                if (split($i, who, ",") == 2)
                    $i = who[2]
            gsub("AT", at "/closed", $2)
            print "on,files=read;--write=" at "/open", $4, $2
            print "on,files=deny;--read=" at "/seen", $5, $2
        }' "$GYVE_SOURCE/tests/data/reach.tsv" >lines
    [ "$(wc -l <lines)" -ge 60 ]
    local become=()
    [ "$(id -u)" -ne 0 ] || become=(setpriv --reuid=65534 --regid=65534 --clear-groups --)
    : >counts
    chmod 666 counts
    GYVE=$room/gyve GYVE_HELPERS=$GYVE_HELPERS "$GYVE_HELPERS/table" "${become[@]}" \
        "$REACH" stage "$room/stage" 0 <lines
    [ "$(wc -l <counts)" -eq "$(wc -l <lines)" ]
    # the device nodes that nobody but root makes are refused by the sandbox first
    run awk 'NR == FNR { denied[FNR] = $2 ~ /^(EACCES|EXDEV)$/; line[FNR] = $0; next }
        denied[FNR] != ($1 > 0) && line[FNR] !~ /mknodat .* 0[26]0644/ { print $1, line[FNR] }' lines counts
    assert_output ''
}

@test "what fails for ordinary reasons is not blamed on the sandbox" {
    echo text >closed/secret
    chmod 000 closed/secret
    mkdir -m 000 closed/locked
    mkdir -m 555 closed/fixed
    reported --read open -- as_user true || true
    : >"$report"
    run as_user "$GYVE" --report --report-fd 7 --write open -- sh -c '
        cat closed/secret closed/none none/none; ls closed/locked; cat closed/locked/x
        : >closed/fixed/new; mkdir closed/fixed/d closed; rmdir closed; rm closed; mv closed/none x
        ln closed open/closed; cat closed/file/x; : >closed; echo >/dev/null' 7>>"$report"
    told 0
    in_report 'denied calls: 0'
}

@test "a target that has become another user is told by that user's permissions" {
    needs root test "$(id -u)" -eq 0
    echo text >closed/mine
    chmod 600 closed/mine
    reported --read open -- "$SEEN" as 65534 closed/mine
    assert_output EACCES
    told 0
    reported --read open -- "$SEEN" as 65534 closed/file
    assert_output EACCES
    told 1
}

@test "pipes, devices, files without a name and /proc are looked at and not touched" {
    mkfifo closed/pipe
    reported --read open -- "$SEEN" words closed/pipe /proc/self/maps /proc/self/fd/0 /dev/stdin \
        /proc/thread-self/comm /proc/self/exe /proc/self/cwd/open/file /dev/tty </dev/null
    assert_line --index 0 EACCES
    assert_line --index 1 ok
    assert_line --index 6 ok
    in_report 'closed/pipe"\) for reading'
    told 1
    # nobody opened the pipe: a reader would have let this end
    run timeout 1 sh -c ': >closed/pipe'
    assert_failure 124
}

# ---- paths ----

@test "relative, by a descriptor, upwards, by symbolic links" {
    mkdir -p open/below
    ln -s ../../closed/file open/below/link
    ln -s "$room/closed" open/absolute
    ln -s loop open/loop
    ln -s /proc/self/root/"$room"/closed/file open/magic
    for path in open/below/link open/absolute/file open/../closed/file ./closed/./file "$room//closed///file" \
        open/below/../../closed/file open/magic; do
        reported --read open -- "$SEEN" words "$path"
        assert_output EACCES
        in_report "\"$path\"\) for reading: not opened by --read; to allow: --read $room/closed$"
    done
    reported --read open -- "$SEEN" words open/loop open/file/ open/below/../file
    told 0
    reported --read open -- "$SEEN" from closed file
    assert_output EACCES
    in_report "\"file\"\) for reading: .*--read $room/closed$"
    reported --read open -- "$SEEN" from open file
    assert_output ok
    told 0
    reported --read open -- "$SEEN" how 0 closed/file
    told 1
    reported --read open -- "$SEEN" how 0x08 ../closed/file # RESOLVE_BENEATH
    told 0
}

@test "in another root and in another mount namespace" {
    needs root test "$(id -u)" -eq 0
    mkdir -p closed/root/etc open/root/etc
    echo text | tee closed/root/etc/x open/root/etc/x >/dev/null
    ln -s /etc/x closed/root/link
    for path in /etc/x /link /../../etc/x; do
        reported -sandbox on,action=log --read open -- "$SEEN" chroot closed/root "$path"
        assert_output EACCES
        in_report "\"$path\"\) for reading: .*to allow: --read $room/closed/root/etc$"
    done
    reported -sandbox on,action=log --read open -- "$SEEN" chroot open/root /etc/x
    assert_output ok
    told 0
    mounts() { unshare -m true; }
    needs mount-namespaces mounts
    unshare -m sh -c "mount -t tmpfs none '$room/closed'; echo text >'$room/closed/inside'; exec sleep 100" &
    peer=$!
    eventually test -e "/proc/$peer/root/$room/closed/inside"
    keep_fds=--read=open reported -sandbox on --read open -- "$SEEN" enter 9 "$room/closed/inside" 9<"/proc/$peer/ns/mnt"
    assert_line EACCES
    in_report "closed/inside\"\) for reading: not opened by --read; to allow: no PATH leads there$"
    keep_fds=--read=open reported -sandbox on --read open -- "$SEEN" enter 9 "$room/open/file" 9<"/proc/$peer/ns/mnt"
    assert_line ok
    told 0
}

@test "a suggested PATH is a word of a shell, whatever is in it, and never one that is wide" {
    local name=$'it\'s "a" $(touch broken)\n\033[2J'
    mkdir "$name"
    echo text >"$name/file"
    reported --read open -- cat "$name/file"
    assert_failure
    [ "$(LC_ALL=C tr -d '\n -~' <"$report" | wc -c)" -eq 0 ]
    local option
    option=$(sed -n 's/.*; to allow: //p' "$report" | head -n 1)
    run bash -c "'$GYVE' --close-fds --read open $option -- cat \"\$1\"" bash "$name/file"
    assert_success
    assert_output text
    [ ! -e broken ]
    HOME=$room/closed reported --read open -- cat closed/file
    in_report "to allow: --read $room/closed/file$"
}

# ---- a target that means no good ----

@test "a hostile path hangs nothing and forges nothing" {
    : >"$report"
    run timeout 60 "$GYVE" --report --report-fd 7 --close-fds --read open -- "$SEEN" hostile "$room/closed/file" \
        7>>"$report"
    assert_success
    assert_output EACCES
    [ "$(LC_ALL=C tr -d '\n -~' <"$report" | wc -c)" -eq 0 ]
    # with what is quoted left out, nothing of it is left
    sed -i -E "s/\"([^\"\\\\]|\\\\.)*\"//g; s/\\\$'([^'\\\\]|\\\\.)*'//g" "$report"
    refute grep -E 'all is well|--read x' "$report"
}

@test "1,000 processes at once" {
    reported --read open -- "$SEEN" many 1000 closed/file
    assert_success
    assert_output 1000
    in_report 'denied calls: 1000$'
    in_report "^gyve: +1000  open(at)? +files +EACCES +seen +--read $room/closed$"
}

@test "what a filter denies stays denied, and calls that are looked at fail when the supervisor is gone" {
    reported -sandbox on,spawn=deny --read open -- "$TRY" execve =/bin/true 0 0
    assert_failure "$SIGSYS_STATUS"
    cat >loop <<-'EOF_'
	trap '' TERM
	kill -KILL $PPID
	while cat open/file 2>/dev/null; do :; done
	echo gone >left
	EOF_
    run "$GYVE" --report --report-fd 7 --read "$room" --write "$room" -- sh loop 7>>"$report"
    sleep 0.3
    [ ! -e left ]
}

# ---- JSON ----

@test "JSON: a denial has where its path leads and its options" {
    needs python3
    : >"$report"
    run "$GYVE" --report=json --report-fd 7 --read open -- cat open/../closed/file 7>>"$report"
    run python3 - "$report" "$room" <<-'EOF_'
	import json, sys
	lines = [json.loads(line) for line in open(sys.argv[1])]
	room = sys.argv[2]
	[denial] = [line for line in lines if line["event"] == "denial"]
	assert denial["path"] == room + "/closed/file", denial
	assert denial["options"] == "--read " + room + "/closed", denial
	assert denial["group"] == "files" and denial["allow"] is None and denial["errno"] == "EACCES"
	assert denial["done"] == "failed"
	[total] = [line for line in lines if line["event"] == "total"]
	assert total["count"] == 1 and total["options"] == denial["options"]
	EOF_
    assert_success
    assert_output ''
}

# ---- programs as they are ----

# agrees OPTION... -- COMMAND...: what is told is as often as what strace sees denied.
agrees() {
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    rm -rf log
    mkdir log
    reported "${options[@]}" --write log -- strace -f -qq -o log/trace \
        -e trace=/open,/creat,/mkdir,/unlink,/rmdir,/rename,/link,/truncate,/mknod,/exec,connect,bind "$@"
    told "$(grep -cE '= -1 (EACCES|EXDEV) ' log/trace)"
}

@test "gcc, git, python and npm: every denial of theirs is told, and no other" {
    can_trace() { strace -qq -o /dev/null true; }
    needs strace can_trace
    mkdir -p src out
    echo 'int main(void) { return 0; }' >src/x.c
    if command -v gcc >/dev/null; then
        agrees --read src --write out --write /tmp -- gcc -c src/x.c -o out/x.o
        told 0
        agrees --read src -- gcc -pipe -c src/x.c -o out/y.o
        told 1
    fi
    if command -v git >/dev/null; then
        git init -q src/repository
        git -C src/repository -c user.name=a -c user.email=b commit -q --allow-empty -m x
        agrees --read src --write out -- git clone -q src/repository out/clone
        agrees --read src -- git clone -q src/repository out/other
        agrees --read src --write out -- git -C out/clone log
    fi
    [ ! -x /usr/bin/python3 ] || agrees --read src -- /usr/bin/python3 -c 'import json, ssl; open("src/x.c"); open("out/new", "w")'
    ! command -v npm >/dev/null || agrees --read src -- npm --version
}
