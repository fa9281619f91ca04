/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interpreter, held against what the kernel does: by single programs whose answers are known,
 * and by thousands of random ones that the running kernel is asked about.
 *
 * The kernel answers in a child: a filter is loaded, getppid(2) is called with chosen arguments,
 * and the errno that comes out is the answer. An odd pointer in place of a program cannot be told
 * from an invalid one, so validity is what seccomp(2) says of the same bytes.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "policy/policy.h"
#include "proof.h"
#include "bpf/verdict.h"

#define RET(k) BPF_STMT(BPF_RET | BPF_K, k)
#define RET_A BPF_STMT(BPF_RET | BPF_A, 0)
#define LD(k) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, k)
#define IMM(k) BPF_STMT(BPF_LD | BPF_IMM, k)
#define IMX(k) BPF_STMT(BPF_LDX | BPF_IMM, k)
#define ALU(op, k) BPF_STMT(BPF_ALU | BPF_##op | BPF_K, k)
#define ALUX(op) BPF_STMT(BPF_ALU | BPF_##op | BPF_X, 0)
#define JMP(op, k) BPF_JUMP(BPF_JMP | BPF_##op | BPF_K, k, 0, 1)
#define JMPX(op) BPF_JUMP(BPF_JMP | BPF_##op | BPF_X, 0, 0, 1)

/* ---- single programs ---- */

static const struct call_data call = {
	.nr = 7,
	.arch = 0xc000003e,
	.ip = UINT64_C(0x1122334455667788),
	.args = { UINT64_C(0x0011223344556677), 1, 2, 3, 4, UINT64_C(0x8899aabbccddeeff) },
};

#define MAX 8

/* A program that computes a; RET_A is added. */
static const struct computation {
	const char *what;
	struct sock_filter code[MAX];
	uint32_t a;
} computations[] = {
	{ "nr", { LD(0) }, 7 },
	{ "arch", { LD(4) }, 0xc000003e },
	{ "ip, first word", { LD(8) }, 0x55667788 },
	{ "ip, second word", { LD(12) }, 0x11223344 },
	{ "argument 0, first word", { LD(16) }, 0x44556677 },
	{ "argument 5, second word", { LD(60) }, 0x8899aabb },
	{ "len in a", { BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0) }, 64 },
	{ "len in x",
	  { BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), BPF_STMT(BPF_MISC | BPF_TXA, 0) },
	  64 },
	{ "a is 0 at first", { ALU(ADD, 1) }, 1 },
	{ "x is 0 at first", { IMM(5), ALUX(ADD) }, 5 },
	{ "immediate", { IMM(0xdeadbeef) }, 0xdeadbeef },
	{ "immediate in x", { IMX(0xdeadbeef), BPF_STMT(BPF_MISC | BPF_TXA, 0) }, 0xdeadbeef },
	{ "add wraps", { IMM(0xffffffff), ALU(ADD, 2) }, 1 },
	{ "sub wraps", { IMM(1), ALU(SUB, 2) }, 0xffffffff },
	{ "mul wraps", { IMM(0x10001), ALU(MUL, 0x10001) }, 0x20001 },
	{ "div is unsigned", { IMM(0xfffffffe), ALU(DIV, 2) }, 0x7fffffff },
	{ "and", { IMM(0xff00ff00), ALU(AND, 0x0ff00ff0) }, 0x0f000f00 },
	{ "or", { IMM(0xf0), ALU(OR, 0x0f) }, 0xff },
	{ "xor", { IMM(0xff), ALU(XOR, 0x0f) }, 0xf0 },
	{ "lsh", { IMM(0x80000001), ALU(LSH, 31) }, 0x80000000 },
	{ "rsh is unsigned", { IMM(0x80000000), ALU(RSH, 31) }, 1 },
	{ "neg", { IMM(1), BPF_STMT(BPF_ALU | BPF_NEG, 0) }, 0xffffffff },
	{ "neg of 0", { BPF_STMT(BPF_ALU | BPF_NEG, 0) }, 0 },
	{ "add x", { IMM(1), IMX(2), ALUX(ADD) }, 3 },
	{ "sub x", { IMM(1), IMX(2), ALUX(SUB) }, 0xffffffff },
	{ "mul x", { IMM(3), IMX(5), ALUX(MUL) }, 15 },
	{ "div x", { IMM(17), IMX(5), ALUX(DIV) }, 3 },
	{ "and x", { IMM(6), IMX(3), ALUX(AND) }, 2 },
	{ "or x", { IMM(6), IMX(3), ALUX(OR) }, 7 },
	{ "xor x", { IMM(6), IMX(3), ALUX(XOR) }, 5 },
	{ "lsh x", { IMM(3), IMX(4), ALUX(LSH) }, 48 },
	{ "rsh x", { IMM(48), IMX(4), ALUX(RSH) }, 3 },
	{ "lsh by 32 is by 0", { IMM(3), IMX(32), ALUX(LSH) }, 3 },
	{ "rsh by 33 is by 1", { IMM(6), IMX(33), ALUX(RSH) }, 3 },
	{ "tax and txa",
	  { IMM(9), BPF_STMT(BPF_MISC | BPF_TAX, 0), IMM(0), BPF_STMT(BPF_MISC | BPF_TXA, 0) },
	  9 },
	{ "scratch", { IMM(9), BPF_STMT(BPF_ST, 15), IMM(0), BPF_STMT(BPF_LD | BPF_MEM, 15) }, 9 },
	{ "scratch from x", { IMX(8), BPF_STMT(BPF_STX, 0), BPF_STMT(BPF_LD | BPF_MEM, 0) }, 8 },
	{ "scratch to x",
	  { IMM(9), BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LDX | BPF_MEM, 3), IMM(0), ALUX(ADD) },
	  9 },
	{ "ja 0", { BPF_STMT(BPF_JMP | BPF_JA, 0), IMM(1) }, 1 },
	{ "ja 1", { IMM(1), BPF_STMT(BPF_JMP | BPF_JA, 1), IMM(2) }, 1 },
	{ "jeq true", { IMM(5), JMP(JEQ, 5), IMM(1) }, 1 },
	{ "jeq false", { IMM(5), JMP(JEQ, 6), IMM(1) }, 5 },
	{ "jgt of equal", { IMM(5), JMP(JGT, 5), IMM(1) }, 5 },
	{ "jgt is unsigned", { IMM(0x80000000), JMP(JGT, 0x7fffffff), IMM(1) }, 1 },
	{ "jge of equal", { IMM(5), JMP(JGE, 5), IMM(1) }, 1 },
	{ "jge of less", { IMM(4), JMP(JGE, 5), IMM(1) }, 4 },
	{ "jset", { IMM(6), JMP(JSET, 2), IMM(1) }, 1 },
	{ "jset of none", { IMM(6), JMP(JSET, 1), IMM(1) }, 6 },
	{ "jeq x", { IMM(5), IMX(5), JMPX(JEQ), IMM(1) }, 1 },
	{ "jgt x", { IMM(5), IMX(5), JMPX(JGT), IMM(1) }, 5 },
	{ "jge x", { IMM(5), IMX(5), JMPX(JGE), IMM(1) }, 1 },
	{ "jset x", { IMM(6), IMX(1), JMPX(JSET), IMM(1) }, 6 },
};

static void test_computations(void)
{
	struct call_words words = verdict_words(&call, ENDIAN_LITTLE);

	for (unsigned i = 0; i < sizeof computations / sizeof computations[0]; i++) {
		const struct computation *c = &computations[i];
		struct sock_filter program[MAX + 1];
		unsigned length = 0, steps = 0;
		uint32_t a;

		while (length < MAX && memcmp(&c->code[length], &(struct sock_filter){ 0 },
					      sizeof c->code[0]) != 0) {
			program[length] = c->code[length];
			length++;
		}
		program[length++] = (struct sock_filter)RET_A;
		if (!verdict_valid(program, length, NULL)) {
			tap_check(false, "%s is valid", c->what);
			continue;
		}
		a = verdict_run(program, &words, &steps);
		tap_check(a == c->a && steps > 1 && steps <= length, "%s: %#x", c->what, a);
	}
	tap_check(verdict_run((const struct sock_filter[]){ IMM(5), IMX(0), ALUX(DIV), RET(9) },
			      &words, NULL) == 0,
		  "division by an x of 0 answers 0");
	words = verdict_words(&call, ENDIAN_BIG);
	tap_check(words.word[0] == 7 && words.word[4] == 0x00112233 &&
			  words.word[5] == 0x44556677 && words.word[15] == 0xccddeeff,
		  "big-endian: the upper half of an argument comes first");
}

static const struct {
	const char *what;
	struct sock_filter code[MAX];
	unsigned length;
} refused[] = {
	{ "nothing", { RET(0) }, 0 },
	{ "no return at the end", { IMM(1) }, 1 },
	{ "a jump at the end", { BPF_STMT(BPF_JMP | BPF_JA, 0) }, 1 },
	{ "a load of 64", { LD(64), RET(0) }, 2 },
	{ "a load of 3", { LD(3), RET(0) }, 2 },
	{ "a load of -4", { LD(0xfffffffc), RET(0) }, 2 },
	{ "a half word", { BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), RET(0) }, 2 },
	{ "a byte", { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RET(0) }, 2 },
	{ "an indirect load", { BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), RET(0) }, 2 },
	{ "msh", { BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), RET(0) }, 2 },
	{ "mod", { BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), RET(0) }, 2 },
	{ "division by 0", { ALU(DIV, 0), RET(0) }, 2 },
	{ "lsh by 32", { ALU(LSH, 32), RET(0) }, 2 },
	{ "rsh by 32", { ALU(RSH, 32), RET(0) }, 2 },
	{ "a return of x", { BPF_STMT(BPF_RET | BPF_X, 0) }, 1 },
	{ "ja beyond the end", { BPF_STMT(BPF_JMP | BPF_JA, 1), RET(0) }, 2 },
	{ "ja backwards", { RET(0), BPF_STMT(BPF_JMP | BPF_JA, 0xfffffffe), RET(0) }, 3 },
	{ "jt beyond the end", { BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), RET(0) }, 2 },
	{ "jf beyond the end", { BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), RET(0) }, 2 },
	{ "scratch word 16", { BPF_STMT(BPF_ST, 16), RET(0) }, 2 },
	{ "scratch that is not written", { BPF_STMT(BPF_LD | BPF_MEM, 0), RET(0) }, 2 },
	{ "scratch that one path has not written",
	  { JMP(JEQ, 0), BPF_STMT(BPF_ST, 1), BPF_STMT(BPF_LDX | BPF_MEM, 1), RET(0) },
	  4 },
	{ "an eBPF opcode", { { 0xb7, 0, 0, 0 }, RET(0) }, 2 },
	{ "a high bit in the opcode", { { 0x0120, 0, 0, 0 }, RET(0) }, 2 },
};

static void test_refused(void)
{
	static struct sock_filter longest[VERDICT_MAX_LENGTH + 1];

	for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++)
		tap_check(!verdict_valid(refused[i].code, refused[i].length, NULL), "refused: %s",
			  refused[i].what);
	for (unsigned i = 0; i <= VERDICT_MAX_LENGTH; i++)
		longest[i] = (struct sock_filter)RET(0);
	tap_check(verdict_valid(longest, VERDICT_MAX_LENGTH, NULL), "4096 instructions are valid");
	tap_check(!verdict_valid(longest, VERDICT_MAX_LENGTH + 1, NULL),
		  "refused: 4097 instructions");
}

static void test_opcodes(void)
{
	unsigned valid = 0;

	for (unsigned code = 0; code < 0x10000; code++) {
		struct sock_filter program[] = {
			BPF_STMT(BPF_ST, 1), { (uint16_t)code, 0, 0, 1 }, RET(0), RET(0)
		};

		valid += verdict_valid(program, 4, NULL);
	}
	/* seccomp_check_filter's list: 1 + 39, and LD ABS, which an offset of 1 does not show. */
	tap_check(valid == 40, "of 65536 opcodes %u are valid with the operand 1, and LD ABS",
		  valid);
}

/* ---- several filters ---- */

static void test_combine(void)
{
	static const uint32_t order[] = {
		SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP,
		SECCOMP_RET_ERRNO,	  SECCOMP_RET_USER_NOTIF,  SECCOMP_RET_TRACE,
		SECCOMP_RET_LOG,	  SECCOMP_RET_ALLOW,
	};
	bool ok = true;

	for (unsigned i = 0; i < 8; i++)
		for (unsigned j = 0; j < 8; j++) {
			uint32_t answers[] = { order[i] | 1, order[j] | 2 };

			ok &= verdict_combine(answers, 2) == (i <= j ? answers[0] : answers[1]);
			ok &= action_stricter(order[i], order[j]) == (i < j);
		}
	tap_check(ok, "of two answers the stricter holds, of equals the newer");
}

/* ---- random programs ---- */

static uint64_t random_state = 4;

static uint32_t roll(uint32_t below)
{
	return (uint32_t)(proof_random(&random_state) % below);
}

static uint32_t some_constant(void)
{
	static const uint32_t constants[] = { 0,  1,	      2,	  31,	     32,
					      64, 0x7fffffff, 0x80000000, 0xffffffff };

	return roll(2) ? constants[roll(9)] : (uint32_t)proof_random(&random_state) >> roll(32);
}

/*
 * A program of mostly valid instructions that returns ERRNO with what it has computed, or with
 * bits of x. Every tenth or so has something wrong in it.
 */
static unsigned random_program(struct sock_filter *program, unsigned room)
{
	static const uint16_t codes[] = {
		BPF_ALU | BPF_ADD,  BPF_ALU | BPF_SUB, BPF_ALU | BPF_MUL, BPF_ALU | BPF_DIV,
		BPF_ALU | BPF_AND,  BPF_ALU | BPF_OR,  BPF_ALU | BPF_XOR, BPF_ALU | BPF_LSH,
		BPF_ALU | BPF_RSH,  BPF_JMP | BPF_JEQ, BPF_JMP | BPF_JGT, BPF_JMP | BPF_JGE,
		BPF_JMP | BPF_JSET, BPF_ALU | BPF_NEG,
	};
	unsigned length = 4 + roll(room - 12), body = length - 3;

	for (unsigned i = 0; i < body; i++) {
		struct sock_filter *insn = &program[i];
		unsigned left = body - i;

		*insn = (struct sock_filter){ 0, (uint8_t)roll(left < 6 ? left : 6),
					      (uint8_t)roll(left < 6 ? left : 6), some_constant() };
		switch (roll(8)) {
		case 0: *insn = (struct sock_filter)LD(4 * roll(2) + 16 * roll(3)); break;
		case 1: *insn = (struct sock_filter)LD(16 + 4 * roll(12)); break;
		case 2:
			*insn = (struct sock_filter)BPF_STMT(roll(2) ? BPF_ST : BPF_STX, roll(3));
			break;
		case 3:
			*insn = (struct sock_filter)BPF_STMT((roll(2) ? BPF_LD : BPF_LDX) | BPF_MEM,
							     roll(3));
			/* mostly written on all paths: else the program is an invalid one */
			if (i > 0 && roll(8))
				program[i - 1] = (struct sock_filter)BPF_STMT(BPF_ST, insn->k);
			break;
		case 4:
			*insn = roll(2) ? (struct sock_filter)BPF_STMT(roll(2) ? BPF_MISC | BPF_TAX
									       : BPF_MISC | BPF_TXA,
								       0)
					: (struct sock_filter)IMX(some_constant());
			break;
		default:
			insn->code = codes[roll(14)];
			if (BPF_OP(insn->code) == BPF_NEG && BPF_CLASS(insn->code) == BPF_ALU) {
				insn->jt = insn->jf = 0;
				break;
			}
			insn->code |= roll(2) ? BPF_X : BPF_K;
			if (insn->code == (BPF_ALU | BPF_LSH | BPF_K) ||
			    insn->code == (BPF_ALU | BPF_RSH | BPF_K))
				insn->k = roll(20) ? insn->k % 32 : insn->k;
			if (insn->code == (BPF_ALU | BPF_DIV | BPF_K) && insn->k == 0)
				insn->k = roll(20) ? 3 : 0;
		}
	}
	/* Only getppid is for the program to answer; 12 bits of a as its errno. */
	program[body] = (struct sock_filter)ALU(AND, 0xfff);
	program[body + 1] = (struct sock_filter)ALU(OR, SECCOMP_RET_ERRNO);
	program[body + 2] = (struct sock_filter)RET_A;
	if (roll(30) == 0)
		program[roll(length)].code = (uint16_t)roll(256);
	if (roll(30) == 0)
		program[roll(length)].k = some_constant();
	return length;
}

/* ---- asking the kernel ---- */

#define ROOM 40

/* Lets every call but getppid through, then is what follows. */
static unsigned guard(struct sock_filter *program, long nr)
{
	program[0] = (struct sock_filter)LD(0);
	program[1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 1, 0);
	program[2] = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
	program[3] = (struct sock_filter)IMM(0);
	return 4;
}

static int load(struct sock_filter *program, unsigned length)
{
	struct sock_fprog prog = { (unsigned short)length, program };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) == 0 ? 0 : errno;
}

/* What a call that ends in this answer returns: 0 or an errno, at most MAX_ERRNO. */
static int errno_of(uint32_t answer)
{
	uint32_t data = answer & SECCOMP_RET_DATA;

	if ((answer & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO)
		return -1;
	return data > 4095 ? 4095 : (int)data;
}

static const uint64_t arguments[][6] = {
	{ 0 },
	{ UINT64_C(0x0011223344556677), 1, 2, 0x80000000, 31, UINT64_C(0x8899aabbccddeeff) },
	{ ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0) },
};

struct tally {
	unsigned loaded, refused, answers, wrong_validity, wrong_answers;
};

/* In a child: one filter on top of those already there, of which answers[] are the verdicts. */
static void ask_kernel(struct tally *tally, unsigned rounds)
{
	enum endian endian = abi_rows[syscalls_native_abi()].endian;
	/* of each argument set, what the filters stacked so far answer, newest first */
	static uint32_t answers[3][64];
	static struct sock_filter program[ROOM + 4];
	unsigned stacked = 0;
	long nr = SYS_getppid;

	for (unsigned n = 0; n < rounds; n++) {
		unsigned start = guard(program, nr);
		unsigned length = start + random_program(program + start, ROOM);
		bool valid = verdict_valid(program, length, NULL);
		int result;

		result = load(program, length);
		tally->wrong_validity += valid != (result == 0);
		if (result != 0) {
			tally->refused++;
			continue;
		}
		tally->loaded++;
		for (unsigned i = 0; i < 3; i++) {
			struct call_data data = { .nr = (uint32_t)nr,
						  .arch = abi_rows[syscalls_native_abi()].arch };
			struct call_words words;
			const uint64_t *a = arguments[i];
			uint32_t expected;
			long got;

			memcpy(data.args, a, sizeof data.args);
			words = verdict_words(&data, endian);
			memmove(&answers[i][1], &answers[i][0], stacked * sizeof answers[i][0]);
			answers[i][0] = valid ? verdict_run(program, &words, NULL) : 0;
			expected = verdict_combine(answers[i], stacked + 1);
			/* A killing answer cannot be asked for; the generator makes it by chance.
			 */
			if (errno_of(expected) < 0)
				return;
			errno = 0;
			got = syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
			tally->answers++;
			if ((got == -1 ? errno : 0) != errno_of(expected))
				tally->wrong_answers++;
		}
		stacked++;
		if (stacked == 60)
			return;
	}
}

/* Whether the answer of a program depends on the instruction pointer, which is not asked about. */
static void test_kernel(void)
{
	struct tally *tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned killed = 0;

	if (tally == MAP_FAILED || abi_rows[syscalls_native_abi()].bits != 64) {
		tap_skip("needs 64-bit: memory for the comparison with the kernel");
		return;
	}
	for (unsigned n = 0; n < 300; n++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			random_state = 1000 + n;
			if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
				ask_kernel(tally, n % 2 ? 60 : 20);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0)
			break;
		killed += WIFSIGNALED(status);
	}
	printf("# %u random programs loaded, %u refused, %u answers, %u children killed\n",
	       tally->loaded, tally->refused, tally->answers, killed);
	if (tally->loaded == 0) {
		tap_skip("needs seccomp-filters: the kernel took none");
		return;
	}
	tap_check(tally->wrong_validity == 0 && tally->loaded > 1000 && tally->refused > 200,
		  "the kernel takes what verdict_valid does (%u wrong)", tally->wrong_validity);
	tap_check(tally->wrong_answers == 0 && tally->answers > 3000 && killed == 0,
		  "the kernel answers as verdict_run and verdict_combine do (%u wrong)",
		  tally->wrong_answers);
}

/* ---- spans ---- */

static void test_spans(void)
{
	unsigned wrong = 0, wide = 0, count = 0;

	for (unsigned n = 0; n < 20000; n++) {
		struct sock_filter program[ROOM];
		unsigned length = 2 + roll(14), varying = roll(2) ? WORD_NR : WORD_ARGS;
		struct call_words words;
		struct verdict_span span;

		/* Of the instructions that spans are made of, and now and then another. */
		for (unsigned i = 0; i < length; i++) {
			static const uint16_t jumps[] = { BPF_JMP | BPF_JEQ, BPF_JMP | BPF_JGE,
							  BPF_JMP | BPF_JGT, BPF_JMP | BPF_JSET };
			unsigned left = length - i;

			program[i] = (struct sock_filter){ jumps[roll(4)], (uint8_t)roll(left),
							   (uint8_t)roll(left), roll(40) };
			if (roll(4) == 0)
				program[i] = (struct sock_filter)LD(16 * roll(2) + 8 * roll(2));
			else if (roll(10) == 0)
				program[i] = (struct sock_filter)ALU(AND, roll(3) ? roll(64)
										  : UINT32_MAX);
			else if (roll(40) == 0)
				program[i] = (struct sock_filter)ALU(ADD, 1);
		}
		program[length] = (struct sock_filter)RET(roll(1000));
		for (unsigned i = 0; i < length; i++)
			if (BPF_CLASS(program[i].code) == BPF_JMP && roll(3) == 0)
				program[i + 1] = (struct sock_filter)RET(roll(1000));
		if (!verdict_valid(program, length + 1, NULL))
			continue;
		for (unsigned i = 0; i < 16; i++)
			words.word[i] = roll(40);
		span = verdict_span(program, &words, varying);
		count++;
		wrong += span.answer != verdict_run(program, &words, NULL);
		for (uint32_t value = words.word[varying], first = value;
		     value <= span.last && value < first + 50; value++) {
			struct call_words other;

			for (unsigned i = 0; i < 16; i++)
				other.word[i] = span.read >> i & 1 ? words.word[i] : roll(40);
			other.word[varying] = value;
			wrong += verdict_run(program, &other, NULL) != span.answer;
			wide += value > first;
		}
	}
	tap_check(wrong == 0 && count > 5000 && wide > 10000,
		  "spans: %u programs answer the same for all that a span covers (%u wrong)", count,
		  wrong);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_computations();
	test_refused();
	test_opcodes();
	test_combine();
	test_spans();
	test_kernel();
	return tap_done();
}
