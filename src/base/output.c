/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/access_mode.h"

/* A descriptor for reading, or of O_PATH, fails at the first line, when the target already runs. */
static bool is_writable(int fd)
{
	return access_mode(fcntl(fd, F_GETFL)) != O_RDONLY;
}

bool output_take_fd(const char *option, const char *text, int *fd, struct error *error)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || number > INT_MAX)
		return diag_set(error, EXIT_GYVE,
				"--%s: '%.100s' is not the number of a descriptor", option, text);
	if (fcntl((int)number, F_GETFD) < 0 ||
	    (number > 2 && fcntl((int)number, F_SETFD, FD_CLOEXEC) < 0))
		return diag_errno(error, EXIT_GYVE, errno, "--%s: cannot use descriptor %ld",
				  option, number);
	*fd = (int)number;
	return is_writable(*fd) ||
	       diag_set(error, EXIT_GYVE, "--%s: descriptor %ld is not open for writing", option,
			number);
}

static bool open_stderr(struct output *output, struct error *error)
{
	output->is_stderr = true;
	output->fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (output->fd < 0)
		return diag_errno(error, EXIT_GYVE, errno, "cannot report to standard error");
	return is_writable(output->fd) ||
	       diag_set(error, EXIT_GYVE,
			"cannot report to standard error, which is closed or not open for writing; "
			"'--report-file' takes another place");
}

static bool open_file(struct output *output, const char *file, struct error *error)
{
	output->fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	return output->fd >= 0 ||
	       diag_errno(error, EXIT_GYVE, errno,
			  "--report-file: cannot open '%.400s' for writing", file);
}

static bool open_fd(struct output *output, const char *text, struct error *error)
{
	int fd;

	if (!output_take_fd("report-fd", text, &fd, error))
		return false;
	output->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return output->fd >= 0 || diag_errno(error, EXIT_GYVE, errno,
					     "--report-fd: cannot duplicate descriptor %d", fd);
}

/* https://no-color.org; a terminal that is none of those that TERM=dumb means (term(7)). */
static bool wants_colour(void)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no_colour && *no_colour) && term && *term && strcmp(term, "dumb") != 0;
}

bool output_open(struct output *output, const char *file, const char *fd, struct error *error)
{

	memset(output, 0, offsetof(struct output, queue));
	if (file && fd)
		return diag_set(error, EXIT_GYVE,
				"'--report-file' and '--report-fd' cannot go together");
	if (!(fd     ? open_fd(output, fd, error)
	      : file ? open_file(output, file, error)
		     : open_stderr(output, error)))
		return false;
	output->colour = wants_colour() && isatty(output->fd);
	return true;
}

/* Given up, and said so once where that can still be read. */
static void give_up(struct output *output, int number)
{
	output->broken = number;
	output->used = 0;
	if (!output->is_stderr)
		diag_warn("cannot write the report, the rest of it is lost: %s", strerror(number));
}

static void fail(struct output *output, int number)
{
	bool again = number == EINTR || number == EAGAIN;

	if (!again || !retry_allowed(&output->retry))
		give_up(output, number);
}

/*
 * A descriptor that poll(2) calls writable takes PIPE_BUF bytes without blocking, also a pipe.
 * O_NONBLOCK is no way: it would hold for everyone who shares the open file.
 */
static bool is_ready(const struct output *output)
{
	struct pollfd ready = { .fd = output->fd, .events = POLLOUT };

	return poll(&ready, 1, 0) > 0;
}

/* Writes a piece of the queue that ends with a line, if it can, and is no longer than PIPE_BUF. */
static void write_piece(struct output *output)
{
	const char *start = output->queue + output->first;
	size_t size = output->used < PIPE_BUF ? output->used : PIPE_BUF, end = size;
	ssize_t written;

	while (end > 0 && start[end - 1] != '\n')
		end--;
	if (end > 0) /* else it is a longer line, which goes in pieces */
		size = end;
	written = write(output->fd, start, size);
	if (written <= 0) {
		fail(output, written < 0 ? errno : EIO);
		return;
	}
	output->retry.failures = 0;
	output->first += (size_t)written;
	output->used -= (size_t)written;
	if (output->used == 0)
		output->first = 0;
}

void output_continue(struct output *output)
{
	while (output_waits(output) && is_ready(output))
		write_piece(output);
}

static bool enqueue(struct output *output, const char *text, size_t size)
{
	if (output->used + size > sizeof output->queue)
		return false;
	if (output->first + output->used + size > sizeof output->queue) {
		memmove(output->queue, output->queue + output->first, output->used);
		output->first = 0;
	}
	memcpy(output->queue + output->first + output->used, text, size);
	output->used += size;
	return true;
}

void output_write(struct output *output, struct line *line)
{
	if (output->broken)
		return;
	if (line->used == LINE_MAX_LENGTH)
		line->used--;
	line->text[line->used++] = '\n';
	if (!enqueue(output, line->text, line->used))
		output->lost++;
	line_clear(line);
	output_continue(output);
}

void output_write_text(struct output *output, const char *text)
{
	size_t size = strlen(text);

	if (output->broken)
		return;
	if (output->used + size + 1 > sizeof output->queue || !enqueue(output, text, size) ||
	    !enqueue(output, "\n", 1))
		output->lost++;
	output_continue(output);
}

bool output_finish(struct output *output)
{
	while (output_waits(output)) {
		struct pollfd ready = { .fd = output->fd, .events = POLLOUT };

		if (poll(&ready, 1, -1) > 0)
			write_piece(output);
		else
			fail(output, errno);
	}
	/* What a network or quota file system has taken may still fail here. */
	if (!output->broken && close(output->fd) < 0 && errno != EINTR)
		give_up(output, errno);
	return !output->broken;
}

bool output_waits(const struct output *output)
{
	return output->used > 0 && !output->broken;
}
