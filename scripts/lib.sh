# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154 # the caller sets $source
# What scripts/run and scripts/test share: packages, and one build out of tree. POSIX sh.
#
# The caller sets $source, the source tree; choose_build sets $build, where the build is.
# GYVE_CONFIGURE may hold options for configure, which the first build obeys. With $small set it is the
# small build: musl's, without libseccomp, in a directory of its own.

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
    say "$@"
    exit 125
}

# ---- where ----

# configure refuses a path with these, and make could not handle it either.
is_plain_path() {
    case $1 in
    *[\\\"\#\$\&\'\`\ \	]*) return 1 ;;
    esac
}

small=

# build/ in the source tree, build-small/ for that build, or, where that cannot be, a directory for this tree under the user's
# cache. $1 is "runnable" or "writable": to run gyve a build that somebody else keeps up to date
# will do, but the tests write into it.
choose_build() {
    build=$source/build${small:+-small}
    if is_plain_path "$source"; then
        [ -e "$build" ] && at=$build || at=$source
        [ ! -w "$at" ] || return 0
        [ "$1" = writable ] || ! is_built || return 0
    fi
    cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}
    [ "$cache" != /.cache ] || die "cannot build in $source, and HOME is not set"
    is_plain_path "$cache" || die "cannot build in $source, nor in $cache: both need a plain path"
    # One directory for each tree: its path, with what cannot stand in a name made "-".
    build=$cache/gyve${small:+-small}$(printf %s "$source" | tr -c 'A-Za-z0-9._' '-')
}

# Whether anything of $2... is newer than $1.
any_newer() {
    than=$1
    shift
    [ -n "$(find "$@" -newer "$than" -print 2>/dev/null)" ]
}

# The directories count as well: their time changes when a file comes or goes.
is_built() {
    [ -x "$build/gyve" ] && [ -e "$build/built" ] &&
        ! any_newer "$build/built" "$source/bootstrap" "$source/configure.ac" \
            "$source/Makefile.am" "$source/m4" "$source/src" "$source/man" "$source/completions"
}

# ---- packages ----

has() {
    command -v "$1" >/dev/null 2>&1
}

# Whether a compiler makes programs of musl: Debian's has a name of its own, Alpine's is the only one.
has_musl() {
    has musl-gcc || [ -e /etc/alpine-release ]
}

# What the build needs and does not find, in words for people.
missing_for_build() {
    has cc || has gcc || has clang || echo "a C compiler"
    has make || echo make
    has pkg-config || echo pkg-config
    # A release has configure ready.
    if [ ! -e "$source/configure" ]; then
        has autoreconf || echo autoconf
        has automake || echo automake
    fi
    if [ -n "$small" ]; then
        has_musl || echo "musl's C compiler"
    elif has pkg-config; then
        pkg-config --exists 'libseccomp >= 2.5.0' || echo "libseccomp 2.5.0 with its headers"
    fi
}

# As root, or through sudo; silent unless it fails.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        quietly "$@"
    elif has sudo; then
        quietly sudo "$@"
    else
        say "not root, and there is no sudo; as root, run: $*"
        return 1
    fi
}

# The output of a command only when it fails.
quietly() {
    log=$(mktemp) || return
    if "$@" >"$log" 2>&1 </dev/null; then
        rm -f "$log"
    else
        status=$?
        say "this failed with status $status: $*"
        cat "$log" >&2
        rm -f "$log"
        return "$status"
    fi
}

install_for_build() {
    missing=$(missing_for_build | tr '\n' ',' | sed 's/,$//; s/,/, /g')
    [ -n "$missing" ] || return 0
    say "installing what the build needs: $missing"
    if has apt-get; then
        library=libseccomp-dev
        [ -z "$small" ] || library=musl-tools
        apt_install gcc libc6-dev make autoconf automake pkg-config "$library"
    elif has dnf; then
        as_root dnf -y install gcc make autoconf automake pkgconf-pkg-config libseccomp-devel
    elif has apk; then
        as_root apk add gcc musl-dev linux-headers make autoconf automake pkgconf libseccomp-dev libseccomp-static
    elif has pacman; then
        as_root pacman -Sy --noconfirm --needed gcc make autoconf automake pkgconf libseccomp
    elif has zypper; then
        as_root zypper -n install gcc make autoconf automake pkg-config libseccomp-devel
    else
        say "do not know this system's package manager; please install: $missing"
        return 1
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy "$@"
}

# Once in a run.
apt_update() {
    [ -n "${updated-}" ] || apt_get update || return
    updated=yes
}

# Never at the price of a package that is there: gcc-multilib, say, excludes the cross compilers.
apt_install() {
    apt_update && apt_get install --no-install-recommends --no-remove "$@"
}

# Of tests/packages.txt, what is not installed and was not found to be unknown here before.
missing_for_tests() {
    sed '/^#/d; /^$/d' "$source/tests/packages.txt" | while read -r package; do
        grep -qx "$package" "$build/unknown-packages" 2>/dev/null && continue
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
        installed) ;;
        *) echo "$package" ;;
        esac
    done
}

# Not fatal: a test whose package is missing says so and is skipped. A package that this release
# or architecture lacks is remembered, so that the next run starts at once.
install_for_tests() {
    has dpkg-query && has apt-get || return 0
    missing=$(missing_for_tests | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    say "installing what the tests use: $missing"
    apt_update || return 0
    known=
    for package in $missing; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            known="$known $package"
        else
            mkdir -p "$build"
            echo "$package" >>"$build/unknown-packages"
            say "unknown here, so some tests will be skipped: $package"
        fi
    done
    [ -n "$known" ] || return 0
    # shellcheck disable=SC2086 # a list of names
    apt_install $known && return
    for package in $known; do
        apt_install "$package" || say "going on without $package: some tests will be skipped"
    done
}

# ---- the build ----

cores() {
    nproc 2>/dev/null || echo 1
}

# A tree that cannot be built in is copied, since bootstrap has to write into it.
copy_sources() {
    mkdir -p "$build/source" &&
        tar -C "$source" -cf - --exclude=./build --exclude=./build-small --exclude=./.git . |
        tar -C "$build/source" -xf - &&
        chmod -R u+w "$build/source"
}

# Each step's output goes to build.log, which is shown if the step fails.
step() {
    echo "+ $*" >>"$build/build.log"
    "$@" >>"$build/build.log" 2>&1 </dev/null && return
    say "the build failed at: $*"
    cat "$build/build.log" >&2
    exit 125
}

configure_and_make() {
    tree=$source
    if [ "$build" != "$source/build" ]; then
        tree=$build/source
        step copy_sources
    fi
    [ ! -e "$tree/config.status" ] ||
        die "$source was configured in place; run \"make distclean\" there first"
    # Made before the build: what changes meanwhile is newer.
    : >"$build/begun"
    # Once they are there, make itself sees to configure and the Makefile.
    [ -x "$tree/configure" ] || step "$tree/bootstrap"
    options=${GYVE_CONFIGURE-}
    [ -z "$small" ] || options="$options --without-libseccomp"
    [ -z "$small" ] || ! has musl-gcc || options="$options CC=musl-gcc"
    # shellcheck disable=SC2086 # a list of options
    [ -e "$build/Makefile" ] || (cd "$build" && step "$tree/configure" $options) || exit
    step make -C "$build" -j "$(cores)"
    mv "$build/begun" "$build/built"
}

# Builds unless that has been done since the last change; says nothing if all is well. Of several
# at the same time one builds, and the others wait for it.
ensure_built() {
    ! is_built || return 0
    install_for_build || die "cannot build without it"
    mkdir -p "$build" || die "cannot make $build"
    exec 9>"$build/lock"
    ! has flock || flock 9
    if ! is_built; then
        : >"$build/build.log"
        configure_and_make
    fi
    exec 9>&-
}
