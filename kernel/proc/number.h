/*
 * proc/number.h - numbers that are written to files of /proc
 */
#ifndef PROC_NUMBER_H
#define PROC_NUMBER_H

#include "lib/types.h"

/*
 * A number alone: decimal, 0x or 0 before it for the other bases, blanks around it.
 *
 * Returns  0 and *value; -EINVAL, -ERANGE (no int holds it)
 * Source   Linux, kstrtoint()
 */
MUST_CHECK int number_parse_whole(const char *text, int64_t *value);

/*
 * What a file of /proc/sys takes: the first number in text[len], from min to max. As on Linux, what
 * is not written to the start is swallowed and ignored.
 *
 * Returns  how much of the text was used, and *value if there is a number; -EINVAL
 * Source   Linux, kernel/sysctl.c, proc_dointvec_minmax()
 */
MUST_CHECK ssize_t number_parse_setting(const char *text, size_t len, uint64_t offset, int64_t min,
                                        int64_t max, int64_t *value);

#endif
