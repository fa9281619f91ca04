/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bpf/pfc.h"

#include <inttypes.h>

#include "syscalls/action.h"

/* What A holds: a word of the call, masked. */
struct held {
	uint8_t word; /* NO_WORD: nothing yet */
	uint32_t mask;
};

#define NO_WORD UINT8_MAX

/* A comparison or a return: the only instructions that are printed. */
struct node {
	unsigned at;
	struct held held;
};

struct printer {
	const struct sock_filter *program;
	enum endian endian;
	FILE *out;
	struct held held[VERDICT_MAX_LENGTH]; /* by comparison: what it compares */
	uint16_t ways[VERDICT_MAX_LENGTH];    /* that lead to it */
	bool printed[VERDICT_MAX_LENGTH];
};

/* Which calls come this way. */
struct calls {
	uint32_t nr_first, nr_last;
	bool has_holes;	    /* some between the two go another way */
	bool is_arch_asked; /* some comparison was of the arch value */
	enum abi abi;	    /* ABI_COUNT: not told apart, or none that is known */
};

static bool is_return(const struct sock_filter *insn)
{
	return insn->code == (BPF_RET | BPF_K);
}

/* The comparison or return that is reached from an instruction; false: something else is. */
static bool find_node(const struct sock_filter *program, struct node *node)
{
	for (;; node->at++) {
		const struct sock_filter *insn = &program[node->at];

		switch (insn->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			node->held = (struct held){ (uint8_t)(insn->k / 4), UINT32_MAX };
			break;
		case BPF_ALU | BPF_AND | BPF_K: node->held.mask &= insn->k; break;
		case BPF_JMP | BPF_JA: node->at += insn->k; break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K: return node->held.word != NO_WORD;
		default: return is_return(insn);
		}
	}
}

static struct node branch(const struct printer *p, struct node from, bool truth)
{
	const struct sock_filter *insn = &p->program[from.at];
	struct node to = { from.at + 1 + (truth ? insn->jt : insn->jf), from.held };

	find_node(p->program, &to);
	return to;
}

/* Counts the ways to each comparison, from the first on: jumps go forward. */
static bool survey(struct printer *p, unsigned length)
{
	struct node node = { 0, { NO_WORD, 0 } };

	if (!find_node(p->program, &node))
		return false;
	p->ways[node.at] = 1;
	p->held[node.at] = node.held;
	for (unsigned i = node.at; i < length; i++)
		for (unsigned truth = 0; p->ways[i] && !is_return(&p->program[i]) && truth < 2;
		     truth++) {
			const struct sock_filter *insn = &p->program[i];
			struct held *there;

			node = (struct node){ i + 1 + (truth ? insn->jt : insn->jf), p->held[i] };
			if (!find_node(p->program, &node))
				return false;
			there = &p->held[node.at];
			if (p->ways[node.at]++ == 0)
				*there = node.held;
			else if (!is_return(&p->program[node.at]) &&
				 (there->word != node.held.word || there->mask != node.held.mask))
				return false;
		}
	return true;
}

/* ---- words ---- */

static void indent(const struct printer *p, unsigned level)
{
	fprintf(p->out, "%*s", (int)(2 * level), "");
}

/* In libseccomp's words: "ERRNO(1)", "KILL" for the thread alone. */
static void print_action(const struct printer *p, uint32_t action)
{
	uint32_t data = action & SECCOMP_RET_DATA;
	char text[32];

	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO: fprintf(p->out, "action ERRNO(%" PRIu32 ");\n", data); break;
	case SECCOMP_RET_TRACE: fprintf(p->out, "action TRACE(%" PRIu32 ");\n", data); break;
	case SECCOMP_RET_KILL_THREAD: fputs("action KILL;\n", p->out); break;
	default: fprintf(p->out, "action %s;\n", action_name(action, text));
	}
}

static void print_word(const struct printer *p, struct held held, enum abi abi)
{
	unsigned half = held.word % 2 == (p->endian == ENDIAN_BIG);
	bool is_narrow = abi != ABI_COUNT && abi_rows[abi].bits == 32 && half;
	const char *part = is_narrow ? "" : half ? ".lo32" : ".hi32";

	if (held.word == WORD_NR)
		fputs("$syscall", p->out);
	else if (held.word == WORD_ARCH)
		fputs("$arch", p->out);
	else if (held.word < WORD_ARGS)
		fprintf(p->out, "$ip%s", part);
	else
		fprintf(p->out, "$a%d%s", (held.word - WORD_ARGS) / 2, part);
	if (held.mask != UINT32_MAX)
		fprintf(p->out, " & 0x%.8" PRIx32, held.mask);
}

static void print_number(const struct printer *p, const struct calls *calls, uint32_t nr)
{
	enum call call = calls->abi == ABI_COUNT ? CALL_COUNT : syscalls_at(calls->abi, nr);

	fprintf(p->out, "\"%s\" (%" PRIu32 ")",
		call == CALL_COUNT ? "UNKNOWN" : call_rows[call].name, nr);
}

/* Says which calls the lines that follow are for, where the number is settled. */
static void announce(const struct printer *p, const struct calls *calls, unsigned level)
{
	if (calls->abi == ABI_COUNT && calls->is_arch_asked) {
		indent(p, level);
		fputs("# invalid architecture action\n", p->out);
	}
	if (calls->has_holes || (calls->nr_first == 0 && calls->nr_last == UINT32_MAX))
		return;
	indent(p, level);
	fprintf(p->out, "# filter for syscall%s ", calls->nr_first == calls->nr_last ? "" : "s");
	print_number(p, calls, calls->nr_first);
	if (calls->nr_first != calls->nr_last) {
		fputs(" to ", p->out);
		print_number(p, calls, calls->nr_last);
	}
	fputc('\n', p->out);
}

/* ---- the tree ---- */

static bool is_settled(const struct printer *p, struct node node)
{
	return is_return(&p->program[node.at]) ||
	       (node.held.word != WORD_NR && node.held.word != WORD_ARCH);
}

static void narrow_number(struct calls *calls, const struct sock_filter *insn, bool truth)
{
	uint32_t k = insn->k + (BPF_OP(insn->code) == BPF_JGT);

	if (BPF_OP(insn->code) != BPF_JEQ) {
		*(truth ? &calls->nr_first : &calls->nr_last) = truth ? k : k - 1;
	} else if (truth) {
		calls->nr_first = calls->nr_last = k;
		calls->has_holes = false;
	} else if (k == calls->nr_first) {
		calls->nr_first++;
	} else if (k == calls->nr_last) {
		calls->nr_last--;
	} else {
		calls->has_holes = true;
	}
}

/* Of the calls that meet a comparison those for which it has this outcome. */
static struct calls narrow(const struct printer *p, struct calls calls, struct node node,
			   bool truth)
{
	const struct sock_filter *insn = &p->program[node.at];

	if (node.held.mask != UINT32_MAX)
		return calls;
	if (node.held.word == WORD_NR)
		narrow_number(&calls, insn, truth);
	if (node.held.word == WORD_ARCH) {
		calls.is_arch_asked = true;
		if (truth && BPF_OP(insn->code) == BPF_JEQ)
			calls.abi = syscalls_abi_of_arch(insn->k);
	}
	return calls;
}

static const char *operator_of(const struct sock_filter *insn, bool truth)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JGE: return truth ? ">=" : "<";
	case BPF_JGT: return truth ? ">" : "<=";
	default: return truth ? "==" : "!=";
	}
}

static void print_comparison(const struct printer *p, struct node node, enum abi abi, bool truth)
{
	const struct sock_filter *insn = &p->program[node.at];
	bool is_set = BPF_OP(insn->code) == BPF_JSET;
	struct held held = node.held;

	if (is_set)
		held.mask &= insn->k;
	fputc('(', p->out);
	print_word(p, held, abi);
	fprintf(p->out, " %s %" PRIu32 ")", operator_of(insn, truth), is_set ? 0 : insn->k);
}

static bool is_one_line(const struct printer *p, struct node node)
{
	return is_return(&p->program[node.at]) || p->printed[node.at];
}

static void print_node(struct printer *p, struct node node, struct calls calls, unsigned level,
		       bool announced);

/* "if", what follows when it is so, and "else". Returns the other branch, which is left to print.
 */
static struct node print_if(struct printer *p, struct node node, const struct calls *calls,
			    unsigned *level, bool announced, bool *shown)
{
	bool truth = BPF_OP(p->program[node.at].code) != BPF_JSET; /* else "== 0" is false */
	struct node then = branch(p, node, truth);
	bool short_then;

	if (node.held.word == WORD_ARCH && BPF_OP(p->program[node.at].code) == BPF_JEQ) {
		enum abi abi = narrow(p, *calls, node, true).abi;

		indent(p, *level);
		fprintf(p->out, "# filter for arch %s (%" PRIu32 ")\n",
			abi == ABI_COUNT ? "UNKNOWN" : abi_rows[abi].name, p->program[node.at].k);
	}
	indent(p, *level);
	fputs("if ", p->out);
	print_comparison(p, node, calls->abi, true);
	fputc('\n', p->out);
	short_then = is_one_line(p, then);
	print_node(p, then, narrow(p, *calls, node, truth), *level + 1, announced);
	*shown = truth;
	/* Nothing goes on after a branch: libseccomp leaves out "else" between ABIs. */
	if (!short_then && node.held.word != WORD_ARCH) {
		indent(p, *level);
		fputs("else", p->out);
		if (node.held.word == WORD_NR) {
			fputs(" # ", p->out);
			print_comparison(p, node, calls->abi, false);
		}
		fputc('\n', p->out);
		++*level;
	}
	return branch(p, node, !truth);
}

static void print_node(struct printer *p, struct node node, struct calls calls, unsigned level,
		       bool announced)
{
	for (;;) {
		const struct sock_filter *insn = &p->program[node.at];
		struct node next;
		bool shown;

		if (!announced && is_settled(p, node)) {
			announce(p, &calls, level);
			announced = true;
		}
		if (is_return(insn) || p->printed[node.at]) {
			indent(p, level);
			if (is_return(insn))
				print_action(p, insn->k);
			else
				fprintf(p->out, "goto %u;\n", node.at);
			return;
		}
		p->printed[node.at] = true;
		if (p->ways[node.at] > 1) {
			indent(p, level);
			fprintf(p->out, "%u:\n", node.at);
		}
		next = print_if(p, node, &calls, &level, announced, &shown);
		calls = narrow(p, calls, node, !shown);
		node = next;
	}
}

bool pfc_print(const struct sock_filter *program, unsigned length, enum endian endian, FILE *out,
	       struct error *error)
{
	static struct printer p;
	struct node first = { 0, { NO_WORD, 0 } };

	p = (struct printer){ .program = program, .endian = endian, .out = out };
	if (!survey(&p, length))
		return diag_set(error, EXIT_GYVE,
				"the filter does what pseudo filter code has no words for");
	find_node(program, &first);
	fputs("#\n# pseudo filter code start\n#\n", out);
	print_node(&p, first, (struct calls){ 0, UINT32_MAX, false, false, ABI_COUNT }, 0, false);
	fputs("#\n# pseudo filter code end\n#\n", out);
	return true;
}
