/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The "linux.seccomp" object of the OCI runtime specification (config-linux.md, "Seccomp").
 *
 * Its readers, crun and runc, put each entry into libseccomp as a rule of its own, where entries of
 * one call that overlap and differ in action have no defined order. So what is written here never
 * overlaps in that way: the calls of a number are parted into sets with one action each.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "show/export.h"
#include "show/disjoint.h"

struct writer {
	const struct export *export;
	FILE *out;
	uint32_t fallback; /* the profile's default action: calls with it need no entry */
	unsigned entries;
	struct error *error;
};

/* ---- writing ---- */

static const char *oci_action_name(uint32_t action, bool *has_data)
{
	for (unsigned i = 0; i < oci_action_row_count; i++)
		if (oci_action_rows[i].action == (action & SECCOMP_RET_ACTION_FULL)) {
			*has_data = oci_action_rows[i].has_data;
			return oci_action_rows[i].name;
		}
	return "SCMP_ACT_KILL_PROCESS";
}

static void write_action(struct writer *w, uint32_t action)
{
	bool has_data = false;
	const char *name = oci_action_name(action, &has_data);

	fprintf(w->out, "\"action\": \"%s\"", name);
	if (has_data)
		fprintf(w->out, ", \"errnoRet\": %" PRIu32, action & SECCOMP_RET_DATA);
}

static void begin_entry(struct writer *w)
{
	fprintf(w->out, "%s\n    {\"names\": [", w->entries++ ? "," : "");
}

static void write_comparison(struct writer *w, const struct comparison *c, bool first)
{
	bool masked = c->mask != UINT64_MAX;
	unsigned i = 0;

	while (oci_op_rows[i].op != c->op || oci_op_rows[i].masked != masked)
		i++;
	fprintf(w->out, "%s{\"index\": %u, \"value\": %" PRIu64, first ? "" : ", ", c->arg,
		masked ? c->mask : c->value);
	if (masked)
		fprintf(w->out, ", \"valueTwo\": %" PRIu64, c->value);
	fprintf(w->out, ", \"op\": \"%s\"}", oci_op_rows[i].name);
}

static bool is_whole(const struct arg_filter *filter)
{
	for (unsigned i = 0; i < 6; i++)
		if (filter->used[i])
			return false;
	return true;
}

static void write_filter(struct writer *w, enum call call, uint32_t action,
			 const struct arg_filter *filter)
{
	bool first = true;

	begin_entry(w);
	fprintf(w->out, "\"%s\"], ", call_rows[call].name);
	write_action(w, action);
	fprintf(w->out, ", \"args\": [");
	for (unsigned i = 0; i < 6; i++)
		if (filter->used[i]) {
			write_comparison(w, &filter->on[i], first);
			first = false;
		}
	fprintf(w->out, "]}");
}

/* The rules of a call, which must be the same on each ABI: an entry has a name, and no ABI. */
static bool split_call(struct writer *w, enum call call, struct disjoint *rules)
{
	const struct policy *policy = w->export->policy;
	static struct disjoint other;
	bool found = false;

	rules->count = 0;
	for (unsigned i = 0; i < policy->abi_count; i++) {
		const struct policy_abi *abi = &policy->abis[i];
		struct disjoint *here = found ? &other : rules;
		bool same;
		uint32_t nr;

		if (!syscalls_number(abi->abi, call, &nr))
			continue;
		if (!disjoint_of(policy, abi, nr, w->fallback, here))
			return diag_set(
				w->error, EXIT_GYVE,
				"--print=oci: the conditions on %s cannot be written in this "
				"format; --print=bpf can",
				call_rows[call].name);
		same = !found || disjoint_equal(rules, here);
		if (found)
			disjoint_free(&other);
		if (!same)
			return diag_set(
				w->error, EXIT_GYVE,
				"--print=oci: %s is treated differently on %s and %s, which this "
				"format cannot say; --print=bpf can",
				call_rows[call].name, abi_rows[policy->abis[0].abi].name,
				abi_rows[abi->abi].name);
		found = true;
	}
	return true;
}

/* Whether the policy answers calls with this first argument so, whatever the others are. */
static bool answers(const struct policy *policy, const struct policy_abi *abi, uint32_t nr,
		    uint32_t first, uint32_t action)
{
	struct call_data call = { .nr = nr, .arch = abi_rows[abi->abi].arch, .args = { first } };
	struct policy_cursor cursor = policy_rules_of(policy, abi, nr);
	const struct policy_rule *rule;

	while ((rule = policy_next(&cursor)) != NULL)
		for (unsigned i = 0; rule->when && i < rule->when->count; i++)
			if (rule->when->comparisons[i].arg != 0)
				return false;
	return policy_verdict(policy, &call) == action;
}

/* Readers put an entry on a call on socketcall or ipc as well, where that stands for it. */
static bool holds_through(struct writer *w, enum call call, const struct disjoint *rules)
{
	const struct multiplexed_row *row = syscalls_multiplexed(call);
	const struct policy *policy = w->export->policy;
	uint32_t nr;

	for (unsigned i = 0; row && i < policy->abi_count; i++) {
		const struct policy_abi *abi = &policy->abis[i];

		if (!syscalls_number(abi->abi, row->by, &nr))
			continue;
		for (unsigned j = 0; j < rules->count; j++)
			if (rules->list[j].action != w->fallback &&
			    !answers(policy, abi, nr, row->number, rules->list[j].action))
				return diag_set(
					w->error, EXIT_GYVE,
					"--print=oci: libseccomp takes what is said of %s for %s, "
					"too, where the policy for %s says otherwise, as the "
					"arguments are behind a pointer; --print=bpf can say it, "
					"or leave out abi=all",
					call_rows[call].name, call_rows[row->by].name,
					abi_rows[abi->abi].name);
	}
	return true;
}

/* Calls with one action whatever their arguments share an entry: plain[call] is that action. */
static bool write_conditional(struct writer *w, uint32_t plain[static CALL_COUNT])
{
	static struct disjoint rules;

	for (unsigned call = 0; call < CALL_COUNT; call++) {
		plain[call] = w->fallback;
		if (!split_call(w, call, &rules) || !holds_through(w, call, &rules)) {
			disjoint_free(&rules);
			return false;
		}
		for (unsigned i = 0; i < rules.count; i++) {
			const struct disjoint_rule *rule = &rules.list[i];

			if (rule->action == w->fallback)
				continue;
			for (unsigned j = 0; j < rule->where.count; j++)
				if (is_whole(&rule->where.list[j]))
					plain[call] = rule->action;
				else
					write_filter(w, call, rule->action, &rule->where.list[j]);
		}
		disjoint_free(&rules);
	}
	return true;
}

static void write_plain(struct writer *w, uint32_t plain[static CALL_COUNT])
{
	for (unsigned first = 0; first < CALL_COUNT; first++) {
		uint32_t action = plain[first];
		bool comma = false;

		if (action == w->fallback)
			continue;
		begin_entry(w);
		for (unsigned call = first; call < CALL_COUNT; call++) {
			if (plain[call] != action)
				continue;
			fprintf(w->out, "%s\"%s\"", comma ? ", " : "", call_rows[call].name);
			plain[call] = w->fallback;
			comma = true;
		}
		fprintf(w->out, "], ");
		write_action(w, action);
		fprintf(w->out, "}");
	}
}

static void write_head(struct writer *w)
{
	const struct policy *policy = w->export->policy;
	bool has_data = false, comma = false;

	fprintf(w->out, "{\n  \"defaultAction\": \"%s\",\n",
		oci_action_name(w->fallback, &has_data));
	if (has_data)
		fprintf(w->out, "  \"defaultErrnoRet\": %" PRIu32 ",\n",
			w->fallback & SECCOMP_RET_DATA);
	fprintf(w->out, "  \"architectures\": [");
	for (unsigned i = 0; i < policy->abi_count; i++)
		fprintf(w->out, "%s\"%s\"", i ? ", " : "", oci_arch_rows[policy->abis[i].abi].scmp);
	fprintf(w->out, "],\n");
	if (w->export->flags) {
		fprintf(w->out, "  \"flags\": [");
		for (unsigned i = 0; i < oci_flag_row_count; i++)
			if (w->export->flags & oci_flag_rows[i].flag) {
				fprintf(w->out, "%s\"%s\"", comma ? ", " : "",
					oci_flag_rows[i].name);
				comma = true;
			}
		fprintf(w->out, "],\n");
	}
	fprintf(w->out, "  \"syscalls\": [");
}

/*
 * The default, which also decides what an entry cannot name: numbers newer than the table. Where a
 * policy that allows by default denies those, the default denies, and entries allow the rest.
 */
static uint32_t fallback_action(const struct policy *policy)
{
	struct call_data call = { .nr = NUMBER_SPAN, .arch = abi_rows[policy->abis[0].abi].arch };
	uint32_t newer = policy_verdict(policy, &call);

	return action_stricter(newer, policy->default_action) ? newer : policy->default_action;
}

static void warn_of_losses(const struct export *export)
{
	const struct policy *policy = export->policy;

	if ((policy->foreign_action & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_KILL_THREAD)
		diag_warn(
			"--print=oci: the format does not say what becomes of calls of other ABIs; "
			"libseccomp kills the calling thread, where a launch of gyve answers them "
			"as --print=table says");
	if (export->choices && value_rows[export->choices->value[KEY_ELEVATEPRIVILEGES]].rank > 0)
		diag_warn("--print=oci: elevateprivileges is denied, so a container can start only "
			  "with no_new_privs (\"noNewPrivileges\": true, or Docker's "
			  "--security-opt no-new-privileges): without it the runtime loads the "
			  "profile before it changes user");
}

bool export_oci(const struct export *export, FILE *out, struct error *error)
{
	struct writer w = { .export = export, .out = out, .error = error };
	static uint32_t plain[CALL_COUNT];

	w.fallback = fallback_action(export->policy);
	write_head(&w);
	if (!write_conditional(&w, plain))
		return false;
	write_plain(&w, plain);
	fprintf(out, "%s]\n}\n", w.entries ? "\n  " : "");
	warn_of_losses(export);
	return true;
}
