/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table: many runs of helpers/try, each held against what it should give.
 *
 *   table [WRAPPER [ARG...]] < LINES
 *
 * A line is "SPEC OUTCOME CALL [ARG...]": under "gyve -sandbox SPEC" the call comes to OUTCOME,
 * which is what try prints last with "_" for a space, or "killed" (by SIGSYS, nothing printed), or
 * several such with "|" between them. SPEC "none" is a run without gyve; what follows a ";" in it
 * are further options of gyve, one behind each. "@NAME" in the place of CALL is another helper than
 * try. WRAPPER is put in front of each command. Empty lines and comments ("#" first) are skipped,
 * and so are lines on a call that this machine's ABI lacks. gyve and the helpers are found by $GYVE
 * and $GYVE_HELPERS. Prints a line for each difference; status 1 when there is one or when no line
 * was left. Much faster than the same in a shell.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORDS 60
#define LINE_MAX_LENGTH 4000

#define NO_SUCH_CALL 3 /* try's status */

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

/* A warning of gyve's stands before it. */
static void keep_last_line(char *out)
{
	char *last;

	for (size_t end = strlen(out); end > 0 && out[end - 1] == '\n'; end--)
		out[end - 1] = '\0';
	last = strrchr(out, '\n');
	if (last)
		memmove(out, last + 1, strlen(last + 1) + 1);
}

/* Returns the wait status. */
static int run(struct words *command, char *out, size_t size)
{
	int pipefd[2], status;
	static const char warning[] = "gyve: warning: ";
	size_t used = 0;
	bool silent;
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
	keep_last_line(out);
	silent = used == 0 || strncmp(out, warning, sizeof warning - 1) == 0;
	for (char *at = out; *at; at++)
		if (*at == ' ')
			*at = '_';
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS && silent)
		snprintf(out, size, "killed");
	else if (status != 0)
		snprintf(out, size, "wait status %#x", (unsigned)status);
	return status;
}

/* Whether an outcome is one of those wanted, "ok|EPERM". */
static bool is_wanted(const char *wanted, const char *outcome)
{
	size_t length = strlen(outcome);

	while (strncmp(wanted, outcome, length) != 0 ||
	       (wanted[length] != '|' && wanted[length] != '\0')) {
		wanted = strchr(wanted, '|');
		if (!wanted)
			return false;
		wanted++;
	}
	return true;
}

static void append_gyve(struct words *command, char *spec)
{
	char *save = NULL, *option;

	append(command, getenv("GYVE"));
	append(command, "-sandbox");
	append(command, strtok_r(spec, ";", &save));
	while ((option = strtok_r(NULL, ";", &save)) != NULL)
		append(command, option);
	append(command, "--");
}

enum judgement { HOLDS, DIFFERS, NO_CALL };

static enum judgement judge(char *text, const struct words *wrapper)
{
	char copy[LINE_MAX_LENGTH], program[4096], outcome[256], *save = NULL, *spec, *wanted,
								 *word;
	struct words command = *wrapper;
	int status;

	snprintf(copy, sizeof copy, "%s", text);
	spec = strtok_r(text, " \t", &save);
	wanted = strtok_r(NULL, " \t", &save);
	if (!wanted) {
		fprintf(stderr, "table: not a line: %s\n", copy);
		exit(2);
	}
	if (strcmp(spec, "none") != 0)
		append_gyve(&command, spec);
	word = strtok_r(NULL, " \t", &save);
	snprintf(program, sizeof program, "%s/%s", getenv("GYVE_HELPERS"),
		 word && *word == '@' ? word + 1 : "try");
	append(&command, program);
	if (word && *word != '@')
		append(&command, word);
	while ((word = strtok_r(NULL, " \t", &save)) != NULL)
		append(&command, word);
	status = run(&command, outcome, sizeof outcome);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SUCH_CALL)
		return NO_CALL;
	if (is_wanted(wanted, outcome))
		return HOLDS;
	printf("%s\n    gives %s\n", copy, outcome);
	fflush(stdout);
	return DIFFERS;
}

int main(int argc, char **argv)
{
	struct words wrapper = { .count = 0 };
	unsigned count[NO_CALL + 1] = { 0 };
	char text[LINE_MAX_LENGTH];

	if (!getenv("GYVE") || !getenv("GYVE_HELPERS")) {
		fprintf(stderr, "table: GYVE and GYVE_HELPERS must be set\n");
		return 2;
	}
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
