/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syscalls/syscalls.h"

#include <string.h>

/* Whether the compiler defines a macro as 1: else it is the macro's own name that is made text. */
#define IS_1(macro) (sizeof TEXT(macro) == sizeof "1")
#define TEXT(macro) #macro
#define ENDIAN_HERE (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? ENDIAN_BIG : ENDIAN_LITTLE)

enum abi syscalls_native_abi(void)
{
	enum {
		NATIVE =
#define ABI(id, name, arch, bits, clone_flags, kernel, first, last, macro, ...) \
	IS_1(macro) && (bits) == 8 * sizeof(void *) && ARCH_ENDIAN(arch) == ENDIAN_HERE ? ABI_##id:
#define FOREIGN(...)
#include "tables/abis.def"
#undef ABI
#undef FOREIGN
			ABI_COUNT
	};

	_Static_assert((int)NATIVE != (int)ABI_COUNT,
		       "no row of src/tables/abis.def is of this machine");
	return (enum abi)NATIVE;
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

uint32_t syscalls_newest(enum abi abi)
{
	uint32_t newest = 0;

	for (unsigned call = 0; call < CALL_COUNT; call++) {
		uint32_t nr = (uint32_t)call_numbers[abi][call];

		if (nr < NUMBER_SPAN && nr > newest)
			newest = nr;
	}
	return newest;
}

enum abi syscalls_abi_of_arch(uint32_t arch)
{
	unsigned abi = 0;

	while (abi < ABI_COUNT && (abi == ABI_X32 || abi_rows[abi].arch != arch))
		abi++;
	return abi;
}

enum abi syscalls_abi_of(const struct call_data *call)
{
	if (call->arch == abi_rows[ABI_X32].arch && call->nr & X32_BIT && call->nr != UINT32_MAX)
		return ABI_X32;
	return syscalls_abi_of_arch(call->arch);
}

bool syscalls_same_kernel(enum abi a, enum abi b)
{
	return a != ABI_COUNT && b != ABI_COUNT && abi_rows[a].kernel == abi_rows[b].kernel;
}

/* ---- what a number is ---- */

void syscalls_map(struct number_map *map, enum abi abi)
{
	memset(map, 0, sizeof *map);
	map->abi = abi;
	for (unsigned call = 0; call < CALL_COUNT; call++) {
		uint32_t nr = (uint32_t)call_numbers[abi][call];

		if (nr < NUMBER_SPAN)
			map->named[nr / 64] |= UINT64_C(1) << nr % 64;
	}
}

/* Where the numbers end that are neither below NUMBER_SPAN nor named, seen from one of them. */
static uint32_t end_of_unknown(enum abi abi, uint32_t nr)
{
	const struct abi_row *row = &abi_rows[abi];

	if (nr < row->private_first)
		return row->private_first - 1;
	return abi == ABI_X86_64 ? X32_BIT - 1 : UINT32_MAX - 1;
}

/* The kind of nr, and in *last a number up to which all are of that kind. */
static enum number_kind kind_at(const struct number_map *map, uint32_t nr, uint32_t *last)
{
	const struct abi_row *row = &abi_rows[map->abi];

	*last = nr;
	if (nr == UINT32_MAX)
		return NUMBER_SKIP;
	if (map->abi == ABI_X32 || (map->abi == ABI_X86_64 && nr >= X32_BIT)) {
		*last = UINT32_MAX - 1;
		return NUMBER_X32;
	}
	if (nr < NUMBER_SPAN && map->named[nr / 64] >> nr % 64 & 1)
		return NUMBER_NAMED;
	if (map->abi == ABI_X86_64 && nr >= X32_STRAY_FIRST && nr <= X32_STRAY_LAST)
		return NUMBER_STRAY;
	if (row->private_last != 0 && nr >= row->private_first && nr <= row->private_last)
		return NUMBER_NAMED;
	if (nr >= NUMBER_SPAN)
		*last = end_of_unknown(map->abi, nr);
	return NUMBER_UNKNOWN;
}

struct number_span syscalls_span(const struct number_map *map, uint32_t first)
{
	struct number_span span = { .first = first };
	uint32_t last;

	span.kind = kind_at(map, first, &span.last);
	while (span.last != UINT32_MAX && kind_at(map, span.last + 1, &last) == span.kind)
		span.last = last;
	return span;
}

enum number_kind syscalls_kind(enum abi abi, uint32_t nr)
{
	struct number_map map;
	uint32_t last;

	syscalls_map(&map, abi);
	return kind_at(&map, nr, &last);
}

const struct multiplexed_row *syscalls_multiplexed(enum call call)
{
	for (unsigned i = 0; i < multiplexed_row_count; i++)
		if (multiplexed_rows[i].call == (int)call)
			return &multiplexed_rows[i];
	return NULL;
}
