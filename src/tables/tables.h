/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts: C arrays made from tables/<name>.def. Nothing here does anything; the meaning of each
 * column is described at the head of its .def file.
 */
#ifndef GYVE_TABLES_H
#define GYVE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

/* ---- exit statuses ---- */
enum exit_status {
#define EXIT(id, status, help) EXIT_##id = (status),
#include "tables/exits.def"
#undef EXIT
};

struct exit_row {
	int status;
	const char *help;
};

extern const struct exit_row exit_rows[];
extern const unsigned exit_row_count;

/* ---- ABIs ---- */
enum abi {
#define ABI(id, ...) ABI_##id,
#define FOREIGN(...)
#include "tables/abis.def"
#undef ABI
#undef FOREIGN
	ABI_COUNT
};

enum endian { ENDIAN_LITTLE, ENDIAN_BIG };

/* Of an AUDIT_ARCH_ value (linux/audit.h): EM_ of an ELF file's e_machine, and its byte order. */
#define ARCH_ELF_MACHINE(arch) ((arch)&0xffff)
#define ARCH_ENDIAN(arch) ((arch)&0x40000000 ? ENDIAN_LITTLE : ENDIAN_BIG)

struct abi_row {
	const char *name;
	uint32_t arch; /* AUDIT_ARCH_ value */
	uint8_t bits;
	uint8_t endian;
	uint8_t clone_flags;		      /* index of the argument */
	uint8_t kernel;			      /* enum abi: whose kernel serves it */
	uint32_t private_first, private_last; /* 0, 0: none */
};

extern const struct abi_row abi_rows[ABI_COUNT];

/* Bit 30 of a number on x86-64: the call is one of x32 (the kernel's __X32_SYSCALL_BIT). */
#define X32_BIT UINT32_C(0x40000000)

/* ---- system calls ---- */

/* The newest kernel whose calls are all in syscalls.def. */
enum {
#define KERNEL(major, minor) TABLE_KERNEL_MAJOR = (major), TABLE_KERNEL_MINOR = (minor),
#include "tables/kernel.def"
#undef KERNEL
};

enum call {
#define SYSCALL(name, ...) CALL_##name,
#include "tables/syscalls.def"
#undef SYSCALL
	CALL_COUNT
};

struct call_row {
	char name[30];
	char since[10]; /* the kernel that brought it: "2.6.16" */
};

extern const struct call_row call_rows[CALL_COUNT];
extern const int32_t call_numbers[ABI_COUNT][CALL_COUNT]; /* NO_NUMBER: the ABI lacks the call */
#define NO_NUMBER (-1)

/* ---- names of numbers ---- */
struct errno_row {
	const char *name;
	int number;
};

extern const struct errno_row errno_rows[];
extern const unsigned errno_row_count;

/* ---- OCI profiles ---- */
struct oci_arch_row {
	const char *scmp, *go;
	int abi; /* enum abi, or ABI_COUNT */
};

struct oci_action_row {
	const char *name;
	uint32_t action; /* SECCOMP_RET_ value */
	bool has_data;
};

struct oci_flag_row {
	const char *name;
	unsigned flag; /* SECCOMP_FILTER_FLAG_ value, or 0 */
};

struct oci_op_row {
	const char *name;
	uint8_t op; /* enum comparison_op */
	bool masked;
};

/* A call that older ABIs make through another, whose first argument says which it is. */
struct multiplexed_row {
	int16_t call, by; /* enum call */
	uint8_t number;
};

struct capability_row {
	const char *name;
	uint8_t bit;
};

extern const struct oci_arch_row oci_arch_rows[]; /* those of the ABIs first, in their order */
extern const unsigned oci_arch_row_count;
extern const struct oci_action_row oci_action_rows[];
extern const unsigned oci_action_row_count;
extern const struct oci_flag_row oci_flag_rows[];
extern const unsigned oci_flag_row_count;
extern const struct oci_op_row oci_op_rows[];
extern const unsigned oci_op_row_count;
extern const struct multiplexed_row multiplexed_rows[];
extern const unsigned multiplexed_row_count;
extern const struct capability_row capability_rows[];
extern const unsigned capability_row_count;

/* ---- learned profiles ---- */
struct start_call_row {
	int16_t call; /* enum call */
	const char *why;
};

enum symbol_set { SYMBOL_CLONE, SYMBOL_FAMILY, SYMBOL_IOCTL };

struct learned_arg_row {
	int16_t call; /* enum call */
	uint8_t arg;  /* 0 to 5, or ARG_CLONE_FLAGS */
	uint64_t mask;
	uint8_t set; /* enum symbol_set */
};

struct symbol_row {
	uint8_t set;
	const char *name;
	uint64_t value;
};

extern const struct start_call_row start_call_rows[];
extern const unsigned start_call_row_count;
extern const struct learned_arg_row learned_arg_rows[];
extern const unsigned learned_arg_row_count;
extern const struct symbol_row symbol_rows[];
extern const unsigned symbol_row_count;

/* ---- old names of calls in strace's output ---- */
struct strace_name_row {
	const char *name;
	uint16_t call; /* enum call */
};

extern const struct strace_name_row strace_name_rows[];
extern const unsigned strace_name_row_count;

/* ---- formats of --print ---- */
enum format {
#define FORMAT(id, ...) FORMAT_##id,
#include "tables/formats.def"
#undef FORMAT
	FORMAT_COUNT
};

enum format_exec { FORMAT_SHOWN, FORMAT_SEALED, FORMAT_REFUSED };

struct format_row {
	const char *name;
	const char *help;
	uint8_t exec;
	bool domain; /* whether the Landlock domain is told in it */
	bool ids;    /* whether a launch's IDs are */
};

extern const struct format_row format_rows[FORMAT_COUNT];

/* ---- Landlock ---- */
enum right {
#define RIGHT(id, ...) RIGHT_##id,
#include "tables/rights.def"
#undef RIGHT
	RIGHT_COUNT
};

enum right_class { RIGHT_READ, RIGHT_WRITE, RIGHT_NEVER };

struct right_row {
	const char *name;
	const char *words;
	uint8_t bit;
	uint8_t abi;
	bool is_for_files; /* a rule on a file can have it */
	enum right_class class;
};

extern const struct right_row right_rows[RIGHT_COUNT];

/* As Landlock's masks have it. */
static inline uint64_t right_bit(enum right right)
{
	return UINT64_C(1) << right_rows[right].bit;
}

/* What a call does to a file, or by a socket (path_calls.def). */
enum act {
	ACT_OPEN,
	ACT_OPEN_HOW, /* openat2(2) */
	ACT_CREAT,
	ACT_MKDIR,
	ACT_MKNOD,
	ACT_SYMLINK,
	ACT_UNLINK,
	ACT_RMDIR,
	ACT_RENAME,
	ACT_LINK,
	ACT_TRUNCATE,
	ACT_EXECUTE,
	ACT_BIND,
	ACT_CONNECT,
};

struct path_call_row {
	int16_t call; /* enum call */
	uint8_t act;
	int8_t at, path, to_at, to_path, flags; /* arguments, or one of these */
	int16_t asks;				/* enum condition_id, or ASKS_NEVER */
};
#define ARGUMENT_CWD (-1)
#define ARGUMENT_NONE (-2)
#define ASKS_NEVER (-1)

extern const struct path_call_row path_call_rows[];
extern const unsigned path_call_row_count;

struct base_path_row {
	const char *path;
	const char *why;
	bool is_writable;
};

extern const struct base_path_row base_path_rows[];
extern const unsigned base_path_row_count;

/* ---- keys and values of the -sandbox language ---- */
enum key {
#define KEY(id, ...) KEY_##id,
#define VALUE(...)
#define ALIAS(...)
#include "tables/keys.def"
#undef KEY
	KEY_COUNT
#undef VALUE
#undef ALIAS
};

enum value {
#define KEY(...)
#define VALUE(key, id, ...) VALUE_##key##_##id,
#define ALIAS(...)
#include "tables/keys.def"
#undef KEY
#undef VALUE
#undef ALIAS
	VALUE_COUNT
};

enum effect {
	EFFECT_NONE = 0,
	EFFECT_TIGHTEST = 1,
	EFFECT_DOMAIN = 2,
	EFFECT_OPENED = 4,
	EFFECT_OURS = 8,
};

struct key_row {
	const char *name;
	const char *help;
};

/* What a key needs of Landlock (domains.def). */
struct domain_need_row {
	uint8_t key;
	uint8_t abi;
	const char *release;
	const char *left;
};

extern const struct domain_need_row domain_need_rows[];
extern const unsigned domain_need_row_count;

struct value_row {
	const char *name;
	const char *help;
	uint8_t key;
	uint8_t rank;
	uint8_t effect; /* EFFECT_ flags */
};

struct alias_row {
	uint8_t value;
	const char *name;
};

extern const struct key_row key_rows[KEY_COUNT];
extern const struct value_row value_rows[VALUE_COUNT]; /* those of a key stand together */
extern const struct alias_row alias_rows[];
extern const unsigned alias_row_count;

/* What a key does not cover (survivors.def). */
struct survivor_row {
	uint8_t key;
	const char *words;
};

extern const struct survivor_row survivor_rows[];
extern const unsigned survivor_row_count;

/* ---- groups ---- */
enum group {
#define GROUP(id, ...) GROUP_##id,
#include "tables/groups.def"
#undef GROUP
	GROUP_COUNT
};

struct group_row {
	const char *name;
	const char *help;
	uint8_t key;
	uint8_t only; /* the one value under which its rows apply, or VALUE_COUNT */
};

extern const struct group_row group_rows[GROUP_COUNT];

/* ---- conditions ---- */
enum comparison_op { OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE };

/* An argument index that stands for the one that holds clone's flags on the ABI at hand. */
#define ARG_CLONE_FLAGS 6
/* And one for argument 1, a request of ioctl that asm-generic/ioctl.h's _IO or its kind made. */
#define ARG_REQUEST 7

/* "(argument & mask) op value", unsigned, in 64 bits. */
struct comparison {
	uint8_t arg; /* 0 to 5, ARG_CLONE_FLAGS or ARG_REQUEST */
	uint8_t op;
	uint64_t mask;
	uint64_t value;
};

enum sense { SENSE_WHEN, SENSE_UNLESS };

#define COMPARISON_MAX 6

/* WHEN: true when all comparisons hold. UNLESS: true unless all hold. */
struct condition {
	uint8_t sense;
	uint8_t count;
	struct comparison comparisons[COMPARISON_MAX];
};

enum condition_id {
	CONDITION_ALWAYS,
#define CONDITION(id, ...) CONDITION_##id,
#include "tables/conditions.def"
#undef CONDITION
	CONDITION_COUNT
};

/* ---- calls that programs do without ---- */
struct harmless_row {
	int16_t call; /* enum call */
	struct condition when;
	const char *by; /* patterns, joined by "|" */
	const char *why;
};

enum {
#define HARMLESS(id, ...) HARMLESS_##id,
#include "tables/harmless.def"
#undef HARMLESS
	HARMLESS_COUNT
};

extern const struct harmless_row harmless_rows[HARMLESS_COUNT];

extern const struct condition condition_rows[CONDITION_COUNT];
extern const char *const condition_words[CONDITION_COUNT];

/* ---- rules ---- */
enum origin { ORIGIN_QEMU = 1, ORIGIN_OURS, ORIGIN_EXACT };

/* What a row says happens: DENY_KILL is what the key "action" chooses, else an errno. */
#define DENY_KILL (-1)

struct rule_row {
	int16_t call;	/* enum call */
	int16_t denial; /* DENY_KILL or an errno; never 0 */
	uint8_t group;
	uint8_t rank;
	uint8_t condition;
	uint8_t origin;
};

extern const struct rule_row rule_rows[];
extern const char *const rule_reasons[]; /* the column "why", by the same index */
extern const unsigned rule_row_count;

#endif
