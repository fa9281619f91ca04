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

/* What is read of a program header, which has two forms (elf(5)). */
struct segment {
	uint32_t type;
	uint64_t offset, size;
};

static bool read_segment(int fd, bool is_64, uint64_t at, struct segment *segment)
{
	Elf64_Phdr wide;
	Elf32_Phdr narrow;

	if (is_64) {
		if (pread(fd, &wide, sizeof wide, (off_t)at) != (ssize_t)sizeof wide)
			return false;
		*segment = (struct segment){ wide.p_type, wide.p_offset, wide.p_filesz };
		return true;
	}
	if (pread(fd, &narrow, sizeof narrow, (off_t)at) != (ssize_t)sizeof narrow)
		return false;
	*segment = (struct segment){ narrow.p_type, narrow.p_offset, narrow.p_filesz };
	return true;
}

/* In the byte order of this machine; what has another it does not execute. */
static bool of_elf(int fd, const void *start, char path[static PATH_MAX])
{
	const Elf64_Ehdr *wide = start;
	const Elf32_Ehdr *narrow = start;
	bool is_64 = wide->e_ident[EI_CLASS] == ELFCLASS64;
	uint64_t at = is_64 ? wide->e_phoff : narrow->e_phoff;
	unsigned count = is_64 ? wide->e_phnum : narrow->e_phnum;
	size_t size = is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	struct segment segment;

	for (unsigned i = 0; i < count && i < HEADERS; i++)
		if (read_segment(fd, is_64, at + i * size, &segment) && segment.type == PT_INTERP)
			return read_path(fd, segment.offset, segment.size, path);
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
		found = of_elf(fd, &head, path);
	close(fd);
	return found;
}
