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
#include <stdlib.h>
#include <string.h>

#include "show/export.h"
#include "profile/regions.h"

/* What happens to the calls of one number: at most MOST_PARTS sets, each with its action. */
#define MOST_PARTS 64

struct part {
	uint32_t action;
	struct regions where;
};

struct parts {
	unsigned count;
	struct part list[MOST_PARTS];
};

struct writer {
	const struct export *export;
	FILE *out;
	uint32_t fallback; /* the profile's default action: calls with it need no entry */
	unsigned entries;
	struct error *error;
};

static void free_parts(struct parts *parts)
{
	for (unsigned i = 0; i < parts->count; i++)
		regions_free(&parts->list[i].where);
	parts->count = 0;
}

/* Takes over the boxes of where. */
static bool add_part(struct parts *parts, uint32_t action, struct regions *where)
{
	if (parts->count == MOST_PARTS || where->inexpressible) {
		regions_free(where);
		return false;
	}
	if (where->count > 0)
		parts->list[parts->count++] = (struct part){ action, *where };
	return true;
}

/* ---- one layer of one number ---- */

/* The strictest action of rules with conditions that is milder than *below; false: none. */
static bool next_action(const struct policy *policy, const struct policy_abi *abi, unsigned layer,
			uint32_t nr, const uint32_t *below, uint32_t *action)
{
	struct policy_cursor cursor = policy_rules_of(policy, abi, nr);
	const struct policy_rule *rule;
	bool found = false;

	while ((rule = policy_next(&cursor)) != NULL) {
		if (!policy_can_decide(policy, abi, layer, nr, rule) ||
		    (below && !action_stricter(*below, rule->action)))
			continue;
		if (!found || action_stricter(rule->action, *action))
			*action = rule->action;
		found = true;
	}
	return found;
}

struct how {
	bool needs_floor; /* whether anybody looks at the calls for which only the floor holds */
	bool expand;	  /* "not equal" as masked equalities */
};

/* Parts the calls of a number by what a layer says of them. */
static bool part_layer(const struct policy *policy, const struct policy_abi *abi, unsigned layer,
		       uint32_t nr, const struct how *how, struct parts *parts)
{
	uint32_t action, floor = policy_floor(policy, abi, layer, nr), below;
	bool more = next_action(policy, abi, layer, nr, NULL, &action);
	struct regions rest;

	parts->count = 0;
	regions_all(&rest);
	while (more) {
		struct policy_cursor cursor = policy_rules_of(policy, abi, nr);
		const struct policy_rule *rule;
		struct regions here, not_here, where;

		regions_none(&here);
		regions_copy(&where, &rest);
		below = action;
		more = next_action(policy, abi, layer, nr, &below, &action);
		while ((rule = policy_next(&cursor)) != NULL) {
			if (!policy_can_decide(policy, abi, layer, nr, rule) ||
			    action_stricter(rule->action, below) ||
			    action_stricter(below, rule->action))
				continue;
			regions_add(&here, rule->when, false, how->expand, abi->abi);
			if (!more && !how->needs_floor)
				continue;
			regions_none(&not_here);
			regions_add(&not_here, rule->when, true, how->expand, abi->abi);
			regions_intersect(&rest, &not_here);
			regions_free(&not_here);
		}
		regions_intersect(&where, &here);
		regions_free(&here);
		if (!add_part(parts, below, &where)) {
			regions_free(&rest);
			return false;
		}
	}
	if (how->needs_floor)
		return add_part(parts, floor, &rest);
	regions_free(&rest);
	return true;
}

static bool multiply(struct parts *parts, const struct parts *with)
{
	static struct parts product;
	bool good = true;

	product.count = 0;
	for (unsigned i = 0; i < parts->count; i++)
		for (unsigned j = 0; good && j < with->count; j++) {
			uint32_t a = parts->list[i].action, b = with->list[j].action;
			struct regions where;

			regions_copy(&where, &parts->list[i].where);
			regions_intersect(&where, &with->list[j].where);
			good = add_part(&product, action_stricter(b, a) ? b : a, &where);
		}
	free_parts(parts);
	*parts = product;
	return good;
}

static bool part_layers(const struct writer *w, const struct policy_abi *abi, uint32_t nr,
			bool expand, struct parts *parts)
{
	const struct policy *policy = w->export->policy;
	struct how how = { true, expand };
	static struct parts other;
	bool good;

	if (policy->layer_count == 1) {
		how.needs_floor = policy_floor(policy, abi, 0, nr) != w->fallback;
		return part_layer(policy, abi, 0, nr, &how, parts);
	}
	good = part_layer(policy, abi, 0, nr, &how, parts) &&
	       part_layer(policy, abi, 1, nr, &how, &other) && multiply(parts, &other);
	free_parts(&other);
	return good;
}

/* What the whole policy says of a number, as short as it can be said. */
static bool part_number(const struct writer *w, const struct policy_abi *abi, uint32_t nr,
			struct parts *parts)
{
	if (part_layers(w, abi, nr, false, parts))
		return true;
	free_parts(parts);
	return part_layers(w, abi, nr, true, parts);
}

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
	static const char *const ops[] = {
		[OP_EQ] = "SCMP_CMP_EQ", [OP_NE] = "SCMP_CMP_NE", [OP_GT] = "SCMP_CMP_GT",
		[OP_GE] = "SCMP_CMP_GE", [OP_LT] = "SCMP_CMP_LT", [OP_LE] = "SCMP_CMP_LE",
	};

	fprintf(w->out, "%s{\"index\": %u, ", first ? "" : ", ", c->arg);
	if (c->mask == UINT64_MAX)
		fprintf(w->out, "\"value\": %" PRIu64 ", \"op\": \"%s\"}", c->value, ops[c->op]);
	else
		fprintf(w->out,
			"\"value\": %" PRIu64 ", \"valueTwo\": %" PRIu64
			", \"op\": \"SCMP_CMP_MASKED_EQ\"}",
			c->mask, c->value);
}

static bool is_whole(const struct box *box)
{
	for (unsigned i = 0; i < 6; i++)
		if (box->used[i])
			return false;
	return true;
}

static void write_box(struct writer *w, enum call call, uint32_t action, const struct box *box)
{
	bool first = true;

	begin_entry(w);
	fprintf(w->out, "\"%s\"], ", call_rows[call].name);
	write_action(w, action);
	fprintf(w->out, ", \"args\": [");
	for (unsigned i = 0; i < 6; i++)
		if (box->used[i]) {
			write_comparison(w, &box->on[i], first);
			first = false;
		}
	fprintf(w->out, "]}");
}

static bool parts_equal(const struct parts *a, const struct parts *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (a->list[i].action != b->list[i].action ||
		    !regions_equal(&a->list[i].where, &b->list[i].where))
			return false;
	return true;
}

/* The parts of a call, which must be the same on each ABI: an entry has a name, and no ABI. */
static bool part_call(struct writer *w, enum call call, struct parts *parts)
{
	const struct policy *policy = w->export->policy;
	static struct parts other;
	bool found = false;

	parts->count = 0;
	for (unsigned i = 0; i < policy->abi_count; i++) {
		const struct policy_abi *abi = &policy->abis[i];
		struct parts *here = found ? &other : parts;
		bool same;
		uint32_t nr;

		if (!syscalls_number(abi->abi, call, &nr))
			continue;
		if (!part_number(w, abi, nr, here))
			return diag_set(
				w->error, EXIT_GYVE,
				"--print=oci: the conditions on %s cannot be written in this "
				"format; --print=bpf can",
				call_rows[call].name);
		same = !found || parts_equal(parts, here);
		if (found)
			free_parts(&other);
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

/* Calls with one action whatever their arguments share an entry: plain[call] is that action. */
static bool write_conditional(struct writer *w, uint32_t plain[static CALL_COUNT])
{
	static struct parts parts;

	for (unsigned call = 0; call < CALL_COUNT; call++) {
		plain[call] = w->fallback;
		if (!part_call(w, call, &parts)) {
			free_parts(&parts);
			return false;
		}
		for (unsigned i = 0; i < parts.count; i++) {
			const struct part *part = &parts.list[i];

			if (part->action == w->fallback)
				continue;
			for (unsigned j = 0; j < part->where.count; j++)
				if (is_whole(&part->where.list[j]))
					plain[call] = part->action;
				else
					write_box(w, call, part->action, &part->where.list[j]);
		}
		free_parts(&parts);
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

static const char *arch_name(enum abi abi)
{
	unsigned i = 0;

	while (oci_arch_rows[i].abi != (int)abi)
		i++;
	return oci_arch_rows[i].scmp;
}

static void write_head(struct writer *w)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {
		{ SECCOMP_FILTER_FLAG_TSYNC, "SECCOMP_FILTER_FLAG_TSYNC" },
		{ SECCOMP_FILTER_FLAG_LOG, "SECCOMP_FILTER_FLAG_LOG" },
		{ SECCOMP_FILTER_FLAG_SPEC_ALLOW, "SECCOMP_FILTER_FLAG_SPEC_ALLOW" },
	};
	const struct policy *policy = w->export->policy;
	bool has_data = false, comma = false;

	fprintf(w->out, "{\n  \"defaultAction\": \"%s\",\n",
		oci_action_name(w->fallback, &has_data));
	if (has_data)
		fprintf(w->out, "  \"defaultErrnoRet\": %" PRIu32 ",\n",
			w->fallback & SECCOMP_RET_DATA);
	fprintf(w->out, "  \"architectures\": [");
	for (unsigned i = 0; i < policy->abi_count; i++)
		fprintf(w->out, "%s\"%s\"", i ? ", " : "", arch_name(policy->abis[i].abi));
	fprintf(w->out, "],\n");
	if (w->export->flags) {
		fprintf(w->out, "  \"flags\": [");
		for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++)
			if (w->export->flags & flags[i].flag) {
				fprintf(w->out, "%s\"%s\"", comma ? ", " : "", flags[i].name);
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
