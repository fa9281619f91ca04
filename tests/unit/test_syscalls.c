/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of system calls, tested as data and against libseccomp's own tables.
 *
 * libseccomp is an independent witness, but not always a newer one: a name it does not know
 * passes, and so does a call newer than our table. Where both know a call on an ABI they have
 * to agree, apart from the listed exceptions.
 */

#include <ctype.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define X32_BIT 0x40000000

/* numbers to ask libseccomp about: the tables proper, and the private calls of arm */
#define NUMBER_MAX 1023
#define ARM_PRIVATE_FIRST 0x0f0000
#define ARM_PRIVATE_LAST 0x0f00ff

/* libseccomp's stand-ins for what i386, ppc64le and s390x reach through socketcall and ipc */
#define MULTIPLEXED_FIRST (-299)
#define MULTIPLEXED_LAST (-100)

enum { X86_64, I386, X32, AARCH64, ARM, RISCV64, PPC64LE, S390X, N_ABIS };

static const struct abi {
	const char *name;
	uint32_t token;
} abis[N_ABIS] = {
	[X86_64] = { "x86_64", SCMP_ARCH_X86_64 },
	[I386] = { "i386", SCMP_ARCH_X86 },
	[X32] = { "x32", SCMP_ARCH_X32 },
	[AARCH64] = { "aarch64", SCMP_ARCH_AARCH64 },
	[ARM] = { "arm", SCMP_ARCH_ARM },
	[RISCV64] = { "riscv64", SCMP_ARCH_RISCV64 },
	[PPC64LE] = { "ppc64le", SCMP_ARCH_PPC64LE },
	[S390X] = { "s390x", SCMP_ARCH_S390X },
};

#define NA (-1)
#define SYSCALL(name, since, ...) { #name, since, { __VA_ARGS__ } },

static const struct row {
	const char *name;
	const char *since;
	int number[N_ABIS];
} rows[] = {
#include "tables/syscalls.def"
};

#undef SYSCALL
#undef NA

#define ABSENT (-1)

/*
 * Where a release of libseccomp and the kernel's tables differ and the kernel's are right.
 * The number is libseccomp's answer, ABSENT if it holds that the ABI has no such call.
 */
static const struct exception {
	const char *name;
	int abi;
	int number;
} exceptions[] = {
	/* the table of arm has arm_sync_file_range; newer libseccomp has the header's alias */
	{ "arm_sync_file_range", ARM, ABSENT },
	{ "sync_file_range2", ARM, 341 },
	/* came to x32 after it had come to x86_64 */
	{ "map_shadow_stack", X32, ABSENT },
	/* came to these after it had come to x86_64, and after libseccomp 2.5.4 */
	{ "memfd_secret", RISCV64, ABSENT },
	{ "memfd_secret", S390X, ABSENT },
	/* private calls, which not every libseccomp lists */
	{ "cacheflush", ARM, ABSENT },
	{ "get_tls", ARM, ABSENT },
	{ "set_tls", ARM, ABSENT },
	{ "usr26", ARM, ABSENT },
	{ "usr32", ARM, ABSENT },
};

static unsigned int tests_run;
static unsigned int tests_failed;

__attribute__((format(printf, 2, 3))) static void result(bool ok, const char *format, ...)
{
	va_list args;

	printf("%s %u - ", ok ? "ok" : "not ok", ++tests_run);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');

	if (!ok)
		tests_failed++;
}

static const struct row *find_row(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];

	return NULL;
}

static bool is_exception(const char *name, int abi, int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		if (exceptions[i].abi == abi && exceptions[i].number == number &&
		    strcmp(exceptions[i].name, name) == 0)
			return true;

	return false;
}

/* the newest of the numbers that all ABIs share */
static int newest_number(void)
{
	int newest = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].number[X86_64] > newest)
			newest = rows[i].number[X86_64];

	return newest;
}

static void test_sorted(void)
{
	bool ok = true;

	for (size_t i = 1; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i - 1].name, rows[i].name) < 0)
			continue;
		printf("# %s does not sort after %s\n", rows[i].name, rows[i - 1].name);
		ok = false;
	}

	result(ok, "rows are sorted and unique");
}

/* ^[0-9]+\.[0-9]+(\.[0-9]+)*$ */
static bool is_version(const char *text)
{
	for (unsigned int parts = 1;; parts++, text++) {
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

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (is_version(rows[i].since))
			continue;
		printf("# %s: \"%s\" is no version\n", rows[i].name, rows[i].since);
		ok = false;
	}

	result(ok, "every row has a kernel version");
}

static void test_on_some_abi(void)
{
	bool ok = true;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool found = false;

		for (int abi = 0; abi < N_ABIS; abi++) {
			int number = rows[i].number[abi];
			bool private = abi == ARM && number >= ARM_PRIVATE_FIRST &&
				       number <= ARM_PRIVATE_LAST;

			if (number != ABSENT)
				found = true;
			if (number >= ABSENT && (number <= NUMBER_MAX || private))
				continue;
			printf("# %s %s: %d is out of range\n", rows[i].name, abis[abi].name,
			       number);
			ok = false;
		}
		if (!found) {
			printf("# %s is on no ABI\n", rows[i].name);
			ok = false;
		}
	}

	result(ok, "every row has a number in range on some ABI");
}

static void test_numbers_unique(int abi)
{
	bool ok = true;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t j = i + 1; j < ARRAY_SIZE(rows); j++) {
			if (rows[i].number[abi] == ABSENT ||
			    rows[i].number[abi] != rows[j].number[abi])
				continue;
			printf("# %s: %s and %s are both %d\n", abis[abi].name, rows[i].name,
			       rows[j].name, rows[i].number[abi]);
			ok = false;
		}
	}

	result(ok, "%s: no number is used twice", abis[abi].name);
}

static bool agrees(const struct row *row, int abi)
{
	int theirs = seccomp_syscall_resolve_name_arch(abis[abi].token, row->name);

	if (theirs == __NR_SCMP_ERROR)
		return true;
	if (theirs >= MULTIPLEXED_FIRST && theirs <= MULTIPLEXED_LAST)
		return true;

	if (theirs < 0)
		theirs = ABSENT;
	else if (abi == X32)
		theirs &= ~X32_BIT;

	return theirs == row->number[abi] || is_exception(row->name, abi, theirs);
}

static void test_names_agree(int abi)
{
	bool ok = true;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (agrees(&rows[i], abi))
			continue;
		printf("# %s %s: table %d, libseccomp %d\n", rows[i].name, abis[abi].name,
		       rows[i].number[abi],
		       seccomp_syscall_resolve_name_arch(abis[abi].token, rows[i].name));
		ok = false;
	}

	result(ok, "%s: names have libseccomp's numbers", abis[abi].name);
}

static bool number_is_known(int abi, int number)
{
	char *name = seccomp_syscall_resolve_num_arch(abis[abi].token,
						      abi == X32 ? number | X32_BIT : number);
	const struct row *row;
	bool ok = true;

	if (!name)
		return true;

	row = find_row(name);
	if (!row && number > newest_number()) {
		printf("# %s %s: %d is newer than the table\n", name, abis[abi].name, number);
	} else if (!row || row->number[abi] != number) {
		ok = is_exception(name, abi, number);
		if (!ok)
			printf("# %s %s: table %d, libseccomp %d\n", name, abis[abi].name,
			       row ? row->number[abi] : ABSENT, number);
	}

	free(name);
	return ok;
}

static void test_numbers_known(int abi)
{
	bool ok = true;

	for (int number = 0; number <= NUMBER_MAX; number++)
		ok = number_is_known(abi, number) && ok;
	if (abi == ARM)
		for (int number = ARM_PRIVATE_FIRST; number <= ARM_PRIVATE_LAST; number++)
			ok = number_is_known(abi, number) && ok;

	result(ok, "%s: libseccomp's numbers are in the table", abis[abi].name);
}

int main(void)
{
	printf("1..%d\n", 3 + 3 * N_ABIS);

	test_sorted();
	test_since();
	test_on_some_abi();
	for (int abi = 0; abi < N_ABIS; abi++)
		test_numbers_unique(abi);
	for (int abi = 0; abi < N_ABIS; abi++)
		test_names_agree(abi);
	for (int abi = 0; abi < N_ABIS; abi++)
		test_numbers_known(abi);

	return tests_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
