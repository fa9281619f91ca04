/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules, and what they answer. A policy is a model: policy_verdict says from the rules alone what
 * must happen to a call, so that a compiled filter can be held against it. Knows nothing of text
 * syntax, BPF programs or this machine's kernel.
 */
#ifndef GYVE_POLICY_H
#define GYVE_POLICY_H

#include <stddef.h>

#include "syscalls/action.h"
#include "syscalls/syscalls.h"

/*
 * Of a launch whose real, effective, saved and file-system ID are one, that one: a call that sets
 * some of them to it, or leaves them (-1), changes nothing, and with no_new_privs and the rest of
 * the group denied never will. An ID that a user namespace does not map reads as 65534.
 */
struct ids {
	bool has_uid, has_gid;
	uint32_t uid, gid;
};

/* For each condition on an ID one at 32 bits and one at 16. */
#define IDS_CONDITIONS (2 * (CONDITION_OTHER_GID_3 - CONDITION_OTHER_UID_1 + 1))

struct policy_rule {
	uint32_t first, last;	      /* system call numbers */
	uint32_t action;	      /* SECCOMP_RET_ value, never 0 */
	const struct condition *when; /* NULL: always */
	int16_t next;		      /* the next rule on the same number, or -1 */
	int16_t row;		      /* of rule_rows, or -1 */
	uint8_t group;
	uint8_t condition; /* enum condition_id, for people */
	uint8_t layer;	   /* which of the policy's layers it belongs to */
};

/* Numbers below this are looked up by index. */
#define POLICY_SPAN NUMBER_SPAN
#define POLICY_MAX_ABIS 3
#define POLICY_MAX_RULES 16384
#define POLICY_MAX_LAYERS 2
/* Of a layer's rules with conditions on one number so many can be compiled and checked. */
#define POLICY_MAX_CONDITIONAL 512

struct policy_abi {
	enum abi abi;
	int16_t ranges;	      /* first of the rules on ranges and higher numbers, or -1 */
	uint32_t ranges_from; /* none of them concerns a lower number */
	uint64_t single[POLICY_SPAN / 64]; /* a bit for each number that head has a rule on */
	int16_t head[POLICY_SPAN];	   /* first rule on a single number, or -1 */
};

/*
 * A policy has layers, each with rules and a default of its own, as if each were a filter: a call's
 * answer is the strictest of what the layers say. So a deny-list and an allow-list can hold
 * together, and still be one filter.
 */
struct policy {
	uint32_t default_action; /* where no rule holds: the strictest of the layers' */
	uint32_t foreign_action; /* for an arch value that none of abis has */
	unsigned layer_count;
	uint32_t layer_default[POLICY_MAX_LAYERS];
	unsigned abi_count; /* abis[0] is the machine's own */
	struct policy_abi abis[POLICY_MAX_ABIS];
	bool sealed;		 /* no rule exempts a launch */
	struct condition ticket; /* this launch's words; what a rule's "when" points to */
	struct condition launch; /* the same words, to allow: holds for the launch only */
	struct condition ids[IDS_CONDITIONS]; /* "another ID than the launch's", likewise */
	unsigned count;
	struct policy_rule rules[POLICY_MAX_RULES];
};

/* What the policy depends on besides the choices. */
struct policy_facts {
	enum abi native;
	uint32_t kill;	    /* SECCOMP_RET_KILL_PROCESS, or _TRAP on a kernel without it */
	uint64_t ticket[3]; /* the exec ticket's words */
	bool sealed;	    /* no launch will follow: a denied execve has no exception */
	struct ids ids;
};

/* ---- from which it is made; policy_add returns NULL when there is no room ---- */
void policy_init(struct policy *policy, uint32_t default_action, uint32_t foreign_action);
/* Takes the words of the ticket, and whether there is one. */
void policy_set_ticket(struct policy *policy, const struct policy_facts *facts);
/* Whether a condition compares an ID with the launch's. */
inline bool policy_compares_ids(enum condition_id condition)
{
	return condition >= CONDITION_OTHER_UID_1 && condition <= CONDITION_OTHER_GID_3;
}

/* Whether a condition has values that each launch has its own of. */
bool policy_is_of_launch(enum condition_id condition);

/* Rules added from here on belong to a new layer with this default. At most POLICY_MAX_LAYERS. */
void policy_add_layer(struct policy *policy, uint32_t default_action);
struct policy_abi *policy_add_abi(struct policy *policy, enum abi abi);
/* The machine's own ABI and, for all, every other that its kernel serves. */
void policy_add_abis(struct policy *policy, enum abi native, bool all);
struct policy_rule *policy_add(struct policy *policy, struct policy_abi *abi, uint32_t first,
			       uint32_t last, uint32_t action, const struct condition *when);

/*
 * Adds a rule that no key owns to each ABI of the policy that has the call. false when there is no
 * room.
 */
bool policy_add_own(struct policy *policy, enum call call, enum condition_id condition,
		    uint32_t action);

/*
 * Walks the rules that concern one number of one ABI, in the order in which they were added.
 * Inline, since compiling and checking do little else.
 */
struct policy_cursor {
	const struct policy *policy;
	uint32_t nr;
	int index;  /* of the rule to look at next, or -1 */
	int ranges; /* where to go on after the number's own rules, or -1 */
};

inline struct policy_cursor policy_rules_of(const struct policy *policy,
					    const struct policy_abi *abi, uint32_t nr)
{
	int index = nr < POLICY_SPAN ? abi->head[nr] : -1;
	int ranges = nr >= abi->ranges_from ? abi->ranges : -1;

	return (struct policy_cursor){ policy, nr, index >= 0 ? index : ranges,
				       index >= 0 ? ranges : -1 };
}

/* The next rule, or NULL. */
inline const struct policy_rule *policy_next(struct policy_cursor *cursor)
{
	while (cursor->index >= 0) {
		const struct policy_rule *rule = &cursor->policy->rules[cursor->index];

		cursor->index = rule->next;
		if (cursor->index < 0) {
			cursor->index = cursor->ranges;
			cursor->ranges = -1;
		}
		if (cursor->nr >= rule->first && cursor->nr <= rule->last)
			return rule;
	}
	return NULL;
}

/* The answer of a layer to a number of an ABI where none of its conditions holds. */
uint32_t policy_floor(const struct policy *policy, const struct policy_abi *abi, unsigned layer,
		      uint32_t nr);

/*
 * Whether a rule on a number has a condition and can decide in its layer: one milder than a rule
 * without a condition never does. The default keeps none from deciding.
 */
bool policy_can_decide(const struct policy *policy, const struct policy_abi *abi, unsigned layer,
		       uint32_t nr, const struct policy_rule *rule);

/*
 * The least number above nr that may have other rules than nr has; 0 when there is none. Between
 * two such numbers all have the same.
 */
uint32_t policy_next_change(const struct policy *policy, const struct policy_abi *abi, uint32_t nr);

/* Which of the policy's ABIs an arch value is, or NULL. */
const struct policy_abi *policy_find_abi(const struct policy *policy, uint32_t arch);

/* All bits of an argument of this ABI. */
inline uint64_t policy_full_mask(enum abi abi)
{
	return abi_rows[abi].bits == 32 ? UINT32_MAX : UINT64_MAX;
}

/*
 * A comparison as the calls of an ABI meet it: on the argument that has clone's flags there, with
 * the number that a request of ioctl has there, and its mask and value cut to the width of an
 * argument, as libseccomp cuts them (_db_rule_gen_32 in its db.c). 64-bit code that makes an i386
 * call (int $0x80) may leave anything above bit 31: seccomp sees whole registers
 * (syscall_get_arguments, arch/x86/include/asm/syscall.h), the call itself their low halves
 * (SC_IA32_REGS_TO_ARGS, syscall_wrapper.h there).
 */
struct comparison policy_comparison(const struct comparison *c, enum abi abi);

/* Whether a condition holds for a call of this ABI; a NULL condition does. */
bool policy_holds(const struct condition *when, enum abi abi, const uint64_t args[static 6]);

/*
 * The rule that decides a call: in each layer the strictest of those that hold, of the layers the
 * strictest. NULL when it is a default that decides. Of equally strict ones one without a condition
 * (libseccomp's order, too, so that a profile means the same), and then the first added.
 */
const struct policy_rule *policy_decide(const struct policy *policy, const struct call_data *call);

/* The expected SECCOMP_RET_ value of a call. */
uint32_t policy_verdict(const struct policy *policy, const struct call_data *call);

#endif
