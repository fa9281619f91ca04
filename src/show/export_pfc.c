/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy as libseccomp compiles it, in its own notation. */
#include "config.h"
#include "show/export.h"

#ifdef HAVE_LIBSECCOMP

#include <inttypes.h>

#include "bpf/second_opinion.h"

/* libseccomp has rules on numbers, not on ranges: wide ones are left out, and said so. */
#define WIDEST_RANGE 640

static bool is_wide(const struct policy_rule *rule)
{
	return rule->last - rule->first >= WIDEST_RANGE;
}

static void warn_of_range(const struct policy_rule *rule)
{
	char text[32];

	if (rule->first == X32_BIT)
		return; /* libseccomp treats x32 as an ABI that is not covered, by itself */
	diag_warn("--print=pfc: left out, since libseccomp has no rule for a range: calls %" PRIu32
		  " to %" PRIu32 " are %s",
		  rule->first, rule->last, action_name(rule->action, text));
}

static void drop_wide_ranges(struct policy *policy)
{
	for (unsigned i = 0; i < policy->abi_count; i++) {
		int16_t *link = &policy->abis[i].ranges;

		while (*link >= 0) {
			struct policy_rule *rule = &policy->rules[*link];

			if (!is_wide(rule)) {
				link = &rule->next;
				continue;
			}
			if (i == 0)
				warn_of_range(rule);
			*link = rule->next;
		}
	}
}

bool export_pfc(const struct export *export, FILE *out, struct error *error)
{
	static struct policy policy;

	if (export->policy->layer_count > 1)
		return diag_set(error, EXIT_GYVE,
				"--print=pfc: -sandbox and --profile together are not one filter "
				"of libseccomp's; print them one by one, or use --print=bpf");
	policy = *export->policy;
	drop_wide_ranges(&policy);
	if (second_opinion_pfc(&policy, out, error))
		return true;
	if (policy.abi_count == 1)
		return false;
	diag_warn("--print=pfc: only %s is listed: %s", abi_rows[policy.abis[0].abi].name,
		  error->text);
	policy.abi_count = 1;
	return second_opinion_pfc(&policy, out, error);
}

#else

bool export_pfc(const struct export *export, FILE *out, struct error *error)
{
	(void)export;
	(void)out;
	return diag_set(error, EXIT_GYVE,
			"--print=pfc: this gyve was built without libseccomp, which prints it");
}

#endif
