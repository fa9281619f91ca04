/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syscalls/newer.h"

#include <stddef.h>

#include "config.h"

#ifdef HAVE_LIBSECCOMP

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *newer_library(void)
{
	static char text[40];
	const struct scmp_version *version = seccomp_version();

	snprintf(text, sizeof text, "%u.%u.%u", version->major, version->minor, version->micro);
	return text;
}

unsigned newer_api(void)
{
	return seccomp_api_get();
}

bool newer_knows(const char *name, bool *asked)
{
	*asked = true;
	return seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR;
}

/* x32 has an architecture of its own there; the kernel has not (seccomp_arch_add(3)). */
static uint32_t token_of(enum abi abi)
{
	return abi == ABI_X32 ? SCMP_ARCH_X32 : abi_rows[abi].arch;
}

bool newer_number(enum abi abi, const char *name, uint32_t *nr)
{
	int number = seccomp_syscall_resolve_name_arch(token_of(abi), name);

	if (number < 0) /* no such name, or a call that this ABI lacks */
		return false;
	*nr = (uint32_t)number;
	return true;
}

bool newer_name(enum abi abi, uint32_t nr, char name[static NEWER_NAME])
{
	char *found = seccomp_syscall_resolve_num_arch(token_of(abi), (int)nr);
	bool fits = found && strlen(found) < NEWER_NAME;

	if (fits)
		strcpy(name, found);
	free(found);
	return fits;
}

#else

const char *newer_library(void)
{
	return NULL;
}

unsigned newer_api(void)
{
	return 0;
}

bool newer_knows(const char *name, bool *asked)
{
	(void)name;
	return *asked = false;
}

bool newer_number(enum abi abi, const char *name, uint32_t *nr)
{
	(void)abi;
	(void)name;
	(void)nr;
	return false;
}

bool newer_name(enum abi abi, uint32_t nr, char name[static NEWER_NAME])
{
	(void)abi;
	(void)nr;
	(void)name;
	return false;
}

#endif
