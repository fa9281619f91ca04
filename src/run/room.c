/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/room.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/syscalls.h"

/* ---- descriptors ---- */

/* O_PATH: neither to be read nor written. "/" is always there; /dev/null may not be. */
int room_open_void(struct error *error)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	if (fd < 0)
		diag_errno(error, EXIT_GYVE, errno,
			   "cannot supervise: no descriptor to stand in for standard input, output "
			   "and error (open /)");
	return fd;
}

bool room_fill_standard_fds(struct error *error)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (room_open_void(error) < 0) /* the lowest that is free: fd */
			return false;
	}
	return true;
}

static void close_between(int first, int last)
{
	uint32_t nr;

	if (first > last)
		return;
	if (syscalls_number(syscalls_native_abi(), CALL_close_range, &nr) &&
	    syscall((long)nr, first, last, 0) == 0)
		return;
	if (last > 65535)
		last = 65535;
	for (int fd = first; fd <= last; fd++)
		close(fd);
}

/* The least of these descriptors that is not below one, or INT32_MAX. */
static int next_kept(const int *keep, unsigned count, int from)
{
	int next = INT32_MAX;

	for (unsigned i = 0; i < count; i++)
		if (keep[i] >= from && keep[i] < next)
			next = keep[i];
	return next;
}

void room_close_others(const int *keep, unsigned count)
{
	int from = STDERR_FILENO + 1;

	for (;;) {
		int next = next_kept(keep, count, from);

		close_between(from, next == INT32_MAX ? next : next - 1);
		if (next == INT32_MAX)
			return;
		from = next + 1;
	}
}

/* ---- stack ---- */

/* Three times what it was seen to take; a line and a file of /proc are 4 KiB each. */
#define STACK (64 * 1024)

/*
 * How much is in use. The kernel counts from the end of the stack's mapping, on the last page of
 * which it has put the path of the program (fs/binfmt_elf.c, AT_EXECFN).
 */
static size_t stack_in_use(void)
{
	uintptr_t top = getauxval(AT_EXECFN), here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t page = getauxval(AT_PAGESZ);

	if (!top || !page)
		return 0;
	top += strlen((const char *)top);
	return (top | (page - 1)) + 1 - here;
}

/* Written to, so that the kernel has to give it now; it is never taken back. */
__attribute__((noinline)) static void touch_stack(void)
{
	volatile char stack[STACK];

	for (size_t i = 0; i < sizeof stack; i += 1024)
		stack[sizeof stack - 1 - i] = 0;
}

bool room_take_stack(struct error *error)
{
	size_t need = stack_in_use() + STACK + 4096;
	struct rlimit limit;

	if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < need)
		return diag_set(error, EXIT_GYVE,
				"cannot supervise: the limit on the stack (%llu KiB, ulimit -s) is "
				"below the %zu KiB that arguments, environment and the supervisor "
				"take",
				(unsigned long long)limit.rlim_cur / 1024, (need + 1023) / 1024);
	touch_stack();
	return true;
}
