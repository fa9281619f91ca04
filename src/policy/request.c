/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/request.h"

#define WITH(mode) (UINT64_C(1) << OPTION_##mode)

const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(id, name, argument, metavar, kind, with, help) \
	{ name, metavar, KIND_##kind, with, help },
#include "tables/options.def"
#undef OPTION
};
