/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For people: one line a rule. */
#include <inttypes.h>

#include "show/export.h"

static void table_row(const struct export *export, const struct policy_abi *abi,
		      const struct policy_rule *rule, void *context)
{
	char call[40], action[32], condition[256], number[12] = "";
	const char *group = export_group(export, rule);

	export_call(abi, rule, call);
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
	export_visit(export, table_row, out);
	return true;
}
