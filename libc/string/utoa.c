/*
 * string/utoa.c - decimal digits without stdio
 */
#include "internal/libc.h"

char *__utoa(uint64_t value, char *end)
{
    *--end = 0;
    do
        *--end = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    return end;
}
