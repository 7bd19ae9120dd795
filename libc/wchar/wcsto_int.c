/*
 * wchar/wcsto_int.c - wide text to integers
 */
#include <stdint.h>
#define CHAR     wchar_t
#define FUNCTION __wcsto_int
#include "internal/strto_int_body.h"
#include <inttypes.h>
#include <limits.h>

long wcstol(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return (long)__wcsto_int(text, end, base, LONG_MAX, -(unsigned long)LONG_MIN);
}

long long wcstoll(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return wcstol(text, end, base);
}

intmax_t wcstoimax(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return wcstol(text, end, base);
}

unsigned long wcstoul(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return __wcsto_int(text, end, base, ULONG_MAX, ULONG_MAX);
}

unsigned long long wcstoull(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return wcstoul(text, end, base);
}

uintmax_t wcstoumax(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return wcstoul(text, end, base);
}
