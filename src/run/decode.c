/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/decode.h"

#include <inttypes.h>
#include <string.h>

#include "policy/remedy.h"
#include "policy/policy.h"
#include "run/process.h"

/* ---- tables ---- */

enum set {
#define SET(id, kind) SET_##id,
#define CONSTANT(...)
#include "tables/constants.def"
#undef SET
	SET_COUNT
#undef CONSTANT
};

enum set_kind { SET_ENUM, SET_FLAGS, SET_SIGNAL_FLAGS, SET_TYPE_FLAGS };

static const uint8_t set_kinds[SET_COUNT] = {
#define SET(id, kind) SET_##kind,
#define CONSTANT(...)
#include "tables/constants.def"
#undef SET
#undef CONSTANT
};

static const struct constant {
	uint64_t value;
	uint8_t set;
	const char *name;
} constants[] = {
#define SET(...)
#define CONSTANT(set, name, value) { value, SET_##set, name },
#include "tables/constants.def"
#undef SET
#undef CONSTANT
};
static const unsigned constant_count = sizeof constants / sizeof constants[0];

enum argument_kind {
	END, /* after the last argument */
	NONE,
	INT,
	HEX,
	FD,
	ID,
	POINTER,
	STRING,
	STRINGS,
	CLONE3,
	SCHED_ATTR,
	SCHED_PARAM,
	RLIMIT,
	FIRST_SET,
};

#define SET(id) (FIRST_SET + SET_##id)
static const uint8_t argument_kinds[CALL_COUNT][6] = {
#define ARGUMENTS(call, ...) [CALL_##call] = { __VA_ARGS__ },
#include "tables/arguments.def"
#undef ARGUMENTS
};
#undef SET

/* ---- values ---- */

static void add_enum(enum set set, uint64_t value, struct line *line)
{
	for (unsigned i = 0; i < constant_count; i++)
		if (constants[i].set == set && constants[i].value == value) {
			line_add(line, "%s", constants[i].name);
			return;
		}
	line_add(line, "%#" PRIx64, value);
}

/* Bits without a name follow as one number. Nothing set is 0, unless something stands before. */
static void add_flags(enum set set, uint64_t value, const char *separator, struct line *line)
{
	for (unsigned i = 0; i < constant_count; i++) {
		uint64_t flag = constants[i].value;

		if (constants[i].set != set || flag == 0 || (value & flag) != flag)
			continue;
		line_add(line, "%s%s", separator, constants[i].name);
		separator = "|";
		value &= ~flag;
	}
	if (value || !*separator)
		line_add(line, value ? "%s%#" PRIx64 : "%s0", separator, value);
}

static void add_signal_flags(enum set set, uint64_t value, struct line *line)
{
	uint64_t number = value & 0xff;

	add_flags(set, value & ~UINT64_C(0xff), "", line);
	if (number == 17)
		line_add(line, "|SIGCHLD");
	else if (number)
		line_add(line, "|%" PRIu64, number);
}

static void add_type_flags(enum set set, uint64_t value, struct line *line)
{
	add_enum(set, value & 0xf, line);
	if (value & ~UINT64_C(0xf))
		add_flags(set, value & ~UINT64_C(0xf), "|", line);
}

static void add_set(enum set set, uint64_t value, struct line *line)
{
	switch (set_kinds[set]) {
	case SET_FLAGS: add_flags(set, value, "", line); break;
	case SET_SIGNAL_FLAGS: add_signal_flags(set, value, line); break;
	case SET_TYPE_FLAGS: add_type_flags(set, value, line); break;
	default: add_enum(set, (uint32_t)value, line); /* the kernel reads an int */
	}
}

/* ---- what is behind a pointer ---- */

#define SHOWN_STRING 200
#define SHOWN_STRINGS 6

size_t decode_string(pid_t tid, uint64_t address, char *text, size_t size)
{
	size_t length = tid && address ? process_read(tid, address, text, size - 1) : 0;

	text[length] = '\0';
	return strlen(text);
}

static void add_pointer(uint64_t address, struct line *line)
{
	if (address)
		line_add(line, "%#" PRIx64, address);
	else
		line_add(line, "NULL");
}

/* An empty string is one whose first byte could be read. */
static bool add_string(pid_t tid, uint64_t address, struct line *line)
{
	char text[SHOWN_STRING + 1];
	size_t length = decode_string(tid, address, text, sizeof text);
	char first;

	if (length == 0 && (!tid || !address || process_read(tid, address, &first, 1) != 1))
		return false;
	line_add_quoted(line, text, length);
	if (length == SHOWN_STRING)
		line_add(line, "...");
	return true;
}

static bool add_strings(pid_t tid, uint64_t address, unsigned bits, struct line *line)
{
	size_t width = bits / 8;

	for (unsigned i = 0;; i++) {
		uint64_t pointer = 0;
		uint32_t narrow;
		bool got = width == 4 ? process_read(tid, address + 4 * i, &narrow, 4) == 4
				      : process_read(tid, address + 8 * i, &pointer, 8) == 8;

		if (!got && i == 0)
			return false;
		if (width == 4 && got)
			pointer = narrow;
		if (!got || !pointer)
			break;
		line_add(line, "%s", i ? ", " : "[");
		if (i == SHOWN_STRINGS) {
			line_add(line, "...");
			break;
		}
		if (!add_string(tid, pointer, line))
			add_pointer(pointer, line);
	}
	line_add(line, line->text[line->used - 1] == ' ' ? "[]" : "]");
	return true;
}

/* The start of struct clone_args (linux/sched.h): flags, pidfd, child_tid, parent_tid, signal. */
static bool add_clone_args(pid_t tid, uint64_t address, struct line *line)
{
	uint64_t words[5];

	if (process_read(tid, address, words, sizeof words) != sizeof words)
		return false;
	line_add(line, "{flags=");
	add_flags(SET_CLONE, words[0], "", line);
	line_add(line, words[4] == 17 ? ", exit_signal=SIGCHLD}" : ", exit_signal=%" PRIu64 "}",
		 words[4]);
	return true;
}

/* The start of struct sched_attr (linux/sched/types.h). */
static bool add_sched_attr(pid_t tid, uint64_t address, struct line *line)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
	} attr;

	if (process_read(tid, address, &attr, sizeof attr) != sizeof attr)
		return false;
	line_add(line, "{policy=");
	add_enum(SET_POLICY, attr.policy, line);
	line_add(line, ", nice=%" PRId32 ", priority=%" PRIu32 "}", attr.nice, attr.priority);
	return true;
}

static bool add_sched_param(pid_t tid, uint64_t address, struct line *line)
{
	int32_t priority;

	if (process_read(tid, address, &priority, sizeof priority) != sizeof priority)
		return false;
	line_add(line, "{priority=%" PRId32 "}", priority);
	return true;
}

static void add_limit(uint64_t limit, struct line *line)
{
	if (limit == UINT64_MAX)
		line_add(line, "unlimited");
	else
		line_add(line, "%" PRIu64, limit);
}

static bool add_rlimit(pid_t tid, uint64_t address, struct line *line)
{
	uint64_t limits[2];

	if (process_read(tid, address, limits, sizeof limits) != sizeof limits)
		return false;
	line_add(line, "{soft=");
	add_limit(limits[0], line);
	line_add(line, ", hard=");
	add_limit(limits[1], line);
	line_add(line, "}");
	return true;
}

static bool add_behind_pointer(enum argument_kind kind, uint64_t address, pid_t tid, unsigned bits,
			       struct line *line)
{
	if (!tid || !address)
		return false;
	switch (kind) {
	case STRING: return add_string(tid, address, line);
	case STRINGS: return add_strings(tid, address, bits, line);
	case CLONE3: return add_clone_args(tid, address, line);
	case SCHED_ATTR: return add_sched_attr(tid, address, line);
	case SCHED_PARAM: return add_sched_param(tid, address, line);
	case RLIMIT: return add_rlimit(tid, address, line);
	default: return false;
	}
}

/* ---- calls ---- */

static void add_argument(enum argument_kind kind, uint64_t value, pid_t tid, unsigned bits,
			 struct line *line)
{
	if (bits == 32)
		value = (uint32_t)value;
	switch (kind) {
	case INT: line_add(line, "%" PRId32, (int32_t)value); return;
	case HEX: line_add(line, value < 10 ? "%" PRIu64 : "%#" PRIx64, value); return;
	case FD:
		if ((int32_t)value == -100)
			line_add(line, "AT_FDCWD");
		else
			line_add(line, "%" PRId32, (int32_t)value);
		return;
	case ID:
		if ((uint32_t)value == UINT32_MAX)
			line_add(line, "-1");
		else
			line_add(line, "%" PRIu32, (uint32_t)value);
		return;
	default: break;
	}
	if (kind >= FIRST_SET)
		add_set(kind - FIRST_SET, value, line);
	else if (!add_behind_pointer(kind, value, tid, bits, line))
		add_pointer(value, line);
}

static enum call find_call(const struct call_data *call, enum abi *abi)
{
	*abi = syscalls_abi_of(call);
	return *abi == ABI_COUNT ? CALL_COUNT : syscalls_at(*abi, call->nr);
}

void decode_name(const struct call_data *call, struct line *line)
{
	enum abi abi;
	enum call name = find_call(call, &abi);

	if (name == CALL_COUNT)
		line_add(line, "call %" PRIu32, call->nr);
	else
		line_add(line, "%s", call_rows[name].name);
}

void decode_abi(const struct call_data *call, struct line *line)
{
	enum abi abi = syscalls_abi_of(call);

	if (abi == ABI_COUNT)
		line_add(line, "arch %#" PRIx32, call->arch);
	else
		line_add(line, "%s", abi_rows[abi].name);
}

void decode_call(const struct call_data *call, pid_t tid, struct line *line)
{
	static const uint8_t unknown[6] = { HEX, HEX, HEX, HEX, HEX, HEX };
	enum abi abi;
	enum call name = find_call(call, &abi);
	const uint8_t *kinds = name == CALL_COUNT ? unknown : argument_kinds[name];
	unsigned bits = abi == ABI_COUNT ? 64 : abi_rows[abi].bits;

	if (kinds[0] == END)
		kinds = unknown;
	decode_name(call, line);
	line_add(line, "(");
	for (unsigned i = 0; i < 6 && kinds[i] != END && kinds[i] != NONE; i++) {
		unsigned kind = i;

		if (name == CALL_clone && i < 2 && abi_rows[abi].clone_flags == 1)
			kind = 1 - i;
		line_add(line, "%s", i ? ", " : "");
		add_argument(kinds[kind], call->args[i], tid, bits, line);
	}
	line_add(line, ")");
}

bool decode_clone3_flags(const struct call_data *call, pid_t tid, uint64_t *flags)
{
	enum abi abi;

	if (find_call(call, &abi) != CALL_clone3)
		return false;
	return process_read(tid, call->args[0], flags, sizeof *flags) == sizeof *flags;
}
