/*
 * stdlib/strtol.c - text to signed and unsigned integers; all the wide types have 64 bits
 */
#include "internal/strto_int.h"
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

long strtol(const char *restrict text, char **restrict end, int base)
{
    return (long)__strto_int(text, end, base, LONG_MAX, -(unsigned long)LONG_MIN);
}

long long strtoll(const char *restrict text, char **restrict end, int base)
{
    return strtol(text, end, base);
}

intmax_t strtoimax(const char *restrict text, char **restrict end, int base)
{
    return strtol(text, end, base);
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
    return __strto_int(text, end, base, ULONG_MAX, ULONG_MAX);
}

unsigned long long strtoull(const char *restrict text, char **restrict end, int base)
{
    return strtoul(text, end, base);
}

uintmax_t strtoumax(const char *restrict text, char **restrict end, int base)
{
    return strtoul(text, end, base);
}

int atoi(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

long atol(const char *text)
{
    return strtol(text, NULL, 10);
}

long long atoll(const char *text)
{
    return strtoll(text, NULL, 10);
}
