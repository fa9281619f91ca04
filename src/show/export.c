/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/export.h"

#include <inttypes.h>
#include <string.h>

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

/* ---- in order ---- */

static void visit_chain(const struct export *export, const struct policy_abi *abi, int index,
			export_visitor *visit, void *context)
{
	for (; index >= 0; index = export->policy->rules[index].next) {
		const struct policy_rule *rule = &export->policy->rules[index];

		if (export_is_effective(export->policy, abi, rule))
			visit(export, abi, rule, context);
	}
}

void export_visit(const struct export *export, export_visitor *visit, void *context)
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

void export_call(const struct policy_abi *abi, const struct policy_rule *rule, char text[static 40])
{
	enum call call =
		rule->first == rule->last ? syscalls_at(abi->abi, rule->first) : CALL_COUNT;

	if (call != CALL_COUNT)
		snprintf(text, 40, "%s", call_rows[call].name);
	else
		snprintf(text, 40, "%" PRIu32 "-%" PRIu32, rule->first, rule->last);
}
