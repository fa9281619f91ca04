/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

void record_init(struct record *record)
{
	uint32_t nr;

	memset(record, 0, sizeof *record);
	record->abis[syscalls_native_abi()] = true;
	for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
		for (nr = 0; nr < POLICY_SPAN; nr++)
			record->calls[abi][nr] = CALL_COUNT;
		for (unsigned call = 0; call < CALL_COUNT; call++)
			if (syscalls_number(abi, call, &nr) && nr < POLICY_SPAN)
				record->calls[abi][nr] = (int16_t)call;
	}
}

enum call record_call_at(const struct record *record, enum abi abi, uint32_t nr)
{
	return nr < POLICY_SPAN ? (enum call)record->calls[abi][nr] : syscalls_at(abi, nr);
}

enum call record_stand_in(enum call call)
{
	return call == CALL_clone3 ? CALL_clone : call;
}

int record_arg_of(enum call call)
{
	for (unsigned i = 0; i < learned_arg_row_count; i++)
		if (learned_arg_rows[i].call == (int)call)
			return (int)i;
	return -1;
}

static void add_count(struct record *record, enum abi abi, enum call call, uint64_t count)
{
	record->counts[call] += count;
	record->seen[call] = true;
	record->abis[abi] = true;
}

static void add_to_arg(struct record_arg *arg, uint64_t value, uint64_t count)
{
	for (unsigned i = 0; i < arg->count; i++)
		if (arg->values[i].value == value) {
			arg->values[i].count += count;
			return;
		}
	if (arg->count == RECORD_MAX_VALUES)
		arg->open = true;
	else
		arg->values[arg->count++] = (struct record_value){ value, count };
}

void record_add_value(struct record *record, enum abi abi, enum call call, uint64_t value,
		      uint64_t count)
{
	int row = record_arg_of(call);

	add_count(record, abi, call, count);
	if (row >= 0)
		add_to_arg(&record->args[row], value & learned_arg_rows[row].mask, count);
}

void record_add(struct record *record, enum abi abi, enum call call, const uint64_t *args,
		uint64_t count)
{
	int row = record_arg_of(call);

	if (row >= 0 && args) {
		unsigned arg = learned_arg_rows[row].arg;

		record_add_value(record, abi, call,
				 args[arg == ARG_CLONE_FLAGS ? abi_rows[abi].clone_flags : arg],
				 count);
		return;
	}
	add_count(record, abi, call, count);
	if (row >= 0)
		record->args[row].open = true;
}

void record_warn_of_open(const struct record *record)
{
	for (unsigned i = 0; i < learned_arg_row_count; i++)
		if (record->args[i].open && record->seen[learned_arg_rows[i].call])
			diag_warn("%s was seen without its arguments, and is allowed with any",
				  call_rows[learned_arg_rows[i].call].name);
}

/* ---- writing ---- */

struct entry {
	enum call call;
	uint64_t count;
	bool has_value;
	uint64_t value;
	const char *why; /* of a call that every start needs, when it was not seen */
};

struct entries {
	unsigned count;
	struct entry list[CALL_COUNT + RECORD_MAX_ARGS * RECORD_MAX_VALUES];
};

static void add_entry(struct entries *entries, struct entry entry)
{
	entries->list[entries->count++] = entry;
}

/* Each value is an entry of its own, unless the argument is open. */
static void add_seen(struct entries *entries, const struct record *record, enum call call)
{
	int row = record_arg_of(call);

	if (row < 0 || record->args[row].open) {
		add_entry(entries, (struct entry){ .call = call, .count = record->counts[call] });
		return;
	}
	for (unsigned i = 0; i < record->args[row].count; i++)
		add_entry(entries, (struct entry){ .call = call,
						   .count = record->args[row].values[i].count,
						   .has_value = true,
						   .value = record->args[row].values[i].value });
}

static int by_count(const void *one, const void *two)
{
	const struct entry *a = one, *b = two;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	if (a->call != b->call)
		return a->call < b->call ? -1 : 1;
	return a->value < b->value ? -1 : a->value > b->value;
}

static bool exists_somewhere(const struct record *record, enum call call)
{
	uint32_t nr;

	for (unsigned abi = 0; abi < ABI_COUNT; abi++)
		if (record->abis[abi] && syscalls_number(abi, call, &nr))
			return true;
	return false;
}

static void collect(struct entries *entries, const struct record *record)
{
	entries->count = 0;
	for (unsigned call = 0; call < CALL_COUNT; call++)
		if (record->seen[call])
			add_seen(entries, record, call);
	for (unsigned i = 0; i < start_call_row_count; i++) {
		enum call call = (enum call)start_call_rows[i].call;

		if (!record->seen[call] && exists_somewhere(record, call))
			add_entry(entries,
				  (struct entry){ .call = call, .why = start_call_rows[i].why });
	}
	qsort(entries->list, entries->count, sizeof entries->list[0], by_count);
}

static void write_entry(const struct entry *entry, bool last, FILE *out)
{
	int row = record_arg_of(entry->call);

	fprintf(out, "    {\"names\": [\"%s\"], \"action\": \"SCMP_ACT_ALLOW\", ",
		call_rows[entry->call].name);
	if (entry->has_value) {
		const struct learned_arg_row *learned = &learned_arg_rows[row];

		fprintf(out,
			"\"args\": [{\"index\": %u, \"value\": %" PRIu64 ", \"valueTwo\": %" PRIu64
			", \"op\": \"SCMP_CMP_MASKED_EQ\"}], ",
			learned->arg == ARG_CLONE_FLAGS
				? abi_rows[syscalls_native_abi()].clone_flags
				: learned->arg,
			learned->mask, entry->value);
	}
	if (entry->why)
		fprintf(out, "\"comment\": \"0 calls; for %s\"}", entry->why);
	else
		fprintf(out, "\"comment\": \"%" PRIu64 " call%s\"}", entry->count,
			entry->count == 1 ? "" : "s");
	fprintf(out, "%s\n", last ? "" : ",");
}

void record_write(const struct record *record, FILE *out)
{
	static struct entries entries;
	bool comma = false;

	collect(&entries, record);
	fprintf(out,
		"{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n  \"defaultErrnoRet\": %d,\n"
		"  \"architectures\": [",
		ENOSYS);
	for (unsigned i = 0; i < oci_arch_row_count; i++)
		if (oci_arch_rows[i].abi != ABI_COUNT && record->abis[oci_arch_rows[i].abi]) {
			fprintf(out, "%s\"%s\"", comma ? ", " : "", oci_arch_rows[i].scmp);
			comma = true;
		}
	fprintf(out, "],\n  \"syscalls\": [\n");
	for (unsigned i = 0; i < entries.count; i++)
		write_entry(&entries.list[i], i + 1 == entries.count, out);
	fprintf(out, "  ]\n}\n");
}

/* ---- reading it back ---- */

static bool foreign_file(const char *file, size_t index, const char *what, struct error *error)
{
	return diag_set(error, EXIT_GYVE,
			"%.400s: syscalls[%zu]: %s, which a learned profile does not have; it can "
			"only be added to one",
			file, index, what);
}

static bool has_text(const struct json *object, const char *name, const char *text)
{
	const struct json *value = json_member(object, name);

	return json_kind(value) == JSON_STRING && strcmp(json_text(value), text) == 0;
}

/* "123 calls": the number; an entry without it counts as one call. */
static uint64_t comment_count(const struct json *entry)
{
	const struct json *comment = json_member(entry, "comment");
	uint64_t count;

	if (json_kind(comment) == JSON_STRING &&
	    sscanf(json_text(comment), "%" SCNu64 " call", &count) == 1)
		return count;
	return 1;
}

static bool number_member(const struct json *object, const char *name, uint64_t *number)
{
	const struct json *value = json_member(object, name);

	return json_kind(value) == JSON_INTEGER && json_unsigned(value, number);
}

/* The value of an entry's only argument, if it is the one that is learned, in the way it is. */
static bool read_value(const struct json *args, enum call call, uint64_t *value)
{
	const struct json *arg = json_first(args);
	int row = record_arg_of(call);
	uint64_t index, mask;

	if (json_kind(arg) != JSON_OBJECT || json_next(arg) || row < 0)
		return false;
	if (!has_text(arg, "op", "SCMP_CMP_MASKED_EQ") || !number_member(arg, "index", &index) ||
	    !number_member(arg, "value", &mask) || !number_member(arg, "valueTwo", value))
		return false;
	return mask == learned_arg_rows[row].mask &&
	       index == (learned_arg_rows[row].arg == ARG_CLONE_FLAGS
				 ? abi_rows[syscalls_native_abi()].clone_flags
				 : learned_arg_rows[row].arg);
}

static bool merge_name(struct record *record, const struct json *entry, const struct json *name,
		       const char *file, size_t index, struct error *error)
{
	enum call call =
		json_kind(name) == JSON_STRING ? syscalls_named(json_text(name)) : CALL_COUNT;
	const struct json *args = json_member(entry, "args");
	uint64_t count = comment_count(entry), value;
	enum abi native = syscalls_native_abi();

	if (call == CALL_COUNT)
		return foreign_file(file, index, "an unknown call", error);
	if (count == 0)
		return true; /* a start needs it, and will again */
	if (json_kind(args) == JSON_NULL || (json_kind(args) == JSON_ARRAY && !json_first(args))) {
		record_add(record, native, call, NULL, count);
		return true;
	}
	if (json_kind(args) != JSON_ARRAY || !read_value(args, call, &value))
		return foreign_file(file, index, "a condition on another argument", error);
	record_add_value(record, native, call, value, count);
	return true;
}

static bool merge_entry(struct record *record, const struct json *entry, const char *file,
			size_t index, struct error *error)
{
	const struct json *name,
		*names = json_kind(entry) == JSON_OBJECT ? json_member(entry, "names") : NULL;

	if (json_kind(names) != JSON_ARRAY || !has_text(entry, "action", "SCMP_ACT_ALLOW"))
		return foreign_file(file, index, "an entry that does not allow", error);
	if (json_member(entry, "includes") || json_member(entry, "excludes"))
		return foreign_file(file, index, "includes or excludes", error);
	for (name = json_first(names); name; name = json_next(name))
		if (!merge_name(record, entry, name, file, index, error))
			return false;
	return true;
}

static void merge_architectures(struct record *record, const struct json *list)
{
	const struct json *arch = json_kind(list) == JSON_ARRAY ? json_first(list) : NULL;

	for (; arch; arch = json_next(arch))
		for (unsigned j = 0; j < oci_arch_row_count; j++)
			if (oci_arch_rows[j].abi != ABI_COUNT && json_kind(arch) == JSON_STRING &&
			    strcmp(json_text(arch), oci_arch_rows[j].scmp) == 0)
				record->abis[oci_arch_rows[j].abi] = true;
}

static bool merge_root(struct record *record, const struct json *root, const char *file,
		       struct error *error)
{
	const struct json *syscalls, *entry;
	uint64_t number;
	size_t index = 0;

	syscalls = json_kind(root) == JSON_OBJECT ? json_member(root, "syscalls") : NULL;
	if (json_kind(syscalls) != JSON_ARRAY ||
	    !has_text(root, "defaultAction", "SCMP_ACT_ERRNO") ||
	    !number_member(root, "defaultErrnoRet", &number) || number != ENOSYS)
		return diag_set(error, EXIT_GYVE,
				"%.400s: not a learned profile, whose default is SCMP_ACT_ERRNO "
				"with %d; it can only be added to one",
				file, ENOSYS);
	merge_architectures(record, json_member(root, "architectures"));
	for (entry = json_first(syscalls); entry; entry = json_next(entry))
		if (!merge_entry(record, entry, file, index++, error))
			return false;
	return true;
}

bool record_merge(struct record *record, const char *file, struct error *error)
{
	const struct json *root = json_read(file, error);
	bool good;

	if (!root)
		return false;
	good = merge_root(record, root, file, error);
	json_release(root);
	return good;
}
