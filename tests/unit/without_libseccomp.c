/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands for a test of nothing but libseccomp in a build without it. */
#include "tap.h"

int main(void)
{
	tap_skip("needs libseccomp");
	return tap_done();
}
