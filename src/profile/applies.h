/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an entry of a profile applies here, as its "includes" and "excludes" ask. */
#ifndef GYVE_APPLIES_H
#define GYVE_APPLIES_H

#include "profile/reader.h"

/* Asks for this process's capabilities and kernel. false and the reader's *error. */
bool applies_ask(struct reader *r);

/* false and the reader's *error for what is malformed. */
bool applies_read(struct reader *r, const struct json *entry, bool *applies);

#endif
