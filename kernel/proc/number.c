/*
 * proc/number.c - numbers that are written to files of /proc
 */
#include "proc/number.h"

#include <asm/errno.h>
#include <string.h>

#define BLANKS         " \t\n"
#define ALL_BLANKS     " \t\n\v\f\r"
#define SETTING_DIGITS 20 /* a number this long, or longer, is none */

static unsigned digit_of(char c)
{
    unsigned letter = ((unsigned)c | 32) - 'a';

    return c >= '0' && c <= '9' ? (unsigned)c - '0' : letter < 6 ? letter + 10 : 16;
}

/* The digits at *text, which moves behind them. -EINVAL: there is none; -ERANGE: too many. */
static int parse_digits(const char **text, uint64_t *value)
{
    const char *at = *text;
    unsigned base = 10;
    int error = 0;

    if (at[0] == '0' && (at[1] | 32) == 'x' && digit_of(at[2]) < 16) {
        base = 16;
        at += 2;
    } else if (at[0] == '0') {
        base = 8;
    }
    const char *first = at;
    for (*value = 0; digit_of(*at) < base; at++) {
        if (__builtin_mul_overflow(*value, base, value) ||
            __builtin_add_overflow(*value, digit_of(*at), value))
            error = -ERANGE;
    }
    *text = at;
    return at == first ? -EINVAL : error;
}

int number_parse_whole(const char *text, int64_t *value)
{
    uint64_t magnitude;

    text += strspn(text, ALL_BLANKS);
    bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    int error = parse_digits(&text, &magnitude);
    if (error == -EINVAL || text[strspn(text, ALL_BLANKS)])
        return -EINVAL;
    if (error || magnitude > (uint64_t)INT32_MAX + negative)
        return -ERANGE;
    *value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return 0;
}

ssize_t number_parse_setting(const char *text, size_t len, uint64_t offset, int64_t min,
                             int64_t max, int64_t *value)
{
    const char *at = text + strspn(text, ALL_BLANKS);
    uint64_t magnitude;

    if (len == 0 || offset)
        return (ssize_t)len;
    bool negative = *at == '-' && at + 1 < text + len;
    at += negative;
    const char *first = at;
    if (digit_of(*at) > 9 || parse_digits(&at, &magnitude) || at - first > SETTING_DIGITS)
        return -EINVAL;
    if (at < text + len && (!*at || !strchr(BLANKS, *at)))
        return -EINVAL;
    if (magnitude > INT32_MAX)
        return -EINVAL;
    int64_t number = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    if (number < min || number > max)
        return -EINVAL;
    *value = number;
    return at + strspn(at, ALL_BLANKS) - text;
}
