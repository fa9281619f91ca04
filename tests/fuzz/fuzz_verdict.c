/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of the BPF interpreter and of the walk. The input is the sixteen words of a call,
 * then a program of eight bytes an instruction.
 *
 * What must hold: nothing crashes; what is refused is refused at an instruction of the program or
 * right behind it; what is accepted comes to an answer, which verdict_span gives as well; and the
 * walk's regions hold the call exactly once, with that answer, or with a place to resume from which
 * the answer is the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/verdict.h"
#include "bpf/walk.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sock_filter program[VERDICT_MAX_LENGTH];

struct witness {
	struct call_words words;
	uint32_t answer;
	unsigned met;
};

static bool visit(const struct walk_region *region, void *context)
{
	struct witness *w = context;
	uint32_t nr = w->words.word[0], arch = w->words.word[1];

	must(region->arch_first <= region->arch_last && region->nr_first <= region->nr_last,
	     "a region is not empty");
	if (arch < region->arch_first || arch > region->arch_last || nr < region->nr_first ||
	    nr > region->nr_last)
		return true;
	w->met++;
	if (region->answered)
		must(region->action == w->answer, "a region answers as the program does");
	else
		must(verdict_run(program + region->resume, &w->words, NULL) == w->answer,
		     "a run that resumes comes to the same answer");
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct witness w = { .met = 0 };
	unsigned length, where = 0;
	struct verdict_span span;

	if (size < sizeof w.words)
		return 0;
	memcpy(&w.words, data, sizeof w.words);
	length = (unsigned)((size - sizeof w.words) / sizeof program[0]);
	if (length > VERDICT_MAX_LENGTH)
		length = VERDICT_MAX_LENGTH;
	memcpy(program, data + sizeof w.words, length * sizeof program[0]);
	if (!verdict_valid(program, length, &where)) {
		must(where <= length, "a refusal names an instruction");
		return 0;
	}
	w.answer = verdict_run(program, &w.words, NULL);
	span = verdict_span(program, &w.words, WORD_NR);
	must(span.answer == w.answer, "verdict_span answers as verdict_run does");
	if (walk_filter(program, visit, &w, NULL))
		must(w.met == 1, "the regions hold each call once");
	return 0;
}
