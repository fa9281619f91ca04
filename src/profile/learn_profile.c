/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/learn_profile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/observe.h"
#include "profile/from_audit.h"
#include "profile/from_strace.h"
#include "profile/record.h"

static struct record record;

/* ---- the file, which is replaced at the end and whole ---- */

struct output {
	const char *file;
	bool exists;
	FILE *out;
	char temporary[PATH_MAX];
};

/* Before the target runs, so that a run is not lost for want of a place to write. */
static bool open_output(struct output *output, const char *file, struct error *error)
{
	struct stat status;
	bool found = stat(file, &status) == 0;
	mode_t mask;
	int fd;

	/* The new file takes the place of this one: of a device it must not. */
	if (found && !S_ISREG(status.st_mode))
		return diag_set(error, EXIT_GYVE, "'%.400s' is not a regular file", file);
	output->file = file;
	output->exists = found && status.st_size > 0;
	if (snprintf(output->temporary, sizeof output->temporary, "%s.XXXXXX", file) >=
	    (int)sizeof output->temporary)
		return diag_errno(error, EXIT_GYVE, ENAMETOOLONG, "cannot write '%.400s'", file);
	fd = mkostemp(output->temporary, O_CLOEXEC);
	output->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!output->out)
		return diag_errno(error, EXIT_GYVE, errno, "cannot write '%.400s'", file);
	mask = umask(0);
	umask(mask);
	fchmod(fd, output->exists ? status.st_mode & 07777 : 0666 & ~mask);
	return true;
}

static void drop_output(struct output *output)
{
	fclose(output->out);
	unlink(output->temporary);
}

static bool close_output(struct output *output, struct error *error)
{
	bool good;

	signal(SIGXFSZ, SIG_IGN); /* the target is gone: a limit on file sizes is an error now */
	record_write(&record, output->out);
	good = fflush(output->out) == 0 && !ferror(output->out);
	if (fclose(output->out) == 0 && good && rename(output->temporary, output->file) == 0)
		return true;
	diag_errno(error, EXIT_GYVE, errno, "cannot write '%.400s'", output->file);
	unlink(output->temporary);
	return false;
}

/* ---- a run ---- */

struct watch {
	unsigned long unknown; /* calls that the table does not have */
	uint32_t example;
};

static int see_call(const struct call_data *call, void *context)
{
	struct watch *watch = context;
	enum call which = CALL_COUNT;
	unsigned abi = 0;

	while (abi < ABI_COUNT && (abi == ABI_X32 || abi_rows[abi].arch != call->arch))
		abi++;
	if (abi < ABI_COUNT)
		which = record_call_at(&record, abi, call->nr);
	/* Its flags are behind a pointer; libraries fall back on clone, whose flags can be seen. */
	if (which == CALL_clone3)
		return ENOSYS;
	if (which != CALL_COUNT)
		record_add(&record, abi, which, call->args, 1);
	else if (watch->unknown++ == 0)
		watch->example = call->nr;
	return 0;
}

bool learn_profile_run(const char *file, struct launch *launch, int *status, struct error *error)
{
	struct watch watch = { 0, 0 };
	struct output output;

	record_init(&record);
	if (!open_output(&output, file, error))
		return false;
	if ((output.exists && !record_merge(&record, file, error)) ||
	    !observe_run(launch, see_call, &watch, status, error)) {
		drop_output(&output);
		return false;
	}
	if (watch.unknown)
		diag_warn("%lu calls, the first with number %u, are newer than this gyve's table "
			  "or of an ABI without one, and cannot be written into a profile",
			  watch.unknown, watch.example);
	return close_output(&output, error);
}

/* ---- records made elsewhere ---- */

static bool print_record(FILE *out)
{
	record_warn_of_open(&record);
	record_write(&record, out);
	return true;
}

bool learn_profile_strace(const char *file, const char *base, FILE *out, struct error *error)
{
	record_init(&record);
	return (!base || record_merge(&record, base, error)) &&
	       from_strace(&record, file, error) && print_record(out);
}

bool learn_profile_audit(const struct request *request, FILE *out, struct error *error)
{
	const char *base = request->arguments[OPTION_PROFILE];

	record_init(&record);
	return (!base || record_merge(&record, base, error)) &&
	       from_audit(request, &record, error) && print_record(out);
}
