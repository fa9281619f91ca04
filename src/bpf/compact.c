/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bpf/compact.h"

#include <string.h>

/* How far an instruction may go on beyond the next one; returns to how many places. */
static unsigned distances_of(const struct sock_filter *insn, uint32_t distances[static 2])
{
	if (BPF_CLASS(insn->code) == BPF_RET)
		return 0;
	distances[0] = distances[1] = 0;
	if (BPF_CLASS(insn->code) != BPF_JMP)
		return 1;
	distances[0] = BPF_OP(insn->code) == BPF_JA ? insn->k : insn->jt;
	distances[1] = insn->jf;
	return BPF_OP(insn->code) == BPF_JA ? 1 : 2;
}

/* An instruction whose jumps lead over those alone that stay: left[i] are there from i on. */
static struct sock_filter shortened(struct sock_filter insn, const uint16_t *left)
{
	if (BPF_CLASS(insn.code) != BPF_JMP)
		return insn;
	if (BPF_OP(insn.code) == BPF_JA) {
		insn.k = (uint32_t)left[1] - left[1 + insn.k];
	} else {
		insn.jt = (uint8_t)(left[1] - left[1 + insn.jt]);
		insn.jf = (uint8_t)(left[1] - left[1 + insn.jf]);
	}
	return insn;
}

/* Jumps go forward, so one pass finds what is reached, and one from the end moves it together. */
unsigned compact_program(struct sock_filter *program, unsigned length)
{
	static uint16_t left[VERDICT_MAX_LENGTH + 1];
	uint32_t distances[2];
	unsigned kept = 0;

	memset(left, 0, (length + 1) * sizeof left[0]);
	left[0] = 1;
	for (unsigned i = 0; i < length; i++)
		for (unsigned j = left[i] ? distances_of(&program[i], distances) : 0; j-- > 0;)
			left[i + 1 + distances[j]] = 1;
	for (unsigned i = length; i-- > 0;) {
		bool reached = left[i] != 0;

		left[i] = (uint16_t)kept;
		if (!reached)
			continue;
		left[i] = (uint16_t)++kept;
		program[length - kept] = shortened(program[i], &left[i]);
	}
	memset(program, 0, (length - kept) * sizeof *program);
	return kept;
}
