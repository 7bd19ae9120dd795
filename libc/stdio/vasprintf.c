/*
 * stdio/vasprintf.c - formatted output to a string from malloc
 *
 * The length is found by formatting once without storing. On failure *s is NULL, as on the BSDs.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int vasprintf(char **restrict s, const char *restrict fmt, va_list ap)
{
    va_list again;
    int len;

    *s = NULL;
    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        return -1;
    *s = malloc((size_t)len + 1);
    if (!*s)
        return -1;
    return vsnprintf(*s, (size_t)len + 1, fmt, ap);
}
