/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table: many runs of helpers/try, each held against what it should give.
 *
 *   table [WRAPPER [ARG...]] < LINES
 *
 * A line is "SPEC OUTCOME CALL [ARG...]": under "gyve -sandbox SPEC" the call comes to OUTCOME,
 * which is what try prints with "_" for a space, or "killed" (by SIGSYS, nothing printed). SPEC
 * "none" is a run without gyve. WRAPPER is put in front of each command. Empty lines and comments
 * ("#" first) are skipped, and so are lines on a call that this machine's ABI lacks. gyve and try
 * are found by $GYVE and $GYVE_HELPERS. Prints a line for each difference; status 1 when there is
 * one or when no line was left. Much faster than the same in a shell.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORDS 40

#define NO_SUCH_CALL 3 /* try's status */

static char try_path[4096];

struct words {
	char *word[MAX_WORDS];
	unsigned count;
};

static void append(struct words *words, const char *word)
{
	if (words->count == MAX_WORDS - 1) {
		fprintf(stderr, "table: too many words\n");
		exit(2);
	}
	words->word[words->count++] = (char *)word;
	words->word[words->count] = NULL;
}

/* Returns the wait status. */
static int run(struct words *command, char *out, size_t size)
{
	int pipefd[2], status;
	size_t used = 0;
	ssize_t got;
	pid_t child;

	if (pipe(pipefd) < 0 || (child = fork()) < 0) {
		perror("table");
		exit(2);
	}
	if (child == 0) {
		dup2(pipefd[1], STDOUT_FILENO);
		dup2(pipefd[1], STDERR_FILENO);
		close(pipefd[0]);
		close(pipefd[1]);
		for (int fd = 3; fd < 256; fd++)
			close(fd); /* what the harness has open would cost warnings */
		execvp(command->word[0], command->word);
		_exit(123);
	}
	close(pipefd[1]);
	while (used < size - 1 && (got = read(pipefd[0], out + used, size - 1 - used)) > 0)
		used += (size_t)got;
	close(pipefd[0]);
	waitpid(child, &status, 0);
	out[used] = '\0';
	out[strcspn(out, "\n")] = '\0';
	for (char *at = out; *at; at++)
		if (*at == ' ')
			*at = '_';
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS && used == 0)
		snprintf(out, size, "killed");
	else if (status != 0)
		snprintf(out, size, "wait status %#x", (unsigned)status);
	return status;
}

enum judgement { HOLDS, DIFFERS, NO_CALL };

static enum judgement judge(char *text, const struct words *wrapper)
{
	char copy[400], outcome[256], *save = NULL, *spec, *wanted, *word;
	struct words command = *wrapper;
	int status;

	snprintf(copy, sizeof copy, "%s", text);
	spec = strtok_r(text, " \t", &save);
	wanted = strtok_r(NULL, " \t", &save);
	if (!wanted) {
		fprintf(stderr, "table: not a line: %s\n", copy);
		exit(2);
	}
	if (strcmp(spec, "none") != 0) {
		append(&command, getenv("GYVE"));
		append(&command, "-sandbox");
		append(&command, spec);
		append(&command, "--");
	}
	append(&command, try_path);
	while ((word = strtok_r(NULL, " \t", &save)) != NULL)
		append(&command, word);
	status = run(&command, outcome, sizeof outcome);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SUCH_CALL)
		return NO_CALL;
	if (strcmp(outcome, wanted) == 0)
		return HOLDS;
	printf("%s\n    gives %s\n", copy, outcome);
	fflush(stdout);
	return DIFFERS;
}

int main(int argc, char **argv)
{
	struct words wrapper = { .count = 0 };
	unsigned count[NO_CALL + 1] = { 0 };
	char text[400];

	if (!getenv("GYVE") || !getenv("GYVE_HELPERS")) {
		fprintf(stderr, "table: GYVE and GYVE_HELPERS must be set\n");
		return 2;
	}
	snprintf(try_path, sizeof try_path, "%s/try", getenv("GYVE_HELPERS"));
	for (int i = 1; i < argc; i++)
		append(&wrapper, argv[i]);
	while (fgets(text, sizeof text, stdin)) {
		text[strcspn(text, "\n")] = '\0';
		if (text[strspn(text, " \t")] == '\0' || text[0] == '#')
			continue;
		count[judge(text, &wrapper)]++;
	}
	if (count[HOLDS] + count[DIFFERS] == 0)
		printf("no lines, but %u on calls that are not here\n", count[NO_CALL]);
	return count[HOLDS] == 0 || count[DIFFERS] != 0;
}
