/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A drop-in for a systemd service (systemd.exec(5), "System Call Filtering"). Its filter knows
 * calls and no arguments: what has a condition goes into the directive that is about the same
 * thing, or stands in a comment. A deny-list leaves such a call open, an allow-list closed.
 */
#include <inttypes.h>
#include <string.h>

#include "show/export.h"
#include "syscalls/newer.h"

/* Conditions that another directive enforces: exactly, unless but says what is missing. */
static const struct {
	enum group group;
	enum call call;
	enum condition_id condition; /* or ALWAYS: whatever it is */
	const char *directive, *but;
} covered[] = {
	{ GROUP_NETWORK, CALL_socket, CONDITION_NOT_UNIX, "RestrictAddressFamilies=", "" },
	{ GROUP_NETWORK, CALL_socket, CONDITION_NOT_FOR_PORTS, "RestrictAddressFamilies=", "" },
	{ GROUP_NETWORK, CALL_socketpair, CONDITION_ALWAYS,
	  "RestrictAddressFamilies=", "; it does not look at socketpair" },
	{ GROUP_NAMESPACES, CALL_clone, CONDITION_ALWAYS, "RestrictNamespaces=", "" },
	{ GROUP_KERNEL, CALL_personality, CONDITION_ALWAYS, "LockPersonality=", "" },
	{ GROUP_RESOURCECONTROL, CALL_sched_setscheduler, CONDITION_ALWAYS,
	  "RestrictRealtime=", "; it stops the real-time policies only" },
};

/* systemd refuses a name that its libseccomp does not know; that of this build is the nearest. */
static bool is_known_there(const char *name)
{
	bool asked;

	return newer_knows(name, &asked) || !asked;
}

struct classes {
	bool conditional[CALL_COUNT];
	uint32_t action[CALL_COUNT]; /* of the others */
};

static void classify(const struct policy *policy, struct classes *classes)
{
	const struct policy_abi *abi = &policy->abis[0];

	for (unsigned call = 0; call < CALL_COUNT; call++) {
		struct policy_cursor cursor;
		const struct policy_rule *rule;
		struct call_data data = { .arch = abi_rows[abi->abi].arch };

		classes->conditional[call] = false;
		classes->action[call] = policy->default_action;
		if (!syscalls_number(abi->abi, call, &data.nr))
			continue;
		cursor = policy_rules_of(policy, abi, data.nr);
		while ((rule = policy_next(&cursor)) != NULL)
			classes->conditional[call] |=
				rule->when && export_is_effective(policy, abi, rule);
		classes->action[call] = policy_verdict(policy, &data);
	}
}

/* ---- the list of calls ---- */

#define LINE_MAX_NAMES 8

static void write_list(const struct classes *classes, uint32_t action, const char *head,
		       const char *tail, FILE *out)
{
	unsigned on_line = 0;

	for (unsigned call = 0; call < CALL_COUNT; call++) {
		if (classes->conditional[call] || classes->action[call] != action ||
		    !is_known_there(call_rows[call].name))
			continue;
		fprintf(out, "%s%s%s%s", on_line == 0 ? head : " ", call_rows[call].name, tail,
			on_line == LINE_MAX_NAMES - 1 ? "\n" : "");
		on_line = (on_line + 1) % LINE_MAX_NAMES;
	}
	if (on_line)
		putc('\n', out);
}

static void comment_unknown_names(const struct classes *classes, uint32_t fallback, FILE *out)
{
	bool any = false;
	uint32_t nr;

	for (unsigned call = 0; call < CALL_COUNT; call++) {
		if (classes->conditional[call] || classes->action[call] == fallback ||
		    is_known_there(call_rows[call].name) ||
		    !syscalls_number(syscalls_native_abi(), call, &nr))
			continue;
		fprintf(out, "%s %s",
			any ? "" : "# Left out, because libseccomp does not know the name:",
			call_rows[call].name);
		any = true;
	}
	if (any)
		putc('\n', out);
}

static const char *errno_text(uint32_t action, char text[static 32])
{
	char name[32];

	snprintf(text, 32, "%" PRIu32, action & SECCOMP_RET_DATA);
	action_name(action, name);
	if (strncmp(name, "ERRNO(", 6) == 0)
		snprintf(text, 32, "%.*s", (int)strcspn(name + 6, ")"), name + 6);
	return text;
}

/* One action of a deny-list. */
static void write_denial(const struct classes *classes, uint32_t action, FILE *out)
{
	char number[32], tail[40];

	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO:
		snprintf(tail, sizeof tail, ":%s", errno_text(action, number));
		write_list(classes, action, "SystemCallFilter=~", tail, out);
		break;
	case SECCOMP_RET_LOG: write_list(classes, action, "SystemCallLog=", "", out); break;
	case SECCOMP_RET_KILL_PROCESS:
		write_list(classes, action, "SystemCallFilter=~", "", out);
		break;
	default:
		fprintf(out, "# The policy answers these with %s, systemd with a kill:\n",
			action_name(action, number));
		write_list(classes, action, "SystemCallFilter=~", "", out);
	}
}

static void write_denials(const struct classes *classes, FILE *out)
{
	for (unsigned call = 0; call < CALL_COUNT; call++) {
		uint32_t action = classes->action[call];
		bool done = classes->conditional[call] || action == SECCOMP_RET_ALLOW;

		for (unsigned before = 0; before < call && !done; before++)
			done = !classes->conditional[before] && classes->action[before] == action;
		if (!done)
			write_denial(classes, action, out);
	}
}

/* systemd adds execve and what its own start-up needs to every allow-list. */
static void write_allowed(const struct classes *classes, uint32_t fallback, FILE *out)
{
	char text[32];

	if ((fallback & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
		fprintf(out, "SystemCallErrorNumber=%s\n", errno_text(fallback, text));
	write_list(classes, SECCOMP_RET_ALLOW, "SystemCallFilter=", "", out);
	write_list(classes, SECCOMP_RET_LOG, "SystemCallLog=", "", out);
	fprintf(out,
		"# systemd adds execve, exit and a few more to a list of this kind by itself.\n");
	for (unsigned call = 0; call < CALL_COUNT; call++)
		if (!classes->conditional[call] && classes->action[call] != fallback &&
		    classes->action[call] != SECCOMP_RET_ALLOW &&
		    classes->action[call] != SECCOMP_RET_LOG)
			fprintf(out, "# %s is answered with the number above, not with %s.\n",
				call_rows[call].name, action_name(classes->action[call], text));
}

/* ---- conditions ---- */

static void comment_rule(const struct export *export, const struct policy_rule *rule,
			 enum call call, bool is_allow_list, FILE *out)
{
	char action[32], condition[256];

	for (unsigned i = 0; i < sizeof covered / sizeof covered[0]; i++)
		if (covered[i].call == call && covered[i].group == rule->group && export->choices &&
		    rule->layer == 0 &&
		    (covered[i].condition == CONDITION_ALWAYS ||
		     covered[i].condition == rule->condition)) {
			fprintf(out, "# %s, %s %s: %s above%s.\n", call_rows[call].name,
				action_name(rule->action, action),
				export_condition(rule, condition), covered[i].directive,
				covered[i].but);
			return;
		}
	if (is_allow_list)
		fprintf(out, "#   %s %s\n", action_name(rule->action, action),
			export_condition(rule, condition));
	else
		fprintf(out, "# NOT ENFORCED HERE: %s, %s %s\n", call_rows[call].name,
			action_name(rule->action, action), export_condition(rule, condition));
	if (rule->condition == CONDITION_NO_TICKET || rule->condition == CONDITION_TICKET)
		fprintf(out,
			"#   systemd has to execute the service after its filter is in place. "
			"With\n"
			"#   ExecStart=gyve -sandbox on,spawn=deny -- COMMAND it is enforced.\n");
}

static void comment_conditions(const struct export *export, const struct classes *classes,
			       bool is_allow_list, FILE *out)
{
	const struct policy *policy = export->policy;
	const struct policy_abi *abi = &policy->abis[0];

	for (unsigned call = 0; call < CALL_COUNT; call++) {
		struct policy_cursor cursor;
		const struct policy_rule *rule;
		uint32_t nr;

		if (!classes->conditional[call] || !syscalls_number(abi->abi, call, &nr))
			continue;
		if (is_allow_list)
			fprintf(out,
				"# DENIED WHOLE HERE: %s, allowed by the policy under "
				"conditions:\n",
				call_rows[call].name);
		cursor = policy_rules_of(policy, abi, nr);
		while ((rule = policy_next(&cursor)) != NULL)
			if (rule->when && export_is_effective(policy, abi, rule))
				comment_rule(export, rule, call, is_allow_list, out);
	}
}

/* ---- the other directives ---- */

static void write_architectures(const struct policy *policy, FILE *out)
{
	fprintf(out, "SystemCallArchitectures=native");
	for (unsigned i = 1; i < policy->abi_count;
	     i++) /* 32-bit ones, which Go and it call alike */
		fprintf(out, " %s", oci_arch_rows[policy->abis[i].abi].go);
	putc('\n', out);
}

static unsigned rank_of(const struct choices *choices, enum key key)
{
	return value_rows[choices->value[key]].rank;
}

static void write_directives(const struct choices *choices, FILE *out)
{
	/* In the order of the values of network. */
	static const char *const families[] = { "", "AF_UNIX AF_INET AF_INET6", "AF_UNIX", "none" };

	if (choices && choices_no_new_privs(choices) == NNP_IF_NEEDED)
		fprintf(out, "# elevateprivileges=allow is written out: NoNewPrivileges= is left "
			     "alone\n");
	else
		fprintf(out, "NoNewPrivileges=yes\n");
	if (!choices || choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU)
		return;
	if (rank_of(choices, KEY_NETWORK) > 0)
		fprintf(out, "RestrictAddressFamilies=%s\n",
			families[choices->value[KEY_NETWORK] - choices_first_value(KEY_NETWORK)]);
	if (rank_of(choices, KEY_NAMESPACES) > 0)
		fprintf(out, "RestrictNamespaces=yes\n");
	if (rank_of(choices, KEY_KERNEL) > 0)
		fprintf(out, "LockPersonality=yes\n");
	if (rank_of(choices, KEY_RESOURCECONTROL) > 0)
		fprintf(out, "RestrictRealtime=yes\n");
}

static void comment_unknown_numbers(const struct export *export, bool is_allow_list, FILE *out)
{
	if (!is_allow_list && export->choices && rank_of(export->choices, KEY_UNKNOWN) > 0)
		fprintf(out, "# NOT ENFORCED HERE: calls newer than the table (unknown=deny)\n");
}

bool export_systemd(const struct export *export, FILE *out, struct error *error)
{
	static struct classes classes;
	const struct policy *policy = export->policy;
	bool is_allow_list = policy->default_action != SECCOMP_RET_ALLOW;

	(void)error;
	classify(policy, &classes);
	fprintf(out, "# A drop-in for a systemd service, printed by gyve --print=systemd.\n"
		     "# Place it in /etc/systemd/system/NAME.service.d/, then \"systemctl "
		     "daemon-reload\".\n"
		     "[Service]\n");
	write_directives(export->choices, out);
	write_architectures(policy, out);
	if (is_allow_list)
		write_allowed(&classes, policy->default_action, out);
	else
		write_denials(&classes, out);
	comment_unknown_names(&classes, policy->default_action, out);
	comment_conditions(export, &classes, is_allow_list, out);
	comment_unknown_numbers(export, is_allow_list, out);
	if (export_has_ids(export))
		fprintf(out, "# STRICTER HERE: %s\n", EXPORT_IDS);
	export_reach_systemd(export, out);
	return true;
}
