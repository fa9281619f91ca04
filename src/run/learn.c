/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/learn.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/remedy.h"
#include "run/decode.h"
#include "run/privileges.h"
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

struct learn {
	bool json;
	const char *program; /* the launch's */
	struct output *output;
	struct line line;
	struct remedy remedy;
	uint64_t count;
	bool setuid_was_blunt; /* one was executed, but under no_new_privs, so without effect */
	struct evidence evidence[KEY_COUNT];
};

void learn_choices(struct choices *choices)
{
	struct error never;

	choices_init(choices);
	choices->value[KEY_ENABLE] = VALUE_ENABLE_STRICT;
	choices->given[KEY_ENABLE] = true;
	choices_settle(choices, &never); /* without compat=qemu nothing can contradict */
}

struct learn *learn_begin(const char *program, bool json, struct output *output,
			  struct error *error)
{
	struct learn *learn = calloc(1, sizeof *learn);

	if (!learn) {
		diag_errno(error, EXIT_GYVE, errno, "cannot learn");
		return NULL;
	}
	learn->json = json;
	learn->program = program;
	learn->output = output;
	remedy_init(&learn->remedy);
	return learn;
}

/* ---- observing ---- */

/* The witness for calls like this one, whose count is 0 if it is new; NULL: there are too many. */
static struct witness *find_witness(struct evidence *evidence, const struct call_data *call,
				    int8_t rank, bool is_setuid)
{
	struct witness *witness = evidence->list;

	for (unsigned i = 0; i < evidence->kinds; i++, witness++)
		if (witness->nr == call->nr && witness->arch == call->arch &&
		    witness->rank == rank && witness->is_setuid == is_setuid)
			return witness;
	if (evidence->kinds == WITNESSES) {
		evidence->others++;
		return NULL;
	}
	evidence->kinds++;
	*witness = (struct witness){
		.nr = call->nr,
		.arch = call->arch,
		.rank = rank,
		.is_setuid = is_setuid,
	};
	return witness;
}

static void note(struct learn *learn, enum key key, int8_t rank, const struct notification *caller,
		 bool is_setuid)
{
	struct witness *witness =
		find_witness(&learn->evidence[key], &caller->call, rank, is_setuid);
	struct line line;

	if (learn->remedy.rank[key] > rank)
		learn->remedy.rank[key] = rank;
	if (!witness || witness->count++ > 0)
		return;
	process_identify(caller->tid, &witness->caller);
	line_clear(&line);
	decode_call(&caller->call, caller->tid, &line);
	line_copy(&line, witness->call, sizeof witness->call);
}

/* no_new_privs of the caller (proc_pid_status(5)): set-user-ID bits have no effect then. */
static void note_setuid(struct learn *learn, const struct notification *caller)
{
	note(learn, KEY_ELEVATEPRIVILEGES, 0, caller, true);
	if (process_has_no_new_privs(caller->tid))
		learn->setuid_was_blunt = true;
}

/* The launch itself, whose execve asks nobody. */
static void started(void *context, pid_t target, const struct domain *domain)
{
	struct learn *learn = context;
	struct notification launch = { .tid = target };
	struct witness *witness = learn->evidence[KEY_ELEVATEPRIVILEGES].list;
	struct line line;

	(void)domain;
	if (!privileges_given(learn->program))
		return;
	launch.call.arch = abi_rows[syscalls_native_abi()].arch;
	syscalls_number(syscalls_native_abi(), CALL_execve, &launch.call.nr);
	note_setuid(learn, &launch);
	witness->caller = (struct process_identity){ getpid(), getpid(), "gyve" };
	line_clear(&line);
	line_add(&line, "execve(");
	line_add_quoted(&line, learn->program, strlen(learn->program));
	line_add(&line, ")");
	line_copy(&line, witness->call, sizeof witness->call);
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

static void see_exec(struct learn *learn, const struct notification *caller)
{
	char path[PRIVILEGES_PATH], name[PRIVILEGES_NAME];

	if (privileges_path(caller, path, name) && privileges_given(path))
		note_setuid(learn, caller);
}

static void asked(void *context, const struct asked *asked)
{
	struct learn *learn = context;
	const struct notification *caller = &asked->notification;
	struct remedy remedy;
	uint64_t flags;
	bool has_flags = decode_clone3_flags(&caller->call, caller->tid, &flags);

	learn->count++;
	remedy_init(&remedy);
	remedy_of_call(&remedy, &caller->call, has_flags ? &flags : NULL, NULL);
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (remedy.rank[key] != REMEDY_NOTHING)
			note(learn, key, remedy.rank[key], caller, false);
	if (is_denied_by_domain(&caller->call))
		note(learn, KEY_DEBUG, 0, caller, false);
	see_exec(learn, caller);
}

struct observer learn_observer(struct learn *learn)
{
	return (struct observer){ .context = learn, .started = started, .asked = asked };
}

/* ---- telling ---- */

/* What no key lets through passes only where killing is replaced by logging. */
static bool takes_log(const struct learn *learn)
{
	return learn->remedy.rank[KEY_ENABLE] != REMEDY_NOTHING ||
	       learn->remedy.rank[KEY_ABI] == REMEDY_IMPOSSIBLE;
}

static void add_spec(const struct learn *learn, struct line *line)
{
	struct remedy keys = learn->remedy;
	struct choices choices;
	struct line items;

	keys.rank[KEY_ENABLE] = REMEDY_NOTHING;
	if (keys.rank[KEY_ABI] == REMEDY_IMPOSSIBLE)
		keys.rank[KEY_ABI] = 0;
	learn_choices(&choices);
	line_clear(&items);
	remedy_items(&keys, &choices, &items);
	line_add(line, "strict%s%s%s", items.used ? "," : "", items.text,
		 takes_log(learn) ? ",action=log" : "");
}

/* The value that a key gets in the SPEC, for people. */
static const char *opened_value(const struct learn *learn, enum key key)
{
	unsigned value = remedy_value(key, learn->remedy.rank[key]);

	if (key == KEY_ENABLE || value == VALUE_COUNT)
		return "(action=log)";
	return value_rows[value].name;
}

/* Only what opened the key as far as it had to be is evidence. */
static bool is_decisive(const struct learn *learn, enum key key, const struct witness *witness)
{
	return witness->rank == learn->remedy.rank[key];
}

static void tell_witness(struct learn *learn, enum key key, const struct witness *witness,
			 bool first)
{
	struct line *line = &learn->line;

	line_clear(line);
	line_add(line, "gyve: %-18s %-13s ", first ? key_rows[key].name : "",
		 first ? opened_value(learn, key) : "");
	line_add(line, "%s%s, by ", witness->call,
		 witness->is_setuid ? ", which has set-user-ID, set-group-ID or capabilities" : "");
	line_add_word(line, witness->caller.name);
	line_add(line, "[%d]", witness->caller.pid);
	if (witness->count > 1)
		line_add(line, ", the first of %" PRIu64, witness->count);
	output_write(learn->output, line);
}

static void tell_key(struct learn *learn, enum key key)
{
	const struct evidence *evidence = &learn->evidence[key];
	bool first = true;

	for (unsigned i = 0; i < evidence->kinds; i++) {
		if (!is_decisive(learn, key, &evidence->list[i]))
			continue;
		tell_witness(learn, key, &evidence->list[i], first);
		first = false;
	}
}

static void tell(struct learn *learn, const char *text)
{
	struct line *line = &learn->line;

	line_clear(line);
	line_add(line, "%s", text);
	output_write(learn->output, line);
}

static void finish_text(struct learn *learn, const struct supervise_end *end)
{
	struct line *line = &learn->line;
	bool any = false;

	line_clear(line);
	line_add(line, "gyve: learned from a run that %s %d; the tightest SPEC for it is",
		 end->by_signal ? "was killed by signal" : "ended with status", end->number);
	output_write(learn->output, line);
	line_add(line, "  -sandbox ");
	add_spec(learn, line);
	output_write(learn->output, line);
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		if (learn->remedy.rank[key] == REMEDY_NOTHING)
			continue;
		if (!any)
			tell(learn, "gyve: key                value         opened because of");
		any = true;
		tell_key(learn, key);
	}
	if (takes_log(learn))
		tell(learn,
		     "gyve: note: no key allows some of these calls. action=log lets through "
		     "whatever would kill: that is next to no protection");
	if (learn->setuid_was_blunt)
		tell(learn,
		     "gyve: note: a program that gives privileges ran without them, because of "
		     "no_new_privs: what it does with them could not be learned");
}

static void json_witness(struct learn *learn, enum key key, const struct witness *witness)
{
	struct line *line = &learn->line, name;

	line_clear(line);
	line_add(line, "{\"event\":\"opened\",\"key\":\"%s\",\"value\":\"%s\",\"count\":%" PRIu64,
		 key_rows[key].name, opened_value(learn, key), witness->count);
	line_add(line, ",\"pid\":%d,\"tid\":%d,\"command\":", witness->caller.pid,
		 witness->caller.tid);
	line_clear(&name);
	line_add_foreign(&name, witness->caller.name, strlen(witness->caller.name));
	line_add_json(line, name.text);
	line_add(line, ",\"text\":");
	line_add_json(line, witness->call);
	line_add(line, ",\"gives_privileges\":%s}", witness->is_setuid ? "true" : "false");
	output_write(learn->output, line);
}

static void finish_json(struct learn *learn, const struct supervise_end *end)
{
	struct line *line = &learn->line;

	for (unsigned key = 0; key < KEY_COUNT; key++)
		for (unsigned i = 0; i < learn->evidence[key].kinds; i++)
			if (is_decisive(learn, key, &learn->evidence[key].list[i]))
				json_witness(learn, key, &learn->evidence[key].list[i]);
	line_clear(line);
	line_add(line, "{\"event\":\"learned\",\"sandbox\":\"");
	add_spec(learn, line);
	line_add(line, "\",\"calls\":%" PRIu64 ",\"%s\":%d,\"protects\":%s,\"complete\":%s}",
		 learn->count, end->by_signal ? "signal" : "status", end->number,
		 takes_log(learn) ? "false" : "true", learn->setuid_was_blunt ? "false" : "true");
	output_write(learn->output, line);
}

bool learn_finish(struct learn *learn, const struct supervise_end *end)
{
	if (learn->json)
		finish_json(learn, end);
	else
		finish_text(learn, end);
	return output_finish(learn->output);
}
