/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bpf/walk.h"

#include <stddef.h>

/* Two comparisons for each number of the longest program: a balanced tree stays far below. */
#define MAX_PATHS (4 * VERDICT_MAX_LENGTH)

/* What the accumulator holds. */
enum holding { HOLDS_NOTHING, HOLDS_ARCH, HOLDS_NR };

struct walker {
	const struct sock_filter *program;
	walk_visit *visit;
	void *context;
	unsigned paths;
	bool too_many;
};

struct range {
	uint32_t first, last;
};

static struct range held_range(const struct walk_region *region, enum holding a)
{
	if (a == HOLDS_ARCH)
		return (struct range){ region->arch_first, region->arch_last };
	return (struct range){ region->nr_first, region->nr_last };
}

static void set_range(struct walk_region *region, enum holding a, struct range range)
{
	if (a == HOLDS_ARCH) {
		region->arch_first = range.first;
		region->arch_last = range.last;
	} else {
		region->nr_first = range.first;
		region->nr_last = range.last;
	}
}

static bool end_path(struct walker *w, struct walk_region region)
{
	if (++w->paths > MAX_PATHS) {
		w->too_many = true;
		return false;
	}
	return w->visit(&region, w->context);
}

static bool answer(struct walker *w, struct walk_region region, uint32_t action)
{
	region.answered = true;
	region.action = action;
	return end_path(w, region);
}

static bool leave(struct walker *w, struct walk_region region, unsigned resume)
{
	region.answered = false;
	region.resume = resume;
	return end_path(w, region);
}

static bool walk_from(struct walker *w, unsigned pc, struct walk_region region, enum holding a);

/*
 * Goes on with the part of the range for which the comparison is true: values from .first to .last
 * of true_part, and with what lies below and above it for which it is false.
 */
static bool split(struct walker *w, unsigned pc, const struct walk_region *region, enum holding a,
		  struct range true_part)
{
	const struct sock_filter *insn = &w->program[pc];
	struct range whole = held_range(region, a), part;
	unsigned if_true = pc + 1 + insn->jt, if_false = pc + 1 + insn->jf;
	struct walk_region piece = *region;

	if (true_part.first < whole.first)
		true_part.first = whole.first;
	if (true_part.last > whole.last)
		true_part.last = whole.last;
	if (true_part.first > true_part.last)
		return walk_from(w, if_false, piece, a);
	if (true_part.first > whole.first) {
		part = (struct range){ whole.first, true_part.first - 1 };
		set_range(&piece, a, part);
		if (!walk_from(w, if_false, piece, a))
			return false;
	}
	set_range(&piece, a, true_part);
	if (!walk_from(w, if_true, piece, a))
		return false;
	if (true_part.last == whole.last)
		return true;
	part = (struct range){ true_part.last + 1, whole.last };
	set_range(&piece, a, part);
	return walk_from(w, if_false, piece, a);
}

static bool walk_from(struct walker *w, unsigned pc, struct walk_region region, enum holding a)
{
	for (;; pc++) {
		const struct sock_filter *insn = &w->program[pc];

		switch (insn->code) {
		case BPF_RET | BPF_K: return answer(w, region, insn->k);
		case BPF_JMP | BPF_JA: pc += insn->k; continue;
		case BPF_LD | BPF_W | BPF_ABS:
			if (insn->k == offsetof(struct seccomp_data, nr))
				a = HOLDS_NR;
			else if (insn->k == offsetof(struct seccomp_data, arch))
				a = HOLDS_ARCH;
			else
				return leave(w, region, pc); /* the load overwrites A */
			continue;
		default: break;
		}
		if (a == HOLDS_NOTHING)
			return leave(w, region, 0);
		switch (insn->code) {
		case BPF_JMP | BPF_JEQ | BPF_K:
			return split(w, pc, &region, a, (struct range){ insn->k, insn->k });
		case BPF_JMP | BPF_JGE | BPF_K:
			return split(w, pc, &region, a, (struct range){ insn->k, UINT32_MAX });
		case BPF_JMP | BPF_JGT | BPF_K:
			if (insn->k != UINT32_MAX)
				return split(w, pc, &region, a,
					     (struct range){ insn->k + 1, UINT32_MAX });
			pc += insn->jf; /* nothing is greater */
			continue;
		default: return leave(w, region, 0);
		}
	}
}

bool walk_filter(const struct sock_filter *program, walk_visit *visit, void *context,
		 unsigned *paths)
{
	struct walker w = { program, visit, context, 0, false };
	const struct walk_region everything = { 0, UINT32_MAX, 0, UINT32_MAX, false, 0, 0 };
	bool done = walk_from(&w, 0, everything, HOLDS_NOTHING);

	if (paths)
		*paths = w.too_many ? 0 : w.paths;
	return done;
}
