/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For programs: one object with every rule. */
#include <inttypes.h>

#include "base/json.h"
#include "show/export.h"

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
	export_visit(export, json_rule, &state);
	fprintf(out, "%s]\n}\n", state.count ? "\n  " : "");
	return true;
}
