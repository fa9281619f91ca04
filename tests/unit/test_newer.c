/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls newer than the table, that the machine's libseccomp knows: here one that does not exist. */
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "profile/profile.h"
#include "proof.h"
#include "show/explain.h"

#define TOMORROW 600

int __wrap_seccomp_syscall_resolve_name_arch(uint32_t arch, const char *name);
char *__wrap_seccomp_syscall_resolve_num_arch(uint32_t arch, int nr);
int __real_seccomp_syscall_resolve_name_arch(uint32_t arch, const char *name);

int __wrap_seccomp_syscall_resolve_name_arch(uint32_t arch, const char *name)
{
	if (strcmp(name, "tomorrow") == 0)
		return arch == abi_rows[syscalls_native_abi()].arch ? TOMORROW : -1;
	return __real_seccomp_syscall_resolve_name_arch(arch, name);
}

char *__wrap_seccomp_syscall_resolve_num_arch(uint32_t arch, int nr)
{
	return arch == abi_rows[syscalls_native_abi()].arch && nr == TOMORROW ? strdup("tomorrow")
									      : NULL;
}

static struct profile profile;
static struct policy policy;
static struct error error;

static bool explains(const char *word)
{
	char *words[] = { (char *)word, NULL }, text[1000] = "";
	const struct request request = { .operands = words };
	FILE *out = tmpfile();
	bool ok = out && explain_words(&request, out, &error);

	if (!out)
		return false;
	rewind(out);
	text[fread(text, 1, sizeof text - 1, out)] = '\0';
	fclose(out);
	return ok && strncmp(text, "600: no call of ", 16) == 0 &&
	       strstr(text, "; libseccomp calls it tomorrow\n") && strstr(text, "unknown=deny");
}

/* What a profile of this text answers to the call. */
static bool answers(const char *text, uint32_t expected)
{
	struct policy_facts facts = proof_facts(syscalls_native_abi());
	struct call_data call = { .nr = TOMORROW, .arch = abi_rows[facts.native].arch };
	char file[] = "/tmp/gyve-newer.XXXXXX";
	int fd = mkstemp(file);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
		  profile_read(&profile, file, true, facts.kill, &error) &&
		  profile_build(&profile, &policy, &facts, &error);

	if (fd >= 0) {
		close(fd);
		unlink(file);
	}
	return ok && policy_verdict(&policy, &call) == expected;
}

static void test_profiles(void)
{
	tap_check(answers("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":["
			  "\"tomorrow\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":7}]}",
			  SECCOMP_RET_ERRNO | 7),
		  "a profile's denial of a newer call holds %s", error.text);
	tap_check(answers("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":["
			  "\"read\",\"tomorrow\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
			  SECCOMP_RET_ALLOW),
		  "and so does its permission %s", error.text);
	tap_check(!answers("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":["
			   "\"yesterday\"],\"action\":\"SCMP_ACT_ERRNO\"}]}",
			   SECCOMP_RET_ALLOW) &&
			  strstr(error.text, "yesterday"),
		  "what libseccomp does not know either is refused: %s", error.text);
}

int main(void)
{
	tap_check(explains("tomorrow"), "a newer call is explained by its name %s", error.text);
	tap_check(explains("600"), "and by its number %s", error.text);
	test_profiles();
	return tap_done();
}
