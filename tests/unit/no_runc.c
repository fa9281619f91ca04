/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In a build without libseccomp nothing compiles a profile as runc does. */
#include <errno.h>

#include "runc.h"

bool runc_is_here(void)
{
	return false;
}

int runc_compile(struct runc *runc, const char *file)
{
	(void)runc;
	(void)file;
	return -EOPNOTSUPP;
}

bool runc_knows(enum abi abi, enum call call)
{
	(void)abi;
	(void)call;
	return false;
}

uint32_t runc_answer(const struct runc *runc, enum abi abi, const struct call_data *call)
{
	(void)runc;
	(void)abi;
	(void)call;
	return 0;
}
