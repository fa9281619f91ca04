/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of reading a profile share: where in the file they are, how they refuse and warn,
 * and members as they must be. The functions return false with *error of the reader set (status
 * 125): file, place, value and what is wrong with it.
 */
#ifndef GYVE_READER_H
#define GYVE_READER_H

#include "base/json.h"
#include "profile/contents.h"

struct reader {
	struct profile *profile;
	uint32_t kill;
	uint64_t capabilities;
	unsigned kernel[3];
	struct error *error;
	char path[100]; /* where in the file: "syscalls[3].args[0]" */
};

/* Refuses a member's value; member is "" for the value at path itself. Returns false. */
bool reader_refuse(struct reader *r, const char *member, const struct json *value,
		   const char *what);

/* The same of a value of another kind than is wanted. */
bool reader_refuse_kind(struct reader *r, const char *member, const struct json *value,
			enum json_kind wanted);

/* What is not known: a warning, or with --strict-profile refused. */
bool reader_complain(struct reader *r, const char *member, const struct json *value,
		     const char *what);

/* A member of a kind, or NULL where it is absent or null. Refuses one of another kind. */
bool reader_member(struct reader *r, const struct json *object, const char *name,
		   enum json_kind kind, const struct json **value);

/*
 * Whether an object has members of these names alone, which end with NULL, at most once each: else
 * a warning, or with --strict-profile refused. Refuses a name in other letters.
 */
bool reader_only_known(struct reader *r, const struct json *object, const char *const *names);

/* An action with the members that give its errno, as a number or by name. It must be there. */
bool reader_action(struct reader *r, const struct json *object, const char *name,
		   const char *number_name, const char *text_name, uint32_t *action);

#endif
