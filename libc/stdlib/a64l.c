/*
 * stdlib/a64l.c - 32-bit numbers as text in base 64, lowest digit first (POSIX)
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

long a64l(const char *text)
{
    uint32_t value = 0;
    const char *digit;

    for (int shift = 0; shift < 36 && *text; shift += 6, text++) {
        digit = strchr(digits, *text);
        if (!digit)
            break;
        value |= (uint32_t)(digit - digits) << shift;
    }
    return (int32_t)value;
}

char *l64a(long value)
{
    static char text[7];
    uint32_t rest = (uint32_t)value;
    char *p = text;

    for (; rest != 0; rest /= 64)
        *p++ = digits[rest % 64];
    *p = 0;
    return text;
}
