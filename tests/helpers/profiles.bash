# SPDX-License-Identifier: GPL-2.0-or-later
# For tests of profiles and formats: load helpers/profiles

DOCKER=$GYVE_SOURCE/tests/data/docker-default.json
PODMAN=$GYVE_SOURCE/tests/data/podman-default.json

# Writes a profile: the arguments are entries of "syscalls", on top of a default that denies with
# ENOSYS and what the helper "try" needs to start and print, also with a sanitizer.
write_profile() {
	local file=$1 entries='' entry
	shift
	for entry; do
		entries+=", $entry"
	done
	cat >"$file" <<-EOF
		{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
		  {"names": ["brk", "mmap", "mprotect", "munmap", "openat", "open", "read", "pread64", "close",
		    "fstat", "newfstatat", "access", "faccessat", "arch_prctl", "set_tid_address",
		    "set_robust_list", "rseq", "prlimit64", "getrandom", "exit_group", "write",
		    "getpid", "ioctl", "futex", "readlink", "readlinkat", "statx", "fcntl",
		    "madvise", "sigaltstack", "gettid", "rt_sigaction", "rt_sigprocmask", "sched_yield",
		    "clock_gettime"],
		   "action": "SCMP_ACT_ALLOW"}$entries]}
	EOF
}

# The comment of a call's entry, for one without arguments: "3 calls".
comment_of() {
	jq -r --arg name "$1" '.syscalls[] | select(.names == [$name]) | .comment' "$2"
}
