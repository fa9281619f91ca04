/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/utf8.h"

unsigned utf8_length(const char *text, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *byte = (const unsigned char *)text;
	unsigned length = *byte < 0x80	       ? 1
			  : *byte >> 5 == 0x06 ? 2
			  : *byte >> 4 == 0x0e ? 3
			  : *byte >> 3 == 0x1e ? 4
					       : 0;

	if (length == 0)
		return 0;
	*code = length == 1 ? *byte : *byte & (0x7fu >> length);
	for (unsigned i = 1; i < length; i++) {
		if (byte[i] >> 6 != 0x02) /* the final NUL ends up here, too */
			return 0;
		*code = *code << 6 | (byte[i] & 0x3f);
	}
	if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

unsigned utf8_write(char text[static 4], uint32_t code)
{
	unsigned length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (unsigned i = length; i-- > 1; code >>= 6)
		text[i] = (char)(0x80 | (code & 0x3f));
	text[0] = (char)(length == 1 ? code : (0xf00u >> length & 0xff) | code);
	return length;
}
