/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "whole_libseccomp.h"

struct loader {
	scmp_filter_ctx ctx;
	struct runc *runc;
	uint32_t fallback;
};

static uint64_t number(const struct json *object, const char *name, uint64_t otherwise)
{
	const struct json *value = json_member(object, name);
	uint64_t found = otherwise;

	if (json_kind(value) == JSON_INTEGER)
		json_unsigned(value, &found);
	return found;
}

static uint32_t action(const struct json *object, const char *name, const char *errno_name)
{
	const char *text = json_text(json_member(object, name));
	uint64_t data = number(object, errno_name, EPERM) & 0xffff;
	const struct {
		const char *name;
		uint32_t action;
	} actions[] = {
		{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD },
		{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
		{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
		{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(data) },
		{ "SCMP_ACT_LOG", SCMP_ACT_LOG },
		{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
	};

	for (unsigned i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (strcmp(actions[i].name, text) == 0)
			return actions[i].action;
	fprintf(stderr, "runc: no action %s\n", text);
	exit(1);
}

static enum scmp_compare operator(const struct json *arg)
{
	static const char *const names[] = {
		[SCMP_CMP_NE] = "NE", [SCMP_CMP_LT] = "LT", [SCMP_CMP_LE] = "LE",
		[SCMP_CMP_EQ] = "EQ", [SCMP_CMP_GE] = "GE", [SCMP_CMP_GT] = "GT",
		[SCMP_CMP_MASKED_EQ] = "MASKED_EQ",
	};
	const char *text = json_text(json_member(arg, "op")) + strlen("SCMP_CMP_");

	for (unsigned i = 1; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	fprintf(stderr, "runc: no operator %s\n", text);
	exit(1);
}

/* Two comparisons of one argument make a rule of each. */
static int add_rules(const struct loader *l, uint32_t act, int nr, const struct json *args)
{
	struct scmp_arg_cmp list[16];
	unsigned count = 0, seen = 0;
	bool apart = false;
	int result = 0;

	for (const struct json *arg = args ? json_first(args) : NULL; arg && count < 16;
	     arg = json_next(arg)) {
		list[count] =
			(struct scmp_arg_cmp){ (unsigned)number(arg, "index", 0), operator(arg),
					       number(arg, "value", 0),
					       number(arg, "valueTwo", 0) };
		apart |= seen >> list[count].arg & 1;
		seen |= 1u << list[count++].arg;
	}
	if (!apart)
		return seccomp_rule_add_array(l->ctx, act, nr, count, list);
	for (unsigned i = 0; i < count && result == 0; i++)
		result = seccomp_rule_add_array(l->ctx, act, nr, 1, &list[i]);
	return result;
}

static int add_name(const struct loader *l, const struct json *entry, const char *name)
{
	uint32_t act = action(entry, "action", "errnoRet");
	int nr = seccomp_syscall_resolve_name(name);

	for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
		int there = seccomp_syscall_resolve_name_arch(abi_rows[abi].arch, name);

		if (abi != ABI_X32 && there > (int)l->runc->highest[abi])
			l->runc->highest[abi] = (uint32_t)there;
	}
	if (act == l->fallback || nr == __NR_SCMP_ERROR)
		return 0;
	return add_rules(l, act, nr, json_member(entry, "args"));
}

static int add_entries(const struct loader *l, const struct json *syscalls)
{
	for (const struct json *entry = json_first(syscalls); entry; entry = json_next(entry))
		for (const struct json *name = json_first(json_member(entry, "names")); name;
		     name = json_next(name)) {
			int result = add_name(l, entry, json_text(name));

			if (result < 0)
				return result;
		}
	return 0;
}

static int add_architectures(const struct loader *l, const struct json *list)
{
	for (const struct json *arch = list ? json_first(list) : NULL; arch; arch = json_next(arch))
		for (unsigned i = 0; i < oci_arch_row_count; i++) {
			int result;

			if (strcmp(oci_arch_rows[i].scmp, json_text(arch)) != 0)
				continue;
			result = seccomp_arch_add(l->ctx, abi_rows[oci_arch_rows[i].abi].arch);
			if (result < 0 && result != -EEXIST)
				return result;
		}
	return 0;
}

static int export_program(const struct loader *l)
{
	FILE *file = tmpfile();
	int result = file ? seccomp_export_bpf(l->ctx, fileno(file)) : -errno;

	if (!file)
		return result;
	rewind(file);
	if (result == 0 &&
	    fread(l->runc->program, sizeof l->runc->program[0], VERDICT_MAX_LENGTH, file) == 0)
		result = -EIO;
	fclose(file);
	return result;
}

bool runc_is_here(void)
{
	return true;
}

int runc_compile(struct runc *runc, const char *file)
{
	struct error error;
	const struct json *root = json_read(file, &error);
	struct loader l = { .runc = runc };
	int result;

	if (!root)
		return -EINVAL;
	memset(runc->highest, 0, sizeof runc->highest);
	l.fallback = action(root, "defaultAction", "defaultErrnoRet");
	runc->answers_newer = l.fallback != SCMP_ACT_ALLOW && l.fallback != SCMP_ACT_LOG &&
			      l.fallback != SCMP_ACT_ERRNO(ENOSYS);
	whole_libseccomp();
	l.ctx = seccomp_init(l.fallback);
	result = l.ctx ? add_architectures(&l, json_member(root, "architectures")) : -ENOMEM;
	if (result == 0)
		result = add_entries(&l, json_member(root, "syscalls"));
	if (result == 0)
		result = export_program(&l);
	seccomp_release(l.ctx);
	json_release(root);
	return result;
}

/* Below 0 and above these are calls that go through socketcall and ipc. */
#define NO_CALL_OF_THE_ABI (-10000)

bool runc_knows(enum abi abi, enum call call)
{
	int number = seccomp_syscall_resolve_name_arch(abi_rows[abi].arch, call_rows[call].name);

	return number != __NR_SCMP_ERROR && number > NO_CALL_OF_THE_ABI;
}

bool runc_is_newer(const struct runc *runc, enum abi abi, uint32_t nr)
{
	return runc->answers_newer && runc->highest[abi] != 0 && nr > runc->highest[abi] &&
	       !(abi == ABI_X86_64 && nr & X32_BIT);
}

uint32_t runc_answer(const struct runc *runc, enum abi abi, const struct call_data *call)
{
	struct call_words words = verdict_words(call, abi_rows[abi].endian);

	if (runc_is_newer(runc, abi, call->nr))
		return SCMP_ACT_ERRNO(ENOSYS);
	return verdict_run(runc->program, &words, NULL);
}
