/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracer: runs gyve as a debugger would, to know the words of its exec ticket: those in the last
 * three argument registers of its execve(2).
 *
 *   tracer can                  status 0 when tracing works here
 *   tracer give -- COMMAND...   writes the words to COMMAND's standard input and lets it go
 *   tracer print -- COMMAND...  prints them
 *   tracer scan -- COMMAND...   looks for them in the target: at its first instruction, when it
 *                               makes a call, and when it ends: registers, all memory, and what
 *                               /proc tells of the process
 *   tracer failed -- COMMAND... of a launch whose execve fails: looks for them in gyve itself when
 *                               it ends
 *   tracer stays -- COMMAND...  of a gyve that supervises: the same, its target having run
 *
 * scan, failed and stays print "gyve N" first, how often the words are found in gyve before its
 * execve (so that a search that never finds anything shows), then a line "PLACE N" each, N 0 if all
 * is well.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* sys/ptrace.h cannot stand next to linux/ptrace.h, which has the newer requests. */
static long trace(long request, pid_t pid, unsigned long address, void *data)
{
	return syscall(SYS_ptrace, request, pid, address, data);
}

static uint64_t words[3];
static int words_pipe[2] = { -1, -1 };

static void fail(const char *what)
{
	fprintf(stderr, "tracer: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* ---- searching ---- */

static unsigned count_in_bytes(const unsigned char *bytes, size_t size)
{
	unsigned found = 0;

	for (size_t at = 0; at + sizeof words[0] <= size; at++)
		for (unsigned i = 0; i < 3; i++)
			found += memcmp(bytes + at, &words[i], sizeof words[i]) == 0;
	return found;
}

static unsigned count_text(const char *text, const char *format, ...)
{
	char needle[40];
	va_list list;

	va_start(list, format);
	vsnprintf(needle, sizeof needle, format, list);
	va_end(list);
	return strstr(text, needle) != NULL;
}

static unsigned count_in_registers(pid_t pid)
{
	static const int sets[] = { NT_PRSTATUS, NT_PRFPREG, NT_X86_XSTATE };
	unsigned char bytes[16384];
	unsigned found = 0;

	for (unsigned i = 0; i < sizeof sets / sizeof sets[0]; i++) {
		struct iovec iov = { bytes, sizeof bytes };

		if (trace(PTRACE_GETREGSET, pid, (unsigned long)sets[i], &iov) == 0)
			found += count_in_bytes(bytes, iov.iov_len);
		else if (sets[i] == NT_PRSTATUS)
			fail("PTRACE_GETREGSET");
	}
	return found;
}

static unsigned count_in_region(int mem, unsigned long from, unsigned long to)
{
	size_t size = to - from;
	unsigned char *bytes = malloc(size);
	unsigned found = 0;
	ssize_t got;

	if (!bytes)
		fail("malloc");
	/* [vvar] and the like cannot be read; the rest is in one piece */
	got = pread(mem, bytes, size, (off_t)from);
	if (got > 0)
		found = count_in_bytes(bytes, (size_t)got);
	free(bytes);
	return found;
}

static unsigned count_in_memory(pid_t pid)
{
	char path[64], line[512];
	unsigned found = 0, regions = 0;
	FILE *maps;
	int mem;

	snprintf(path, sizeof path, "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	mem = open(path, O_RDONLY);
	if (!maps || mem < 0)
		fail(path);
	while (fgets(line, sizeof line, maps)) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx", &from, &to) != 2 || strstr(line, "[vsyscall]"))
			continue;
		regions++;
		found += count_in_region(mem, from, to);
	}
	fclose(maps);
	close(mem);
	if (regions < 3)
		fail("too few regions of memory");
	return found;
}

static unsigned count_in_proc(pid_t pid)
{
	static const char *const names[] = { "environ", "cmdline", "stat", "status", "syscall",
					     "auxv",	"maps",	   "comm", "stack",  "limits" };
	char path[64], bytes[65536];
	unsigned found = 0;

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		ssize_t size;
		int fd;

		snprintf(path, sizeof path, "/proc/%d/%s", pid, names[i]);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		size = read(fd, bytes, sizeof bytes - 1);
		close(fd);
		if (size <= 0)
			continue;
		found += count_in_bytes((unsigned char *)bytes, (size_t)size);
		for (ssize_t at = 0; at < size; at++)
			if (bytes[at] == '\0')
				bytes[at] = ' ';
		bytes[size] = '\0';
		for (unsigned w = 0; w < 3; w++)
			found += count_text(bytes, "%" PRIx64, words[w]) +
				 count_text(bytes, "%" PRIu64, words[w]) +
				 count_text(bytes, "%" PRId64, (int64_t)words[w]);
	}
	return found;
}

static void report(pid_t pid, const char *place)
{
	printf("%s %u\n", place,
	       count_in_registers(pid) + count_in_memory(pid) + count_in_proc(pid));
	fflush(stdout);
}

/* ---- stops ---- */

enum stop { STOP_ENDED, STOP_ENTRY, STOP_OTHER_CALL, STOP_EXEC, STOP_EXIT, STOP_CHILD };

static int last_status;

/* Goes on to the next stop that is one of the above; signals are passed on. */
static enum stop next_stop(pid_t pid)
{
	unsigned long deliver = 0;

	for (;;) {
		struct ptrace_syscall_info info;
		int signal_number;

		if (trace(PTRACE_SYSCALL, pid, 0, (void *)deliver) < 0 ||
		    waitpid(pid, &last_status, 0) < 0)
			fail("PTRACE_SYSCALL");
		if (!WIFSTOPPED(last_status))
			return STOP_ENDED;
		if (last_status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8))
			return STOP_EXEC;
		if (last_status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8))
			return STOP_EXIT;
		if (last_status >> 8 == (SIGTRAP | PTRACE_EVENT_VFORK << 8))
			return STOP_CHILD;
		signal_number = WSTOPSIG(last_status);
		deliver = (unsigned long)signal_number;
		if (signal_number != (SIGTRAP | 0x80))
			continue;
		if (trace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) < 0)
			fail("PTRACE_GET_SYSCALL_INFO");
		if (info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.nr != SYS_execve)
			return STOP_OTHER_CALL;
		for (unsigned i = 0; i < 3; i++)
			words[i] = info.entry.args[3 + i];
		return STOP_ENTRY;
	}
}

static void skip_to(pid_t pid, enum stop wanted)
{
	enum stop stop;

	while ((stop = next_stop(pid)) != wanted)
		if (stop == STOP_ENDED) {
			fprintf(stderr, "tracer: ended too early, wait status %#x\n", last_status);
			exit(2);
		}
}

static void set_options(pid_t pid, unsigned long more)
{
	unsigned long options =
		PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL;

	if (trace(PTRACE_SETOPTIONS, pid, 0, (void *)(options | more)) < 0)
		fail("PTRACE_SETOPTIONS");
}

static pid_t start(char **argv, bool give)
{
	pid_t parent = getpid(), pid = fork();
	int status;

	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(2);
		if (give) {
			dup2(words_pipe[0], STDIN_FILENO);
			close(words_pipe[0]);
			close(words_pipe[1]);
		}
		if (trace(PTRACE_TRACEME, 0, 0, NULL) < 0)
			_exit(3);
		raise(SIGSTOP);
		execvp(argv[0], argv);
		_exit(4);
	}
	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status)) {
		fprintf(stderr, "tracer: cannot trace here\n");
		exit(3);
	}
	set_options(pid, 0);
	return pid;
}

/* From the start to the execve with which gyve becomes its target. */
static void go_to_launch(pid_t pid)
{
	skip_to(pid, STOP_EXEC); /* gyve's own start */
	skip_to(pid, STOP_ENTRY);
	if ((words[0] | words[1] | words[2]) == 0)
		fprintf(stderr, "tracer: the three words are zero\n");
}

static int finish(pid_t pid)
{
	int status;

	trace(PTRACE_DETACH, pid, 0, NULL);
	if (waitpid(pid, &status, 0) < 0)
		fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- modes ---- */

static int give(char **argv)
{
	pid_t pid;

	if (pipe(words_pipe) < 0)
		fail("pipe");
	pid = start(argv, true);
	go_to_launch(pid);
	dprintf(words_pipe[1], "%" PRIx64 " %" PRIx64 " %" PRIx64 "\n", words[0], words[1],
		words[2]);
	close(words_pipe[1]);
	return finish(pid);
}

static int print(char **argv)
{
	pid_t pid = start(argv, false);

	go_to_launch(pid);
	printf("%#" PRIx64 " %#" PRIx64 " %#" PRIx64 "\n", words[0], words[1], words[2]);
	fflush(stdout);
	return finish(pid);
}

static int scan(char **argv)
{
	pid_t pid = start(argv, false);

	go_to_launch(pid);
	report(pid, "gyve");
	skip_to(pid, STOP_EXEC);
	report(pid, "executed");
	skip_to(pid, STOP_OTHER_CALL); /* back from execve: the first instruction comes next */
	report(pid, "first-instruction");
	skip_to(pid, STOP_OTHER_CALL);
	report(pid, "first-call");
	skip_to(pid, STOP_EXIT);
	report(pid, "end");
	return finish(pid);
}

static int failed(char **argv)
{
	pid_t pid = start(argv, false);

	go_to_launch(pid);
	report(pid, "gyve");
	skip_to(pid, STOP_EXIT);
	report(pid, "end");
	return finish(pid);
}

/* The child that is to become the target, from which the words are, is let go then. */
static int stays(char **argv)
{
	pid_t pid = start(argv, false);
	unsigned long child;

	skip_to(pid, STOP_EXEC);
	set_options(pid, PTRACE_O_TRACEVFORK);
	skip_to(pid, STOP_CHILD);
	if (trace(PTRACE_GETEVENTMSG, pid, 0, &child) < 0 ||
	    waitpid((pid_t)child, &last_status, __WALL) < 0)
		fail("PTRACE_GETEVENTMSG");
	skip_to((pid_t)child, STOP_ENTRY);
	report((pid_t)child, "gyve");
	trace(PTRACE_DETACH, (pid_t)child, 0, NULL);
	skip_to(pid, STOP_EXIT);
	report(pid, "end");
	return finish(pid);
}

static int can(char **argv)
{
	static char *command[] = { (char *)"true", NULL };
	struct ptrace_syscall_info info;
	pid_t pid = start(command, false);

	(void)argv;
	if (trace(PTRACE_SYSCALL, pid, 0, NULL) < 0 || waitpid(pid, &last_status, 0) < 0)
		return 1;
	return trace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) < 0;
}

static const struct {
	const char *name;
	int (*run)(char **argv);
} modes[] = {
	{ "can", can },	  { "give", give },	{ "print", print },
	{ "scan", scan }, { "failed", failed }, { "stays", stays },
};

int main(int argc, char **argv)
{
	for (unsigned i = 0; argc > 1 && i < sizeof modes / sizeof modes[0]; i++)
		if (strcmp(modes[i].name, argv[1]) == 0)
			return modes[i].run(argv + 2 + (argc > 2 && strcmp(argv[2], "--") == 0));
	fprintf(stderr, "usage: tracer can|give|print|scan|failed|stays -- COMMAND...\n");
	return 2;
}
