/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls by number, name and ABI. Knows the tables, and nothing of policies or programs.
 */
#ifndef GYVE_SYSCALLS_H
#define GYVE_SYSCALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "tables/tables.h"

/* A system call as a filter sees it: struct seccomp_data by value, whatever the byte order. */
struct call_data {
	uint32_t nr;
	uint32_t arch;
	uint64_t ip;
	uint64_t args[6];
};

/* Before Linux 5.4 these x32 numbers worked without x32's bit; no other call will have them
 * (arch/x86/entry/syscalls/syscall_64.tbl). Among them are execve, ptrace and kexec_load. */
#define X32_STRAY_FIRST 512
#define X32_STRAY_LAST 547

/* The ABI that this program was compiled for. */
enum abi syscalls_native_abi(void);

/* The number of a call on an ABI, as seccomp_data.nr has it; false when the ABI lacks the call. */
bool syscalls_number(enum abi abi, enum call call, uint32_t *nr);

/* The call of this name, or CALL_COUNT. */
enum call syscalls_named(const char *name);

/* The call with this number on an ABI, or CALL_COUNT. */
enum call syscalls_at(enum abi abi, uint32_t nr);

/* Which ABI of the table a call belongs to, with x32 told by its bit; ABI_COUNT when none. */
enum abi syscalls_abi_of(const struct call_data *call);

#endif
