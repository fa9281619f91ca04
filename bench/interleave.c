/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interleave: times whole commands, from spawn to wait, in interleaved rounds.
 *
 *   interleave [-n ROUNDS] [-b BASE] NAME COMMAND... , NAME COMMAND... , ...
 *
 * Each round starts every command once, in an order drawn anew, since a command runs faster after
 * one that leaves the caches warm. Ratios are taken within the round: on a busy or virtual machine
 * the speed drifts by more than the differences that matter, and drift hits all commands of a round
 * alike. (hyperfine runs one command to the end before it starts the next.)
 *
 * Prints how many rounds there were and how busy the machine was with other things, which is 0 on
 * an idle one; then a line for each command: name, median time in microseconds, its quartiles,
 * median ratio to the first command and to that named BASE; the time that a processor worked for
 * it, without waiting for its turn on a busy machine, and that ratio to the first; peak resident
 * size in KiB, page faults that read nothing (the least seen, for COMMAND itself); tab separated,
 * with a heading. Commands run with standard output on /dev/null. A command that does not exit with
 * 0 ends the run.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COMMANDS 64

extern char **environ;

struct command {
	const char *name;
	char **argv;
	double *times;	/* microseconds, by round */
	double *cpu;	/* of which the processor worked for it, by round */
	double *ratios; /* scratch */
	long peak;	/* KiB, the largest seen */
	long faults;	/* minor ones, the least seen */
};

static void die(const char *what, const char *on, int number)
{
	fprintf(stderr, "interleave: %s '%s': %s\n", what, on, strerror(number));
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* A small generator (xorshift): the same orders in each run. */
static unsigned draw(unsigned below)
{
	static unsigned state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

static void shuffle(unsigned *order, unsigned count)
{
	for (unsigned i = count; i > 1; i--) {
		unsigned j = draw(i), swap = order[i - 1];

		order[i - 1] = order[j];
		order[j] = swap;
	}
}

/* Seconds of processor time that the whole machine has spent working (proc_stat(5)), or -1. */
static double machine_busy(void)
{
	unsigned long long user, nice, system, idle, wait, irq, softirq;
	FILE *stat = fopen("/proc/stat", "re");
	int got = stat ? fscanf(stat, "cpu %llu %llu %llu %llu %llu %llu %llu", &user, &nice,
				&system, &idle, &wait, &irq, &softirq)
		       : 0;

	if (stat)
		fclose(stat);
	return got == 7 ? (double)(user + nice + system + irq + softirq) /
				  (double)sysconf(_SC_CLK_TCK)
			: -1;
}

static double microseconds(struct timeval t)
{
	return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

static double run_once(struct command *command, posix_spawn_file_actions_t *actions, double *cpu)
{
	struct rusage usage;
	double start = now(), end;
	int status, error;
	pid_t child;

	error = posix_spawnp(&child, command->argv[0], actions, NULL, command->argv, environ);
	if (error)
		die("cannot start", command->name, error);
	while (wait4(child, &status, 0, &usage) < 0)
		if (errno != EINTR)
			die("cannot wait for", command->name, errno);
	end = now();
	if (status != 0) {
		fprintf(stderr, "interleave: '%s' failed: wait status %#x\n", command->name,
			status);
		exit(1);
	}
	if (usage.ru_maxrss > command->peak)
		command->peak = usage.ru_maxrss;
	if (command->faults == 0 || usage.ru_minflt < command->faults)
		command->faults = usage.ru_minflt;
	*cpu = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
	return end - start;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
	qsort(values, count, sizeof *values, compare);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* The value below which that part of them lies; for sorted values. */
static double quantile(const double *values, unsigned count, double part)
{
	return values[(unsigned)((double)(count - 1) * part + 0.5)];
}

static double median_ratio(struct command *command, const double *of, const double *base,
			   unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++)
		command->ratios[i] = of[i] / base[i];
	return median(command->ratios, rounds);
}

static double median_of(struct command *command, const double *of, unsigned rounds)
{
	memcpy(command->ratios, of, rounds * sizeof *of);
	return median(command->ratios, rounds);
}

/* Splits the arguments at ","; what remains of argv is the commands' own. */
static unsigned split(char **argv, struct command *commands, unsigned rounds)
{
	unsigned count = 0;

	while (*argv) {
		struct command *command = &commands[count];

		if (count == MAX_COMMANDS || !argv[1])
			die("too many commands, or none after", *argv, EINVAL);
		count++;
		command->name = *argv++;
		command->argv = argv;
		command->times = calloc(rounds, sizeof(double));
		command->cpu = calloc(rounds, sizeof(double));
		command->ratios = calloc(rounds, sizeof(double));
		if (!command->times || !command->cpu || !command->ratios)
			die("no memory for", command->name, ENOMEM);
		while (*argv && strcmp(*argv, ",") != 0)
			argv++;
		if (*argv)
			*argv++ = NULL;
	}
	return count;
}

static void print_table(struct command *commands, unsigned count, unsigned rounds, const char *base)
{
	const struct command *reference = &commands[0];

	for (unsigned i = 0; i < count; i++)
		if (base && strcmp(commands[i].name, base) == 0)
			reference = &commands[i];
	printf("command\tmedian us\tquartiles\t/ %s\t/ %s\tcpu us\t/ %s\tpeak KiB\tfaults\n",
	       commands[0].name, reference->name, commands[0].name);
	for (unsigned i = 0; i < count; i++) {
		struct command *c = &commands[i];

		printf("%s\t%.0f\t", c->name, median_of(c, c->times, rounds));
		printf("%.0f-%.0f\t", quantile(c->ratios, rounds, 0.25),
		       quantile(c->ratios, rounds, 0.75));
		printf("%.2f\t%.2f\t%.0f\t%.2f\t%ld\t%ld\n",
		       median_ratio(c, c->times, commands[0].times, rounds),
		       median_ratio(c, c->times, reference->times, rounds),
		       median_of(c, c->cpu, rounds),
		       median_ratio(c, c->cpu, commands[0].cpu, rounds), c->peak, c->faults);
	}
}

static double own_seconds(void)
{
	struct rusage self, children;

	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	return (microseconds(self.ru_utime) + microseconds(self.ru_stime) +
		microseconds(children.ru_utime) + microseconds(children.ru_stime)) /
	       1e6;
}

static void run_rounds(struct command *commands, unsigned count, unsigned rounds,
		       posix_spawn_file_actions_t *actions)
{
	unsigned order[MAX_COMMANDS];
	double began = now(), busy = machine_busy(), own = own_seconds(), other;

	for (unsigned i = 0; i < count; i++)
		order[i] = i;
	for (unsigned round = 0; round < rounds; round++) {
		shuffle(order, count);
		for (unsigned i = 0; i < count; i++) {
			struct command *c = &commands[order[i]];

			c->times[round] = run_once(c, actions, &c->cpu[round]);
		}
	}
	other = machine_busy() - busy - (own_seconds() - own);
	printf("%u rounds in an order drawn for each", rounds);
	if (busy >= 0)
		printf("; other things kept the machine busy for %.0f %% of one processor",
		       other > 0 ? 100 * other / ((now() - began) / 1e6) : 0);
	printf("\n");
}

int main(int argc, char **argv)
{
	static struct command commands[MAX_COMMANDS];
	posix_spawn_file_actions_t actions;
	const char *base = NULL;
	unsigned rounds = 300, count;
	double ignored;
	int option;

	while ((option = getopt(argc, argv, "+n:b:")) != -1) {
		if (option == 'n')
			rounds = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'b')
			base = optarg;
		else
			return 2;
	}
	if (rounds == 0 || optind == argc) {
		fprintf(stderr, "usage: interleave [-n ROUNDS] [-b BASE] NAME COMMAND... , ...\n");
		return 2;
	}
	count = split(argv + optind, commands, rounds);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	for (unsigned i = 0; i < count; i++) /* once unmeasured: page cache, dentries */
		run_once(&commands[i], &actions, &ignored);
	run_rounds(commands, count, rounds, &actions);
	print_table(commands, count, rounds, base);
	return 0;
}
