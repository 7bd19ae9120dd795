/*
 * internal/strto_int.h - the one conversion behind strtol, atoi, wcstol and their kin
 */
#ifndef INTERNAL_STRTO_INT_H
#define INTERNAL_STRTO_INT_H

#include <wchar.h>

/*
 * What strtol (C11 7.22.1.4) takes: white space, sign, 0x for base 16, digits of base 2 to 36; base
 * 0 asks the prefix.
 *
 * max         the largest value with a plus sign
 * max_minus   the largest magnitude with a minus sign: for unsigned types, that of max
 * end         where the number ends, or text itself when there is none; may be NULL
 * Returns     the value, negated modulo 2^64 after a minus sign; with ERANGE max, or for a signed
 * type max_minus negated; 0 with EINVAL for a base that is none. That there were no digits is seen
 * from end alone.
 */
unsigned long __strto_int(const char *text, char **end, int base, unsigned long max,
                          unsigned long max_minus);
unsigned long __wcsto_int(const wchar_t *text, wchar_t **end, int base, unsigned long max,
                          unsigned long max_minus);

#endif
