/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/printing.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define FAILED "cannot write to standard output"

bool printing_begin(struct error *error)
{
	signal(SIGXFSZ, SIG_IGN);
	return fcntl(STDOUT_FILENO, F_GETFD) >= 0 || diag_errno(error, EXIT_GYVE, errno, FAILED);
}

/* What a network or quota file system has taken may still fail when it is closed. */
int printing_end(int status)
{
	bool failed;
	struct error error;

	/* The errno of an earlier failure is lost: one more write, where all is spoiled, has it. */
	errno = EIO;
	failed = ferror(stdout) && write(STDOUT_FILENO, "\n", 1) <= 1;
	if (fclose(stdout) == 0 && !failed)
		return status;
	diag_errno(&error, EXIT_GYVE, errno, FAILED);
	return diag_print(&error);
}
