/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every row of rules.def on this kernel: the real call is made without the denial and with it, as
 * root and as an unprivileged user, and again as an i386 call where the kernel takes those. What is
 * to be expected stands in tests/data/rows.tsv, whose head describes it; a rule without a line
 * there fails.
 */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/policy.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct table_row {
	const char *group, *call, *condition, *action;
	enum call number_of;
} rules[] = {
#define RULE(group, rank, call, condition, action, origin, why) \
	{ #group, #call, #condition, #action, CALL_##call },
#include "tables/rules.def"
#undef RULE
};

struct line {
	unsigned number;
	char *group, *call, *condition, *spec, *arguments, *root, *user, *with;
};

static struct line lines[2 * COUNT(rules)];
static unsigned line_count;

/* The choices under which nothing but the default group is denied. */
#define OPEN "on,obsolete=allow,tty=allow,elevateprivileges=allow"

/* grp.h, which declares it, has a struct of the name of our enum group. */
extern int setgroups(size_t count, const gid_t *list);

#define NOBODY 65534

static const char *gyve, *source;
static char try_path[4096];
static bool is_root, outer_limits;

/* ---- running one call ---- */

struct probe {
	const char *spec; /* NULL: without gyve */
	bool as_i386;
	bool as_nobody;
	const struct line *line;
};

#define OUTCOME 64

static void become_nobody(void)
{
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		_exit(124);
}

static void run_child(const struct probe *probe)
{
	char *argv[20], arguments[256], *save = NULL;
	unsigned n = 0;

	if (probe->spec) {
		argv[n++] = (char *)gyve;
		argv[n++] = (char *)"-sandbox";
		argv[n++] = (char *)probe->spec;
		argv[n++] = (char *)"--";
	}
	argv[n++] = try_path;
	if (probe->as_i386)
		argv[n++] = (char *)"-i";
	argv[n++] = probe->line->call;
	snprintf(arguments, sizeof arguments, "%s", probe->line->arguments);
	if (strcmp(arguments, "-") != 0)
		for (char *word = strtok_r(arguments, " ", &save); word && n < COUNT(argv) - 1;
		     word = strtok_r(NULL, " ", &save))
			argv[n++] = word;
	argv[n] = NULL;
	setsid(); /* vhangup(2) must find no terminal of ours */
	if (probe->as_nobody)
		become_nobody();
	execv(argv[0], argv);
	_exit(123);
}

static void outcome(const struct probe *probe, char out[static OUTCOME])
{
	int pipefd[2], status;
	ssize_t size = 0, got;
	pid_t child;

	fflush(stdout);
	if (pipe(pipefd) < 0 || (child = fork()) < 0) {
		perror("test_rows");
		exit(1);
	}
	if (child == 0) {
		dup2(pipefd[1], STDOUT_FILENO);
		close(pipefd[0]);
		close(pipefd[1]);
		run_child(probe);
	}
	close(pipefd[1]);
	while (size < OUTCOME - 1 && (got = read(pipefd[0], out + size, OUTCOME - 1 - size)) > 0)
		size += got;
	close(pipefd[0]);
	waitpid(child, &status, 0);
	out[size] = '\0';
	out[strcspn(out, "\n")] = '\0';
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		strcpy(out, "killed");
	else if (WIFSIGNALED(status))
		snprintf(out, OUTCOME, "signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		snprintf(out, OUTCOME, "status %d", WEXITSTATUS(status));
}

/* ---- judging ---- */

static bool is_one_of(const char *word, const char *alternatives)
{
	size_t length = strlen(word);

	for (const char *at = alternatives; at; at = strchr(at, '|')) {
		at += *at == '|';
		if (strncmp(at, word, length) == 0 && (at[length] == '|' || at[length] == '\0'))
			return true;
	}
	return false;
}

/* An errno name or "ok": the call was made and came back. */
static bool came_back(const char *outcome_word)
{
	return strcmp(outcome_word, "ok") == 0 || outcome_word[0] == 'E';
}

enum judgement { GOOD, BAD, SAYS_NOTHING, NO_REGISTER, NOT_STARTED };

/* What is denied by more than a filter (network=ports) not every kernel can hold. */
static bool starts(const struct probe *denied)
{
	struct line line = { .call = (char *)"getpid", .arguments = (char *)"-" };
	struct probe probe = *denied;
	char out[OUTCOME];

	probe.line = &line;
	outcome(&probe, out);
	return strcmp(out, "status 125") != 0;
}

/* One identity: "expected" is its column. The i386 table differs, so there only "other" counts. */
static enum judgement judge(const struct probe *open, const struct probe *denied,
			    const char *expected, char *detail, size_t size)
{
	const char *with = open->line->with;
	bool pass = strcmp(with, "pass") == 0;
	char free_outcome[OUTCOME], outcome_with[OUTCOME];

	outcome(open, free_outcome);
	outcome(denied, outcome_with);
	snprintf(detail, size, "as %s: without the denial %s (expected %s), with it %s",
		 open->as_nobody || !is_root ? "user" : "root", free_outcome, expected,
		 outcome_with);
	if (strcmp(free_outcome, "status 3") == 0) /* try's, of an argument too wide */
		return NO_REGISTER;
	if (strcmp(outcome_with, "status 125") == 0 && !starts(denied))
		return NOT_STARTED;
	if (!came_back(free_outcome) || strcmp(outcome_with, pass ? free_outcome : with) != 0)
		return BAD;
	if (!pass && strcmp(free_outcome, with) == 0)
		return outer_limits || strcmp(with, "ENOSYS") == 0 ? SAYS_NOTHING : BAD;
	if (open->as_i386 || outer_limits || strcmp(expected, "*") == 0 ||
	    strcmp(free_outcome, "ENOSYS") == 0)
		return GOOD;
	return is_one_of(free_outcome, expected) ? GOOD : BAD;
}

static void try_line(const struct line *line, bool as_i386, bool nobody_too)
{
	static const char abi_all[] = ",abi=all";
	char what[200], detail[400] = "", spec[200];
	struct probe open = { .as_i386 = as_i386, .line = line }, denied = open;
	bool says_nothing = false, tried = false;

	snprintf(what, sizeof what, "%s%s %s, %s (%s)", as_i386 ? "i386: " : "", line->group,
		 line->call, line->spec, line->arguments);
	snprintf(spec, sizeof spec, "on%s%s%s", strcmp(line->spec, "-") ? "," : "",
		 strcmp(line->spec, "-") ? line->spec : "", as_i386 ? abi_all : "");
	denied.spec = spec;
	if (strcmp(line->group, "DEFAULT") != 0)
		open.spec = as_i386 ? OPEN ",abi=all" : OPEN;
	for (unsigned nobody = !is_root; nobody <= nobody_too; nobody++) {
		const char *expected = nobody ? line->user : line->root;

		if (strcmp(expected, "-") == 0)
			continue;
		tried = true;
		open.as_nobody = denied.as_nobody = nobody && is_root;
		switch (judge(&open, &denied, expected, detail, sizeof detail)) {
		case GOOD: break;
		case SAYS_NOTHING: says_nothing = true; break;
		case NO_REGISTER: tap_skip("needs 64-bit: registers: %s", what); return;
		case NOT_STARTED:
			tap_skip("needs landlock: this kernel cannot hold it: %s", what);
			return;
		default: tap_check(false, "%s: %s", what, detail); return;
		}
	}
	if (!tried)
		tap_skip("needs root: the kernel's own answer to a user is the same: %s", what);
	else if (says_nothing)
		tap_skip("needs other-answer: this kernel, or a filter around the tests, says the "
			 "same: %s",
			 what);
	else
		tap_check(true, "%s", what);
}

/* ---- the data ---- */

static void bad_line(unsigned number, const char *why)
{
	printf("Bail out! tests/data/rows.tsv:%u: %s\n", number, why);
	exit(1);
}

static void read_line(char *text, unsigned number)
{
	struct line *line = &lines[line_count];
	char **fields[] = { &line->group,     &line->call, &line->condition, &line->spec,
			    &line->arguments, &line->root, &line->user,	     &line->with };

	if (line_count == COUNT(lines))
		bad_line(number, "more lines than this test has room for");
	line->number = number;
	for (unsigned i = 0; i < COUNT(fields); i++) {
		*fields[i] = strsep(&text, "\t");
		if (!*fields[i] || **fields[i] == '\0')
			bad_line(number, "not eight fields");
	}
	if (text)
		bad_line(number, "more than eight fields");
	line_count++;
}

static void read_data(void)
{
	char path[4096], text[400];
	unsigned number = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/tests/data/rows.tsv", source);
	file = fopen(path, "r");
	if (!file) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		exit(1);
	}
	while (fgets(text, sizeof text, file)) {
		number++;
		text[strcspn(text, "\n")] = '\0';
		if (*text && *text != '#')
			read_line(strdup(text), number);
	}
	fclose(file);
}

static bool is_about(const struct line *line, const struct table_row *rule)
{
	return strcmp(line->group, rule->group) == 0 && strcmp(line->call, rule->call) == 0 &&
	       strcmp(line->condition, rule->condition) == 0;
}

static bool denies_as(const struct line *line, const char *action)
{
	return strcmp(line->with, strcmp(action, "KILL") == 0 ? "killed" : action) == 0;
}

/* Every rule has a line that shows its denial, and a conditional one a line that it lets pass. */
static void test_rules_have_lines(void)
{
	for (unsigned i = 0; i < COUNT(rules); i++) {
		const struct table_row *rule = &rules[i];
		bool denied = false, passes = strcmp(rule->condition, "ALWAYS") == 0 ||
					      strcmp(rule->condition, "NO_TICKET") == 0;

		for (unsigned j = 0; j < line_count; j++)
			if (is_about(&lines[j], rule)) {
				denied |= denies_as(&lines[j], rule->action);
				passes |= strcmp(lines[j].with, "pass") == 0;
			}
		if (!denied || !passes)
			tap_check(false, "rows.tsv has %s %s %s, and a line with %s", rule->group,
				  rule->call, rule->condition, denied ? "\"pass\"" : "its denial");
	}
	for (unsigned j = 0; j < line_count; j++) {
		bool known = false;

		for (unsigned i = 0; i < COUNT(rules); i++)
			known |= is_about(&lines[j], &rules[i]) &&
				 (denies_as(&lines[j], rules[i].action) ||
				  strcmp(lines[j].with, "pass") == 0);
		if (!known)
			bad_line(lines[j].number, "no row of rules.def says so");
	}
	if (tap_failed == 0)
		tap_check(true, "every row of rules.def has its lines, and every line its row");
}

/* ---- what this machine can do ---- */

static bool nobody_can_run(void)
{
	struct line line = { .call = (char *)"getpid", .arguments = (char *)"-" };
	struct probe probe = { .as_nobody = true, .line = &line, .spec = "on" };
	char out[OUTCOME];

	outcome(&probe, out);
	return strcmp(out, "ok") == 0;
}

static bool takes_i386(void)
{
	struct line line = { .call = (char *)"getpid", .arguments = (char *)"-" };
	struct probe probe = { .as_i386 = true, .line = &line };
	char out[OUTCOME];

	outcome(&probe, out);
	return strcmp(out, "ok") == 0;
}

/* A container's own filter and missing capabilities answer EPERM before the kernel does. */
static bool has_outer_limits(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	FILE *status = fopen("/proc/self/status", "r");
	char text[256];
	int mode = 0;

	while (status && fgets(text, sizeof text, status))
		sscanf(text, "Seccomp: %d", &mode);
	if (status)
		fclose(status);
	if (mode != 0)
		return true;
	return geteuid() == 0 && (syscall(SYS_capget, &header, data) < 0 ||
				  !(data[0].effective >> CAP_SYS_ADMIN & 1));
}

static bool has_call(enum abi abi, const struct line *line)
{
	uint32_t nr;

	/* The line relies on x86 refusing a bad TLS address; elsewhere it would make a thread. */
	if (syscalls_native_abi() != ABI_X86_64 && strncmp(line->arguments, "@flags", 6) == 0)
		return false;
	return syscalls_number(abi, syscalls_named(line->call), &nr);
}

int main(void)
{
	const char *helpers = getenv("GYVE_HELPERS");
	bool nobody_too;

	gyve = getenv("GYVE");
	source = getenv("GYVE_SOURCE");
	if (!gyve || !source || !helpers) {
		printf("Bail out! GYVE, GYVE_SOURCE and GYVE_HELPERS must be set\n");
		return 1;
	}
	snprintf(try_path, sizeof try_path, "%s/try", helpers);
	is_root = geteuid() == 0;
	outer_limits = has_outer_limits();
	read_data();
	test_rules_have_lines();
	nobody_too = !is_root || nobody_can_run();
	if (!nobody_too)
		tap_skip("needs build-for-nobody: a build directory that the user nobody reads");
	for (unsigned i = 0; i < line_count; i++)
		if (has_call(syscalls_native_abi(), &lines[i]))
			try_line(&lines[i], false, nobody_too);
	if (syscalls_native_abi() == ABI_X86_64 && !takes_i386())
		tap_skip("needs i386-calls: the same as i386 calls");
	else if (syscalls_native_abi() == ABI_X86_64)
		for (unsigned i = 0; i < line_count; i++)
			if (has_call(ABI_I386, &lines[i]))
				try_line(&lines[i], true, nobody_too);
	return tap_done();
}
