/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stages: what each step of a launch takes in a process that has just started, in nanoseconds.
 *
 *   stages SPEC COMMAND
 *
 * Does what gyve does up to execve(2), with the clock read between the steps, and prints a line for
 * each: step, tab, nanoseconds. Everything is touched for the first time, as in a launch, so page
 * faults are in it.
 */
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "bpf/check.h"
#include "bpf/filter.h"
#include "run/confine.h"
#include "run/launch.h"
#include "run/probe.h"
#include "policy/build.h"
#include "policy/choices.h"

extern char **environ;

static struct policy policy;
static struct filter filter;
static struct launch launch;

static const char *names[16];
static double times[16];
static unsigned count;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void stage(const char *name)
{
	names[count] = name;
	times[count++] = now();
}

static bool run(char **argv, struct error *error)
{
	bool available;
	struct policy_facts facts = { .native = syscalls_native_abi(),
				      .kill = SECCOMP_RET_KILL_PROCESS,
				      .ids = { true, true, 1000, 1000 } };
	struct choices choices;
	enum abi abi;

	stage("");
	choices_init(&choices);
	if (!choices_parse(argv[1], &choices, error) || !choices_settle(&choices, error))
		return false;
	stage("options");
	launch.argv = argv + 2;
	launch.envp = environ;
	if (!launch_find(&launch, error))
		return false;
	stage("path search");
	if (!probe_action(SECCOMP_RET_KILL_PROCESS, &available, error) ||
	    getrandom(facts.ticket, sizeof facts.ticket, 0) < 0)
		return diag_set(error, EXIT_GYVE, "this kernel is too old to be measured");
	stage("kernel's actions, ticket");
	build_policy(&policy, &choices, &facts);
	stage("rules");
	if (!filter_compile(&filter, &policy, error))
		return false;
	stage("compilation");
	if (!check_filter(&policy, filter.program, filter.length, CHECK_LAUNCH, NULL, error))
		return false;
	stage("check");
	launch_elf_abi(&launch, &abi);
	stage("target's ABI");
	if (!launch_reset_sigsys(error))
		return false;
	stage("SIGSYS");
	launch.no_new_privs = NNP_SET;
	launch.program = filter.program;
	launch.length = filter.length;
	if (!confine_load(&launch, error))
		return false;
	stage("no_new_privs, seccomp(2)");
	return true;
}

int main(int argc, char **argv)
{
	struct error error;

	if (argc != 3 || !run(argv, &error)) {
		if (argc == 3)
			return diag_print(&error);
		fputs("usage: stages SPEC COMMAND\n", stderr);
		return 2;
	}
	for (unsigned i = 1; i < count; i++)
		printf("%s\t%.0f\n", names[i], times[i] - times[i - 1]);
	printf("instructions of the filter\t%u\n", launch.length);
	return 0;
}
