/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libseccomp has no "unless", no order among rules and one comparison for each argument of a rule.
 * So each rule is brought into that form: alternatives of which any suffices, each a conjunction
 * with one comparison for an argument, and no alternative of one action overlapping another's.
 */
#include "second_opinion.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A range of numbers up to this wide is added number by number. */
#define MAX_WIDTH 640

/* ---- conjunctions ---- */

struct term {
	bool used[6];
	struct scmp_arg_cmp cmp[6];
};

#define MAX_TERMS 512

struct terms {
	unsigned count;
	struct term list[MAX_TERMS];
};

enum merge { MERGED, CONTRADICTION, INEXPRESSIBLE };

/* Adds a comparison to a conjunction. */
static enum merge merge_cmp(struct term *term, const struct scmp_arg_cmp *new)
{
	struct scmp_arg_cmp *old = &term->cmp[new->arg];

	if (!term->used[new->arg]) {
		term->used[new->arg] = true;
		*old = *new;
		return MERGED;
	}
	if (memcmp(old, new, sizeof *old) == 0)
		return MERGED;
	if (old->op != SCMP_CMP_MASKED_EQ || new->op != SCMP_CMP_MASKED_EQ)
		return INEXPRESSIBLE;
	if ((old->datum_b ^ new->datum_b) & old->datum_a & new->datum_a)
		return CONTRADICTION;
	old->datum_a |= new->datum_a;
	old->datum_b |= new->datum_b;
	return MERGED;
}

/* ---- comparisons ---- */

static enum scmp_compare ordered_op(enum comparison_op op, bool holds)
{
	switch (op) {
	case OP_GT: return holds ? SCMP_CMP_GT : SCMP_CMP_LE;
	case OP_GE: return holds ? SCMP_CMP_GE : SCMP_CMP_LT;
	case OP_LT: return holds ? SCMP_CMP_LT : SCMP_CMP_GE;
	default: return holds ? SCMP_CMP_LE : SCMP_CMP_GT;
	}
}

/*
 * The comparisons of which one has to be true for ours to hold, or not to hold; their number, 0
 * when libseccomp has none. "masked, unequal" is "one bit is the highest that differs": no two of
 * these overlap, so that the product of many stays short.
 */
static unsigned alternatives(const struct comparison *written, enum abi abi, bool holds,
			     struct scmp_arg_cmp list[static 64])
{
	struct comparison c = policy_comparison(written, abi);
	unsigned count = 0;

	if (c.op != OP_EQ && c.op != OP_NE) {
		list[0] = (struct scmp_arg_cmp){ c.arg, ordered_op(c.op, holds), c.value, 0 };
		return c.mask == policy_full_mask(abi);
	}
	if ((c.op == OP_EQ) == holds) {
		list[0] = (struct scmp_arg_cmp){ c.arg, SCMP_CMP_MASKED_EQ, c.mask, c.value };
		return 1;
	}
	if (c.mask == UINT64_MAX) {
		list[0] = (struct scmp_arg_cmp){ c.arg, SCMP_CMP_NE, c.value, 0 };
		return 1;
	}
	for (uint64_t left = c.mask; left != 0; left &= left - 1) {
		uint64_t bit = left & (0 - left), from_bit = c.mask & (0 - bit);

		list[count++] = (struct scmp_arg_cmp){ c.arg, SCMP_CMP_MASKED_EQ, from_bit,
						       (c.value & from_bit) ^ bit };
	}
	return count;
}

/* ---- conditions ---- */

/* Counts the term behind the last as one more, unless it is among them. */
static void keep_new(struct terms *terms)
{
	const struct term *last = &terms->list[terms->count];

	for (unsigned i = 0; i < terms->count; i++)
		if (memcmp(&terms->list[i], last, sizeof *last) == 0)
			return;
	terms->count++;
}

/* Every term of *terms with every one of the comparisons: *terms becomes the product. */
static bool multiply(struct terms *terms, const struct scmp_arg_cmp *list, unsigned count)
{
	static struct terms product;

	product.count = 0;
	for (unsigned i = 0; i < terms->count; i++)
		for (unsigned j = 0; j < count; j++) {
			if (product.count == MAX_TERMS)
				return false;
			product.list[product.count] = terms->list[i];
			switch (merge_cmp(&product.list[product.count], &list[j])) {
			case MERGED: keep_new(&product); break;
			case CONTRADICTION: break;
			default: return false;
			}
		}
	memcpy(terms, &product, sizeof product);
	return count > 0;
}

/* *terms and "the condition holds", or does not: by De Morgan all of one kind or any of another. */
static bool restrict_terms(struct terms *terms, const struct condition *when, enum abi abi,
			   bool holds)
{
	bool all = (when->sense == SENSE_WHEN) == holds;
	struct scmp_arg_cmp list[COMPARISON_MAX * 64];
	unsigned count = 0;

	for (unsigned i = 0; i < when->count; i++) {
		unsigned added = alternatives(&when->comparisons[i], abi, all, list + count);

		if (added == 0 || (all && !multiply(terms, list, added)))
			return false;
		count += all ? 0 : added;
	}
	return all || multiply(terms, list, count);
}

/* ---- one number ---- */

struct builder {
	const struct policy *policy;
	const struct policy_abi *abi;
	scmp_filter_ctx ctx;
	struct error *error;
};

static bool inexpressible(const struct builder *b, uint32_t nr, const char *what)
{
	enum call call = syscalls_at(b->abi->abi, nr);

	return diag_set(b->error, EXIT_GYVE, "libseccomp cannot express %s: %s call %u (%s)", what,
			abi_rows[b->abi->abi].name, nr,
			call == CALL_COUNT ? "no name" : call_rows[call].name);
}

/*
 * libseccomp takes its own machine's numbers, but for what its own machine has twice (socket, and
 * as a part of socketcall), and for another ABI translates them by name. A name that the machine
 * lacks has a number below 0, which two names may share (switch_endian and sys_debug_setcontext):
 * so it is asked what it makes of the number.
 */
bool second_opinion_number(enum abi abi, uint32_t nr, int *number)
{
	uint32_t arch = abi_rows[abi].arch;
	enum call call = syscalls_at(abi, nr);
	bool native = arch == seccomp_arch_native(), same;
	char *name;

	*number = (int)nr;
	if (call == CALL_COUNT)
		return native;
	*number = seccomp_syscall_resolve_name(call_rows[call].name);
	if (*number == __NR_SCMP_ERROR) {
		*number = (int)nr;
		return native;
	}
	if (native)
		return *number == (int)nr;
	name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), *number);
	same = name && seccomp_syscall_resolve_name_arch(arch, name) == (int)nr;
	free(name);
	return same;
}

static bool add_term(const struct builder *b, uint32_t nr, uint32_t action, const struct term *term)
{
	struct scmp_arg_cmp list[6];
	unsigned count = 0;
	int number, result;

	if (action == b->policy->default_action)
		return true;
	if (!second_opinion_number(b->abi->abi, nr, &number))
		return inexpressible(b, nr, "a call of another ABI that it does not know");
	for (unsigned i = 0; i < 6; i++)
		if (term->used[i])
			list[count++] = term->cmp[i];
	result = seccomp_rule_add_exact_array(b->ctx, action, number, count, list);
	if (result == -EEXIST) /* the same alternative twice, from two rules */
		return true;
	if (result < 0)
		return diag_errno(b->error, EXIT_GYVE, -result,
				  "libseccomp cannot add a rule on call %u", nr);
	return true;
}

#define MAX_RULES 64

/* Strictest first; of equally strict ones the first added. */
static unsigned sorted_rules(const struct builder *b, uint32_t nr,
			     const struct policy_rule *list[static MAX_RULES])
{
	struct policy_cursor cursor = policy_rules_of(b->policy, b->abi, nr);
	const struct policy_rule *rule;
	unsigned count = 0;

	while (count < MAX_RULES && (rule = policy_next(&cursor)) != NULL) {
		unsigned i = count++;

		for (; i > 0 && action_stricter(rule->action, list[i - 1]->action); i--)
			list[i] = list[i - 1];
		list[i] = rule;
	}
	return count;
}

/* Each rule where no stricter one holds, down to the first that always does. */
static bool add_number(const struct builder *b, uint32_t nr)
{
	const struct policy_rule *list[MAX_RULES];
	unsigned count = sorted_rules(b, nr, list);
	static struct terms terms;

	for (unsigned i = 0; i < count; i++) {
		bool ok = true;

		terms.count = 1;
		memset(&terms.list[0], 0, sizeof terms.list[0]);
		/* First what holds: it leaves the fewest terms to what must not. */
		if (list[i]->when)
			ok = restrict_terms(&terms, list[i]->when, b->abi->abi, true);
		for (unsigned j = 0; j < i && ok; j++)
			if (list[j]->action != list[i]->action)
				ok = restrict_terms(&terms, list[j]->when, b->abi->abi, false);
		if (!ok)
			return inexpressible(b, nr, "the conditions");
		for (unsigned j = 0; j < terms.count; j++)
			if (!add_term(b, nr, list[i]->action, &terms.list[j]))
				return false;
		if (!list[i]->when)
			return true;
	}
	return true;
}

/* ---- the whole ---- */

/* What libseccomp itself does on x86-64: x32's numbers are those of an ABI that is not there. */
static bool is_x32_range(const struct builder *b, const struct policy_rule *rule)
{
	return b->abi->abi == ABI_X86_64 && rule->first == X32_BIT &&
	       rule->last == UINT32_MAX - 1 && !rule->when &&
	       rule->action == b->policy->foreign_action &&
	       b->policy->default_action == SECCOMP_RET_ALLOW;
}

static bool add_numbers(const struct builder *b)
{
	bool done[POLICY_SPAN] = { false };

	for (int i = b->abi->ranges; i >= 0; i = b->policy->rules[i].next) {
		const struct policy_rule *rule = &b->policy->rules[i];

		if (is_x32_range(b, rule))
			continue;
		if (rule->last - rule->first >= MAX_WIDTH)
			return inexpressible(b, rule->first, "a range of numbers");
		for (uint32_t nr = rule->first; nr <= rule->last; nr++) {
			if (nr < POLICY_SPAN)
				done[nr] = true;
			if (!add_number(b, nr))
				return false;
		}
	}
	for (uint32_t nr = 0; nr < POLICY_SPAN; nr++)
		if (b->abi->head[nr] >= 0 && !done[nr] && !add_number(b, nr))
			return false;
	return true;
}

static bool set_up(const struct builder *b)
{
	uint32_t arch = abi_rows[b->abi->abi].arch;
	int result = 0;

	if (arch != seccomp_arch_native()) {
		/* In this order: one filter has one byte order. */
		result = seccomp_arch_remove(b->ctx, seccomp_arch_native());
		if (result == 0)
			result = seccomp_arch_add(b->ctx, arch);
	}
	if (result == 0 && b->policy->foreign_action != b->policy->default_action)
		result = seccomp_attr_set(b->ctx, SCMP_FLTATR_ACT_BADARCH,
					  b->policy->foreign_action);
	if (result == 0)
		result = seccomp_attr_set(b->ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (result < 0)
		return diag_errno(b->error, EXIT_GYVE, -result, "libseccomp cannot filter %s",
				  abi_rows[b->abi->abi].name);
	return true;
}

/* One filter for each architecture, so that raw numbers work. NULL and *error on failure. */
static scmp_filter_ctx build(const struct policy *policy, struct error *error)
{
	scmp_filter_ctx whole = NULL;

	/* Seen in 2.5.4: some return values stay in this machine's byte order. */
	if (abi_rows[policy->abis[0].abi].endian != abi_rows[syscalls_native_abi()].endian) {
		diag_set(error, EXIT_GYVE,
			 "libseccomp cannot express a filter for %s: the byte order is not this "
			 "machine's",
			 abi_rows[policy->abis[0].abi].name);
		return NULL;
	}
	for (unsigned i = 0; i < policy->abi_count; i++) {
		struct builder b = { policy, &policy->abis[i], NULL, error };
		int result;

		b.ctx = seccomp_init(policy->default_action);
		if (!b.ctx)
			diag_set(error, EXIT_GYVE, "libseccomp cannot begin a filter");
		if (!b.ctx || !set_up(&b) || !add_numbers(&b)) {
			seccomp_release(b.ctx);
			seccomp_release(whole);
			return NULL;
		}
		result = whole ? seccomp_merge(whole, b.ctx) : 0;
		if (result < 0) {
			diag_errno(error, EXIT_GYVE, -result, "libseccomp cannot merge filters");
			seccomp_release(b.ctx);
			seccomp_release(whole);
			return NULL;
		}
		whole = whole ? whole : b.ctx; /* a merged one belongs to the whole */
	}
	return whole;
}

static bool read_back(int fd, struct sock_filter program[static VERDICT_MAX_LENGTH],
		      unsigned *length, struct error *error)
{
	off_t size = lseek(fd, 0, SEEK_END);

	if (size < 0 || size > (off_t)(VERDICT_MAX_LENGTH * sizeof *program) ||
	    size % (off_t)sizeof *program != 0)
		return diag_set(error, EXIT_GYVE,
				"libseccomp's filter has %lld bytes, which no kernel takes",
				(long long)size);
	if (pread(fd, program, (size_t)size, 0) != size)
		return diag_errno(error, EXIT_GYVE, errno, "cannot read libseccomp's filter");
	*length = (unsigned)((size_t)size / sizeof *program);
	return true;
}

bool second_opinion_bpf(const struct policy *policy,
			struct sock_filter program[static VERDICT_MAX_LENGTH], unsigned *length,
			struct error *error)
{
	scmp_filter_ctx ctx = build(policy, error);
	int fd, result;
	bool ok;

	if (!ctx)
		return false;
	fd = memfd_create("gyve", MFD_CLOEXEC);
	result = fd < 0 ? -errno : seccomp_export_bpf(ctx, fd);
	seccomp_release(ctx);
	if (result < 0)
		diag_errno(error, EXIT_GYVE, -result, "libseccomp cannot export the filter");
	ok = result >= 0 && read_back(fd, program, length, error);
	if (fd >= 0)
		close(fd);
	return ok;
}
