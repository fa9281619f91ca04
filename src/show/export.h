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

struct export
{
	const struct policy *policy;
	const struct filter *filter;   /* the same, compiled and checked */
	const struct choices *choices; /* of -sandbox, or NULL without it */
	const char *profile;	   /* the file of layer 1, or of layer 0 without choices; or NULL */
	const struct reach *reach; /* what Landlock shall hold, or NULL */
	unsigned flags;		   /* SECCOMP_FILTER_FLAG_ values that the profile asks for */
};

/* The format of this name, NULL meaning the default: true and *format. false and *error. */
bool export_find(const char *name, enum format *format, struct error *error);

/* Prints it. false and *error (status 125); what was printed until then is not to be used. */
bool export_print(enum format format, const struct export *export, FILE *out, struct error *error);

/* ---- one function for each format; export_print chooses ---- */
bool export_table(const struct export *export, FILE *out, struct error *error);
bool export_json(const struct export *export, FILE *out, struct error *error);
bool export_pfc(const struct export *export, FILE *out, struct error *error);
bool export_bpf(const struct export *export, FILE *out, struct error *error);
bool export_oci(const struct export *export, FILE *out, struct error *error);
bool export_systemd(const struct export *export, FILE *out, struct error *error);

/* ---- what they share ---- */

/* Whether a rule can decide a call: no rule or default that always holds is stricter. */
bool export_is_effective(const struct policy *policy, const struct policy_abi *abi,
			 const struct policy_rule *rule);

/* The condition of a rule in words, "" without one. Returns text. */
char *export_condition(const struct policy_rule *rule, char text[static 256]);

/* Who asks for a rule: "qemu", "gyve", "compat" or "profile"; and in which group, "" in none. */
const char *export_origin(const struct export *export, const struct policy_rule *rule);
const char *export_group(const struct export *export, const struct policy_rule *rule);

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
