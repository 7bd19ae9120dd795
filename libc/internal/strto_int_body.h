/*
 * internal/strto_int_body.h - the text of __strto_int and __wcsto_int, for either kind of character
 *
 * The including file defines CHAR, the character type, and FUNCTION, the name.
 */
#include "internal/strto_int.h"
#include <ctype.h>
#include <errno.h>

/* The value of a digit in any base, or 36. */
static unsigned digit_value(CHAR c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A') + 10;
    return 36;
}

/* Skips the prefix, if the base (0 where the text decides) has one and a digit follows it. */
static const CHAR *skip_prefix(const CHAR *p, int *base)
{
    if ((*base == 0 || *base == 16) && p[0] == '0' && (p[1] == 'x' || p[1] == 'X') &&
        digit_value(p[2]) < 16) {
        *base = 16;
        return p + 2;
    }
    if (*base == 0)
        *base = p[0] == '0' ? 8 : 10;
    return p;
}

unsigned long FUNCTION(const CHAR *text, CHAR **end, int base, unsigned long max,
                       unsigned long max_minus)
{
    const CHAR *p = text;
    unsigned long value = 0, limit;
    int minus, overflow = 0, digits = 0;
    unsigned digit;

    if (end)
        *end = (CHAR *)(uintptr_t)text;
    if (base < 0 || base == 1 || base > 36) {
        errno = EINVAL;
        return 0;
    }
    while (isspace((int)*p))
        p++;
    minus = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    limit = minus ? max_minus : max;
    p = skip_prefix(p, &base);
    for (; (digit = digit_value(*p)) < (unsigned)base; p++, digits = 1) {
        if (__builtin_mul_overflow(value, (unsigned long)base, &value) ||
            __builtin_add_overflow(value, (unsigned long)digit, &value) || value > limit) {
            overflow = 1;
            value = limit; /* Stays above every further product, or overflows again. */
        }
    }
    if (end && digits)
        *end = (CHAR *)(uintptr_t)p;
    if (overflow) {
        errno = ERANGE;
        return minus && max_minus != max ? -max_minus : max;
    }
    return minus ? -value : value;
}
