/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter's bytes, read back. */
#include "bpf/pfc.h"
#include "show/export.h"

bool export_pfc(const struct export *export, FILE *out, struct error *error)
{
	return pfc_print(export->filter->program, export->filter->length,
			 abi_rows[export->policy->abis[0].abi].endian, out, error);
}
