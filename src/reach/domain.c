/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reach/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "syscalls/syscalls.h"

/* From include/uapi/linux/landlock.h, written out since older headers lack some or all of it. */
#define CREATE_RULESET_VERSION 1u
#define RULE_PATH_BENEATH 1
#define ACCESS_FS_MAKE_BLOCK (UINT64_C(1) << 11)
#define ACCESS_FS_REFER (UINT64_C(1) << 13) /* ABI 2 */

struct path_beneath {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

/* The three calls have one number on every architecture but alpha; C libraries have none of them.
 */
static long landlock(enum call call, long a, long b, long c, long d)
{
	uint32_t nr;

	if (syscalls_number(syscalls_native_abi(), call, &nr))
		return syscall((long)nr, a, b, c, d);
	errno = ENOSYS;
	return -1;
}

int domain_version(void)
{
	long version =
		landlock(CALL_landlock_create_ruleset, 0, 0, (long)CREATE_RULESET_VERSION, 0);

	return version > 0 ? (int)version : 0;
}

static const char *lack(int number)
{
	switch (number) {
	case ENOSYS:
		return ": this kernel has no Landlock (Linux 5.13), or an outer filter hides it";
	case EOPNOTSUPP: return ": Landlock is switched off (the kernel's option lsm=)";
	case E2BIG: return ": the kernel has 16 domains for a process, one in another";
	default: return "";
	}
}

static int fail(const char *step, int number, struct error *error)
{
	diag_errno(error, EXIT_GYVE, number, "cannot enter a Landlock domain (%s)%s", step,
		   lack(number));
	return number;
}

/* A ruleset's descriptor, close-on-exec, or -1; *right is what it handles. */
static int create_ruleset(uint64_t *right)
{
	/* Before ABI 2 REFER is not known (EINVAL); something must be handled all the same. */
	static const uint64_t rights[] = { ACCESS_FS_REFER, ACCESS_FS_MAKE_BLOCK };
	long fd = -1;

	for (unsigned i = 0; i < 2 && fd < 0 && (i == 0 || errno == EINVAL); i++) {
		*right = rights[i];
		fd = landlock(CALL_landlock_create_ruleset, (long)(uintptr_t)right, sizeof *right,
			      0, 0);
	}
	return (int)fd;
}

/* Below "/" stands for everywhere: without the rule, renames across directories would fail. */
static int allow_below_root(int ruleset, uint64_t right, struct error *error)
{
	struct path_beneath rule = { right, open("/", O_PATH | O_CLOEXEC) };
	int number = 0;

	if (rule.parent_fd < 0)
		return fail("opening /", errno, error);
	if (landlock(CALL_landlock_add_rule, ruleset, RULE_PATH_BENEATH, (long)(uintptr_t)&rule,
		     0) < 0)
		number = fail("landlock_add_rule", errno, error);
	close(rule.parent_fd);
	return number;
}

/*
 * Whether our parent, who is outside, can still be read. The address is nobody's, so that EFAULT is
 * the answer of a kernel that would have read it. Most other answers say nothing: the parent may be
 * another user's.
 */
static bool is_open(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)1, 1 };

	return syscall(SYS_process_vm_readv, getppid(), &here, 1ul, &there, 1ul, 0ul) < 0 &&
	       errno == EFAULT;
}

static int restrict_self(int ruleset, struct error *error)
{
	/* No ruleset is EBADF in the kernel, once it has looked at our privileges. */
	long nothing = landlock(CALL_landlock_restrict_self, -1, 0, 0, 0);

	if (nothing < 0 && errno == EPERM)
		return fail("landlock_restrict_self", EPERM, error);
	if (landlock(CALL_landlock_restrict_self, ruleset, 0, 0, 0) < 0)
		return fail("landlock_restrict_self", errno, error);
	if (nothing < 0 && !is_open())
		return 0;
	diag_set(error, EXIT_GYVE,
		 "the Landlock domain does not hold: landlock_restrict_self succeeded and nothing "
		 "is restricted, so something answers in the kernel's place (an outer filter, an "
		 "emulator)");
	return EREMOTEIO;
}

int domain_enter(struct error *error)
{
	uint64_t right;
	int ruleset = create_ruleset(&right), number;

	if (ruleset < 0)
		return fail("landlock_create_ruleset", errno, error);
	number = allow_below_root(ruleset, right, error);
	if (number == 0)
		number = restrict_self(ruleset, error);
	close(ruleset);
	return number;
}
