/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/export.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"

static const char *format_name(unsigned i)
{
	return format_rows[i].name;
}

bool export_find(const char *name, enum format *format, struct error *error)
{
	const char *nearest;
	char names[100];
	size_t used = 0;

	*format = 0;
	if (!name)
		return true;
	for (unsigned i = 0; i < FORMAT_COUNT; i++) {
		if (strcmp(format_name(i), name) == 0) {
			*format = i;
			return true;
		}
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
					 format_name(i));
	}
	nearest = diag_nearest(name, FORMAT_COUNT, format_name);
	return diag_set(error, EXIT_GYVE, "--print: unknown format '%.100s'%s%s%s; formats: %s",
			name, nearest ? "; did you mean '" : "", nearest ? nearest : "",
			nearest ? "'?" : "", names);
}

/* What loads a printed filter has to execute the target under it. */
static bool fits_exec(enum format format, const struct export *export, struct error *error)
{
	const struct policy_abi *abi = &export->policy->abis[0];
	struct call_data call = { .arch = abi_rows[abi->abi].arch };
	char text[32];

	if (format_rows[format].exec == FORMAT_REFUSED && export_has_ticket(export->policy))
		return diag_set(error, EXIT_GYVE,
				"--print=%s: the policy denies execve except to the launch, and a "
				"runtime has to execute its container's program after the filter "
				"is in place: allow it (spawn=allow), or let the container's "
				"command be gyve itself",
				format_name(format));
	syscalls_number(abi->abi, CALL_execve, &call.nr);
	if (format_rows[format].exec == FORMAT_SEALED &&
	    action_stricter(policy_verdict(export->policy, &call), SECCOMP_RET_LOG))
		diag_warn("--print=%s: execve is %s without exception, since the words that let "
			  "a launch pass are that launch's own: what loads this filter cannot "
			  "execute a program afterwards",
			  format_name(format),
			  action_name(policy_verdict(export->policy, &call), text));
	return true;
}

bool export_print(enum format format, const struct export *export, FILE *out, struct error *error)
{
	char items[200];

	if (!fits_exec(format, export, error))
		return false;
	if (!format_rows[format].domain && *export_reach(export, items))
		diag_warn("--print=%s: not in it: what Landlock holds of %s", format_name(format),
			  items);
	if (!format_rows[format].ids && export_has_ids(export))
		diag_warn("--print=%s: stricter: %s", format_name(format), EXPORT_IDS);
	switch (format) {
	case FORMAT_TABLE: return export_table(export, out, error);
	case FORMAT_JSON: return export_json(export, out, error);
	case FORMAT_PFC: return export_pfc(export, out, error);
	case FORMAT_BPF: return export_bpf(export, out, error);
	case FORMAT_OCI: return export_oci(export, out, error);
	default: return export_systemd(export, out, error);
	}
}

/* ---- what the formats share ---- */

static bool always_holds(const struct policy_rule *rule, const struct policy_rule *on)
{
	return !rule->when && rule->first <= on->first && rule->last >= on->last;
}

/* The least that a layer answers to the calls of a rule; the rule itself does not count. */
static uint32_t layer_floor(const struct policy *policy, const struct policy_abi *abi,
			    const struct policy_rule *of, unsigned layer)
{
	struct policy_cursor cursor = policy_rules_of(policy, abi, of->first);
	const struct policy_rule *rule, *best = NULL;

	while ((rule = policy_next(&cursor)) != NULL)
		if (rule->layer == layer && rule != of && always_holds(rule, of) &&
		    (!best || action_stricter(rule->action, best->action)))
			best = rule;
	return best ? best->action : policy->layer_default[layer];
}

/* Another rule of the layer that always holds, and is as strict and added before, or stricter. */
static bool is_hidden(const struct policy *policy, const struct policy_abi *abi,
		      const struct policy_rule *of)
{
	struct policy_cursor cursor = policy_rules_of(policy, abi, of->first);
	const struct policy_rule *rule;

	while ((rule = policy_next(&cursor)) != NULL) {
		if (rule->layer != of->layer || rule == of || !always_holds(rule, of))
			continue;
		if (action_stricter(rule->action, of->action))
			return true;
		if (!action_stricter(of->action, rule->action) && (of->when || rule < of))
			return true;
	}
	return false;
}

bool export_is_effective(const struct policy *policy, const struct policy_abi *abi,
			 const struct policy_rule *rule)
{
	if (is_hidden(policy, abi, rule))
		return false;
	for (unsigned layer = 0; layer < policy->layer_count; layer++)
		if (layer != rule->layer &&
		    action_stricter(layer_floor(policy, abi, rule, layer), rule->action)) {
			struct policy_cursor cursor = policy_rules_of(policy, abi, rule->first);
			const struct policy_rule *other;
			bool may_be_lifted = false;

			/* The other layer's default may be lifted by a condition. */
			while ((other = policy_next(&cursor)) != NULL)
				may_be_lifted |= other->layer == layer && other->when != NULL;
			if (!may_be_lifted)
				return false;
		}
	return true;
}

static const char *op_text(unsigned op)
{
	static const char *const texts[] = { [OP_EQ] = "==", [OP_NE] = "!=", [OP_GT] = ">",
					     [OP_GE] = ">=", [OP_LT] = "<",  [OP_LE] = "<=" };

	return texts[op];
}

static size_t comparison_words(const struct comparison *c, char *text, size_t size)
{
	char argument[24];

	if (c->arg == ARG_CLONE_FLAGS)
		snprintf(argument, sizeof argument, "flags");
	else
		snprintf(argument, sizeof argument, "argument %u", c->arg);
	if (c->mask == UINT64_MAX)
		return (size_t)snprintf(text, size, "%s %s %#" PRIx64, argument, op_text(c->op),
					c->value);
	return (size_t)snprintf(text, size, "(%s & %#" PRIx64 ") %s %#" PRIx64, argument, c->mask,
				op_text(c->op), c->value);
}

char *export_condition(const struct policy_rule *rule, char text[static 256])
{
	const struct condition *when = rule->when;
	size_t used = 0;

	text[0] = '\0';
	if (!when || rule->condition != CONDITION_ALWAYS) {
		if (when)
			snprintf(text, 256, "%s", condition_words[rule->condition]);
		return text;
	}
	used = (size_t)snprintf(text, 256, "%s ", when->sense == SENSE_WHEN ? "when" : "unless");
	for (unsigned i = 0; i < when->count && used < 256; i++) {
		if (i > 0)
			used += (size_t)snprintf(text + used, 256 - used, " and ");
		if (used < 256)
			used += comparison_words(&when->comparisons[i], text + used, 256 - used);
	}
	return text;
}

static bool is_of_profile(const struct export *export, const struct policy_rule *rule)
{
	return !export->choices || rule->layer > 0;
}

const char *export_origin(const struct export *export, const struct policy_rule *rule)
{
	static const char *const names[] = { "", "qemu", "gyve", "compat" };

	if (is_of_profile(export, rule))
		return "profile";
	return names[rule->row < 0 ? ORIGIN_OURS : rule_rows[rule->row].origin];
}

const char *export_group(const struct export *export, const struct policy_rule *rule)
{
	return is_of_profile(export, rule) ? "" : group_rows[rule->group].name;
}

bool export_has_ticket(const struct policy *policy)
{
	for (unsigned i = 0; i < policy->count; i++)
		if (policy->rules[i].when == &policy->ticket ||
		    policy->rules[i].when == &policy->launch)
			return true;
	return false;
}

bool export_has_ids(const struct export *export)
{
	const struct policy *policy = export->policy;

	for (unsigned i = 0; i < policy->count; i++)
		if (policy->rules[i].condition == CONDITION_OTHER_UID_1)
			return true;
	return false;
}

/* ---- in order, for table and json ---- */

typedef void visit_rule(const struct export *export, const struct policy_abi *abi,
			const struct policy_rule *rule, void *context);

static void visit_chain(const struct export *export, const struct policy_abi *abi, int index,
			visit_rule *visit, void *context)
{
	for (; index >= 0; index = export->policy->rules[index].next) {
		const struct policy_rule *rule = &export->policy->rules[index];

		if (export_is_effective(export->policy, abi, rule))
			visit(export, abi, rule, context);
	}
}

/* By ABI, in it by name, then what has no name. */
static void visit_rules(const struct export *export, visit_rule *visit, void *context)
{
	for (unsigned i = 0; i < export->policy->abi_count; i++) {
		const struct policy_abi *abi = &export->policy->abis[i];
		uint32_t nr;

		for (unsigned call = 0; call < CALL_COUNT; call++)
			if (syscalls_number(abi->abi, call, &nr) && nr < POLICY_SPAN)
				visit_chain(export, abi, abi->head[nr], visit, context);
		visit_chain(export, abi, abi->ranges, visit, context);
	}
}

static void rule_call(const struct policy_abi *abi, const struct policy_rule *rule,
		      char text[static 40])
{
	enum call call =
		rule->first == rule->last ? syscalls_at(abi->abi, rule->first) : CALL_COUNT;

	if (call != CALL_COUNT)
		snprintf(text, 40, "%s", call_rows[call].name);
	else
		snprintf(text, 40, "%" PRIu32 "-%" PRIu32, rule->first, rule->last);
}

/* ---- table ---- */

static void table_row(const struct export *export, const struct policy_abi *abi,
		      const struct policy_rule *rule, void *context)
{
	char call[40], action[32], condition[256], number[12] = "";
	const char *group = export_group(export, rule);

	rule_call(abi, rule, call);
	if (rule->first == rule->last)
		snprintf(number, sizeof number, "%" PRIu32, rule->first);
	fprintf(context, "%-8s %-26s %6s %-18s %-20s %-8s %s\n", abi_rows[abi->abi].name, call,
		number, *group ? group : "-", action_name(rule->action, action),
		export_origin(export, rule), export_condition(rule, condition));
}

bool export_table(const struct export *export, FILE *out, struct error *error)
{
	const struct policy *policy = export->policy;
	char text[32];

	(void)error;
	fprintf(out, "Any call without a line here: %s\n",
		action_name(policy->default_action, text));
	fprintf(out, "Any call of another ABI: %s\n", action_name(policy->foreign_action, text));
	fprintf(out,
		"Where several lines hold, the strictest does. The filter has %u instructions.",
		export->filter->length);
	fprintf(out, "\n\n");
	export_reach_table(export, out);
	fprintf(out, "%-8s %-26s %6s %-18s %-20s %-8s %s\n", "ABI", "CALL", "NUMBER", "GROUP",
		"ACTION", "ORIGIN", "CONDITION");
	visit_rules(export, table_row, out);
	return true;
}

/* ---- json ---- */

struct json_state {
	FILE *out;
	unsigned count;
};

static void json_condition(const struct policy_rule *rule, enum abi abi, FILE *out)
{
	static const char *const ops[] = { "eq", "ne", "gt", "ge", "lt", "le" };
	const struct condition *when = rule->when;
	char words[256];

	if (!when) {
		fprintf(out, "null");
		return;
	}
	fprintf(out, "{\"words\": ");
	json_print(out, export_condition(rule, words));
	fprintf(out, ", \"sense\": \"%s\", \"comparisons\": ",
		when->sense == SENSE_WHEN ? "when" : "unless");
	if (policy_is_of_launch(rule->condition)) {
		fprintf(out, "\"launch\"}");
		return;
	}
	for (unsigned i = 0; i < when->count; i++) {
		struct comparison c = policy_comparison(&when->comparisons[i], abi);

		fprintf(out, "%s{\"argument\": ", i ? ", " : "[");
		if (when->comparisons[i].arg == ARG_CLONE_FLAGS)
			fprintf(out, "\"clone_flags\"");
		else
			fprintf(out, "%u", c.arg);
		fprintf(out,
			", \"mask\": \"%#" PRIx64 "\", \"op\": \"%s\", \"value\": \"%#" PRIx64
			"\"}",
			c.mask, ops[c.op], c.value);
	}
	fprintf(out, "]}");
}

static void json_rule(const struct export *export, const struct policy_abi *abi,
		      const struct policy_rule *rule, void *context)
{
	struct json_state *state = context;
	enum call call =
		rule->first == rule->last ? syscalls_at(abi->abi, rule->first) : CALL_COUNT;
	const char *group = export_group(export, rule);
	FILE *out = state->out;
	char action[32];

	fprintf(out, "%s\n    {\"abi\": \"%s\", \"call\": ", state->count++ ? "," : "",
		abi_rows[abi->abi].name);
	if (call == CALL_COUNT)
		fprintf(out, "null");
	else
		json_print(out, call_rows[call].name);
	fprintf(out, ", \"first\": %" PRIu32 ", \"last\": %" PRIu32 ", \"group\": ", rule->first,
		rule->last);
	if (*group)
		json_print(out, group);
	else
		fprintf(out, "null");
	fprintf(out, ", \"action\": \"%s\", \"origin\": \"%s\", \"condition\": ",
		action_name(rule->action, action), export_origin(export, rule));
	json_condition(rule, abi->abi, out);
	fprintf(out, "}");
}

static void json_choices(const struct choices *choices, FILE *out)
{
	fprintf(out, "  \"sandbox\": ");
	if (!choices) {
		fprintf(out, "null,\n");
		return;
	}
	for (unsigned key = 0; key < KEY_COUNT; key++)
		fprintf(out, "%s\"%s\": \"%s\"", key ? ", " : "{", key_rows[key].name,
			value_rows[choices->value[key]].name);
	fprintf(out, "},\n");
}

bool export_json(const struct export *export, FILE *out, struct error *error)
{
	const struct policy *policy = export->policy;
	struct json_state state = { out, 0 };
	char text[32];

	(void)error;
	fprintf(out, "{\n  \"format\": 1,\n");
	json_choices(export->choices, out);
	export_reach_json(export, out);
	fprintf(out, "  \"profile\": ");
	if (export->profile)
		json_print(out, export->profile);
	else
		fprintf(out, "null");
	fprintf(out, ",\n  \"abis\": [");
	for (unsigned i = 0; i < policy->abi_count; i++)
		fprintf(out, "%s\"%s\"", i ? ", " : "", abi_rows[policy->abis[i].abi].name);
	fprintf(out, "],\n  \"default\": \"%s\",\n", action_name(policy->default_action, text));
	fprintf(out, "  \"foreign\": \"%s\",\n", action_name(policy->foreign_action, text));
	fprintf(out, "  \"instructions\": %u,\n  \"rules\": [", export->filter->length);
	visit_rules(export, json_rule, &state);
	fprintf(out, "%s]\n}\n", state.count ? "\n  " : "");
	return true;
}

/* ---- bpf ---- */

bool export_bpf(const struct export *export, FILE *out, struct error *error)
{
	const struct filter *filter = export->filter;

	if (isatty(fileno(out)))
		return diag_set(error, EXIT_GYVE,
				"--print=bpf: standard output is a terminal, and the output is "
				"not text; send it to a file or a pipe");
	if (fwrite(filter->program, sizeof filter->program[0], filter->length, out) !=
	    filter->length)
		return diag_errno(error, EXIT_GYVE, errno, "--print=bpf: cannot write");
	return true;
}
