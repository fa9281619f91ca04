/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/status.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/output.h"
#include "config.h"

#define PATIENCE 5 /* seconds that a reader may take nothing */

bool status_open(struct status *status, const char *text, struct error *error)
{
	int fd;

	if (!status)
		return true;
	status->fd = -1;
	if (!output_take_fd("status-fd", text, &fd, error))
		return false;
	status->fd = fd;
	return true;
}

void status_close(struct status *status)
{
	if (!status)
		return;
	if (status->fd > STDERR_FILENO)
		close(status->fd);
	status->fd = -1;
}

/* ---- writing ---- */

static bool ignore_sigpipe(struct sigaction *before)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	return sigaction(SIGPIPE, &ignore, before) == 0;
}

/*
 * Waits until a line can be written without blocking: a pipe that poll(2) calls writable takes
 * PIPE_BUF bytes. 0, or the errno of why not.
 */
static int await_room(const struct status *status)
{
	struct pollfd ready = { .fd = status->fd, .events = POLLOUT };
	int count;

	do
		count = poll(&ready, 1, PATIENCE * 1000);
	while (count < 0 && errno == EINTR);
	return count > 0 ? 0 : count < 0 ? errno : ETIMEDOUT;
}

/* Writes what there is of the line, and sees that there is room for another. */
static int write_out(const struct status *status)
{
	size_t done = 0;
	int number;

	while ((number = await_room(status)) == 0 && done < status->line.used) {
		ssize_t size =
			write(status->fd, status->line.text + done, status->line.used - done);

		if (size < 0 && errno != EINTR && errno != EAGAIN)
			return errno;
		done += size < 0 ? 0 : (size_t)size;
	}
	return number;
}

static void flush(struct status *status)
{
	if (!status->broken)
		status->broken = write_out(status);
	line_clear(&status->line);
}

/* ---- the pieces of a line ---- */

/* The line, with room for what is added at once. */
static struct line *room(struct status *status)
{
	if (status->line.used > LINE_MAX_LENGTH - 400)
		flush(status);
	return &status->line;
}

/* As much of a string's inside as fits below a length of the line. */
static void add_inside(struct line *line, const char **text, size_t length)
{
	char piece[13];

	while (**text && line->used + sizeof piece < length)
		line_add(line, "%s", json_escape(text, piece));
}

static void add_string(struct status *status, const char *text)
{
	if (!text) {
		line_add(room(status), "null");
		return;
	}
	line_add(room(status), "\"");
	while (*text)
		add_inside(room(status), &text, LINE_MAX_LENGTH);
	line_add(room(status), "\"");
}

static void add_start(struct status *status, const char *state)
{
	line_clear(&status->line);
	line_add(&status->line,
		 "{\"state\":\"%s\",\"format\":1,\"gyve\":\"%s\",\"kernel_table\":\"%d.%d\"", state,
		 PACKAGE_VERSION, TABLE_KERNEL_MAJOR, TABLE_KERNEL_MINOR);
}

static void add_keys(struct status *status, const struct choices *choices)
{
	line_add(room(status), ",\"sandbox\":%s", choices ? "{" : "null");
	for (unsigned key = 0; choices && key < KEY_COUNT; key++)
		line_add(room(status), "%s\"%s\":\"%s\"", key ? "," : "", key_rows[key].name,
			 value_rows[choices->value[key]].name);
	line_add(room(status), "%s", choices ? "}" : "");
}

/* ---- the filter ---- */

#define FNV_OFFSET UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* Whether an instruction compares with a word of the ticket, half by half: in arguments 3 to 5. */
static bool holds_ticket(const struct launch *launch, unsigned i)
{
	const struct sock_filter *insn = &launch->program[i];

	if (!launch->ticket || i == 0 || insn->code != (BPF_JMP | BPF_JEQ | BPF_K) ||
	    insn[-1].code != (BPF_LD | BPF_W | BPF_ABS) ||
	    insn[-1].k < offsetof(struct seccomp_data, args[3]))
		return false;
	for (unsigned word = 0; word < 3; word++)
		if (insn->k == (uint32_t)launch->ticket[word] ||
		    insn->k == (uint32_t)(launch->ticket[word] >> 32))
			return true;
	return false;
}

/*
 * FNV-1a of the filter's bytes, with 0 for the words of the ticket, which are of one launch: equal
 * policies have equal hashes. It tells policies apart and proves nothing.
 */
static uint64_t hash(const struct launch *launch)
{
	uint64_t value = FNV_OFFSET;

	for (unsigned i = 0; i < launch->length; i++) {
		struct sock_filter insn = launch->program[i];
		const unsigned char *byte = (const unsigned char *)&insn;

		if (holds_ticket(launch, i))
			insn.k = 0;
		for (unsigned j = 0; j < sizeof insn; j++)
			value = (value ^ byte[j]) * FNV_PRIME;
	}
	return value;
}

static void add_filter(struct status *status, const struct launch *launch)
{
	if (launch->program && (status->choices || status->profile))
		line_add(room(status),
			 ",\"filter\":{\"instructions\":%u,\"fnv1a64\":\"%016" PRIx64 "\"}",
			 launch->length, hash(launch));
	else
		line_add(room(status), ",\"filter\":null");
}

/* ---- Landlock ---- */

static void add_opened(struct status *status, const struct reach *reach, unsigned what)
{
	static const char *const names[] = {
		[OPENED_READ] = "read",
		[OPENED_WRITE] = "write",
		[OPENED_CONNECT] = "connect",
		[OPENED_BIND] = "bind",
	};
	unsigned count = 0;

	line_add(room(status), ",\"%s\":[", names[what]);
	for (unsigned i = 0; i < reach->opened_count; i++) {
		const struct opened *opened = &reach->opened[i];

		if (opened->what != what)
			continue;
		line_add(room(status), "%s", count++ ? "," : "");
		if (what == OPENED_READ || what == OPENED_WRITE)
			add_string(status, opened->text);
		else
			line_add(room(status), "[%u,%u]", opened->first, opened->last);
	}
	line_add(room(status), "]");
}

/* The keys that are wanted of Landlock and that it holds, or does not. */
static void add_wanted(struct status *status, const struct reach *reach,
		       const struct domain *domain, bool held)
{
	unsigned count = 0;

	for (unsigned key = 0; reach && key < KEY_COUNT; key++)
		if (reach->need[key] != NEED_NONE && domain->held[key] == held)
			line_add(room(status), "%s\"%s\"", count++ ? "," : "", key_rows[key].name);
}

static void add_domain(struct status *status, const struct reach *reach,
		       const struct domain *domain)
{
	if (domain->abi) {
		line_add(room(status), ",\"landlock\":{\"abi\":%d,\"keys\":[", domain->abi);
		add_wanted(status, reach, domain, true);
		line_add(room(status), "],\"base\":%s",
			 reach->closes_reading && reach->base ? "true" : "false");
		for (unsigned what = OPENED_READ; what <= OPENED_BIND; what++)
			add_opened(status, reach, what);
		line_add(room(status), "}");
	} else {
		line_add(room(status), ",\"landlock\":null");
	}
	line_add(room(status), ",\"degraded\":[");
	add_wanted(status, reach, domain, false);
	line_add(room(status), "]");
}

/* ---- started, failed ---- */

static bool passes(const struct launch *launch, enum call which, struct call_data *call,
		   struct error *error)
{
	enum abi native = syscalls_native_abi();
	struct call_words words;
	uint32_t action;

	call->arch = abi_rows[native].arch;
	if (!syscalls_number(native, which, &call->nr))
		return true;
	words = verdict_words(call, abi_rows[native].endian);
	action = verdict_run(launch->program, &words, NULL) & SECCOMP_RET_ACTION_FULL;
	if (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG)
		return true;
	return diag_set(error, EXIT_GYVE,
			"--status-fd: the profile denies %s, which it takes to tell that COMMAND "
			"cannot be executed; nothing was started",
			call_rows[which].name);
}

/* What status_failed calls once the filter is loaded. */
bool status_can_fail(const struct status *status, const struct launch *launch, struct error *error)
{
	struct call_data write = { 0 }, sigaction = { .args = { SIGPIPE, 1, 0, 8 } };

	if (!status)
		return true;
	write.args[0] = (uint64_t)status->fd;
	write.args[1] = (uintptr_t)status->line.text;
	write.args[2] = LINE_MAX_LENGTH;
	return passes(launch, CALL_write, &write, error) &&
	       passes(launch, CALL_rt_sigaction, &sigaction, error);
}

bool status_started(struct status *status, const struct launch *launch, const struct domain *domain,
		    struct error *error)
{
	struct sigaction before;

	if (!status)
		return true;
	if (!ignore_sigpipe(&before))
		return diag_errno(error, EXIT_GYVE, errno, "cannot ignore SIGPIPE (sigaction)");
	add_start(status, "started");
	line_add(room(status), ",\"mode\":\"%s\",\"pid\":%d,\"command\":",
		 status->mode == OPTION_LAUNCH ? "launch" : option_rows[status->mode].name,
		 getpid());
	add_string(status, launch->search.path);
	add_keys(status, status->choices);
	line_add(room(status), ",\"profile\":");
	add_string(status, status->profile);
	add_filter(status, launch);
	add_domain(status, launch->reach, domain);
	line_add(room(status), ",\"no_new_privs\":%s}\n",
		 prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "true" : "false");
	flush(status);
	sigaction(SIGPIPE, &before, NULL);
	if (status->broken)
		return diag_errno(error, EXIT_GYVE, status->broken,
				  "--status-fd: cannot write to descriptor %d; nothing was started",
				  status->fd);
	status->has_room = true;
	return true;
}

/* In one piece: a message that is too long for it is cut. */
void status_failed(struct status *status, const struct error *error)
{
	const char *text = error->text;
	struct sigaction before;

	if (!status || status->fd < 0 || status->broken || !ignore_sigpipe(&before) ||
	    (!status->has_room && await_room(status) != 0))
		return;
	add_start(status, "failed");
	line_add(&status->line, ",\"status\":%d,\"message\":\"", error->status);
	add_inside(&status->line, &text, LINE_MAX_LENGTH - 10);
	line_add(&status->line, "\"}\n");
	if (write(status->fd, status->line.text, status->line.used) < 0)
		return;
}
