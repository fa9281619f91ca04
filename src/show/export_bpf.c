/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of the filter. */
#include <errno.h>
#include <unistd.h>

#include "show/export.h"

bool export_bpf(const struct export *export, FILE *out, struct error *error)
{
	const struct filter *filter = export->filter;

	if (isatty(fileno(out)))
		return diag_set(error, EXIT_GYVE,
				"--print=bpf: standard output is a terminal, and the output is "
				"not text; send it to a file or a pipe");
	if (fwrite(filter->program, sizeof filter->program[0], filter->length, out) !=
	    filter->length)
		return diag_errno(error, EXIT_GYVE, errno, "--print=bpf: cannot write");
	return true;
}
