/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report tells of a call that a Landlock domain denies: in words, and by which options it
 * would be allowed.
 */
#ifndef GYVE_TOLD_H
#define GYVE_TOLD_H

#include "policy/request.h"
#include "reach/domain.h"
#include "run/files_seen.h"
#include "run/ports_seen.h"

#define TOLD_OPTIONS 1200

struct told {
	const char *group;	    /* "files" or "ports" */
	int number;		    /* the errno that the kernel gives */
	char call[900];		    /* open("...") for reading: not opened by --read */
	char path[PATH_MAX];	    /* where it leads, or "" */
	char options[TOLD_OPTIONS]; /* "--read /home/me/.ssh", or "" */
	const char *why_none;	    /* why there are no options, where that is so */
	unsigned opens_count;	    /* the same, one by one */
	struct {
		enum option_id option;
		char argument[PATH_MAX];
	} opens[DEED_TOUCHES];
};

struct teller {
	const struct reach *reach; /* NULL: nothing is closed */
	struct files_seen files;
	bool has_files, has_ports;
	struct told told; /* of the last call that is denied */
};

/* What the supervision is asked about for it: NOTIFY_ASKS_ bits. */
unsigned told_asks(const struct reach *reach);

/* Before the target starts. false and *error. */
bool told_begin(struct teller *teller, const struct reach *reach, struct error *error);

/* Once it is known what domain it has entered. */
void told_take_domain(struct teller *teller, const struct domain *domain);

/* Whether the domain denies a waiting caller's call: teller->told. */
bool told_look(struct teller *teller, const struct notification *caller);

#endif
