/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bpf/verdict.h"

#include <string.h>

#include "syscalls/action.h"

#define DATA_SIZE sizeof(struct call_words)

struct call_words verdict_words(const struct call_data *call, enum endian endian)
{
	struct call_words words = { { call->nr, call->arch } };
	unsigned low = endian == ENDIAN_BIG;

	words.word[2 + low] = (uint32_t)call->ip;
	words.word[3 - low] = (uint32_t)(call->ip >> 32);
	for (unsigned i = 0; i < 6; i++) {
		words.word[4 + 2 * i + low] = (uint32_t)call->args[i];
		words.word[5 + 2 * i - low] = (uint32_t)(call->args[i] >> 32);
	}
	return words;
}

/*
 * One instruction by itself: is the opcode one that seccomp permits, are its operands in range?
 * BPF_MOD and the loads from packets are what classic BPF has and seccomp has not.
 */
static bool instruction_valid(const struct sock_filter *insn, unsigned at, unsigned length)
{
	unsigned left = length - at - 1; /* instructions that follow */

	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS: return insn->k % 4 == 0 && insn->k < DATA_SIZE;
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX: return insn->k < BPF_MEMWORDS;
	case BPF_ALU | BPF_DIV | BPF_K: return insn->k != 0;
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K: return insn->k < 32;
	case BPF_JMP | BPF_JA: return insn->k < left;
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JEQ | BPF_X:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_X:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_X:
	case BPF_JMP | BPF_JSET | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_X: return insn->jt < left && insn->jf < left;
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_ALU | BPF_ADD | BPF_K:
	case BPF_ALU | BPF_ADD | BPF_X:
	case BPF_ALU | BPF_SUB | BPF_K:
	case BPF_ALU | BPF_SUB | BPF_X:
	case BPF_ALU | BPF_MUL | BPF_K:
	case BPF_ALU | BPF_MUL | BPF_X:
	case BPF_ALU | BPF_DIV | BPF_X:
	case BPF_ALU | BPF_AND | BPF_K:
	case BPF_ALU | BPF_AND | BPF_X:
	case BPF_ALU | BPF_OR | BPF_K:
	case BPF_ALU | BPF_OR | BPF_X:
	case BPF_ALU | BPF_XOR | BPF_K:
	case BPF_ALU | BPF_XOR | BPF_X:
	case BPF_ALU | BPF_LSH | BPF_X:
	case BPF_ALU | BPF_RSH | BPF_X:
	case BPF_ALU | BPF_NEG: return true;
	default: return false;
	}
}

static bool is_return(const struct sock_filter *insn)
{
	return insn->code == (BPF_RET | BPF_K) || insn->code == (BPF_RET | BPF_A);
}

/*
 * No scratch word may be read on a path that has not written it (check_load_and_stores). reach[i]
 * holds the words written on every path to instruction i; all jumps go forward, so one pass does.
 */
static bool scratch_valid(const struct sock_filter *program, unsigned length, unsigned *where)
{
	static uint16_t reach[VERDICT_MAX_LENGTH];
	uint16_t valid = 0;

	memset(reach, 0xff, length * sizeof reach[0]);
	for (unsigned i = 0; i < length; i++) {
		const struct sock_filter *insn = &program[i];

		*where = i;
		valid &= reach[i];
		switch (insn->code) {
		case BPF_ST:
		case BPF_STX: valid |= (uint16_t)(1u << insn->k); break;
		case BPF_LD | BPF_MEM:
		case BPF_LDX | BPF_MEM:
			if (!(valid & 1u << insn->k))
				return false;
			break;
		case BPF_JMP | BPF_JA:
			reach[i + 1 + insn->k] &= valid;
			valid = 0xffff;
			break;
		default:
			if (BPF_CLASS(insn->code) != BPF_JMP)
				break;
			reach[i + 1 + insn->jt] &= valid;
			reach[i + 1 + insn->jf] &= valid;
			valid = 0xffff;
		}
	}
	return true;
}

bool verdict_valid(const struct sock_filter *program, unsigned length, unsigned *where)
{
	unsigned ignored;
	bool scratch = false;

	if (!where)
		where = &ignored;
	*where = 0;
	if (length == 0 || length > VERDICT_MAX_LENGTH)
		return false;
	for (unsigned i = 0; i < length; i++) {
		*where = i;
		if (!instruction_valid(&program[i], i, length))
			return false;
		scratch |= BPF_MODE(program[i].code) == BPF_MEM && BPF_CLASS(program[i].code) < 2;
	}
	*where = length;
	if (!is_return(&program[length - 1]))
		return false;
	return !scratch || scratch_valid(program, length, where);
}

uint32_t verdict_run(const struct sock_filter *program, const struct call_words *words,
		     unsigned *steps)
{
	const struct sock_filter *pc = program;
	uint32_t a = 0, x = 0, memory[BPF_MEMWORDS]; /* never read before it is written */
	unsigned count = 0;

	for (;; pc++) {
		uint32_t k = pc->k;

		count++;
		switch (pc->code) {
		case BPF_LD | BPF_W | BPF_ABS: a = words->word[k / 4]; break;
		case BPF_JMP | BPF_JA: pc += k; break;
		case BPF_JMP | BPF_JEQ | BPF_K: pc += a == k ? pc->jt : pc->jf; break;
		case BPF_JMP | BPF_JGE | BPF_K: pc += a >= k ? pc->jt : pc->jf; break;
		case BPF_JMP | BPF_JGT | BPF_K: pc += a > k ? pc->jt : pc->jf; break;
		case BPF_JMP | BPF_JSET | BPF_K: pc += a & k ? pc->jt : pc->jf; break;
		case BPF_JMP | BPF_JEQ | BPF_X: pc += a == x ? pc->jt : pc->jf; break;
		case BPF_JMP | BPF_JGE | BPF_X: pc += a >= x ? pc->jt : pc->jf; break;
		case BPF_JMP | BPF_JGT | BPF_X: pc += a > x ? pc->jt : pc->jf; break;
		case BPF_JMP | BPF_JSET | BPF_X: pc += a & x ? pc->jt : pc->jf; break;
		case BPF_ALU | BPF_ADD | BPF_K: a += k; break;
		case BPF_ALU | BPF_SUB | BPF_K: a -= k; break;
		case BPF_ALU | BPF_MUL | BPF_K: a *= k; break;
		case BPF_ALU | BPF_DIV | BPF_K: a /= k; break;
		case BPF_ALU | BPF_AND | BPF_K: a &= k; break;
		case BPF_ALU | BPF_OR | BPF_K: a |= k; break;
		case BPF_ALU | BPF_XOR | BPF_K: a ^= k; break;
		case BPF_ALU | BPF_LSH | BPF_K: a <<= k; break;
		case BPF_ALU | BPF_RSH | BPF_K: a >>= k; break;
		case BPF_ALU | BPF_ADD | BPF_X: a += x; break;
		case BPF_ALU | BPF_SUB | BPF_X: a -= x; break;
		case BPF_ALU | BPF_MUL | BPF_X: a *= x; break;
		case BPF_ALU | BPF_DIV | BPF_X:
			if (x == 0)
				return 0;
			a /= x;
			break;
		case BPF_ALU | BPF_AND | BPF_X: a &= x; break;
		case BPF_ALU | BPF_OR | BPF_X: a |= x; break;
		case BPF_ALU | BPF_XOR | BPF_X: a ^= x; break;
		/* eBPF, to which the kernel converts, takes 32-bit shift counts modulo 32. */
		case BPF_ALU | BPF_LSH | BPF_X: a <<= x & 31; break;
		case BPF_ALU | BPF_RSH | BPF_X: a >>= x & 31; break;
		case BPF_ALU | BPF_NEG: a = 0 - a; break;
		case BPF_LD | BPF_W | BPF_LEN: a = DATA_SIZE; break;
		case BPF_LDX | BPF_W | BPF_LEN: x = DATA_SIZE; break;
		case BPF_LD | BPF_IMM: a = k; break;
		case BPF_LDX | BPF_IMM: x = k; break;
		case BPF_LD | BPF_MEM: a = memory[k]; break;
		case BPF_LDX | BPF_MEM: x = memory[k]; break;
		case BPF_ST: memory[k] = a; break;
		case BPF_STX: memory[k] = x; break;
		case BPF_MISC | BPF_TAX: x = a; break;
		case BPF_MISC | BPF_TXA: a = x; break;
		default: /* BPF_RET: verdict_valid has refused everything else */
			if (steps)
				*steps += count;
			return pc->code == (BPF_RET | BPF_A) ? a : k;
		}
	}
}

struct verdict_span verdict_span(const struct sock_filter *program, const struct call_words *words,
				 unsigned varying)
{
	struct verdict_span span = { .last = UINT32_MAX };
	const struct sock_filter *pc = program;
	uint32_t a = 0, given = words->word[varying];
	uint32_t loaded = 0; /* the word that a comes from, as a bit; it is read when a is tested */
	uint32_t unmasked = 0; /* the same, while a is all of it */
	bool varies = false;   /* a is the varying word as it was loaded */

	for (;; pc++, span.steps++) {
		uint32_t k = pc->k, bound = UINT32_MAX; /* up to which the jump is the same */
		bool jump;

		switch (pc->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			a = words->word[k / 4];
			loaded = unmasked = 1u << k / 4;
			varies = k / 4 == varying;
			continue;
		case BPF_JMP | BPF_JA: pc += k; continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= k;
			if (k == 0)
				loaded = 0;
			if (varies && k != 0 && k != UINT32_MAX)
				span.last = given;
			varies &= k == UINT32_MAX;
			unmasked = k == UINT32_MAX ? unmasked : 0;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			jump = a == k;
			if (a <= k)
				bound = jump ? k : k - 1;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			jump = a >= k;
			if (!jump)
				bound = k - 1;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			jump = a > k;
			if (!jump)
				bound = k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			jump = a & k;
			bound = a;
			break;
		case BPF_RET | BPF_K: span.answer = k; return span;
		default: /* nothing that an ordinary filter needs */
			span.answer = verdict_run(program, words, NULL);
			span.last = given;
			span.read = span.whole = UINT32_MAX;
			return span;
		}
		span.read |= loaded;
		if (BPF_OP(pc->code) != BPF_JSET)
			span.whole |= unmasked;
		if (varies && bound < span.last)
			span.last = bound;
		pc += jump ? pc->jt : pc->jf;
	}
}

uint32_t verdict_combine(const uint32_t *answers, unsigned count)
{
	uint32_t result = answers[0];

	for (unsigned i = 1; i < count; i++)
		if (action_stricter(answers[i], result))
			result = answers[i];
	return result;
}
