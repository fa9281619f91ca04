/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A system call as people write it: "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0)". What is behind
 * a pointer is read from the caller's memory, which other threads may be changing: good enough to
 * show, never to decide.
 */
#ifndef GYVE_DECODE_H
#define GYVE_DECODE_H

#include <sys/types.h>

#include "base/line.h"
#include "bpf/verdict.h"

/* The name of a call, "fork", or "call 600" when its number has none. */
void decode_name(const struct call_data *call, struct line *line);

/* Appends the call with its arguments. tid is the caller, or 0 when its memory is not to be read.
 */
void decode_call(const struct call_data *call, pid_t tid, struct line *line);

/* The flags in the struct clone_args of a clone3: false when they cannot be read, and for any other
 * call. */
bool decode_clone3_flags(const struct call_data *call, pid_t tid, uint64_t *flags);

/* Reads the string behind an argument, without its NUL; returns its length, 0 on failure. */
size_t decode_string(pid_t tid, uint64_t address, char *text, size_t size);

/* What people call the call's ABI: "x86_64", or the arch value in hexadecimal. */
void decode_abi(const struct call_data *call, struct line *line);

#endif
