# SPDX-License-Identifier: GPL-2.0-or-later
# GYVE_FLAGS(VARIABLE, WHAT, COMPILE_OR_LINK, FLAGS)
# Asks the compiler for each of FLAGS, and substitutes those that it takes for VARIABLE.
AC_DEFUN([GYVE_FLAGS], [
	$1=
	for flag in m4_normalize([$4]); do
		AC_MSG_CHECKING([for $2 $flag])
		save_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS -Werror $flag"
		$3([AC_LANG_PROGRAM([], [])], [
			$1="$$1 $flag"
			AC_MSG_RESULT([yes])], [AC_MSG_RESULT([no])])
		CFLAGS=$save_CFLAGS
	done
	AC_SUBST([$1])])
