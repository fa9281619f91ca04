# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the scripts of bench/: finds the build and makes the programs that are measured.
# shellcheck shell=sh disable=SC2034

source=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-}
for candidate in "$source/build" "$source"; do
    [ -n "$build" ] || [ ! -x "$candidate/gyve" ] || build=$candidate
done
if [ -z "$build" ]; then
    echo "bench: no built gyve; build it, or set BUILD to where it is" >&2
    exit 1
fi
make -s -C "$build" gyve bench-programs >&2 || exit 1
gyve=$build/gyve
here=$build/bench

# Tab-separated columns, aligned where column(1) is there.
aligned() {
    if command -v column >/dev/null; then column -t -s "$(printf '\t')"; else cat; fi
}

have() {
    command -v "$1" >/dev/null
}
