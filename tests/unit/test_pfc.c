/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pseudo filter code, read and run: it answers as the bytes do that it was printed from. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/filter.h"
#include "bpf/pfc.h"
#include "proof.h"

#define MAX_LINES 20000

static struct policy policy;
static struct filter filter;
static uint64_t random_state = 3;

static struct line {
	unsigned level;
	char text[60];
} lines[MAX_LINES];
static unsigned line_count;

static bool read_lines(FILE *file)
{
	char text[200];

	line_count = 0;
	rewind(file);
	while (fgets(text, sizeof text, file)) {
		size_t spaces = strspn(text, " ");

		text[strcspn(text, "\n")] = '\0';
		if (text[spaces] == '#')
			continue;
		if (line_count == MAX_LINES || spaces % 2 || strlen(text + spaces) >= 60)
			return false;
		lines[line_count].level = (unsigned)spaces / 2;
		strcpy(lines[line_count++].text, text + spaces);
	}
	return true;
}

static bool print(const struct sock_filter *program, unsigned length, enum endian endian)
{
	struct error error = { 0 };
	FILE *file = tmpfile();
	bool ok = file && pfc_print(program, length, endian, file, &error) && read_lines(file);

	if (error.text[0])
		printf("# %s\n", error.text);
	if (file)
		fclose(file);
	return ok;
}

/* "$a1.lo32 & 0x0000000f == 1)" of a call. */
static bool holds(const char *text, const struct call_data *call)
{
	const char *dot = strchr(text, '.'), *mask = strchr(text, '&');
	uint64_t value = text[1] == 's'			  ? call->nr
			 : strncmp(text, "$arch", 5) == 0 ? call->arch
							  : call->args[text[2] - '0'];
	uint32_t half, right;

	half = (uint32_t)(dot && dot[1] == 'h' ? value >> 32 : value);
	if (mask)
		half &= (uint32_t)strtoul(mask + 2, NULL, 16);
	text = strpbrk(text, "=<>");
	right = (uint32_t)strtoul(text + strspn(text, "=<> "), NULL, 10);
	if (*text == '=')
		return half == right;
	return text[1] == '=' ? half >= right : half > right;
}

static unsigned find_label(const char *number)
{
	unsigned i = 0;
	size_t size = strcspn(number, ";");

	while (i < line_count && !(strncmp(lines[i].text, number, size) == 0 &&
				   strcmp(lines[i].text + size, ":") == 0))
		i++;
	return i;
}

/* What follows "action " on the line where the text ends for a call; NULL: it does not end. */
static const char *run(const struct call_data *call)
{
	unsigned at = 0;

	for (unsigned steps = 0; at < line_count && steps < MAX_LINES; steps++) {
		const struct line *line = &lines[at++];

		if (strncmp(line->text, "action ", 7) == 0)
			return line->text + 7;
		if (strncmp(line->text, "goto ", 5) == 0)
			at = find_label(line->text + 5);
		else if (strncmp(line->text, "if (", 4) == 0 && !holds(line->text + 4, call)) {
			while (at < line_count && lines[at].level > line->level)
				at++;
			at += at < line_count && strncmp(lines[at].text, "else", 4) == 0;
		}
	}
	return NULL;
}

static const char *words(uint32_t action, char text[static 32])
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO: snprintf(text, 32, "ERRNO(%u);", action & 0xffff); break;
	case SECCOMP_RET_ALLOW: return "ALLOW;";
	case SECCOMP_RET_KILL_PROCESS: return "KILL_PROCESS;";
	case SECCOMP_RET_KILL_THREAD: return "KILL;";
	case SECCOMP_RET_TRACE: snprintf(text, 32, "TRACE(%u);", action & 0xffff); break;
	default: snprintf(text, 32, "TRAP;");
	}
	return text;
}

static struct call_data some_call(unsigned n)
{
	const struct policy_rule *rule = &policy.rules[n % policy.count];
	const struct policy_abi *abi = &policy.abis[n / policy.count % policy.abi_count];
	struct call_data call = { .nr = rule->first, .arch = abi_rows[abi->abi].arch };

	if (n % 4 == 0)
		call.nr = (uint32_t)proof_random(&random_state) % 1024;
	if (n % 64 == 0)
		call.arch ^= 1;
	for (unsigned i = 0; i < 6; i++)
		call.args[i] = proof_argument(rule, &random_state);
	return call;
}

static void test_policy(const char *spec, enum abi native)
{
	struct error error = { 0 };
	enum endian endian = abi_rows[native].endian;
	unsigned differences = 0;
	bool ok = proof_policy(spec, native, &policy, &error) &&
		  filter_compile(&filter, &policy, &error) &&
		  print(filter.program, filter.length, endian);

	for (unsigned n = 0; n < 20000 && ok; n++) {
		struct call_data call = some_call(n);
		struct call_words at = verdict_words(&call, endian);
		uint32_t action = verdict_run(filter.program, &at, NULL);
		const char *found = run(&call);
		char text[32];

		if ((!found || strcmp(found, words(action, text)) != 0) && differences++ < 3)
			printf("# nr %u args %#" PRIx64 " %#" PRIx64 ": %s, not %s\n", call.nr,
			       call.args[0], call.args[1], found ? found : "no end",
			       words(action, text));
	}
	tap_check(ok && differences == 0, "%s, %s: %u lines answer as %u instructions do%s", spec,
		  abi_rows[native].name, line_count, filter.length, error.text);
}

#define LOAD(offset)                                   \
	{                                              \
		BPF_LD | BPF_W | BPF_ABS, 0, 0, offset \
	}
#define RETURN(value)                        \
	{                                    \
		BPF_RET | BPF_K, 0, 0, value \
	}

/* 5 is reached by two ways with argument 0 in A; if "mixed" by one of them with argument 1. */
static void test_ways(bool mixed)
{
	struct sock_filter program[] = {
		LOAD(0),
		{ BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 7 },
		LOAD(mixed ? 24 : 16),
		{ BPF_JMP | BPF_JA, 0, 0, 1 },
		LOAD(16),
		{ BPF_JMP | BPF_JGT | BPF_K, 0, 1, 9 },
		RETURN(SECCOMP_RET_KILL_THREAD),
		RETURN(SECCOMP_RET_TRACE | 3),
	};
	struct call_data call = { .nr = 8, .args = { 10 } };
	bool ok = print(program, sizeof program / sizeof program[0], ENDIAN_LITTLE);

	if (mixed) {
		tap_check(!ok, "one comparison of two words is refused");
		return;
	}
	ok = ok && strcmp(run(&call), "KILL;") == 0;
	call.nr = 7;
	ok = ok && strcmp(run(&call), "KILL;") == 0;
	call.args[0] = 9;
	tap_check(ok && strcmp(run(&call), "TRACE(3);") == 0 && find_label("5;") < line_count,
		  "a comparison that two ways lead to is written once");
}

static void test_arithmetic(void)
{
	struct sock_filter program[] = { LOAD(0),
					 { BPF_ALU | BPF_ADD | BPF_K, 0, 0, 1 },
					 { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW } };

	tap_check(!print(program, 3, ENDIAN_LITTLE), "arithmetic is refused");
}

int main(void)
{
	static const char *const specs[] = { "on", "strict", "strict,abi=all,action=trap",
					     "on,network=ports,files=read", "strict,compat=qemu" };
	static const enum abi abis[] = { ABI_X86_64, ABI_AARCH64, ABI_S390X, ABI_ARM };

	for (unsigned i = 0; i < sizeof specs / sizeof specs[0]; i++)
		for (unsigned j = 0; j < sizeof abis / sizeof abis[0]; j++)
			test_policy(specs[i], abis[j]);
	test_ways(false);
	test_ways(true);
	test_arithmetic();
	return tap_done();
}
