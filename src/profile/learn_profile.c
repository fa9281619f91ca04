/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/learn_profile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "profile/from_audit.h"
#include "profile/from_strace.h"
#include "profile/record.h"

struct learn_profile {
	const char *file;
	FILE *out; /* of temporary, which takes the file's place at the end, whole */
	char temporary[PATH_MAX];
	unsigned long unknown; /* calls that the table does not have */
	uint32_t example;
	struct record record;
};

/* ---- the file ---- */

static bool open_temporary(struct learn_profile *learned, struct error *error)
{
	const char *file = learned->file;
	int fd;

	if (snprintf(learned->temporary, sizeof learned->temporary, "%s.XXXXXX", file) >=
	    (int)sizeof learned->temporary)
		return diag_errno(error, EXIT_GYVE, ENAMETOOLONG, "cannot write '%.400s'", file);
	fd = mkostemp(learned->temporary, O_CLOEXEC);
	learned->out = fd < 0 ? NULL : fdopen(fd, "w");
	return learned->out || diag_errno(error, EXIT_GYVE, errno, "cannot write '%.400s'", file);
}

/* Before the target runs, so that a run is not lost for want of a place to write. */
static bool open_file(struct learn_profile *learned, struct error *error)
{
	struct stat status;
	bool found = stat(learned->file, &status) == 0, exists = found && status.st_size > 0;
	mode_t mask;

	/* The new file takes the place of this one: of a device it must not. */
	if (found && !S_ISREG(status.st_mode))
		return diag_set(error, EXIT_GYVE, "'%.400s' is not a regular file", learned->file);
	if (exists && !record_merge(&learned->record, learned->file, error))
		return false;
	if (!open_temporary(learned, error))
		return false;
	mask = umask(0);
	umask(mask);
	fchmod(fileno(learned->out), exists ? status.st_mode & 07777 : 0666 & ~mask);
	return true;
}

struct learn_profile *learn_profile_begin(const char *file, struct error *error)
{
	struct learn_profile *learned = calloc(1, sizeof *learned);

	if (!learned) {
		diag_errno(error, EXIT_GYVE, errno, "cannot learn");
		return NULL;
	}
	learned->file = file;
	record_init(&learned->record);
	if (open_file(learned, error))
		return learned;
	free(learned);
	return NULL;
}

int learn_profile_fd(const struct learn_profile *learned)
{
	return fileno(learned->out);
}

void learn_profile_drop(struct learn_profile *learned)
{
	fclose(learned->out);
	unlink(learned->temporary);
}

bool learn_profile_finish(struct learn_profile *learned, struct error *error)
{
	bool good;

	record_write(&learned->record, learned->out);
	good = fflush(learned->out) == 0 && !ferror(learned->out);
	if (learned->unknown)
		diag_warn("%lu calls, the first with number %u, are newer than this gyve's table "
			  "or of an ABI without one, and cannot be written into a profile",
			  learned->unknown, learned->example);
	if (fclose(learned->out) == 0 && good && rename(learned->temporary, learned->file) == 0)
		return true;
	diag_errno(error, EXIT_GYVE, errno, "cannot write '%.400s'", learned->file);
	unlink(learned->temporary);
	return false;
}

/* ---- observing ---- */

/* The launch itself, whose execve asks nobody. */
static void started(void *context, pid_t target, const struct domain *domain)
{
	struct learn_profile *learned = context;

	(void)target, (void)domain;
	record_add(&learned->record, syscalls_native_abi(), CALL_execve, NULL, 1);
}

/* A call whose caller was called back by a signal comes again; one that is refused is not made. */
static void answered(void *context, const struct asked *asked, const struct answer *answer)
{
	struct learn_profile *learned = context;
	const struct call_data *data = &asked->notification.call;
	enum abi abi = syscalls_abi_of_arch(data->arch);
	enum call call = CALL_COUNT;

	if (answer->outcome != OUTCOME_PASSED)
		return;
	if (abi < ABI_COUNT)
		call = record_call_at(&learned->record, abi, data->nr);
	if (call != CALL_COUNT)
		record_add(&learned->record, abi, call, data->args, 1);
	else if (learned->unknown++ == 0)
		learned->example = data->nr;
}

struct observer learn_profile_observer(struct learn_profile *learned)
{
	return (struct observer){ .context = learned, .started = started, .answered = answered };
}

/* ---- records made elsewhere ---- */

/* record_init, record_merge of base if there is one; NULL and *error. */
static struct record *begin_record(const char *base, struct error *error)
{
	struct record *record = malloc(sizeof *record);

	if (!record) {
		diag_errno(error, EXIT_GYVE, errno, "cannot make a profile");
		return NULL;
	}
	record_init(record);
	if (!base || record_merge(record, base, error))
		return record;
	free(record);
	return NULL;
}

static bool print_record(struct record *record, bool good, FILE *out)
{
	if (good) {
		record_warn_of_open(record);
		record_write(record, out);
	}
	free(record);
	return good;
}

bool learn_profile_strace(const struct request *request, FILE *out, struct error *error)
{
	struct record *record = begin_record(request->arguments[OPTION_PROFILE], error);

	return record &&
	       print_record(record, from_strace(record, request->mode_argument, error), out);
}

bool learn_profile_audit(const struct request *request, FILE *out, struct error *error)
{
	struct record *record = begin_record(request->arguments[OPTION_PROFILE], error);

	return record && print_record(record, from_audit(request, record, error), out);
}
