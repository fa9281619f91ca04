/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

/* ---- choices ---- */

unsigned choices_first_value(enum key key)
{
	unsigned i = 0;

	while (value_rows[i].key != key)
		i++;
	return i;
}

unsigned choices_value_count(enum key key)
{
	unsigned first = choices_first_value(key), i = first;

	while (i < VALUE_COUNT && value_rows[i].key == key)
		i++;
	return i - first;
}

void choices_init(struct choices *choices)
{
	memset(choices, 0, sizeof *choices);
	/* Backwards, so that the first row of each key, its default, is what remains. */
	for (unsigned i = VALUE_COUNT; i-- > 0;)
		choices->value[value_rows[i].key] = (uint8_t)i;
}

static bool group_has_qemu_rows(enum key key)
{
	for (unsigned i = 0; i < rule_row_count; i++)
		if (group_rows[rule_rows[i].group].key == key && rule_rows[i].origin != ORIGIN_OURS)
			return true;
	return false;
}

/* Whether a key denies something, by a group of calls or by a domain. */
static bool key_denies(enum key key)
{
	for (unsigned i = 0; i < VALUE_COUNT; i++)
		if (value_rows[i].key == key && value_rows[i].effect & EFFECT_DOMAIN)
			return true;
	for (unsigned i = 0; i < GROUP_COUNT; i++)
		if (group_rows[i].key == key && key != KEY_ABI)
			return true;
	return false;
}

static void tighten(struct choices *choices)
{
	for (unsigned i = 0; i < VALUE_COUNT; i++) {
		enum key key = value_rows[i].key;

		if (key != KEY_ENABLE && !choices->given[key] &&
		    value_rows[i].effect & EFFECT_TIGHTEST)
			choices->value[key] = (uint8_t)i;
	}
}

static bool wants_domain(const struct choices *choices, enum key key)
{
	return choices_enabled(choices) && value_rows[choices->value[key]].effect & EFFECT_DOMAIN;
}

static bool refuse_idle_degrade(const struct choices *choices, struct error *error)
{
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (choices->degrade[key] && !wants_domain(choices, key))
			return diag_set(error, EXIT_GYVE,
					"'--degrade %s' has no meaning: '%s' is not denied",
					key_rows[key].name, key_rows[key].name);
	return true;
}

/* Under compat=qemu: keys that QEMU has no rows for are refused if given, else opened. */
static bool settle_as_qemu(struct choices *choices, struct error *error)
{
	for (unsigned key = 0; key < KEY_COUNT; key++) {
		const struct value_row *value = &value_rows[choices->value[key]];
		bool is_qemus = !key_denies(key) || group_has_qemu_rows(key);

		if (is_qemus && !(value->effect & EFFECT_OURS))
			continue;
		if (choices->given[key] && value->rank > 0)
			return diag_set(
				error, EXIT_GYVE,
				"-sandbox: '%s=%s' contradicts 'compat=qemu': QEMU's sandbox "
				"has no rows for it; leave out one of the two",
				key_rows[key].name, value->name);
		/* Not given, so it is a default: QEMU's language does not have it. */
		for (unsigned i = 0; i < VALUE_COUNT; i++)
			if (value_rows[i].key == key && value_rows[i].rank == 0)
				choices->value[key] = (uint8_t)i;
	}
	return true;
}

bool choices_settle(struct choices *choices, struct error *error)
{
	if (choices_enabled(choices)) {
		if (choices->value[KEY_ENABLE] == VALUE_ENABLE_STRICT)
			tighten(choices);
		if (choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU &&
		    !settle_as_qemu(choices, error))
			return false;
	}
	return refuse_idle_degrade(choices, error);
}

bool choices_need(const struct choices *choices, enum need need[static KEY_COUNT])
{
	bool any = false;

	for (unsigned key = 0; key < KEY_COUNT; key++) {
		bool demanded = choices->given[key] && !choices->degrade[key];

		need[key] = NEED_NONE;
		if (!wants_domain(choices, key))
			continue;
		need[key] = demanded ? NEED_DEMANDED : NEED_WISHED;
		any = true;
	}
	return any;
}

enum no_new_privs choices_no_new_privs(const struct choices *choices)
{
	unsigned value = choices->value[KEY_ELEVATEPRIVILEGES];

	/* QEMU's filter comes with no_new_privs whatever elevateprivileges says: libseccomp sets
	 * it. */
	if (choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU)
		return NNP_SET;
	if (value == VALUE_ELEVATEPRIVILEGES_ALLOW && choices->given[KEY_ELEVATEPRIVILEGES])
		return NNP_IF_NEEDED;
	return NNP_SET;
}

/* ---- building ---- */

void policy_add_layer(struct policy *policy, uint32_t default_action)
{
	unsigned layer = policy->layer_count++;

	policy->layer_default[layer] = default_action;
	if (layer == 0 || action_stricter(default_action, policy->default_action))
		policy->default_action = default_action;
}

void policy_init(struct policy *policy, uint32_t default_action, uint32_t foreign_action)
{
	policy->foreign_action = foreign_action;
	policy->sealed = false;
	policy->layer_count = 0;
	policy_add_layer(policy, default_action);
	policy->abi_count = 0;
	policy->count = 0;
}

struct policy_abi *policy_add_abi(struct policy *policy, enum abi abi)
{
	struct policy_abi *added = &policy->abis[policy->abi_count];

	if (policy->abi_count == POLICY_MAX_ABIS)
		return NULL;
	policy->abi_count++;
	added->abi = abi;
	added->ranges = -1;
	added->ranges_from = UINT32_MAX;
	memset(added->single, 0, sizeof added->single);
	memset(added->head, 0xff, sizeof added->head); /* -1 everywhere */
	return added;
}

void policy_add_abis(struct policy *policy, enum abi native, bool all)
{
	policy_add_abi(policy, native);
	for (unsigned abi = 0; all && abi < ABI_COUNT; abi++)
		if (abi != native && syscalls_same_kernel(abi, native))
			policy_add_abi(policy, abi);
}

/* Appends to the chain, so that of equally strict rules the first added decides. */
static void chain(struct policy *policy, int16_t *head, int16_t index)
{
	while (*head >= 0)
		head = &policy->rules[*head].next;
	*head = index;
}

struct policy_rule *policy_add(struct policy *policy, struct policy_abi *abi, uint32_t first,
			       uint32_t last, uint32_t action, const struct condition *when)
{
	struct policy_rule *rule = &policy->rules[policy->count];
	bool indexed = first == last && first < POLICY_SPAN;

	if (policy->count == POLICY_MAX_RULES)
		return NULL;
	*rule = (struct policy_rule){
		.first = first,
		.last = last,
		.action = action,
		.when = when,
		.next = -1,
		.row = -1,
		.layer = (uint8_t)(policy->layer_count - 1),
	};
	if (indexed)
		abi->single[first / 64] |= UINT64_C(1) << first % 64;
	else if (first < abi->ranges_from)
		abi->ranges_from = first;
	chain(policy, indexed ? &abi->head[first] : &abi->ranges, (int16_t)policy->count);
	policy->count++;
	return rule;
}

bool policy_add_own(struct policy *policy, enum call call, enum condition_id condition,
		    uint32_t action)
{
	for (unsigned i = 0; i < policy->abi_count; i++) {
		struct policy_abi *abi = &policy->abis[i];
		struct policy_rule *rule;
		uint32_t nr;

		if (!syscalls_number(abi->abi, call, &nr))
			continue;
		rule = policy_add(policy, abi, nr, nr, action,
				  condition == CONDITION_ALWAYS ? NULL
								: &condition_rows[condition]);
		if (!rule)
			return false;
		rule->condition = condition;
	}
	return true;
}

bool policy_row_is_on(const struct rule_row *row, const struct choices *choices)
{
	const struct group_row *group = &group_rows[row->group];
	unsigned value = choices->value[group->key];

	if (group->only != VALUE_COUNT)
		return value == group->only;
	return row->rank <= value_rows[value].rank;
}

static bool row_applies(const struct rule_row *row, const struct choices *choices)
{
	bool qemu = choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU;
	enum origin unwanted = qemu ? ORIGIN_OURS : ORIGIN_EXACT;

	if (row->condition == CONDITION_NO_BIND && choices->binds)
		return false;
	return row->origin != unwanted && policy_row_is_on(row, choices);
}

const struct value_row *policy_denying_value(const struct rule_row *row)
{
	unsigned best = group_rows[row->group].only;

	for (unsigned i = 0; i < VALUE_COUNT && group_rows[row->group].only == VALUE_COUNT; i++)
		if (value_rows[i].key == group_rows[row->group].key &&
		    value_rows[i].rank >= row->rank &&
		    (best == VALUE_COUNT || value_rows[i].rank < value_rows[best].rank))
			best = i;
	return &value_rows[best];
}

static uint32_t killing_action(const struct choices *choices, uint32_t kill)
{
	switch (choices->value[KEY_ACTION]) {
	case VALUE_ACTION_TRAP: return SECCOMP_RET_TRAP;
	case VALUE_ACTION_ERRNO: return SECCOMP_RET_ERRNO | EPERM;
	case VALUE_ACTION_LOG: return SECCOMP_RET_LOG;
	default: return kill;
	}
}

static void add_range(struct policy *policy, struct policy_abi *abi, const struct number_span *span,
		      uint32_t action, enum group group)
{
	policy_add(policy, abi, span->first, span->last, action, NULL)->group = (uint8_t)group;
}

/* Numbers that no row is about. NUMBER_SKIP passes: the kernel does nothing but answer ENOSYS. */
static void add_ranges(struct policy *policy, struct policy_abi *abi, const struct choices *choices,
		       uint32_t kill)
{
	bool qemu = choices->value[KEY_COMPAT] == VALUE_COMPAT_QEMU;
	bool unknown = value_rows[choices->value[KEY_UNKNOWN]].rank > 0;
	struct number_span span = { .last = UINT32_MAX };
	struct number_map map;

	syscalls_map(&map, abi->abi);
	do {
		span = syscalls_span(&map, span.last + 1);
		if (span.kind == NUMBER_X32 || (span.kind == NUMBER_STRAY && !qemu))
			add_range(policy, abi, &span, kill, GROUP_ABI);
		if (span.kind == NUMBER_UNKNOWN && unknown)
			add_range(policy, abi, &span, SECCOMP_RET_ERRNO | ENOSYS, GROUP_UNKNOWN);
	} while (span.last != UINT32_MAX);
}

/* The ticket's words stand in registers, which on a 32-bit ABI hold half of them. */
void policy_set_ticket(struct policy *policy, const struct policy_facts *facts)
{
	policy->sealed = facts->sealed;
	policy->ticket = condition_rows[CONDITION_NO_TICKET];
	for (unsigned i = 0; i < policy->ticket.count; i++) {
		uint64_t word = facts->ticket[i];

		if (abi_rows[facts->native].bits == 32)
			word &= UINT32_MAX;
		policy->ticket.comparisons[i].value = word;
	}
	policy->launch = policy->ticket;
	policy->launch.sense = SENSE_WHEN;
}

/* A foreign execve has no exemption, nor has a policy with which nothing will be launched. */
static bool is_exempt(const struct policy *policy, bool native)
{
	return native && !policy->sealed;
}

static const struct condition *rule_condition(const struct policy *policy,
					      const struct rule_row *row,
					      const struct policy_abi *abi, const struct ids *ids)
{
	if (row->condition == CONDITION_ALWAYS || row->condition == CONDITION_NO_BIND)
		return NULL;
	if (row->condition == CONDITION_NO_TICKET)
		return is_exempt(policy, abi == &policy->abis[0]) ? &policy->ticket : NULL;
	if (ids_are_compared(row->condition))
		return ids_condition(policy->ids, row, abi->abi, ids);
	return &condition_rows[row->condition];
}

static void add_rows(struct policy *policy, struct policy_abi *abi, const struct choices *choices,
		     uint32_t kill, const struct ids *ids)
{
	for (unsigned i = 0; i < rule_row_count; i++) {
		const struct rule_row *row = &rule_rows[i];
		struct policy_rule *rule;
		uint32_t nr;

		if (!row_applies(row, choices) || !syscalls_number(abi->abi, row->call, &nr) ||
		    ids_needless(row, ids))
			continue;
		rule = policy_add(
			policy, abi, nr, nr,
			row->denial == DENY_KILL ? kill : SECCOMP_RET_ERRNO | (uint32_t)row->denial,
			rule_condition(policy, row, abi, ids));
		rule->row = (int16_t)i;
		rule->group = row->group;
		rule->condition = row->condition;
	}
}

/* Without no_new_privs an ID that changes nothing now may change something later. */
static struct ids ids_that_count(const struct choices *choices, const struct ids *ids)
{
	if (value_rows[choices->value[KEY_ELEVATEPRIVILEGES]].rank == 0 ||
	    choices_no_new_privs(choices) != NNP_SET)
		return (struct ids){ false, false, 0, 0 };
	return *ids;
}

void policy_build(struct policy *policy, const struct choices *choices,
		  const struct policy_facts *facts)
{
	uint32_t kill = killing_action(choices, facts->kill);
	bool all = choices->value[KEY_ABI] == VALUE_ABI_ALL;
	struct ids ids = ids_that_count(choices, &facts->ids);

	policy_init(policy, SECCOMP_RET_ALLOW, kill);
	policy_set_ticket(policy, facts);
	if (ids.has_uid || ids.has_gid)
		ids_fill(policy->ids, &ids);
	policy_add_abis(policy, facts->native, all);
	for (unsigned i = 0; i < policy->abi_count; i++) {
		add_rows(policy, &policy->abis[i], choices, kill, &ids);
		add_ranges(policy, &policy->abis[i], choices, kill);
	}
}

/* ---- answering ---- */

const struct policy_abi *policy_find_abi(const struct policy *policy, uint32_t arch)
{
	for (unsigned i = 0; i < policy->abi_count; i++)
		if (abi_rows[policy->abis[i].abi].arch == arch)
			return &policy->abis[i];
	return NULL;
}

/* The least number above nr at which a rule on a range begins or has ended; 0 for none. */
static uint32_t next_boundary(const struct policy *policy, const struct policy_abi *abi,
			      uint32_t nr)
{
	uint32_t least = 0;

	for (int i = abi->ranges; i >= 0; i = policy->rules[i].next) {
		const uint32_t starts[] = { policy->rules[i].first, policy->rules[i].last + 1 };

		for (unsigned j = 0; j < 2; j++)
			if (starts[j] > nr && (least == 0 || starts[j] < least))
				least = starts[j];
	}
	return least;
}

/* The least number above nr that has a rule of its own, or POLICY_SPAN. */
static uint32_t next_single(const struct policy_abi *abi, uint32_t nr)
{
	uint32_t from = nr + 1;
	uint64_t bits;

	if (nr >= POLICY_SPAN - 1)
		return POLICY_SPAN;
	bits = abi->single[from / 64] >> from % 64 << from % 64;
	for (unsigned i = from / 64;; bits = abi->single[i]) {
		if (bits != 0)
			return 64 * i + (uint32_t)__builtin_ctzll(bits);
		if (++i == POLICY_SPAN / 64)
			return POLICY_SPAN;
	}
}

uint32_t policy_next_change(const struct policy *policy, const struct policy_abi *abi, uint32_t nr)
{
	uint32_t boundary = abi->ranges_from, single;

	if (nr < POLICY_SPAN && abi->head[nr] >= 0)
		return nr + 1;
	if (nr >= boundary)
		boundary = next_boundary(policy, abi, nr);
	single = next_single(abi, nr);
	if (single < POLICY_SPAN && (boundary == 0 || single < boundary))
		return single;
	return abi->ranges < 0 ? 0 : boundary;
}

uint32_t policy_floor(const struct policy *policy, const struct policy_abi *abi, unsigned layer,
		      uint32_t nr)
{
	struct policy_cursor cursor = policy_rules_of(policy, abi, nr);
	const struct policy_rule *rule, *best = NULL;

	while ((rule = policy_next(&cursor)) != NULL)
		if (rule->layer == layer && !rule->when &&
		    (!best || action_stricter(rule->action, best->action)))
			best = rule;
	return best ? best->action : policy->layer_default[layer];
}

bool policy_can_decide(const struct policy *policy, const struct policy_abi *abi, unsigned layer,
		       uint32_t nr, const struct policy_rule *rule)
{
	struct policy_cursor cursor = policy_rules_of(policy, abi, nr);
	const struct policy_rule *other;

	if (rule->layer != layer || !rule->when)
		return false;
	while ((other = policy_next(&cursor)) != NULL)
		if (other->layer == layer && !other->when &&
		    !action_stricter(rule->action, other->action))
			return false;
	return true;
}

/*
 * A request on an ABI. powerpc has three bits of direction, of which one means none (its
 * uapi/asm/ioctl.h); elsewhere there are two, and none is 0.
 */
static uint64_t request_on(enum abi abi, uint64_t request)
{
	uint64_t writes = request >> 30 & 1, reads = request >> 31 & 1;

	if (abi != ABI_PPC64LE)
		return request;
	return (request & 0x1fffffff) | writes << 31 | reads << 30 |
	       (uint64_t)(!writes && !reads) << 29;
}

struct comparison policy_comparison(const struct comparison *c, enum abi abi)
{
	uint64_t full = policy_full_mask(abi);
	struct comparison met = { c->arg, c->op, c->mask & full, c->value & full };

	if (c->arg == ARG_CLONE_FLAGS)
		met.arg = abi_rows[abi].clone_flags;
	if (c->arg == ARG_REQUEST) {
		met.arg = 1;
		met.value = request_on(abi, met.value);
	}
	return met;
}

static bool comparison_holds(const struct comparison *written, enum abi abi,
			     const uint64_t args[static 6])
{
	struct comparison c = policy_comparison(written, abi);
	uint64_t value = args[c.arg] & c.mask;

	switch (c.op) {
	case OP_EQ: return value == c.value;
	case OP_NE: return value != c.value;
	case OP_GT: return value > c.value;
	case OP_GE: return value >= c.value;
	case OP_LT: return value < c.value;
	default: return value <= c.value;
	}
}

bool policy_holds(const struct condition *when, enum abi abi, const uint64_t args[static 6])
{
	if (!when)
		return true;
	for (unsigned i = 0; i < when->count; i++)
		if (!comparison_holds(&when->comparisons[i], abi, args))
			return when->sense == SENSE_UNLESS;
	return when->sense == SENSE_WHEN;
}

/* Whether a rule decides against one that was added before it. */
static bool takes_over(const struct policy_rule *rule, const struct policy_rule *best)
{
	if (!best || action_stricter(rule->action, best->action))
		return true;
	return !rule->when && best->when && !action_stricter(best->action, rule->action);
}

/* The rule of a layer that decides a call, or NULL. */
static const struct policy_rule *decide_layer(const struct policy *policy,
					      const struct policy_abi *abi, unsigned layer,
					      const struct call_data *call)
{
	struct policy_cursor cursor = policy_rules_of(policy, abi, call->nr);
	const struct policy_rule *rule, *best = NULL;

	while ((rule = policy_next(&cursor)) != NULL)
		if (rule->layer == layer && takes_over(rule, best) &&
		    policy_holds(rule->when, abi->abi, call->args))
			best = rule;
	return best;
}

static const struct policy_rule *decide(const struct policy *policy, const struct policy_abi *abi,
					const struct call_data *call, uint32_t *action)
{
	const struct policy_rule *best = NULL;

	for (unsigned layer = 0; layer < policy->layer_count; layer++) {
		const struct policy_rule *rule = decide_layer(policy, abi, layer, call);
		uint32_t answer = rule ? rule->action : policy->layer_default[layer];

		if (layer > 0 && !action_stricter(answer, *action))
			continue;
		*action = answer;
		best = rule;
	}
	return best;
}

const struct policy_rule *policy_decide(const struct policy *policy, const struct call_data *call)
{
	const struct policy_abi *abi = policy_find_abi(policy, call->arch);
	uint32_t action;

	return abi ? decide(policy, abi, call, &action) : NULL;
}

uint32_t policy_verdict(const struct policy *policy, const struct call_data *call)
{
	const struct policy_abi *abi = policy_find_abi(policy, call->arch);
	uint32_t action = policy->foreign_action;

	if (abi)
		decide(policy, abi, call, &action);
	return action;
}
