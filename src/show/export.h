/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A policy in the formats of tables/formats.def. Knows nothing of where its rules come from. What a
 * format cannot express is an error or, where the rest is of use, a comment in the output or a
 * warning: it is never left out in silence.
 */
#ifndef GYVE_EXPORT_H
#define GYVE_EXPORT_H

#include <stdio.h>

#include "bpf/filter.h"
#include "policy/choices.h"

struct export
{
	const struct policy *policy;
	const struct filter *filter;   /* the same, compiled and checked */
	const struct choices *choices; /* of -sandbox, or NULL without it */
	const char *profile;	   /* the file of layer 1, or of layer 0 without choices; or NULL */
	const struct reach *reach; /* what Landlock shall hold, or NULL */
	unsigned flags;		   /* SECCOMP_FILTER_FLAG_ values that the profile asks for */
};

/* ---- one function for each format: false and *error, as format_print ---- */
#define FORMAT(id, ...) \
	bool export_##id(const struct export *export, FILE *out, struct error *error);
#include "tables/formats.def"
#undef FORMAT

/* ---- what they share ---- */

/* Whether a rule can decide a call: no rule or default that always holds is stricter. */
bool export_is_effective(const struct policy *policy, const struct policy_abi *abi,
			 const struct policy_rule *rule);

/* The condition of a rule in words, "" without one. Returns text. */
char *export_condition(const struct policy_rule *rule, char text[static 256]);

/* Who asks for a rule: "qemu", "gyve", "compat" or "profile"; and in which group, "" in none. */
const char *export_origin(const struct export *export, const struct policy_rule *rule);
const char *export_group(const struct export *export, const struct policy_rule *rule);

/* Calls visit for every rule that can decide a call: by ABI, by name, then what has no name. */
typedef void export_visitor(const struct export *export, const struct policy_abi *abi,
			    const struct policy_rule *rule, void *context);
void export_visit(const struct export *export, export_visitor *visit, void *context);

/* The call of a rule by name, or its numbers. */
void export_call(const struct policy_abi *abi, const struct policy_rule *rule,
		 char text[static 40]);

/* Whether the policy lets the launch's own execve pass where it denies all others. */
bool export_has_ticket(const struct policy *policy);

/*
 * The items that a launch would hold by Landlock as well, "files=deny,debug=deny". Returns text,
 * which is empty when there are none.
 */
char *export_reach(const struct export *export, char text[static 200]);

/* Whether a launch would let calls pass that set its IDs to what they are; and what it means. */
bool export_has_ids(const struct export *export);
#define EXPORT_IDS                                                                              \
	"calls that set user and group IDs to what they are are denied, too, since which they " \
	"are is known at a launch"

/* What is held by Landlock and what is opened: for people, for programs, in a drop-in. */
void export_reach_table(const struct export *export, FILE *out);
void export_reach_json(const struct export *export, FILE *out);
void export_reach_systemd(const struct export *export, FILE *out);

#endif
