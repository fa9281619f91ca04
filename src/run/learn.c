/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/learn.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "run/decode.h"
#include "policy/needs.h"
#include "run/process.h"

/* Kinds of calls that are shown for a key. More are counted. */
#define WITNESSES 12

/* Calls of one kind that need a key opened as far as this. */
struct witness {
	uint64_t count;
	uint32_t nr, arch;
	int8_t rank;
	bool is_setuid; /* the program that it executes, not the call, is what needs the key */
	struct process_identity caller; /* of the first */
	char call[500];
};

struct evidence {
	unsigned kinds;
	uint64_t others;
	struct witness list[WITNESSES];
};

static struct {
	bool json;
	struct output *output;
	struct needs needs;
	uint64_t count;
	bool target_gives_privileges;
	bool setuid_was_blunt; /* one was executed, but under no_new_privs, so without effect */
	struct evidence evidence[KEY_COUNT];
} learn;

void learn_choices(struct choices *choices)
{
	struct error never;

	choices_init(choices);
	choices->value[KEY_ENABLE] = VALUE_ENABLE_STRICT;
	choices->given[KEY_ENABLE] = true;
	choices_settle(choices, &never); /* without compat=qemu nothing can contradict */
}

void learn_begin(bool json, struct output *output)
{
	learn.json = json;
	learn.output = output;
	needs_init(&learn.needs);
}

/* ---- observing ---- */

/*
 * The path under /proc/TID by which this process reaches the file that the other one means.
 * false for a descriptor's own path and what does not fit.
 */
static bool find_file(const struct supervise_notice *notice, bool at, char *path, size_t size)
{
	char name[1024];
	uint64_t address = notice->call.args[at ? 1 : 0];
	int directory = at ? (int32_t)notice->call.args[0] : -100; /* AT_FDCWD */
	size_t length = decode_string(notice->tid, address, name, sizeof name);
	int used;

	if (length + 1 == sizeof name)
		return false;
	if (name[0] == '/')
		used = snprintf(path, size, "/proc/%d/root%s", notice->tid, name);
	else if (directory == -100)
		used = snprintf(path, size, "/proc/%d/cwd/%s", notice->tid, name);
	else
		used = snprintf(path, size, "/proc/%d/fd/%d%s%s", notice->tid, directory,
				length ? "/" : "", name);
	return used > 0 && (size_t)used < size;
}

static bool file_gives_privileges(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return false;
	return status.st_mode & S_ISUID ||
	       (status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) ||
	       getxattr(path, "security.capability", NULL, 0) > 0;
}

/* Whether an execve is of a file that gives privileges: set-user-ID, set-group-ID, capabilities. */
static bool gives_privileges(const struct supervise_notice *notice)
{
	enum abi abi = syscalls_abi_of(&notice->call);
	enum call call = abi == ABI_COUNT ? CALL_COUNT : syscalls_at(abi, notice->call.nr);
	char path[1100];

	if (call != CALL_execve && call != CALL_execveat)
		return false;
	return find_file(notice, call == CALL_execveat, path, sizeof path) &&
	       file_gives_privileges(path);
}

void learn_target(const char *path)
{
	static struct line line;
	struct witness *witness = &learn.evidence[KEY_ELEVATEPRIVILEGES].list[0];

	if (!file_gives_privileges(path))
		return;
	learn.needs.rank[KEY_ELEVATEPRIVILEGES] = 0;
	learn.evidence[KEY_ELEVATEPRIVILEGES].kinds = 1;
	*witness = (struct witness){ .count = 1, .is_setuid = true };
	witness->caller = (struct process_identity){ getpid(), getpid(), "gyve" };
	witness->arch = abi_rows[syscalls_native_abi()].arch;
	syscalls_number(syscalls_native_abi(), CALL_execve, &witness->nr);
	line_clear(&line);
	line_add(&line, "execve(");
	line_add_quoted(&line, path, strlen(path));
	line_add(&line, ")");
	line_copy(&line, witness->call, sizeof witness->call);
	learn.target_gives_privileges = true;
}

static void add_witness(enum key key, int8_t rank, const struct supervise_notice *notice,
			bool is_setuid)
{
	static struct line line;
	struct evidence *evidence = &learn.evidence[key];
	struct witness *witness;

	for (unsigned i = 0; i < evidence->kinds; i++) {
		witness = &evidence->list[i];
		if (witness->nr == notice->call.nr && witness->arch == notice->call.arch &&
		    witness->rank == rank && witness->is_setuid == is_setuid) {
			witness->count++;
			return;
		}
	}
	if (evidence->kinds == WITNESSES) {
		evidence->others++;
		return;
	}
	witness = &evidence->list[evidence->kinds++];
	witness->count = 1;
	witness->nr = notice->call.nr;
	witness->arch = notice->call.arch;
	witness->rank = rank;
	witness->is_setuid = is_setuid;
	process_identify(notice->tid, &witness->caller);
	line_clear(&line);
	decode_call(&notice->call, notice->tid, &line);
	line_copy(&line, witness->call, sizeof witness->call);
}

static void note(enum key key, int8_t rank, const struct supervise_notice *notice, bool is_setuid)
{
	if (learn.needs.rank[key] > rank)
		learn.needs.rank[key] = rank;
	add_witness(key, rank, notice, is_setuid);
}

/* no_new_privs of the caller (proc_pid_status(5)): set-user-ID bits have no effect then. */
static void note_setuid(const struct supervise_notice *notice)
{
	note(KEY_ELEVATEPRIVILEGES, 0, notice, true);
	if (process_has_no_new_privs(notice->tid))
		learn.setuid_was_blunt = true;
}

/* What the domain of debug=deny denies besides: to change the mount tree (landlock(7)). */
static bool is_denied_by_domain(const struct call_data *call)
{
	enum abi abi = syscalls_abi_of(call);

	if (abi == ABI_COUNT)
		return false;
	switch (syscalls_at(abi, call->nr)) {
	case CALL_fsconfig:
	case CALL_mount:
	case CALL_move_mount:
	case CALL_pivot_root:
	case CALL_umount:
	case CALL_umount2: return true;
	default: return false;
	}
}

static uint32_t decide(void *context, const struct supervise_notice *notice)
{
	struct needs needs;
	uint64_t flags;
	bool has_flags = decode_clone3_flags(&notice->call, notice->tid, &flags);

	(void)context;
	if (learn.count++ == 0 && learn.target_gives_privileges)
		learn.setuid_was_blunt = process_has_no_new_privs(notice->tid);
	needs_init(&needs);
	needs_of_call(&needs, &notice->call, has_flags ? &flags : NULL, NULL);
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (needs.rank[key] != NEEDS_NOTHING)
			note(key, needs.rank[key], notice, false);
	if (is_denied_by_domain(&notice->call))
		note(KEY_DEBUG, 0, notice, false);
	if (gives_privileges(notice))
		note_setuid(notice);
	return SECCOMP_RET_LOG; /* let through, as --learn says on standard error */
}

static void answered(void *context, const struct supervise_notice *notice,
		     const struct supervise_result *result)
{
	(void)context;
	(void)notice;
	(void)result;
}

static int tick(void *context)
{
	(void)context;
	return -1;
}

struct supervise_calls learn_calls(void)
{
	return (struct supervise_calls){ NULL, decide, answered, tick };
}

/* ---- telling ---- */

/* What no key lets through passes only where killing is replaced by logging. */
static bool needs_log(void)
{
	return learn.needs.rank[KEY_ENABLE] != NEEDS_NOTHING ||
	       learn.needs.rank[KEY_ABI] == NEEDS_IMPOSSIBLE;
}

static void add_spec(struct line *line)
{
	struct needs keys = learn.needs;
	struct choices choices;
	static struct line items;

	keys.rank[KEY_ENABLE] = NEEDS_NOTHING;
	if (keys.rank[KEY_ABI] == NEEDS_IMPOSSIBLE)
		keys.rank[KEY_ABI] = 0;
	learn_choices(&choices);
	line_clear(&items);
	needs_items(&keys, &choices, &items);
	line_add(line, "strict%s%s%s", items.used ? "," : "", items.text,
		 needs_log() ? ",action=log" : "");
}

/* The value that a key gets in the SPEC, for people. */
static const char *opened_value(enum key key)
{
	unsigned value = needs_value(key, learn.needs.rank[key]);

	if (key == KEY_ENABLE || value == VALUE_COUNT)
		return "(action=log)";
	return value_rows[value].name;
}

/* Only what opened the key as far as it had to be is evidence. */
static bool is_decisive(enum key key, const struct witness *witness)
{
	return witness->rank == learn.needs.rank[key];
}

static void tell_witness(enum key key, const struct witness *witness, bool first)
{
	static struct line line;

	line_clear(&line);
	line_add(&line, "gyve: %-18s %-13s ", first ? key_rows[key].name : "",
		 first ? opened_value(key) : "");
	line_add(&line, "%s%s, by ", witness->call,
		 witness->is_setuid ? ", which has set-user-ID, set-group-ID or capabilities" : "");
	line_add_foreign(&line, witness->caller.name, strlen(witness->caller.name));
	line_add(&line, "[%d]", witness->caller.pid);
	if (witness->count > 1)
		line_add(&line, ", the first of %" PRIu64, witness->count);
	output_write(learn.output, &line);
}

static void tell_key(enum key key)
{
	const struct evidence *evidence = &learn.evidence[key];
	bool first = true;

	for (unsigned i = 0; i < evidence->kinds; i++) {
		if (!is_decisive(key, &evidence->list[i]))
			continue;
		tell_witness(key, &evidence->list[i], first);
		first = false;
	}
}

static void tell(const char *text)
{
	static struct line line;

	line_clear(&line);
	line_add(&line, "%s", text);
	output_write(learn.output, &line);
}

static void finish_text(const struct supervise_end *end)
{
	static struct line line;
	bool any = false;

	line_clear(&line);
	line_add(&line, "gyve: learned from a run that %s %d; the tightest SPEC for it is",
		 end->by_signal ? "was killed by signal" : "ended with status", end->number);
	output_write(learn.output, &line);
	line_add(&line, "  -sandbox ");
	add_spec(&line);
	output_write(learn.output, &line);
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		if (learn.needs.rank[key] == NEEDS_NOTHING)
			continue;
		if (!any)
			tell("gyve: key                value         opened because of");
		any = true;
		tell_key(key);
	}
	if (needs_log())
		tell("gyve: note: no key allows some of these calls. action=log lets through "
		     "whatever would kill: that is next to no protection");
	if (learn.setuid_was_blunt)
		tell("gyve: note: a program that gives privileges ran without them, because of "
		     "no_new_privs: what it does with them could not be learned");
}

static void json_witness(enum key key, const struct witness *witness)
{
	static struct line line, name;

	line_clear(&line);
	line_add(&line, "{\"event\":\"opened\",\"key\":\"%s\",\"value\":\"%s\",\"count\":%" PRIu64,
		 key_rows[key].name, opened_value(key), witness->count);
	line_add(&line, ",\"pid\":%d,\"tid\":%d,\"command\":", witness->caller.pid,
		 witness->caller.tid);
	line_clear(&name);
	line_add_foreign(&name, witness->caller.name, strlen(witness->caller.name));
	line_add_json(&line, name.text);
	line_add(&line, ",\"text\":");
	line_add_json(&line, witness->call);
	line_add(&line, ",\"gives_privileges\":%s}", witness->is_setuid ? "true" : "false");
	output_write(learn.output, &line);
}

static void finish_json(const struct supervise_end *end)
{
	static struct line line;

	for (unsigned key = 0; key < KEY_COUNT; key++)
		for (unsigned i = 0; i < learn.evidence[key].kinds; i++)
			if (is_decisive(key, &learn.evidence[key].list[i]))
				json_witness(key, &learn.evidence[key].list[i]);
	line_clear(&line);
	line_add(&line, "{\"event\":\"learned\",\"sandbox\":\"");
	add_spec(&line);
	line_add(&line, "\",\"calls\":%" PRIu64 ",\"%s\":%d,\"protects\":%s,\"complete\":%s}",
		 learn.count, end->by_signal ? "signal" : "status", end->number,
		 needs_log() ? "false" : "true", learn.setuid_was_blunt ? "false" : "true");
	output_write(learn.output, &line);
}

bool learn_finish(const struct supervise_end *end)
{
	if (learn.json)
		finish_json(end);
	else
		finish_text(end);
	return output_finish(learn.output);
}
