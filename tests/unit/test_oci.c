/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --print=oci writes means the same when it is read back: for each call of each ABI, and for
 * each condition on arguments that match it and miss it by a bit, the profile's filter answers as
 * the policy does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "show/format.h"
#include "profile/profile.h"
#include "proof.h"
#include "runc.h"

static struct policy policy, again;
static struct filter filter;
static struct profile profile;
static struct choices choices;
static struct error error;
static unsigned compared;
static struct runc runc;
static bool asks_runc; /* else gyve's own reading */

static bool write_profile(const char *file)
{
	struct export export = { .policy = &policy, .filter = &filter, .choices = &choices };
	FILE *out = fopen(file, "w");
	bool good = out && format_print(FORMAT_oci, &export, out, &error);

	return out && fclose(out) == 0 && good;
}

/* The arch and number are set; false where the two differ. */
static bool same(const struct call_data *call)
{
	struct call_words words = verdict_words(call, abi_rows[policy.abis[0].abi].endian);
	uint32_t want = policy_verdict(&policy, call);
	uint32_t found = verdict_run(filter.program, &words, NULL);

	if (asks_runc)
		found = runc_answer(&runc, policy_find_abi(&policy, call->arch)->abi, call);
	compared++;
	if (want == found)
		return true;
	diag_set(&error, EXIT_GYVE, "arch %#x, call %u, arguments %#llx %#llx: %#x became %#x",
		 call->arch, call->nr, (unsigned long long)call->args[0],
		 (unsigned long long)call->args[1], want, found);
	return false;
}

/* Around one comparison, with the other arguments as they are. */
static bool same_around(struct call_data call, const struct comparison *c, enum abi abi)
{
	unsigned arg = policy_comparison(c, abi).arg;
	uint64_t base = call.args[arg];

	for (unsigned bit = 0; bit < 64; bit++) {
		call.args[arg] = c->value ^ UINT64_C(1) << bit;
		if (!same(&call))
			return false;
		call.args[arg] = ((base & ~c->mask) | c->value) ^ UINT64_C(1) << bit;
		if (!same(&call))
			return false;
	}
	call.args[arg] = (base & ~c->mask) | c->value;
	return same(&call);
}

static bool same_number(const struct policy_abi *abi, uint32_t nr)
{
	static const uint64_t fillers[] = { 0, UINT64_MAX, UINT64_C(0xa5a5a5a55a5a5a5a) };
	struct call_data call = { .arch = abi_rows[abi->abi].arch, .nr = nr };
	const struct policy_rule *rule;

	for (unsigned f = 0; f < 3; f++) {
		struct policy_cursor cursor = policy_rules_of(&policy, abi, nr);

		for (unsigned i = 0; i < 6; i++)
			call.args[i] = fillers[f];
		if (!same(&call))
			return false;
		while ((rule = policy_next(&cursor)) != NULL) {
			struct call_data near = call;

			for (unsigned i = 0; rule->when && i < rule->when->count; i++) {
				const struct comparison *c = &rule->when->comparisons[i];

				if (!same_around(near, c, abi->abi))
					return false;
				near.args[policy_comparison(c, abi->abi).arg] = c->value;
			}
		}
	}
	return true;
}

static bool all_same(void)
{
	uint32_t nr;

	for (unsigned i = 0; i < policy.abi_count; i++)
		for (unsigned call = 0; call < CALL_COUNT; call++)
			if (syscalls_number(policy.abis[i].abi, call, &nr) &&
			    (!asks_runc || runc_knows(policy.abis[i].abi, call)) &&
			    !same_number(&policy.abis[i], nr))
				return false;
	return true;
}

static bool round_trip(const char *spec, const char *with, const char *file)
{
	struct policy_facts facts = proof_facts(syscalls_native_abi());

	if (!proof_choose(spec, &choices, &error))
		return false;
	build_policy(&policy, &choices, &facts);
	if (with && !(profile_read(&profile, with, true, facts.kill, &error) &&
		      profile_add(&profile, &policy, &error)))
		return false;
	if (!filter_compile(&filter, &policy, &error) || !write_profile(file))
		return false;
	/* The policy points into the profile that it was made with, so reading needs another. */
	static struct profile read;

	return profile_read(&read, file, true, facts.kill, &error) &&
	       profile_build(&read, &again, &facts, &error) &&
	       filter_compile(&filter, &again, &error) && all_same();
}

static bool compile_as_runc(const char *file)
{
	int result = runc_compile(&runc, file);

	return result == 0 || diag_errno(&error, EXIT_GYVE, -result, "libseccomp refuses it");
}

/* The profile just written, as runc hands it to libseccomp. */
static void test_as_runc(const char *spec, const char *more, const char *file)
{
	bool good;

	if (!runc_is_here()) {
		tap_skip("needs libseccomp: %s%s", spec, more);
		return;
	}
	asks_runc = true;
	good = compile_as_runc(file) && all_same();
	asks_runc = false;
	tap_check(good, "%s%s: libseccomp, too %s", spec, more, good ? "" : error.text);
}

int main(void)
{
	static const char *const specs[] = {
		"on",
		"on,obsolete=allow,tty=allow",
		"on,elevateprivileges=deny",
		"on,resourcecontrol=deny,network=local,debug=deny",
		"on,namespaces=deny,elevateprivileges=deny,kernel=deny",
		"strict,spawn=allow",
		"strict,spawn=allow,abi=all,action=errno",
		"on,unknown=deny,abi=all",
		"on,unknown=deny,abi=all,network=deny",
		"on,abi=all,network=local",
		"on,unknown=deny,network=ports",
		"on,abi=all,network=ports",
		"strict,spawn=allow,abi=all",
		"compat=qemu,elevateprivileges=deny,resourcecontrol=deny",
	};
	unsigned count = sizeof specs / sizeof specs[0];
	char file[] = "/tmp/gyve-test-oci-XXXXXX", with[1000];
	const char *source = getenv("GYVE_SOURCE");
	int fd;

	fd = mkstemp(file);
	if (fd < 0)
		return 1;
	close(fd);
	snprintf(with, sizeof with, "%s/tests/data/profile-conflicts.json", source ? source : ".");
	for (unsigned i = 0; i <= count; i++) {
		const char *spec = i < count ? specs[i] : "strict,spawn=allow,tty=allow";
		const char *more = i < count ? "" : " with a profile";
		bool good = round_trip(spec, i < count ? NULL : with, file);

		tap_check(good, "%s%s %s", spec, more, good ? "" : error.text);
		test_as_runc(spec, more, file);
	}
	/* What libseccomp would refuse, or make another filter of. */
	if (syscalls_native_abi() == ABI_X86_64)
		tap_check(!round_trip("on,unknown=deny,abi=all,network=local", NULL, file) &&
				  strstr(error.text, "what is said of socket for socketcall, too"),
			  "what its readers take otherwise is refused: %s", error.text);
	printf("# %u answers compared\n", compared);
	unlink(file);
	return tap_done() || compared == 0;
}
