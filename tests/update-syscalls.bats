# SPDX-License-Identifier: GPL-2.0-or-later
# tools/update-syscalls, on small trees that look as the kernel's do, and small tables of three ABIs.
load helpers/common

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    a_table
    a_kernel 6.12
}

# Tables of Linux 6.12 with x86_64, arm and riscv64.
a_table() {
    mkdir tables
    cp "$GYVE_SOURCE/src/tables/abis.def" "$GYVE_SOURCE/src/tables/kernel.def" tables
    chmod u+w tables/*
    sed -i '/^ABI(/{N;/^ABI(\(X86_64\|ARM\|RISCV64\),/!d}' tables/abis.def
    sed -i 's/^KERNEL(.*/KERNEL(6, 12)/' tables/kernel.def
    cat >tables/syscalls.def <<'END'
/* What stands at the head stays. */
SYSCALL(brk,          "1.0",      12,       45, 214)
SYSCALL(flush_icache, "4.15",     NA,       NA, 259)
SYSCALL(fstat,        "1.0",       5,      108,  80)
SYSCALL(io_setup,     "2.5.32",    6,      243,   0)
SYSCALL(llseek,       "1.2",      NA,      140,  NA)
SYSCALL(memfd_secret, "5.14",    447,       NA, 447)
SYSCALL(read,         "1.0",       0,        3,  63)
SYSCALL(set_tls,      "2.6.11",   NA, 0x0f0005,  NA)
SYSCALL(setxattrat,   "6.12",    463,      463, 463)
END
}

# a_kernel VERSION: a tree of it with the calls of that table.
a_kernel() {
    mkdir -p linux/arch/x86/entry/syscalls linux/arch/arm/tools linux/arch/riscv/kernel linux/scripts
    printf 'VERSION = %d\nPATCHLEVEL = %d\nSUBLEVEL = 1\n' "${1%.*}" "${1#*.}" >linux/Makefile
    lines >"$x86" '# number word name entry' '0 common read sys_read' '5 common fstat sys_newfstat' \
        '6 64 io_setup sys_io_setup' '12 common brk sys_brk' '447 common memfd_secret sys_memfd_secret' \
        '463 common setxattrat sys_ni_syscall' '' '543 x32 io_setup compat_sys_io_setup'
    lines >"$arm" '3 common read sys_read' '17 oabi break sys_ni_syscall' '45 common brk sys_brk' \
        '108 common fstat sys_newfstat' '140 common llseek sys_llseek' '243 common io_setup sys_io_setup' \
        '463 common setxattrat sys_setxattrat'
    lines >"$generic" '0 common io_setup sys_io_setup' '62 32 llseek sys_llseek' '63 common read sys_read' \
        '80 64 fstat sys_newfstat' '214 common brk sys_brk' '244 or1k or1k_atomic sys_or1k_atomic' \
        '259 riscv flush_icache sys_flush_icache' '447 memfd_secret memfd_secret sys_memfd_secret' \
        '463 common setxattrat sys_setxattrat'
    lines >"$riscv" 'syscall_abis_32 += riscv' 'syscall_abis_64 += riscv memfd_secret'
}
x86=linux/arch/x86/entry/syscalls/syscall_64.tbl
arm=linux/arch/arm/tools/syscall.tbl
generic=linux/scripts/syscall.tbl
riscv=linux/arch/riscv/kernel/Makefile.syscalls

# The kernel's columns stand apart by tabs.
lines() {
    printf '%s\n' "$@" | tr ' ' '\t' | sed '/+=/s/\t/ /g'
}

update() {
    rm -rf before
    cp -r tables before
    run "$GYVE_SOURCE/tools/update-syscalls" linux tables
}

# What the tables gained and lost.
changes() {
    diff -r before tables | grep '^[<>]'
}

# refused FILE LINE TEXT: an error there, and nothing written.
refused() {
    update
    assert_failure 1
    assert_output "$1:$2: $3"
    run diff -r before tables
    assert_success
}

@test "a kernel of the tables' own version changes nothing" {
    update
    assert_success
    assert_output ""
    run diff -r before tables
    assert_success
}

@test "a new call gets a row, and the release of the tree" {
    a_kernel 7.0
    lines '472 common fchroot sys_fchroot' >>"$x86"
    lines '472 common fchroot sys_fchroot' >>"$generic"
    lines '473 64 zeta sys_zeta' >>"$generic"
    update
    assert_success
    assert_output "update-syscalls: new: fchroot
update-syscalls: new: zeta"
    run changes
    assert_output '< KERNEL(6, 12)
> KERNEL(7, 0)
> SYSCALL(fchroot,      "7.0",     472,       NA, 472)
> SYSCALL(zeta,         "7.0",      NA,       NA, 473)'
    update
    assert_output ""
    run changes
    assert_output ""
}

@test "a call that comes to another ABI keeps the release that brought it" {
    lines '447 common memfd_secret sys_memfd_secret' >>"$arm"
    update
    assert_success
    assert_output "update-syscalls: new on arm: memfd_secret"
    run changes
    assert_output '< SYSCALL(memfd_secret, "5.14",    447,       NA, 447)
> SYSCALL(memfd_secret, "5.14",    447,      447, 447)'
}

@test "a call that the kernel's table no longer has is kept, and told" {
    sed -i '/llseek/d' "$arm"
    sed -i 's/ memfd_secret//' "$riscv"
    update
    assert_success
    assert_output "update-syscalls: kept, though Linux 6.12 lacks it on arm: llseek
update-syscalls: kept, though Linux 6.12 lacks it on riscv64: memfd_secret"
    run changes
    assert_output ""
}

@test "a changed number is an error, and so is a number that changes hands" {
    sed -i 's/^45\t/46\t/' "$arm"
    refused "$arm" 3 "brk is 46 on arm, not 45"
    a_kernel 6.12
    sed -i 's/read/reads/' "$x86"
    refused "$x86" 2 "0 is reads on x86_64, not read"
    a_kernel 6.12
    lines '63 common other sys_other' >>"$generic"
    refused "$generic" 10 "63 is other on riscv64, not read"
}

@test "a kind of call that abis.def does not name is an error" {
    lines '500 secret other sys_other' >>"$x86"
    refused "$x86" 10 "abis.def does not say whether x86_64 has the calls of 'secret'"
}

@test "an architecture may have a table of its own, and names the kinds of the generic one" {
    lines 'syscalltbl = arch/riscv/tools/syscall_%.tbl' >>"$riscv"
    mkdir linux/arch/riscv/tools
    mv "$generic" linux/arch/riscv/tools/syscall_64.tbl
    sed -i 's/^syscalltbl\t=\t/syscalltbl = /' "$riscv"
    update
    assert_success
    assert_output ""
    sed -i 's/\tfstat/\tnewer/' linux/arch/riscv/tools/syscall_64.tbl
    refused linux/arch/riscv/tools/syscall_64.tbl 4 "80 is newer on riscv64, not fstat"
}

# What a tree before 6.11 has instead of a generic table.
generic_header() {
    rm "$riscv" "$generic"
    mkdir -p linux/include/uapi/asm-generic linux/arch/riscv/include/uapi/asm
    cat >linux/include/uapi/asm-generic/unistd.h <<'END'
#include <asm/bitsperlong.h>
#ifndef __SYSCALL
#define __SYSCALL(x, y)
#endif
#if defined(__ARCH_WANT_TIME32_SYSCALLS) || __BITS_PER_LONG != 32
#define __NR_io_setup 0 /* a comment */
__SYSCALL(__NR_io_setup, sys_io_setup)
#endif
#define __NR3264_fstat 80
#define __NR_read 63
#define __NR_brk 214
#ifdef __ARCH_WANT_OTHER
#define __NR_other 62
#if !defined(__NEVER)
#define __NR_another 61
#endif
#else
#ifdef __ARCH_WANT_MEMFD_SECRET
#define __NR_memfd_secret 447
#endif
#endif
#define __NR_arch_specific_syscall 244
#if __BITS_PER_LONG == 64 && !defined(__SYSCALL_COMPAT)
#define __NR_fstat __NR3264_fstat
#else
#define __NR_fstat64 __NR3264_fstat
#endif
#undef __NR_syscalls
#define __NR_syscalls 448
END
    cat >linux/arch/riscv/include/uapi/asm/unistd.h <<'END'
#if defined(__LP64__) && !defined(__SYSCALL_COMPAT)
#define __ARCH_WANT_MEMFD_SECRET
#endif
#include <asm-generic/unistd.h>
#define __NR_flush_icache (__NR_arch_specific_syscall + 15)
END
}

@test "before 6.11 the generic table is a header with conditions" {
    a_kernel 6.10
    generic_header
    sed -i '/SYSCALL(\(flush_icache\|memfd_secret\),/d' tables/syscalls.def
    sed -i '/memfd_secret/d' "$x86"
    sed -i 's/^KERNEL(.*/KERNEL(6, 9)/' tables/kernel.def
    update
    assert_success
    run changes
    assert_output '< KERNEL(6, 9)
> KERNEL(6, 10)
> SYSCALL(flush_icache, "6.10",     NA,       NA, 259)
> SYSCALL(memfd_secret, "6.10",     NA,       NA, 447)'
}

@test "an older kernel is held against the tables, and changes nothing" {
    a_kernel 6.10
    generic_header
    sed -i '/setxattrat/d' "$x86" "$arm"
    update
    assert_success
    assert_output ""
    run changes
    assert_output ""
    lines '462 common mseal sys_mseal' >>"$arm"
    refused "$arm" 7 "Linux 6.10 has mseal on arm, the table of Linux 6.12 does not"
}

@test "what is no tree of Linux is an error" {
    echo "all:" >linux/Makefile
    refused linux/Makefile 0 "names no VERSION and PATCHLEVEL: not the source of Linux"
    rm linux/Makefile
    refused linux/Makefile 0 "cannot be read"
    a_kernel 6.12
    rm "$arm"
    refused "$arm" 0 "cannot be read"
    run "$GYVE_SOURCE/tools/update-syscalls"
    assert_failure 2
    assert_output "usage: tools/update-syscalls LINUX-SOURCE [TABLES]"
}

@test "an ABI that is new at the end of abis.def gets a column" {
    sed -i 's/^\(SYSCALL(.*\), [^,]*)$/\1)/' tables/syscalls.def
    update
    assert_success
    assert_output ""
    run grep read tables/syscalls.def
    assert_output 'SYSCALL(read,         "1.0",       0,        3,  63)'
}
