/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The -sandbox language: a value for each key. The text is items separated by commas, ",," a
 * literal comma, the first bare word the value of "enable", as QEMU's option strings have it
 * (qemu-option.c). Knows keys, values and rows from their tables, and nothing of policies.
 */
#ifndef GYVE_CHOICES_H
#define GYVE_CHOICES_H

#include "base/diag.h"
#include "reach/reach.h"
#include "tables/tables.h"

struct choices {
	uint8_t value[KEY_COUNT]; /* enum value */
	bool given[KEY_COUNT];	  /* written out, not defaulted */
	bool binds;		  /* --bind: listening is not denied by network=ports */
	bool degrade[KEY_COUNT];  /* --degrade: a domain that cannot be had is no reason to stop */
};

/* Every key at its default, none given: what "on" alone means. */
void choices_init(struct choices *choices);

/*
 * Reads a SPEC into *choices on top of what is there: of a key that comes twice the last wins.
 * Anything unknown or malformed: false, and *error names the item, lists what is accepted and
 * suggests what was meant; *choices is then half filled and not to be used.
 */
bool choices_parse(const char *text, struct choices *choices, struct error *error);

/* Notes the key of --degrade, one of those that go beyond system calls. */
void choices_degrade(const char *key, struct choices *choices);

/*
 * Applies enable=strict to the keys that are not given, and refuses what contradicts itself
 * (compat=qemu with a denial that QEMU's language does not have, --degrade of what is not denied):
 * false and *error.
 */
bool choices_settle(struct choices *choices, struct error *error);

/* Whether there is a sandbox at all. */
bool choices_enabled(const struct choices *choices);

enum no_new_privs {
	NNP_SET,       /* always */
	NNP_IF_NEEDED, /* only where the kernel demands it: no CAP_SYS_ADMIN */
};

/* When to set no_new_privs for these settled choices. */
enum no_new_privs choices_no_new_privs(const struct choices *choices);

/* How much these settled choices need Landlock for each key; whether for any. */
bool choices_need(const struct choices *choices, enum need need[static KEY_COUNT]);

/* The first row of value_rows of a key, and how many rows it has. */
unsigned choices_first_value(enum key key);
unsigned choices_value_count(enum key key);

/* The mildest value of its group's key under which a row of the table applies. */
const struct value_row *choices_denying_value(const struct rule_row *row);

/* Whether the value of its group's key makes a row apply, as far as that key decides it. */
bool choices_row_is_on(const struct rule_row *row, const struct choices *choices);

#endif
