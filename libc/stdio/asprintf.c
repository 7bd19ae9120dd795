/* stdio/asprintf.c - formatted output to a string from malloc */
#include <stdarg.h>
#include <stdio.h>

int asprintf(char **restrict s, const char *restrict fmt, ...)
{
    va_list ap;
    int result;

    va_start(ap, fmt);
    result = vasprintf(s, fmt, ap);
    va_end(ap);
    return result;
}
