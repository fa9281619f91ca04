# SPDX-License-Identifier: GPL-2.0-or-later
# The main job: a command runs under a filter, and what is denied is denied.
load helpers/common

@test "on: a command runs" {
	run "$GYVE" -sandbox on -- echo hello
	assert_success
	assert_output hello
}

@test "spawn=deny: fork kills the whole process with SIGSYS" {
	run "$TRY" fork
	assert_output ok
	run "$GYVE" -sandbox on,spawn=deny -- "$TRY" fork
	assert_failure "$SIGSYS_STATUS"
}
