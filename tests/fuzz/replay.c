/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target over its kept corpus, as an ordinary test with any compiler. The arguments are
 * files or directories; without any it is $GYVE_SOURCE/tests/fuzz/corpus/FUZZ_CORPUS. A broken
 * property aborts, and the last "#" line says which input broke it.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *what, const char *path)
{
	printf("Bail out! %s %s: %s\n", what, path, strerror(errno));
	exit(1);
}

static void run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat status;
	uint8_t *data;

	printf("# %s\n", path);
	fflush(stdout);
	if (!file || fstat(fileno(file), &status) < 0)
		fail("cannot open", path);
	/* Exactly as large as the input, so that a sanitizer sees a read past its end. */
	data = malloc(status.st_size > 0 ? (size_t)status.st_size : 1);
	if (!data || fread(data, 1, (size_t)status.st_size, file) != (size_t)status.st_size)
		fail("cannot read", path);
	fclose(file);
	LLVMFuzzerTestOneInput(data, (size_t)status.st_size);
	free(data);
}

/* Returns how many inputs there were. */
static unsigned run_directory(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	unsigned count = 0;

	if (!directory)
		fail("cannot open", path);
	while ((entry = readdir(directory)) != NULL) {
		char name[PATH_MAX];

		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < PATH_MAX) {
			run_file(name);
			count++;
		}
	}
	closedir(directory);
	return count;
}

static unsigned run_path(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		fail("cannot find", path);
	if (S_ISDIR(status.st_mode))
		return run_directory(path);
	run_file(path);
	return 1;
}

int main(int argc, char **argv)
{
	const char *source = getenv("GYVE_SOURCE");
	char corpus[PATH_MAX];
	unsigned count = 0;

	snprintf(corpus, sizeof corpus, "%s/tests/fuzz/corpus/%s", source ? source : ".",
		 FUZZ_CORPUS);
	if (argc == 1)
		count = run_path(corpus);
	for (int i = 1; i < argc; i++)
		count += run_path(argv[i]);
	printf("%sok 1 - %s: %u kept inputs\n1..1\n", count > 0 ? "" : "not ", FUZZ_CORPUS, count);
	return count == 0;
}
