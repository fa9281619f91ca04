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

/* The highest number of an ABI in the table, without x32's bit and private calls. */
uint32_t syscalls_newest(enum abi abi);

/* Which ABI of the table an arch value stands for, x86-64 where it is x32's, too; or ABI_COUNT. */
enum abi syscalls_abi_of_arch(uint32_t arch);

/* Which ABI of the table a call belongs to, with x32 told by its bit; ABI_COUNT when none. */
enum abi syscalls_abi_of(const struct call_data *call);

/* Whether a kernel that serves the one ABI serves the other. Either may be ABI_COUNT: false. */
bool syscalls_same_kernel(enum abi a, enum abi b);

/* ---- what a number is ---- */

enum number_kind {
	NUMBER_NAMED,	/* a call of the table */
	NUMBER_UNKNOWN, /* none that the table has: in one of its gaps, or beyond its end */
	NUMBER_STRAY,	/* of x32, without its bit */
	NUMBER_X32,	/* with a bit above all that x86-64 uses: x32's, or nobody's */
	NUMBER_SKIP,	/* -1: a tracer's word for "skip this call"; the kernel answers ENOSYS */
};

/* Numbers from first to last, all of one kind; the number after last is of another. */
struct number_span {
	uint32_t first, last;
	enum number_kind kind;
};

/* Every ordinary number of every ABI is below this (a test compares). */
#define NUMBER_SPAN 640

/* The numbers of one ABI, ready to be asked for. */
struct number_map {
	enum abi abi;
	uint64_t named[NUMBER_SPAN / 64]; /* a bit for each number that has a name */
};

void syscalls_map(struct number_map *map, enum abi abi);

/* The span that begins at first, which need not be where its kind begins. */
struct number_span syscalls_span(const struct number_map *map, uint32_t first);

/*
 * What a number is, as seccomp_data.nr has it. The one place that knows: the rules are built from
 * it, a remedy and an explanation ask it.
 */
enum number_kind syscalls_kind(enum abi abi, uint32_t nr);

/* How ABIs that have a socketcall or ipc make a call through it; NULL: they do not. */
const struct multiplexed_row *syscalls_multiplexed(enum call call);

#endif
