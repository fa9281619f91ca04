/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of SPEC, and what choices it makes: merging, the last wins, aliases, strict, what is
 * settled, and when no_new_privs is set. The wording of refusals is in tests/data/bad-input.tsv.
 */
#include <string.h>

#include "policy/choices.h"
#include "tap.h"

/*
 * The choices as text, to compare whole: "key=value" of every key that is not at its default, a
 * given one marked by "!", in the table's order.
 */
static const char *describe(const struct choices *choices)
{
	static char text[600];
	struct choices defaults;
	size_t used = 0;

	choices_init(&defaults);
	text[0] = '\0';
	for (unsigned key = 0; key < KEY_COUNT; key++)
		if (choices->given[key] || choices->value[key] != defaults.value[key])
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s=%s",
						 used ? " " : "", choices->given[key] ? "!" : "",
						 key_rows[key].name,
						 value_rows[choices->value[key]].name);
	return text;
}

/* Reads SPECs separated by spaces, as several -sandbox options would be. */
static bool parse_all(const char *specs, struct choices *choices, struct error *error)
{
	char copy[600], *save = NULL;

	choices_init(choices);
	snprintf(copy, sizeof copy, "%s", specs);
	for (char *spec = strtok_r(copy, " ", &save); spec; spec = strtok_r(NULL, " ", &save))
		if (!choices_parse(spec, choices, error))
			return false;
	return true;
}

/* ---- the grammar ---- */

static void test_accepted(void)
{
	static const struct {
		const char *specs, *choices;
	} rows[] = {
		{ "on", "!enable=on" },
		{ "off", "!enable=off" },
		{ "strict", "!enable=strict" },
		{ "enable=on", "!enable=on" },
		{ "enable=strict", "!enable=strict" },
		{ "yes", "!enable=on" },
		{ "true", "!enable=on" },
		{ "y", "!enable=on" },
		{ "no", "!enable=off" },
		{ "false", "!enable=off" },
		{ "n", "!enable=off" },
		{ "enable=y", "!enable=on" },
		{ "enable=false", "!enable=off" },
		/* the default of a key may be written out, and is then given */
		{ "on,spawn=allow", "!enable=on !spawn=allow" },
		{ "on,obsolete=deny", "!enable=on !obsolete=deny" },
		/* no first bare word: enable stays at its default, on, and is not given */
		{ "spawn=deny", "!spawn=deny" },
		{ "spawn=deny,enable=off", "!enable=off !spawn=deny" },
		/* order of the items does not matter */
		{ "on,network=local,tty=allow", "!enable=on !network=local !tty=allow" },
		{ "on,tty=allow,network=local", "!enable=on !network=local !tty=allow" },
		/* the last wins */
		{ "on,spawn=deny,spawn=allow", "!enable=on !spawn=allow" },
		{ "on,spawn=allow,spawn=deny", "!enable=on !spawn=deny" },
		{ "on,enable=off", "!enable=off" },
		{ "off,enable=on,enable=strict", "!enable=strict" },
		/* several options merge, and the last wins */
		{ "on spawn=deny", "!enable=on !spawn=deny" },
		{ "on,spawn=deny on,network=deny", "!enable=on !spawn=deny !network=deny" },
		{ "on,spawn=deny spawn=allow", "!enable=on !spawn=allow" },
		{ "off on", "!enable=on" },
		{ "on,debug=deny off", "!enable=off !debug=deny" },
		{ "strict enable=on", "!enable=on" },
		/* every key of QEMU's at once */
		{ "on,obsolete=allow,elevateprivileges=children,spawn=deny,resourcecontrol=deny",
		  "!enable=on !obsolete=allow !elevateprivileges=children !spawn=deny "
		  "!resourcecontrol=deny" },
		/* no option at all */
		{ "", "" },
		/* refused */
		{ ",", NULL },
		{ "on,", NULL },
		{ ",on", NULL },
		{ "on,,", NULL },
		{ "on,spawn=deny,", NULL },
		{ "on,spawn=deny,,", NULL },
		{ "on,,spawn=deny", NULL },
		{ "=", NULL },
		{ "=on", NULL },
		{ "on,on", NULL },
		{ "on=on", NULL },
		{ "spawn", NULL },
		{ "deny", NULL },
		{ "On", NULL },
		{ "on,spawn", NULL },
		{ "on,spawn=", NULL },
		{ "on,spawn=yes", NULL },
		{ "on,spawn==deny", NULL },
		{ "on,=deny", NULL },
		{ "on,SPAWN=deny", NULL },
		{ "on,spaw=deny", NULL }, /* keys are not abbreviated */
		{ "on spawn=den", NULL },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct choices choices;
		struct error error;
		bool parsed = parse_all(rows[i].specs, &choices, &error);
		bool ok =
			parsed ? rows[i].choices && strcmp(describe(&choices), rows[i].choices) == 0
			       : !rows[i].choices && error.status == EXIT_GYVE;

		if (!tap_check(ok, "'%s' is %s", rows[i].specs,
			       rows[i].choices ? rows[i].choices : "refused"))
			printf("# it is %s\n", parsed ? describe(&choices) : error.text);
	}
}

/* Every value of every key, under its name and its aliases. */
static void test_every_value(void)
{
	for (unsigned i = 0; i < VALUE_COUNT + alias_row_count; i++) {
		unsigned value = i < VALUE_COUNT ? i : alias_rows[i - VALUE_COUNT].value;
		unsigned key = value_rows[value].key;
		struct choices choices;
		struct error error;
		char spec[80];
		bool ok;

		snprintf(spec, sizeof spec, "%s=%s", key_rows[key].name,
			 i < VALUE_COUNT ? value_rows[i].name : alias_rows[i - VALUE_COUNT].name);
		choices_init(&choices);
		ok = choices_parse(spec, &choices, &error) && choices.given[key] &&
		     choices.value[key] == value;
		for (unsigned other = 0; ok && other < KEY_COUNT; other++)
			ok = other == key || !choices.given[other];
		tap_check(ok, "'%s' gives its key its value, and no other", spec);
	}
}

static void test_length(void)
{
	for (unsigned length = 240; length <= 270; length++) {
		static const char head[] = "on,spawn=";
		char spec[300];
		struct choices choices;
		struct error error;
		bool parsed, by_length;

		memset(spec, 'x', sizeof spec);
		memcpy(spec, head, sizeof head - 1);
		spec[3 + length] = '\0'; /* "on," is an item of its own */
		choices_init(&choices);
		parsed = choices_parse(spec, &choices, &error);
		by_length = !parsed && strstr(error.text, "more than 255 bytes") != NULL;
		if (parsed || by_length != (length > 255)) {
			tap_check(false, "an item of %u bytes: %s", length, error.text);
			return;
		}
	}
	tap_check(true, "an item of up to 255 bytes is read, a longer one refused");
}

/* ---- settled choices ---- */

/* What strict chooses at the keys after network. */
#define STRICT_FURTHER "outside=deny namespaces=deny debug=deny kernel=deny unknown=deny"

static void test_settled(void)
{
	static const struct {
		const char *specs, *choices;
	} rows[] = {
		{ "", "" },
		{ "on", "!enable=on" },
		{ "off", "!enable=off" },
		{ "strict", "!enable=strict elevateprivileges=children spawn=deny "
			    "resourcecontrol=deny network=deny " STRICT_FURTHER },
		{ "strict,spawn=allow", "!enable=strict elevateprivileges=children !spawn=allow "
					"resourcecontrol=deny network=deny " STRICT_FURTHER },
		{ "spawn=allow,enable=strict",
		  "!enable=strict elevateprivileges=children !spawn=allow "
		  "resourcecontrol=deny network=deny " STRICT_FURTHER },
		{ "network=local strict elevateprivileges=deny,abi=all,action=errno",
		  "!enable=strict !elevateprivileges=deny spawn=deny resourcecontrol=deny "
		  "!network=local " STRICT_FURTHER " !abi=all !action=errno" },
		{ "strict,obsolete=allow",
		  "!enable=strict !obsolete=allow elevateprivileges=children spawn=deny "
		  "resourcecontrol=deny network=deny " STRICT_FURTHER },
		/* taken back: strict leaves nothing behind */
		{ "strict enable=on", "!enable=on" },
		{ "strict off", "!enable=off" },
		/* what is off needs no sense, but has to be well formed */
		{ "off,network=deny,compat=qemu", "!enable=off !network=deny !compat=qemu" },
		/* under QEMU's language only QEMU's keys mean something */
		{ "on,compat=qemu", "!enable=on tty=allow !compat=qemu" },
		{ "strict,compat=qemu",
		  "!enable=strict elevateprivileges=children spawn=deny resourcecontrol=deny "
		  "tty=allow !compat=qemu" },
		{ "on,compat=qemu,spawn=deny,elevateprivileges=deny",
		  "!enable=on !elevateprivileges=deny !spawn=deny tty=allow !compat=qemu" },
		{ "on,compat=qemu,network=allow",
		  "!enable=on !network=allow tty=allow !compat=qemu" },
		{ "on,compat=qemu,network=deny,network=allow",
		  "!enable=on !network=allow tty=allow !compat=qemu" },
		{ "on,compat=qemu,network=deny compat=none",
		  "!enable=on !network=deny !compat=none" },
		{ "on,compat=qemu,network=deny", NULL },
		{ "on,compat=qemu,network=local", NULL },
		{ "on,compat=qemu,namespaces=deny", NULL },
		{ "on,compat=qemu,debug=deny", NULL },
		{ "on,compat=qemu,kernel=deny", NULL },
		{ "on,compat=qemu,tty=deny", NULL },
		{ "on,compat=qemu,unknown=deny", NULL },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct choices choices;
		struct error error;
		bool ok, settled;

		if (!parse_all(rows[i].specs, &choices, &error)) {
			tap_check(false, "'%s': %s", rows[i].specs, error.text);
			continue;
		}
		settled = choices_settle(&choices, &error);
		ok = settled ? rows[i].choices && strcmp(describe(&choices), rows[i].choices) == 0
			     : !rows[i].choices && error.status == EXIT_GYVE;
		if (!tap_check(ok, "'%s' settles to %s", rows[i].specs,
			       rows[i].choices ? rows[i].choices : "a contradiction"))
			printf("# it is %s\n", settled ? describe(&choices) : error.text);
	}
}

/* strict is the tightest of every key but those of files: no value of a higher rank is left. */
static void test_strict_is_tightest(void)
{
	struct choices choices;
	struct error error;

	choices_init(&choices);
	choices_parse("strict", &choices, &error);
	choices_settle(&choices, &error);
	for (unsigned i = 0; i < VALUE_COUNT; i++) {
		unsigned key = value_rows[i].key;

		if (key == KEY_FILES || key == KEY_METADATA)
			continue; /* they take paths to be of use */
		if (value_rows[i].rank > value_rows[choices.value[key]].rank)
			tap_check(false, "strict leaves %s=%s", key_rows[key].name,
				  value_rows[i].name);
	}
	tap_check(choices.value[KEY_ACTION] == VALUE_ACTION_KILL &&
			  choices.value[KEY_COMPAT] == VALUE_COMPAT_NONE,
		  "strict chooses the highest rank of every key, kills, and has all rows");
}

static void test_no_new_privs(void)
{
	static const struct {
		const char *specs;
		enum no_new_privs expected;
	} rows[] = {
		{ "", NNP_SET },
		{ "on", NNP_SET },
		{ "strict", NNP_SET },
		{ "on,elevateprivileges=deny", NNP_SET },
		{ "on,elevateprivileges=children", NNP_SET },
		{ "on,elevateprivileges=allow", NNP_IF_NEEDED },
		{ "strict,elevateprivileges=allow", NNP_IF_NEEDED },
		{ "elevateprivileges=allow", NNP_IF_NEEDED },
		{ "on,elevateprivileges=allow spawn=deny", NNP_IF_NEEDED },
		{ "on,elevateprivileges=allow,elevateprivileges=deny", NNP_SET },
		{ "on,elevateprivileges=deny elevateprivileges=allow", NNP_IF_NEEDED },
		{ "on,compat=qemu", NNP_SET },
		{ "on,compat=qemu,elevateprivileges=allow", NNP_SET },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct choices choices;
		struct error error;
		bool ok = parse_all(rows[i].specs, &choices, &error) &&
			  choices_settle(&choices, &error) &&
			  choices_no_new_privs(&choices) == rows[i].expected;

		tap_check(ok, "'%s': no_new_privs is set %s", rows[i].specs,
			  rows[i].expected == NNP_SET ? "always" : "if the kernel demands it");
	}
}

int main(void)
{
	test_accepted();
	test_every_value();
	test_length();
	test_settled();
	test_strict_is_tightest();
	test_no_new_privs();
	return tap_done();
}
