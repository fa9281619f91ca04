/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of system calls against libseccomp's own tables.
 *
 * libseccomp is an independent witness, but not always a newer one: an architecture or a name that
 * it does not know passes, and so does a call newer than our table. Where both know a call on an
 * ABI they have to agree, apart from the listed exceptions.
 */
#include <ctype.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "syscalls/syscalls.h"
#include "tap.h"

/* From here on a call has one number on all ABIs, and comes to some of them later than to others.
 */
#define SHARED_FIRST 424

/* libseccomp's stand-ins for what i386, ppc64le and s390x reach through socketcall and ipc */
#define MULTIPLEXED_FIRST (-299)
#define MULTIPLEXED_LAST (-100)

/*
 * Where a release of libseccomp and the kernel's tables differ and the kernel's are right. The
 * number is libseccomp's answer, NO_NUMBER if it holds that the ABI has no such call.
 */
static const struct exception {
	const char *name;
	enum abi abi;
	int number;
} exceptions[] = {
	/* the table of arm has arm_sync_file_range; newer libseccomp has the header's alias */
	{ "arm_sync_file_range", ABI_ARM, NO_NUMBER },
	{ "sync_file_range2", ABI_ARM, 341 },
	/* private calls, which not every libseccomp lists */
	{ "cacheflush", ABI_ARM, NO_NUMBER },
	{ "get_tls", ABI_ARM, NO_NUMBER },
	{ "set_tls", ABI_ARM, NO_NUMBER },
	{ "usr26", ABI_ARM, NO_NUMBER },
	{ "usr32", ABI_ARM, NO_NUMBER },
};

static bool is_exception(const char *name, enum abi abi, int number)
{
	for (unsigned i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
		if (exceptions[i].abi == abi && exceptions[i].number == number &&
		    strcmp(exceptions[i].name, name) == 0)
			return true;
	return false;
}

/* libseccomp's token for an ABI, or 0. */
static uint32_t token_of(enum abi abi)
{
	char name[40];
	unsigned used = 0;

	for (const char *c = oci_arch_rows[abi].scmp + strlen("SCMP_ARCH_"); *c; c++)
		name[used++] = (char)tolower((unsigned char)*c);
	name[used] = '\0';
	return seccomp_arch_resolve_name(name);
}

static bool name_agrees(enum call call, enum abi abi, uint32_t token)
{
	const char *name = call_rows[call].name;
	int ours = call_numbers[abi][call];
	int theirs = seccomp_syscall_resolve_name_arch(token, name);

	if (theirs == __NR_SCMP_ERROR ||
	    (theirs >= MULTIPLEXED_FIRST && theirs <= MULTIPLEXED_LAST))
		return true;
	if (theirs < 0 && ours >= SHARED_FIRST && ours == call_numbers[ABI_X86_64][call])
		return true;
	if (theirs < 0)
		theirs = NO_NUMBER;
	else if (abi == ABI_X32)
		theirs &= ~(int)X32_BIT;
	if (theirs == ours || is_exception(name, abi, theirs))
		return true;
	printf("# %s: table %d, libseccomp %d\n", name, ours, theirs);
	return false;
}

static bool number_agrees(int number, enum abi abi, uint32_t token)
{
	char *name = seccomp_syscall_resolve_num_arch(token, abi == ABI_X32 ? number | (int)X32_BIT
									    : number);
	enum call call = name ? syscalls_named(name) : CALL_COUNT;
	int ours = call == CALL_COUNT ? NO_NUMBER : call_numbers[abi][call];
	bool ok = true;

	if (name && call == CALL_COUNT && number > (int)syscalls_newest(ABI_X86_64))
		printf("# %s: %d is newer than the table\n", name, number);
	else if (name && ours != number && !is_exception(name, abi, number)) {
		printf("# %s: table %d, libseccomp %d\n", name, ours, number);
		ok = false;
	}
	free(name);
	return ok;
}

static void test_libseccomp(enum abi abi)
{
	const struct abi_row *row = &abi_rows[abi];
	uint32_t token = token_of(abi);
	bool names = true, numbers = true;

	if (token == 0) {
		printf("# %s: this libseccomp does not know it\n", row->name);
		return;
	}
	for (unsigned call = 0; call < CALL_COUNT; call++)
		names = name_agrees(call, abi, token) && names;
	for (int number = 0; number < NUMBER_SPAN; number++)
		numbers = number_agrees(number, abi, token) && numbers;
	for (uint32_t number = row->private_first; number != 0 && number <= row->private_last;
	     number++)
		numbers = number_agrees((int)number, abi, token) && numbers;
	tap_check(names, "%s: names have libseccomp's numbers", row->name);
	tap_check(numbers, "%s: libseccomp's numbers are in the table", row->name);
}

int main(void)
{
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		test_libseccomp(abi);
	return tap_done();
}
