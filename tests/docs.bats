# SPDX-License-Identifier: GPL-2.0-or-later
# The documents say what the program does: everything that is in the tables, and nothing else.
# shellcheck disable=SC2016 # "$" is an address of sed, or awk's
load helpers/common
load helpers/manual

LISTS="options keys values groups calls formats exits differences"

setup_file() {
    local name
    for name in $LISTS; do
        "gyve_$name" >"$BATS_FILE_TMPDIR/$name"
        [ -s "$BATS_FILE_TMPDIR/$name" ]
    done
}

setup() {
    PAGES=$GYVE_BUILD/man
    SOURCES=$GYVE_SOURCE/man
    cd "$BATS_TEST_TMPDIR" || return
}

# Makes a page, gyve or gyve-calls, from a directory with the tables and its source.
make_page() {
    awk -f "$GYVE_SOURCE/tools/def.awk" -f "$GYVE_SOURCE/tools/man.awk" -v tables="$1" \
        -v version=0 "$1/$2.in"
}

# Makes both, in that directory.
make_manual() {
    make_page "$1" gyve >"$1/gyve.1" && make_page "$1" gyve-calls >"$1/gyve-calls.7"
}

# A copy of what the manual is made from, in the directory copy.
copy_tables() {
    rm -rf copy
    mkdir copy
    cp "$GYVE_SOURCE"/src/tables/*.def "$SOURCES"/*.in copy
    chmod -R u+w copy
}

# agree NAME DIRECTORY: what the manual there says is what gyve lists.
agree() {
    "manual_$1" "$2" >"manual.$1"
    diff -u "$BATS_FILE_TMPDIR/$1" "manual.$1"
}

# ---- the manual ----

@test "the manual is mdoc without a warning" {
    needs mandoc
    run mandoc -T lint -W warning "$PAGES/gyve.1" "$PAGES/gyve-calls.7"
    assert_success
    assert_output ""
}

@test "the manual says a thing once" {
    needs mandoc
    both() { mandoc -T utf8 "$PAGES/gyve.1" "$PAGES/gyve-calls.7"; }
    # Sentences, of words enough that no two are the same by chance; an option has a line of its own,
    # and each page its head and its foot.
    said() {
        col -bx | sed -e 's/^     -.*/./' -e 's/^[A-Z][A-Za-z(].*[0-9)] .*/./' | tr -s ' \t\n' ' ' |
            sed 's/[.:] /\n/g' | awk 'NF >= 6' | sort
    }
    both | said >sentences
    [ "$(wc -l <sentences)" -gt 300 ]
    run uniq -d sentences
    assert_output ""
    run uniq -d < <({ both; printf ' %s' . 'This is said twice, and it is seen.'{,,}; } | said)
    assert_output "This is said twice, and it is seen"
}

@test "gyve(1) is read in ten minutes: at most 500 lines of 80 columns" {
    needs mandoc
    run sh -c "mandoc -T utf8 -O width=78 '$PAGES/gyve.1' | wc -l"
    [ "$output" -le 500 ] || fail "$output lines: what is looked up belongs into gyve-calls(7)"
    [ "$output" -ge 300 ]
}

@test "the manual in the build is what the tables make" {
    copy_tables
    make_manual copy
    diff -u "$PAGES/gyve.1" copy/gyve.1
    diff -u "$PAGES/gyve-calls.7" copy/gyve-calls.7
}

@test "manual and lists agree: options" {
    agree options "$PAGES"
}

@test "manual and lists agree: keys and values" {
    agree keys "$PAGES"
    agree values "$PAGES"
}

@test "manual and lists agree: groups and their calls" {
    agree groups "$PAGES"
    agree calls "$PAGES"
}

@test "manual and lists agree: formats" {
    agree formats "$PAGES"
}

@test "manual and lists agree: exit statuses" {
    agree exits "$PAGES"
}

@test "manual and lists agree: where QEMU and gyve differ" {
    agree differences "$PAGES"
}

@test "the manual names the members of --print=json" {
    "$GYVE" -sandbox on --print=json | sed -n 's/^  "\([a-z_]*\)":.*/\1/p' >members
    assert [ "$(wc -l <members)" -ge 9 ]
    awk '/^@about json/ { on = 1; next } /^@/ { on = 0 } on && /^\.It Li / { print $3 }' \
        "$SOURCES/gyve-calls.in" >named
    run diff members named
    assert_output ""
}

@test "every file that CONTRIBUTING.md names is there" {
    grep -oE '`[a-z0-9]+/[A-Za-z0-9_./-]+' "$GYVE_SOURCE/CONTRIBUTING.md" | tr -d '`' |
        grep -v NAME | sort -u >named
    assert [ "$(wc -l <named)" -ge 15 ]
    while read -r file; do
        # a released tree has no debian/
        [ -e "$GYVE_SOURCE/$file" ] || [[ $file == debian/* && ! -d $GYVE_SOURCE/debian ]] || echo "$file"
    done <named >absent
    run cat absent
    assert_output ""
}

# drifted SED FILE NAME: with the table changed, the comparison of NAME fails.
drifted() {
    copy_tables
    sed -i "$1" "copy/$2"
    ! cmp -s "copy/$2" "$GYVE_SOURCE/src/tables/$2" || fail "not changed: $1 $2"
    make_manual copy
    run agree "$3" copy
    assert_failure 1
    assert_output --partial "@@"
}

@test "a row that drifted is noticed: options" {
    drifted '/OPTION(VERSION/d' options.def options
    drifted 's/print this help/print that help/' options.def options
    drifted '$a OPTION(ZZ, "zz", NO, "", MODE, NO_OPERANDS, "not there")' options.def options
}

@test "a row that drifted is noticed: keys and values" {
    drifted '$a KEY(ZZ, "zz", "not there")' keys.def keys
    drifted 's/"new sockets"/"sockets"/' keys.def keys
    drifted '/VALUE(NETWORK, LOCAL/d' keys.def keys
    drifted 's/as the kernel permits/as it likes/' keys.def values
    drifted '$a VALUE(COMPAT, ZZ, "zz", 0, NONE, "not there")' keys.def values
}

@test "a row that drifted is noticed: groups and their calls" {
    drifted 's/"system calls newer than/"calls newer than/' groups.def groups
    drifted '/RULE(SPAWN, 1, vfork/d' rules.def calls
    drifted 's/\(RULE(KERNEL, 1, bpf, *ALWAYS, \)EPERM/\1ENOSYS/' rules.def calls
    drifted 's/\(RULE(DEFAULT, 1, umount2.*\)OURS/\1QEMU/' rules.def calls
    drifted 's/with TIOCSTI/with TIOCSTY/' conditions.def calls
    drifted 's/RULE(NETWORK, 3, socketpair/RULE(NETWORK, 1, socketpair/' rules.def calls
}

@test "a row that drifted is noticed: formats" {
    drifted 's/a drop-in for a/a drop-in of a/' formats.def formats
    drifted '$a FORMAT(zz, SHOWN, SAID, SAID, "not there")' formats.def formats
}

@test "a row that drifted is noticed: exit statuses" {
    drifted 's/126/124/' exits.def exits
}

@test "a row that drifted is noticed: where QEMU and gyve differ" {
    drifted '/RULE(RESOURCECONTROL, 1, mbind/d' rules.def differences
    drifted 's/\(RULE(SPAWN, 1, clone, *NOT_A_THREAD_QEMU, \)KILL/\1EPERM/' rules.def differences
}

# rejected FILE LINE TEXT: with LINE as its last, FILE is refused, by name and line, with TEXT.
rejected() {
    copy_tables
    printf '%s\n' "$2" >>"copy/$1"
    run make_manual copy
    assert_failure 1
    assert_output --partial "copy/$1:$(wc -l <"copy/$1"): "
    assert_output --partial "$3"
}

@test "a malformed row is refused, with file and line" {
    rejected exits.def 'EXIT(A, 1)' "EXIT has 3 columns, not 2"
    rejected exits.def 'EXIT(A, 1, "b", "c")' "EXIT has 3 columns, not 4"
    rejected exits.def 'EXIT(A, one, "b")' "column 2 is no number: one"
    rejected exits.def 'EXIT(A, 1, b)' "column 3 is no string: b"
    rejected exits.def 'EXIT(A, 1, "b" c)' "a value after a string: c"
    rejected exits.def 'EXIT(A, 1, c "b")' "a string in the middle of a value"
    rejected exits.def 'EXIT(A, 1, "b\n")' "column 3 has a control character"
    rejected exits.def 'EXIT(A, 1, "b)' "not understood"
    rejected exits.def 'EXIT(A, , "b")' "column 2 is no number: (empty)"
    rejected exits.def 'EXIT(A, 1, "b"' "a row or comment without end"
    rejected exits.def 'EXODUS(A, 1, "b")' "unknown row 'EXODUS'"
    rejected exits.def 'KEY(A, "a", "b") 7' "not a row: 7"
    rejected exits.def '/* comment' "a row or comment without end"
    rejected exits.def 'SYSCALL(a, "1.0", 1, 1, 1, 1, 1, 1, 1, 1)' "has no place in the manual"
    rejected rules.def 'RULE(TTY, 1, read, ALWAYS, KILL, THEIRS, "b")' "is none of"
    rejected rules.def 'RULE(TTY, 1, read, SOMETIMES, KILL, OURS, "b")' "no condition SOMETIMES"
    rejected options.def 'OPTION(A, "a", MAYBE, "", MODE, NO_OPERANDS, "b")' "is none of"
    rejected keys.def 'VALUE(A, B, "b", 1, , "c")' "column 5 is no value: (empty)"
    rejected survivors.def 'SURVIVOR(a b, C, "d")' "two words where one is expected: a b"
    rejected survivors.def 'SURVIVOR(a-b, C, "d")' "column 1 is no word: a-b"
    rejected gyve.in '@exit' "unknown directive: @exit"
    rejected gyve.in '@example' "@example is not ended"
}

@test "prose about what no table has is refused, with file and line" {
    copy_tables
    sed -i 's/^@about spawn$/@about spwan/' copy/gyve-calls.in
    run make_manual copy
    assert_failure 1
    assert_output --partial "copy/gyve-calls.in:$(grep -n '^@about spwan$' copy/gyve-calls.in | cut -d: -f1): "
    assert_output --partial "no table has this name under keys: spwan"
}

@test "a manual cannot be made from a table that is missing" {
    copy_tables
    rm copy/rules.def
    run make_manual copy
    assert_failure 1
    assert_output --partial "copy/rules.def:0: cannot be read"
}

@test "the manual says something of every key and format beyond its help" {
    for list in keys formats; do
        for name in $("$GYVE" --list-$list | cut -f 1); do
            awk -v list="@$list" -v name="$name" '
                $0 == list { on = 1 } $0 == "@end" { on = 0 }
                on && $0 == "@about " name { found = 1 } END { exit !found }' "$SOURCES/gyve-calls.in" ||
                fail "man/gyve-calls.in has no '@about $name' under @$list"
        done
    done
}

@test "every option that the manual speaks of exists" {
    "$GYVE" --list-options | cut -f 1 | sed 's/^--//' >options
    grep -oE '(^\.| )(Op )?Fl -?[a-z][a-z-]*[a-z]' "$PAGES/gyve.1" \
        "$PAGES/gyve-calls.7" | sed 's/.*Fl -*//' | grep -vx list | sort -u >spoken
    assert [ -s spoken ]
    run grep -vxFf options spoken
    assert_output ""
}

# Every KEY=VALUE and every SPEC after -sandbox in a document is one that gyve takes. What is meant to
# be a mistake is left out here: the documents show them with gyve's answer.
@test "every key and value that the documents speak of exists" {
    for key in $("$GYVE" --list-keys | cut -f 1); do
        "$GYVE" --list-values "$key" | sed "s/^\([^	]*\).*/$key=\1/"
    done >pairs
    cd "$GYVE_SOURCE"
    {
        cat man/*.in README.md NEWS.md SECURITY.md CONTRIBUTING.md man/uses.def examples/*
    } >"$BATS_TEST_TMPDIR/text"
    cd "$BATS_TEST_TMPDIR"
    keys=$(cut -d = -f 1 pairs | sort -u | tr '\n' '|')
    grep -oE "(^|[^a-zA-Z/])(${keys%|})=[a-z0-9]+" text | sed 's/^[^a-z]//' | sort -u |
        grep -v '=dney$' >spoken
    assert [ "$(wc -l <spoken)" -ge 10 ]
    run grep -vxFf pairs spoken
    assert_output ""

    grep -oE -- '-sandbox [a-z]+[=,][a-z=,]*[a-z]' text | cut -d ' ' -f 2 | sort -u |
        grep -v dney >specs
    assert [ "$(wc -l <specs)" -ge 8 ]
    while read -r spec; do
        run "$GYVE" -sandbox "$spec" -- true
        assert_success
    done <specs
}

@test "every section that a page refers to exists in it" {
    for page in gyve.1 gyve-calls.7; do
        grep -oE '^\.S[hs] .*' "$PAGES/$page" | cut -c 5- >sections
        grep -oE '^\.Sx [^.,]*' "$PAGES/$page" | cut -c 5- | sed 's/ *$//' | sort -u >references
        run grep -vxFf sections references
        assert_output ""
    done
    assert [ -s references ]
}

@test "the manual names the kernel that the table reaches" {
    kernel=$("$GYVE" --version | sed -n 's/.*system calls up to Linux //p')
    assert [ -n "$kernel" ]
    run grep -F "complete up to Linux $kernel." "$PAGES/gyve-calls.7"
    assert_success
}

@test "--version tells the build: how it is linked, the C library, libseccomp" {
    run "$GYVE" --version
    if grep -q '^#define HAVE_LIBSECCOMP 1' "$GYVE_BUILD/config.h"; then
        assert_line --index 1 --regexp ', linked (statically|dynamically) with (glibc|musl) and libseccomp [0-9.]+, '
        needs pkg-config
        assert_line --index 1 --partial " and libseccomp $(pkg-config --modversion libseccomp), "
    else
        assert_line --index 1 --regexp ', linked (statically|dynamically) with (glibc|musl) and without libseccomp, '
    fi
    # what a static program of glibc has in it, and of musl has not
    case ${lines[1]} in
    *" statically with glibc "*) grep -q GLIBC_TUNABLES "$GYVE" ;;
    *" statically with musl "*) [ "$(grep -c GLIBC_TUNABLES "$GYVE")" -eq 0 ] ;;
    esac
}

@test "long options may be shortened, as the manual says" {
    assert_equal "$("$GYVE" --vers)" "$("$GYVE" --version)"
    assert_equal "$("$GYVE" -list-g)" "$("$GYVE" --list-groups)"
    assert_equal "$("$GYVE" -sand on,spawn=deny -- "$TRY" getpid)" ok
    assert_equal "$("$GYVE" --sand=on -- "$TRY" getpid)" ok
    assert_equal "$("$GYVE" -explain=fork 2>&1)" "gyve: option '--explain' takes no argument: '-explain=fork'"
    assert_equal "$("$GYVE" --list-f)" "$("$GYVE" --list-formats)"
    run "$GYVE" --list
    assert_failure 125
}

# ---- --help ----

@test "--help and the lists agree" {
    # what is folded at 80 columns is made one line again
    "$GYVE" --help >folded
    run awk 'length > 80' folded
    assert_output ""
    awk '/^       / { sub(/^ */, ""); line = line " " $0; next }
        { if (NR > 1) print line; line = $0 }
        END { print line }' folded >help
    sed -n 's/^  -\{1,2\}//p' help >helped
    "$GYVE" --list-options | awk -F '\t' '
        # What stands between an option and its help is its argument, with or without decoration.
        FILENAME == "helped" { line[++count] = $0; next }
        {
            argument = $2
            gsub(/[]=[]/, "", argument)
            name = substr($1, 3)
            between = substr(line[FNR], length(name) + 1)
            between = substr(between, 1, length(between) - length($3))
            gsub(/[]= []/, "", between)
            gsub(/  +/, " ", line[FNR])
            if (index(line[FNR], name) != 1 || between != argument ||
                line[FNR] != substr(line[FNR], 1, length(line[FNR]) - length($3)) $3)
                print "option: " $0 "\nhelp: " line[FNR]
        }
        END { if (FNR != count) print FNR " options, " count " lines of help" }' helped - >differ
    run cat differ
    assert_output ""
    "$GYVE" --list-keys | tr '\t' ' ' >lists
    sed -n '/^SPEC is/,/^$/s/^  //p' help | tr -s ' ' >helped
    diff -u <(tr -s ' ' <lists) helped
    "$GYVE" --list-exits | tr '\t' ' ' >lists
    sed -n '/^Exit status/,/^$/s/^  //p' help | tr -s ' ' >helped
    diff -u lists helped
}

@test "--help has words for a first failure, an example that works, and comes whatever else is asked" {
    run "$GYVE" --help
    assert_output --partial '"Bad system call", status 159, SIGSYS'
    assert_line "  gyve -sandbox strict -- sha256sum FILE"
    local arguments
    for arguments in "-sandbox strict --help" "--report --help" "--help --report" "--help a b"; do
        # shellcheck disable=SC2086 # words
        run "$GYVE" $arguments
        assert_success
        assert_line --index 0 --partial "Usage: gyve"
    done
    # COMMAND's own option is COMMAND's
    run "$GYVE" -- printf "%s\n" --help
    assert_output -- "--help"
}

# ---- README.md and the others ----

@test "README.md and the lists agree" {
    "$GYVE_SOURCE/tools/readme" "$GYVE" >new || fail "tools/readme failed"
    diff -u "$GYVE_SOURCE/README.md" new || fail "README.md is old: make update-readme"
}

@test "a README.md that drifted is noticed" {
    mkdir -p tree/tools tree/man
    cp "$GYVE_SOURCE"/tools/*.awk "$GYVE_SOURCE/tools/readme" tree/tools
    cp "$GYVE_SOURCE/man/uses.def" tree/man
    for list in keys groups options exits uses; do
        awk -v begin="<!-- $list -->" '{ print } $0 == begin { getline; getline; print "| x |" }' \
            "$GYVE_SOURCE/README.md" >tree/README.md
        tree/tools/readme "$GYVE" >new
        diff -q new "$GYVE_SOURCE/README.md"
        run diff -q new tree/README.md
        assert_failure 1
    done
    sed -i 's/^<!-- keys -->/<!-- kees -->/' tree/README.md
    run tree/tools/readme "$GYVE"
    assert_failure
    assert_output --partial "unknown marker"
}

@test "README.md has the two commands, three uses, and how to build" {
    run cat "$GYVE_SOURCE/README.md"
    assert_line --regexp '^    scripts/run -sandbox '
    assert_line '    scripts/test'
    assert_line '    ./bootstrap && ./configure && make && make check && make install'
    assert_line --regexp '^\*\*A shell script\*\*'
    assert_line --regexp '^\*\*A systemd unit\*\*'
    assert_line --regexp '^\*\*A CI job\*\*'
}

@test "what the documents link to exists" {
    for document in README NEWS CONTRIBUTING SECURITY; do
        grep -oE '\]\([^)#]+' "$GYVE_SOURCE/$document.md" | cut -c 3- >links || true
        while read -r link; do
            [ -e "$GYVE_SOURCE/$link" ] || fail "$document.md links to $link"
        done <links
    done
}

@test "NEWS.md begins with this version" {
    version=$("$GYVE" --version | sed -n '1s/gyve //p')
    run grep -m 1 '^## ' "$GYVE_SOURCE/NEWS.md"
    assert_output "## $version"
}
