# SPDX-License-Identifier: GPL-2.0-or-later
# What moves between opened directories, and programs that write in one directory.
load helpers/common

setup() {
    needs landlock-3 has_landlock 3
    make_room
    cd "$room" || return
    mkdir other
    ulimit -c 0
}

teardown() {
    cd /
    leave_room
}

# closed OPTION...: gyve with everything closed but what the options open.
closed() {
    "$GYVE" --close-fds -sandbox on,files=deny "$@"
}

# ---- moving ----

# moves OUTCOME CALL ARG...: what try gives with a and b opened for writing, c for reading.
moves() {
    local outcome=$1
    shift
    run closed --write a --write b --read c -- "$TRY" "$@"
    [[ "|$outcome|" == *"|$output|"* ]] || fail "$*: $output"
}

@test "files and directories move and are linked within and between opened directories, and nowhere else" {
    local at
    mkdir a b c d
    for at in a b c d; do
        mkdir "$at/dir" "$at/dir2"
        echo "$at" >"$at/file"
    done
    # within one
    moves ok renameat2 -100 =a/file -100 =a/dir/new 0
    moves ok linkat -100 =a/dir/new -100 =a/file 0
    moves ok renameat2 -100 =a/dir -100 =a/moved 0
    moves ok renameat2 -100 =a/moved -100 =a/dir2 2
    # between two
    moves ok renameat2 -100 =a/file -100 =b/moved 0
    moves ok renameat2 -100 =b/moved -100 =a/file 0
    moves ok linkat -100 =a/file -100 =b/linked 0
    moves ok renameat2 -100 =a/dir2 -100 =b/moved-dir 0
    moves ok renameat2 -100 =b/moved-dir -100 =a/dir2 0
    moves ok renameat2 -100 =a/file -100 =b/file 2
    # out of, into, and beside
    for at in c d; do
        moves "EACCES|EXDEV" renameat2 -100 =a/file -100 =$at/new 0
        moves "EACCES|EXDEV" renameat2 -100 =a/file -100 =$at/file 0
        moves "EACCES|EXDEV" renameat2 -100 =a/file -100 =$at/file 2
        moves "EACCES|EXDEV" renameat2 -100 =$at/file -100 =a/file 2
        moves "EACCES|EXDEV" renameat2 -100 =a/dir2 -100 =$at/new 0
        moves "EACCES|EXDEV" linkat -100 =a/file -100 =$at/new 0
        moves "EACCES|EXDEV" renameat2 -100 =$at/file -100 =a/new 0
        moves "EACCES|EXDEV" renameat2 -100 =$at/dir -100 =a/new 0
        # a link would give a file that is read only, or closed, the rights of where it lies
        moves "EACCES|EXDEV" linkat -100 =$at/file -100 =a/new 0
        moves "EACCES|EXDEV" renameat2 -100 =$at/file -100 =$at/new 0
    done
    # by a descriptor of it, too
    exec 7<c/file
    run "$GYVE" -sandbox on,files=deny --write a --read c -- "$TRY" linkat 7 = -100 =a/new 0x1000
    assert_line --regexp "^(EXDEV|EACCES|ENOENT)$"
    run "$GYVE" -sandbox on,files=deny --write a --read c -- \
        "$TRY" linkat -100 =/proc/self/fd/7 -100 =a/new 0x400
    assert_line --regexp "^(EXDEV|EACCES)$"
    exec 7<&-
    run closed --write a --read c -- cp c/file a/copied
    assert_success
}

@test "a directory that is opened within one that is read only keeps its own" {
    mkdir -p a/sub/deeper
    echo one >a/sub/file
    echo two >a/file
    run closed --read a --write a/sub -- "$TRY" renameat2 -100 =a/sub/file -100 =a/sub/deeper/file 0
    assert_output ok
    run closed --read a --write a/sub -- "$TRY" renameat2 -100 =a/sub/deeper/file -100 =a/out 0
    [[ $output == EACCES || $output == EXDEV ]]
    run closed --read a --write a/sub -- "$TRY" linkat -100 =a/file -100 =a/sub/in 0
    [[ $output == EACCES || $output == EXDEV ]]
    # the opened directory itself belongs to the one above
    run closed --read a --write a/sub -- "$TRY" renameat2 -100 =a/sub -100 =a/moved 0
    [[ $output == EACCES || $output == EXDEV ]]
    run closed --read a --write a/sub -- "$TRY" unlinkat -100 =a/sub 0x200
    assert_output EACCES
}

# ---- programs that write in one directory ----

# writes COMMAND: a shell's command under files=read with work open for writing; and without, it fails.
writes() {
    run "$GYVE" --close-fds --write work -- bash -ec "$1"
    assert_success
    rm -rf work
    mkdir work
    run "$GYVE" --close-fds -sandbox on,files=read -- bash -ec "$1"
    assert_failure
    [ -z "$(ls -A work)" ]
}

@test "git: clone, commit, gc, worktree" {
    needs git
    export HOME=$room GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b.c GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b.c
    git init -q -b main source
    git -C source commit -q --allow-empty -m first
    mkdir work
    writes 'git clone -q source work/clone && cd work/clone && echo text >file && git add file &&
        git commit -q -m second && git worktree add -q ../tree && git gc -q && git branch -m main trunk &&
        cd ../tree && git log --format=%s | grep second && git switch -q -c branch && git rebase -q trunk'
    # a push back is a write outside
    mkdir -p work
    run "$GYVE" --close-fds --write work -- bash -ec 'git clone -q source work/clone && cd work/clone &&
        git commit -q --allow-empty -m third && git push -q origin main:other'
    assert_failure
    run git -C source log --format=%s
    assert_output first
}

@test "make: objects, a library and a program" {
    needs make
    needs cc
    mkdir work
    writes 'cd work && printf "int f(void);\nint main(void) { return f(); }\n" >main.c &&
        echo "int f(void) { return 0; }" >f.c &&
        printf "prog: main.o f.a\n\t\$(CC) -o \$@ main.o f.a\nf.a: f.o\n\t\$(AR) rc \$@ f.o\n" >Makefile &&
        TMPDIR=$PWD make -s && ./prog'
}

# What cargo does in its target directory: a lock, a temporary directory that is renamed, hard links
# from where the compiler writes to where people look, files replaced by renaming.
@test "a build as cargo's: locks, hard links, renamed directories" {
    needs python3
    mkdir work
    writes 'cd work && /usr/bin/python3 -c "
import fcntl, os, tempfile
os.makedirs(\"target/debug/deps\")
lock = open(\"target/debug/.cargo-lock\", \"w\")
fcntl.flock(lock, fcntl.LOCK_EX)
incremental = tempfile.mkdtemp(dir=\"target/debug\")
open(incremental + \"/query-cache.bin\", \"wb\").write(b\"x\" * 100000)
os.rename(incremental, \"target/debug/incremental\")
open(\"target/debug/deps/tool-1234\", \"w\").write(\"#!/bin/sh\necho built\n\")
os.chmod(\"target/debug/deps/tool-1234\", 0o755)
os.link(\"target/debug/deps/tool-1234\", \"target/debug/tool\")
open(\"target/.rustc_info.json.tmp\", \"w\").write(\"{}\")
os.replace(\"target/.rustc_info.json.tmp\", \"target/.rustc_info.json\")
" && [ "$(target/debug/tool)" = built ]'
}

# What npm does: packages unpacked into a staging directory and moved where they belong, links to
# their programs, a cache by contents, the lock file replaced.
@test "an install as npm's: staging, links, a cache" {
    mkdir work
    writes 'cd work && mkdir -p cache/tmp cache/content node_modules/.staging node_modules/.bin &&
        mkdir node_modules/.staging/left-pad-1 && echo "module" >node_modules/.staging/left-pad-1/index.js &&
        printf "#!/bin/sh\necho padded\n" >node_modules/.staging/left-pad-1/cli && chmod 755 node_modules/.staging/*/cli &&
        mv node_modules/.staging/left-pad-1 node_modules/left-pad && rmdir node_modules/.staging &&
        ln -s ../left-pad/cli node_modules/.bin/left-pad &&
        echo packed >cache/tmp/1 && ln cache/tmp/1 cache/content/sha && rm cache/tmp/1 &&
        echo "{}" >package-lock.json.1 && mv package-lock.json.1 package-lock.json &&
        [ "$(node_modules/.bin/left-pad)" = padded ]'
}

# What pip does: unpacks into a temporary directory, compiles, moves the old version aside, takes it
# back or removes it, records what it installed.
@test "an install as pip's: temporary directories, compiled files, an upgrade" {
    needs python3
    mkdir work
    writes 'cd work && export TMPDIR=$PWD/tmp && mkdir tmp site && /usr/bin/python3 -c "
import compileall, os, shutil, sys, tempfile, zipfile
for version in \"1\", \"2\":
    wheel = \"tool-%s.whl\" % version
    with zipfile.ZipFile(wheel, \"w\") as z:
        z.writestr(\"tool/__init__.py\", \"version = %s\n\" % version)
        z.writestr(\"tool-%s.dist-info/RECORD\" % version, \"\")
    aside = tempfile.mkdtemp()
    if os.path.exists(\"site/tool\"):
        os.rename(\"site/tool\", aside + \"/tool\")
    unpacked = tempfile.mkdtemp()
    zipfile.ZipFile(wheel).extractall(unpacked)
    for name in os.listdir(unpacked):
        shutil.move(unpacked + \"/\" + name, \"site/\" + name)
    compileall.compile_dir(\"site\", quiet=1)
    shutil.rmtree(aside)
sys.path.insert(0, \"site\")
import tool
assert tool.version == 2
"'
}

@test "sqlite: a journal that is removed, truncated or kept, and a write-ahead log" {
    needs sqlite3
    mkdir work
    writes 'for mode in delete truncate persist wal; do
        sqlite3 work/$mode.db "pragma journal_mode=$mode; create table t(x); insert into t values(1);" \
            "begin; insert into t values(2); rollback; vacuum;" >/dev/null
        [ "$(sqlite3 work/$mode.db "select count(*) from t")" = 1 ]
    done'
    # a database that is opened as a file has no place for its journal
    sqlite3 other/app.db 'create table t(x)'
    run "$GYVE" --close-fds --write other/app.db -- sqlite3 other/app.db 'insert into t values(1)'
    assert_failure
    run "$GYVE" --close-fds --write other -- sqlite3 other/app.db 'insert into t values(1)'
    assert_success
}

@test "tar: times and modes are kept, and with metadata=deny tar says that they are not" {
    mkdir -p source work
    echo text >source/file
    chmod 640 source/file
    touch -d '2001-02-03 04:05:06' source/file
    tar -cf archive.tar source
    run "$GYVE" --close-fds --write work -- tar -C work -xpf archive.tar
    assert_success
    [ "$(stat -c '%Y %a' work/source/file)" = "$(stat -c '%Y %a' source/file)" ]
    rm -r work/source
    run "$GYVE" --close-fds --write work -sandbox metadata=deny -- tar -C work -xpf archive.tar
    assert_failure 2
    assert_output --partial "Operation not permitted"
    [ "$(cat work/source/file)" = text ]
    [ "$(stat -c %Y work/source/file)" -ne "$(stat -c %Y source/file)" ]
    # what has no times to set works
    run "$GYVE" --close-fds --write work -sandbox metadata=deny -- sh -c 'mkdir work/new && cp source/file work/new'
    assert_success
}
