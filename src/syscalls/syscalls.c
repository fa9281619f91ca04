/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syscalls/syscalls.h"

#include <string.h>

/* The one place that says which machines gyve is for. */
enum abi syscalls_native_abi(void)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	return ABI_X86_64;
#elif defined(__i386__)
	return ABI_I386;
#elif defined(__aarch64__) && !defined(__ILP32__)
	return ABI_AARCH64;
#elif defined(__arm__)
	return ABI_ARM;
#elif defined(__riscv) && __riscv_xlen == 64
	return ABI_RISCV64;
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
	return ABI_PPC64LE;
#elif defined(__s390x__)
	return ABI_S390X;
#else
#error "gyve has no system call table for this architecture (src/tables/abis.def)"
#endif
}

bool syscalls_number(enum abi abi, enum call call, uint32_t *nr)
{
	if (call_numbers[abi][call] == NO_NUMBER)
		return false;
	*nr = (uint32_t)call_numbers[abi][call] | (abi == ABI_X32 ? X32_BIT : 0);
	return true;
}

enum call syscalls_named(const char *name)
{
	unsigned call = 0;

	while (call < CALL_COUNT && strcmp(call_rows[call].name, name) != 0)
		call++;
	return call;
}

enum call syscalls_at(enum abi abi, uint32_t nr)
{
	unsigned call = 0;
	uint32_t number;

	while (call < CALL_COUNT && !(syscalls_number(abi, call, &number) && number == nr))
		call++;
	return call;
}

enum abi syscalls_abi_of(const struct call_data *call)
{
	if (call->arch == abi_rows[ABI_X32].arch && call->nr & X32_BIT && call->nr != UINT32_MAX)
		return ABI_X32;
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (abi_rows[abi].arch == call->arch)
			return abi;
	return ABI_COUNT;
}
