/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/confine.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reach/domain.h"
#include "run/status.h"

bool confine_set_no_new_privs(struct error *error)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot set no_new_privs (prctl PR_SET_NO_NEW_PRIVS)");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return true;
	return diag_set(
		error, EXIT_GYVE,
		"cannot set no_new_privs: prctl PR_SET_NO_NEW_PRIVS succeeded and nothing is "
		"set, so something answers in the kernel's place; nothing was started");
}

/*
 * What the kernel says to a filter with an instruction that does not exist: EINVAL, or before it
 * has looked at the instructions EACCES, its demand for no_new_privs or CAP_SYS_ADMIN
 * (kernel/seccomp.c, seccomp_prepare_filter), which a domain has as well. Only the kernel knows a
 * filter that is none.
 */
static int ask_kernel(unsigned flags)
{
	struct sock_filter none = { UINT16_MAX, 0, 0, 0 };
	struct sock_fprog program = { 1, &none };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) < 0 ? errno : 0;
}

static bool load_failed(int number, struct error *error)
{
	const char *hint = "";

	if (number == ENOSYS)
		hint = "; this kernel has no seccomp(2), or an outer filter hides it";
	else if (number == EINVAL)
		hint = "; this kernel cannot apply a filter to all threads (TSYNC), or does not "
		       "know "
		       "an action of it; 'gyve --probe' says more";
	else if (number == ENOMEM)
		hint = "; too many filters are stacked on this process";
	return diag_set(error, EXIT_GYVE,
			"cannot load the filter (seccomp SECCOMP_SET_MODE_FILTER, TSYNC): %s%s; "
			"nothing was started",
			strerror(number), hint);
}

static long load(const struct launch *launch, unsigned flags)
{
	struct sock_fprog program = { (unsigned short)launch->length,
				      (struct sock_filter *)launch->program };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* What comes before the filter, which would deny some of it. */
static bool prepare(const struct launch *launch, unsigned flags, struct error *error)
{
	int number = ask_kernel(flags);
	struct domain own = { 0 }, *domain = launch->domain ? launch->domain : &own;

	if (number == 0)
		return diag_set(
			error, EXIT_GYVE,
			"cannot load the filter: seccomp SECCOMP_SET_MODE_FILTER takes one that is "
			"none, so something answers in the kernel's place (an outer filter, an "
			"emulator); nothing was started");
	if ((number == EACCES || launch->no_new_privs == NNP_SET) &&
	    !confine_set_no_new_privs(error))
		return false;
	if (launch->reach && !domain_enter(launch->reach, domain, error))
		return false;
	return status_started(launch->status, launch, domain, error);
}

bool confine_load(const struct launch *launch, struct error *error)
{
	unsigned flags = SECCOMP_FILTER_FLAG_TSYNC | launch->flags;
	long result;

	if (!status_can_fail(launch->status, launch, error) || !prepare(launch, flags, error))
		return false;
	result = load(launch, flags);
	if (result < 0)
		return load_failed(errno, error);
	if (result > 0)
		return diag_set(
			error, EXIT_GYVE,
			"cannot load the filter (seccomp SECCOMP_SET_MODE_FILTER): thread %ld "
			"could not be included; nothing was started",
			result);
	return true;
}

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1u << 5)
#endif

bool confine_load_notifying(const struct launch *launch, int *listener, bool *held,
			    struct error *error)
{
	long result;

	*held = true;
	if (!prepare(launch, SECCOMP_FILTER_FLAG_NEW_LISTENER, error))
		return false;
	result = load(launch,
		      SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	if (result < 0 && errno == EINVAL) {
		*held = false;
		result = load(launch, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	}
	if (result < 0)
		return diag_errno(
			error, EXIT_GYVE, errno,
			"cannot load the filter (seccomp SECCOMP_SET_MODE_FILTER, NEW_LISTENER)%s; "
			"nothing was started",
			errno == EBUSY ? ": this process is supervised already, and the kernel has "
					 "one supervisor for each process"
			: errno == EINVAL ? ": this kernel has no user notification (Linux 5.0)"
					  : "");
	*listener = (int)result;
	return true;
}
