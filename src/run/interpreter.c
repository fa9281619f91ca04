/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/interpreter.h"

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SCRIPT_LINE 256 /* BINPRM_BUF_SIZE */
#define HEADERS 64

static bool of_script(const char *line, char path[static PATH_MAX])
{
	size_t length;

	line += 2 + strspn(line + 2, " \t");
	length = strcspn(line, " \t\n");
	snprintf(path, PATH_MAX, "%.*s", (int)length, line);
	return length > 0;
}

static bool read_path(int fd, uint64_t offset, uint64_t size, char path[static PATH_MAX])
{
	if (size < 2 || size > PATH_MAX ||
	    pread(fd, path, (size_t)size, (off_t)offset) != (ssize_t)size)
		return false;
	return memchr(path, '\0', (size_t)size) != NULL;
}

/* In the byte order of this machine; what has another it does not execute. */
static bool of_elf64(int fd, const void *start, char path[static PATH_MAX])
{
	const Elf64_Ehdr *head = start;
	Elf64_Phdr part;

	for (unsigned i = 0; i < head->e_phnum && i < HEADERS; i++)
		if (pread(fd, &part, sizeof part, (off_t)(head->e_phoff + i * sizeof part)) ==
			    (ssize_t)sizeof part &&
		    part.p_type == PT_INTERP)
			return read_path(fd, part.p_offset, part.p_filesz, path);
	return false;
}

static bool of_elf32(int fd, const void *start, char path[static PATH_MAX])
{
	const Elf32_Ehdr *head = start;
	Elf32_Phdr part;

	for (unsigned i = 0; i < head->e_phnum && i < HEADERS; i++)
		if (pread(fd, &part, sizeof part, (off_t)(head->e_phoff + i * sizeof part)) ==
			    (ssize_t)sizeof part &&
		    part.p_type == PT_INTERP)
			return read_path(fd, part.p_offset, part.p_filesz, path);
	return false;
}

bool interpreter_of(int file, char path[static PATH_MAX])
{
	union {
		char text[SCRIPT_LINE + 1];
		Elf64_Ehdr aligned;
	} head = { { 0 } };
	char link[40];
	bool found = false;
	int fd;

	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	fd = open(link, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (pread(fd, head.text, SCRIPT_LINE, 0) < 2)
		;
	else if (memcmp(head.text, "#!", 2) == 0)
		found = of_script(head.text, path);
	else if (memcmp(head.text, ELFMAG, SELFMAG) == 0)
		found = head.text[EI_CLASS] == ELFCLASS64 ? of_elf64(fd, &head, path)
							  : of_elf32(fd, &head, path);
	close(fd);
	return found;
}
