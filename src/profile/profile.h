/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OCI seccomp profiles: the file that Docker and Podman have, and the "linux.seccomp" object of the
 * runtime specification. A profile is read for this machine, this process's capabilities and this
 * kernel, as its conditions ("includes", "excludes", "archMap") ask, and becomes a layer of a
 * policy.
 *
 * Entries mean what runc and libseccomp make of them, with these differences, all to the strict
 * side: where entries of one call contradict each other the strictest that holds wins, whatever
 * their order; KILL kills the process and not one thread of it; x32 calls are refused.
 */
#ifndef GYVE_PROFILE_H
#define GYVE_PROFILE_H

#include "profile/contents.h"

/*
 * Reads a profile. kill is what KILL means on this kernel. Warns about names that it does not know
 * and about 64-bit comparisons that let more calls through than they seem to; with strict, unknown
 * names are an error. false and *error (status 125) name the file, the place in it and the value.
 */
bool profile_read(struct profile *profile, const char *file, bool strict, uint32_t kill,
		  struct error *error);

/*
 * Starts *policy from a profile alone: the ABIs that it covers, and its rules as the only layer.
 * Where it does not allow execve, the launch's own passes by the ticket. The rules point into
 * *profile and *policy.
 */
bool profile_build(const struct profile *profile, struct policy *policy,
		   const struct policy_facts *facts, struct error *error);

/* Adds a profile to a policy that build_policy has made, as a second layer. */
bool profile_add(const struct profile *profile, struct policy *policy, struct error *error);

#endif
