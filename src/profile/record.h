/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was seen of a program's calls, and the allow-list that follows from it: a count for each
 * call, and the values of those arguments that learned_args.def names. Knows nothing of where the
 * calls were seen.
 */
#ifndef GYVE_RECORD_H
#define GYVE_RECORD_H

#include <stdio.h>

#include "base/diag.h"
#include "policy/policy.h"

/* With more values than this an argument is left open. */
#define RECORD_MAX_VALUES 200

struct record_value {
	uint64_t value;
	uint64_t count;
};

/* The argument of a row of learned_args.def. */
struct record_arg {
	bool open; /* seen without its value, or with too many */
	unsigned count;
	struct record_value values[RECORD_MAX_VALUES];
};

#define RECORD_MAX_ARGS 8

struct record {
	uint64_t counts[CALL_COUNT];
	bool seen[CALL_COUNT];
	bool abis[ABI_COUNT];
	struct record_arg args[RECORD_MAX_ARGS];
	int16_t calls[ABI_COUNT][POLICY_SPAN]; /* enum call by number, CALL_COUNT: none */
};

/* An empty record. */
void record_init(struct record *record);

/* The call with this number on an ABI, or CALL_COUNT. */
enum call record_call_at(const struct record *record, enum abi abi, uint32_t nr);

/*
 * The call that a seen call is recorded as: clone for clone3. A learned profile leaves that out,
 * since no filter sees its flags, and libraries fall back on clone: what clone3 was called with is
 * what clone will be called with.
 */
enum call record_stand_in(enum call call);

/* The row of learned_args.def for a call, or -1. */
int record_arg_of(enum call call);

/* Adds count calls. values: all six arguments, as the ABI has them; NULL where nobody saw them. */
void record_add(struct record *record, enum abi abi, enum call call, const uint64_t *args,
		uint64_t count);

/* The same with only the value of the one argument that matters. */
void record_add_value(struct record *record, enum abi abi, enum call call, uint64_t value,
		      uint64_t count);

/*
 * Adds what an earlier record_write wrote. false and *error for a file that it cannot have written,
 * since what it does not understand it would lose.
 */
bool record_merge(struct record *record, const char *file, struct error *error);

/*
 * Writes the profile: busiest calls first, then those that every start needs; everything else gets
 * ENOSYS. Whether it was written is for the caller to ask of out.
 */
void record_write(const struct record *record, FILE *out);

/* Calls whose argument is left open although learned_args.def would hold it: warns, naming them. */
void record_warn_of_open(const struct record *record);

#endif
