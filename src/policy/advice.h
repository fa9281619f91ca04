/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a next run could be given: the command line of this one, with the keys opened that it needs.
 * It is made so that a shell takes it as it stands.
 */
#ifndef GYVE_ADVICE_H
#define GYVE_ADVICE_H

#include <stdio.h>

#include "policy/remedy.h"
#include "policy/request.h"

struct advice {
	const struct request *request;
	enum option_id mode;	/* of the command line: OPTION_LAUNCH for a plain launch */
	struct choices choices; /* what the next run starts from */
	bool is_closed;		/* by them; else by a profile alone, and -sandbox is left out */
	struct remedy remedy;	/* what it takes besides */
	bool has_privileges;	/* elevateprivileges=allow was not written out */
	unsigned opened_count;
	struct repeated *opened; /* options that open a path or a port besides */
};

/*
 * Nothing is advised yet. The request must outlive it; choices are what the SPEC starts from, or
 * NULL where there is none. mode may be changed.
 */
void advice_init(struct advice *advice, const struct request *request,
		 const struct choices *choices);

/* Lets through as well what needs these. */
void advice_need(struct advice *advice, const struct remedy *remedy);

/*
 * Opens a path or a port as well: --read, --write, --connect or --bind with this argument, of which
 * a copy is kept. The same twice counts once. false when there is no memory.
 */
bool advice_open(struct advice *advice, enum option_id option, const char *argument);

/* Leaves no_new_privs alone, by elevateprivileges=allow written out. */
void advice_leave_privileges(struct advice *advice);

/* Whether anything is to be changed. */
bool advice_is_any(const struct advice *advice);

/* Appends the SPEC. */
void advice_spec(const struct advice *advice, struct line *line);

/*
 * The words of the command line, the last one NULL: "gyve", the mode, the options that go with it,
 * "--", COMMAND. NULL where there is no memory. advice_release frees them.
 */
char **advice_words(const struct advice *advice);
void advice_release(char **words);

/*
 * Writes words as a POSIX shell reads them, with blanks between; bytes that are not printable ASCII
 * as bash, zsh, ksh and POSIX 2024 do ($'\303\274').
 */
void advice_print(FILE *out, char *const *words);

#endif
