/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of system calls, tested as data and against libseccomp's own tables.
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

/* ---- the table as data ---- */

static void test_sorted(void)
{
	bool ok = true;

	for (unsigned call = 1; call < CALL_COUNT; call++)
		if (strcmp(call_rows[call - 1].name, call_rows[call].name) >= 0) {
			printf("# %s does not sort after %s\n", call_rows[call].name,
			       call_rows[call - 1].name);
			ok = false;
		}
	tap_check(ok, "rows are sorted and unique");
}

/* ^[0-9]+\.[0-9]+(\.[0-9]+)*$ */
static bool is_version(const char *text)
{
	for (unsigned parts = 1;; parts++, text++) {
		if (!isdigit((unsigned char)*text))
			return false;
		while (isdigit((unsigned char)*text))
			text++;
		if (*text == '\0')
			return parts >= 2;
		if (*text != '.')
			return false;
	}
}

static void test_since(void)
{
	bool ok = true;

	for (unsigned call = 0; call < CALL_COUNT; call++)
		if (!is_version(call_rows[call].since)) {
			printf("# %s: \"%s\" is no version\n", call_rows[call].name,
			       call_rows[call].since);
			ok = false;
		}
	tap_check(ok, "every row has a kernel version");
}

/* Whether a number can be one of this ABI's, or stands for none. */
static bool in_range(enum abi abi, int number)
{
	const struct abi_row *row = &abi_rows[abi];

	return number >= NO_NUMBER &&
	       (number < NUMBER_SPAN ||
		((uint32_t)number >= row->private_first && (uint32_t)number <= row->private_last));
}

static void test_on_some_abi(void)
{
	bool ok = true;

	for (unsigned call = 0; call < CALL_COUNT; call++) {
		bool found = false;

		for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
			found |= call_numbers[abi][call] != NO_NUMBER;
			if (in_range(abi, call_numbers[abi][call]))
				continue;
			printf("# %s %s: %d is out of range\n", call_rows[call].name,
			       abi_rows[abi].name, call_numbers[abi][call]);
			ok = false;
		}
		if (!found)
			printf("# %s is on no ABI\n", call_rows[call].name);
		ok &= found;
	}
	tap_check(ok, "every row has a number in range on some ABI");
}

static void test_numbers_unique(enum abi abi)
{
	const int32_t *number = call_numbers[abi];
	bool ok = true;

	for (unsigned i = 0; i < CALL_COUNT; i++)
		for (unsigned j = i + 1; j < CALL_COUNT; j++)
			if (number[i] != NO_NUMBER && number[i] == number[j]) {
				printf("# %s and %s are both %d\n", call_rows[i].name,
				       call_rows[j].name, number[i]);
				ok = false;
			}
	tap_check(ok, "%s: no number is used twice", abi_rows[abi].name);
}

/* ---- the table and libseccomp's ---- */

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
	test_sorted();
	test_since();
	test_on_some_abi();
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		test_numbers_unique(abi);
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		test_libseccomp(abi);
	return tap_done();
}
