/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tables/tables.h"

#include <asm/resource.h> /* not sys/resource.h, in which musl makes prlimit64 a macro */
#include <asm/termbits.h> /* the kernel's struct termios: on ppc64le its size is part of TCGETS */
#include <errno.h>
#include <linux/net.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/fs.h>
#include <linux/random.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const struct exit_row exit_rows[] = {
#define EXIT(id, status, help) { status, help },
#include "tables/exits.def"
#undef EXIT
};
const unsigned exit_row_count = COUNT(exit_rows);

const struct abi_row abi_rows[ABI_COUNT] = {
#define ABI(id, name, arch, bits, clone_flags, kernel, first, last, ...) \
	{ name, arch, bits, ARCH_ENDIAN(arch), clone_flags, ABI_##kernel, first, last },
#define FOREIGN(...)
#include "tables/abis.def"
#undef ABI
#undef FOREIGN
};

const struct call_row call_rows[CALL_COUNT] = {
#define SYSCALL(name, since, ...) { #name, since },
#include "tables/syscalls.def"
#undef SYSCALL
};

/* One array for each ABI: a launch reads the numbers of its own, which then lie on one page. */
#define NA NO_NUMBER
const int32_t call_numbers[ABI_COUNT][CALL_COUNT] = {
#define AT(abi, call, number) [ABI_##abi][CALL_##call] = number
#define SYSCALL(name, since, x86_64, i386, x32, aarch64, arm, riscv64, ppc64le, s390x,      \
		loongarch64)                                                                \
	AT(X86_64, name, x86_64), AT(I386, name, i386), AT(X32, name, x32),                 \
		AT(AARCH64, name, aarch64), AT(ARM, name, arm), AT(RISCV64, name, riscv64), \
		AT(PPC64LE, name, ppc64le), AT(S390X, name, s390x),                         \
		AT(LOONGARCH64, name, loongarch64),
#include "tables/syscalls.def"
#undef SYSCALL
#undef AT
};
#undef NA

const struct errno_row errno_rows[] = {
#define ERRNO(name) { #name, name },
#include "tables/errnos.def"
#undef ERRNO
};
const unsigned errno_row_count = COUNT(errno_rows);

const struct oci_arch_row oci_arch_rows[] = {
#define ABI(id, name, arch, bits, clone_flags, kernel, first, last, macro, scmp, go, ...) \
	{ scmp, go, ABI_##id },
#define FOREIGN(scmp, go) { scmp, go, ABI_COUNT },
#include "tables/abis.def"
#undef ABI
#undef FOREIGN
};
const unsigned oci_arch_row_count = COUNT(oci_arch_rows);

const struct oci_action_row oci_action_rows[] = {
#define OCI_ACTION(name, action, has_data) { name, SECCOMP_RET_##action, has_data },
#include "tables/oci_actions.def"
#undef OCI_ACTION
};
const unsigned oci_action_row_count = COUNT(oci_action_rows);

const struct capability_row capability_rows[] = {
#define CAPABILITY(name, bit) { name, bit },
#include "tables/capabilities.def"
#undef CAPABILITY
};
const unsigned capability_row_count = COUNT(capability_rows);

const struct format_row format_rows[FORMAT_COUNT] = {
#define SAID true
#define LEFT false
#define FORMAT(id, exec, domain, ids, help) { #id, help, FORMAT_##exec, domain, ids },
#include "tables/formats.def"
#undef FORMAT
};

const struct key_row key_rows[KEY_COUNT] = {
#define KEY(id, name, help) { name, help },
#define VALUE(...)
#define ALIAS(...)
#include "tables/keys.def"
#undef KEY
#undef VALUE
#undef ALIAS
};

enum {
	NONE = EFFECT_NONE,
	TIGHTEST = EFFECT_TIGHTEST,
	DOMAIN = EFFECT_DOMAIN,
	OPENED = EFFECT_OPENED, OURS = EFFECT_OURS
};

const struct value_row value_rows[VALUE_COUNT] = {
#define KEY(...)
#define VALUE(key, id, name, rank, effect, help) { name, help, KEY_##key, rank, effect },
#define ALIAS(...)
#include "tables/keys.def"
#undef KEY
#undef VALUE
#undef ALIAS
};

const struct alias_row alias_rows[] = {
#define KEY(...)
#define VALUE(...)
#define ALIAS(key, id, name) { VALUE_##key##_##id, name },
#include "tables/keys.def"
#undef KEY
#undef VALUE
#undef ALIAS
};
const unsigned alias_row_count = COUNT(alias_rows);

const struct group_row group_rows[GROUP_COUNT] = {
#define VALUE_ANY VALUE_COUNT
#define GROUP(id, name, key, only, help) { name, help, KEY_##key, VALUE_##only },
#include "tables/groups.def"
#undef GROUP
};

/*
 * clone(2)'s flags as QEMU reads them: a thread sets all of THREAD_FLAGS and nothing else of
 * THREAD_MASK. Outside the mask, so free: the exit signal, CLONE_DETACHED (musl sets it) and
 * CLONE_CHILD_SETTID.
 */
#define THREAD_FLAGS                                                                        \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
	 CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)
#define NAMESPACE_FLAGS                                                                \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)
#define THREAD_MASK                                                                            \
	(THREAD_FLAGS | NAMESPACE_FLAGS | (uint64_t)CLONE_IO | CLONE_UNTRACED | CLONE_PARENT | \
	 CLONE_VFORK | CLONE_PTRACE | CLONE_PIDFD)

#define LOWER_HALF UINT64_C(0x00000000ffffffff)
#define UPPER_HALF UINT64_C(0xffffffff00000000)
#define WHOLE UINT64_C(0xffffffffffffffff)
#define FLAGS ARG_CLONE_FLAGS
#define REQUEST ARG_REQUEST

#define EQ32(arg, value)                      \
	{                                     \
		arg, OP_EQ, LOWER_HALF, value \
	}
#define EQ64(arg, value)                 \
	{                                \
		arg, OP_EQ, WHOLE, value \
	}
#define NE32(arg, value)                      \
	{                                     \
		arg, OP_NE, LOWER_HALF, value \
	}
#define NOT32(arg, mask, value)         \
	{                               \
		arg, OP_NE, mask, value \
	}
#define NE64(arg, value)                 \
	{                                \
		arg, OP_NE, WHOLE, value \
	}
#define MASK64(arg, mask, value)        \
	{                               \
		arg, OP_EQ, mask, value \
	}
#define ANY32(arg, mask)                          \
	{                                         \
		arg, OP_NE, LOWER_HALF &(mask), 0 \
	}

#define SCHED_IDLE 5 /* linux/sched.h has it; sched.h of the C library only under _GNU_SOURCE */

const struct condition condition_rows[CONDITION_COUNT] = {
#define CONDITION(id, sense, words, ...)                                          \
	[CONDITION_##id] = { SENSE_##sense,                                       \
			     sizeof((const struct comparison[]){ __VA_ARGS__ }) / \
				     sizeof(struct comparison),                   \
			     { __VA_ARGS__ } },
#include "tables/conditions.def"
#undef CONDITION
};

const struct harmless_row harmless_rows[HARMLESS_COUNT] = {
#define HARMLESS(id, call, by, why, evidence, ...)                                \
	{ CALL_##call,                                                            \
	  { SENSE_WHEN,                                                           \
	    sizeof((const struct comparison[]){ __VA_ARGS__ }) /                  \
		    sizeof(struct comparison),                                    \
	    { __VA_ARGS__ } },                                                    \
	  by,                                                                     \
	  why },
#include "tables/harmless.def"
#undef HARMLESS
};

const char *const condition_words[CONDITION_COUNT] = {
	[CONDITION_ALWAYS] = "",
#define CONDITION(id, sense, words, ...) [CONDITION_##id] = words,
#include "tables/conditions.def"
#undef CONDITION
};

const struct oci_flag_row oci_flag_rows[] = {
#define OCI_FLAG(name, flag) { name, flag },
#include "tables/oci_flags.def"
#undef OCI_FLAG
};
const unsigned oci_flag_row_count = COUNT(oci_flag_rows);

const struct oci_op_row oci_op_rows[] = {
#define OCI_OP(name, op, masked) { name, OP_##op, masked },
#include "tables/oci_ops.def"
#undef OCI_OP
};
const unsigned oci_op_row_count = COUNT(oci_op_rows);

const struct multiplexed_row multiplexed_rows[] = {
#define MULTIPLEXED(call, by, number) { CALL_##call, CALL_##by, number },
#include "tables/multiplexed.def"
#undef MULTIPLEXED
};
const unsigned multiplexed_row_count = COUNT(multiplexed_rows);

const struct start_call_row start_call_rows[] = {
#define START_CALL(call, why) { CALL_##call, why },
#include "tables/start_calls.def"
#undef START_CALL
};
const unsigned start_call_row_count = COUNT(start_call_rows);

const struct learned_arg_row learned_arg_rows[] = {
#define LEARNED_ARG(call, arg, mask, set) { CALL_##call, arg, mask, SYMBOL_##set },
#include "tables/learned_args.def"
#undef LEARNED_ARG
};
const unsigned learned_arg_row_count = COUNT(learned_arg_rows);

const struct symbol_row symbol_rows[] = {
#define SYMBOL(set, name) { SYMBOL_##set, #name, name },
#include "tables/symbols.def"
#undef SYMBOL
};
const unsigned symbol_row_count = COUNT(symbol_rows);

const struct strace_name_row strace_name_rows[] = {
#define STRACE_NAME(name, call) { name, CALL_##call },
#include "tables/strace_names.def"
#undef STRACE_NAME
};
const unsigned strace_name_row_count = COUNT(strace_name_rows);

#define KILL DENY_KILL

const struct rule_row rule_rows[] = {
#define RULE(group, rank, call, condition, action, origin, why) \
	{ CALL_##call, action, GROUP_##group, rank, CONDITION_##condition, ORIGIN_##origin },
#include "tables/rules.def"
#undef RULE
};
const unsigned rule_row_count = COUNT(rule_rows);

/* Action 0 is SECCOMP_RET_KILL_THREAD, rank 0 would apply to "allow": neither may compile. */
#define RULE(group, rank, call, condition, action, origin, why)                               \
	_Static_assert((action) != 0 && (rank) > 0, #group ": " #call ": names no action or " \
							   "rank");
#include "tables/rules.def"
#undef RULE

const char *const rule_reasons[] = {
#define RULE(group, rank, call, condition, action, origin, why) why,
#include "tables/rules.def"
#undef RULE
};

#define READ false
#define WRITE true
#define FILE true
#define DIRECTORY false

const struct right_row right_rows[RIGHT_COUNT] = {
#define RIGHT(id, bit, abi, on, class, words) { #id, words, bit, abi, on, RIGHT_##class },
#include "tables/rights.def"
#undef RIGHT
};

#define CWD ARGUMENT_CWD
#define NONE ARGUMENT_NONE
#define CONDITION_NEVER ASKS_NEVER

const struct path_call_row path_call_rows[] = {
#define PATH_CALL(call, act, at, path, to_at, to_path, flags, asks) \
	{ CALL_##call, ACT_##act, at, path, to_at, to_path, flags, CONDITION_##asks },
#include "tables/path_calls.def"
#undef PATH_CALL
};
const unsigned path_call_row_count = COUNT(path_call_rows);
#undef NONE

const struct base_path_row base_path_rows[] = {
#define BASE_PATH(path, access, why) { path, why, access },
#include "tables/base_paths.def"
#undef BASE_PATH
};
const unsigned base_path_row_count = COUNT(base_path_rows);

const struct domain_need_row domain_need_rows[] = {
#define NEED(key, abi, release, left) { KEY_##key, abi, release, left },
#include "tables/domains.def"
#undef NEED
};
const unsigned domain_need_row_count = COUNT(domain_need_rows);

const struct survivor_row survivor_rows[] = {
#define SURVIVOR(id, key, words) { KEY_##key, words },
#include "tables/survivors.def"
#undef SURVIVOR
};
const unsigned survivor_row_count = COUNT(survivor_rows);
