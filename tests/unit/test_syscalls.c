/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of system calls as data. */
#include <ctype.h>
#include <string.h>

#include "syscalls/syscalls.h"
#include "tap.h"

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

int main(void)
{
	test_sorted();
	test_since();
	test_on_some_abi();
	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		test_numbers_unique(abi);
	return tap_done();
}
