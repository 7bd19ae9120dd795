/* stdio/printf.c - formatted output to stdout */
#include <stdarg.h>
#include <stdio.h>

int printf(const char *restrict fmt, ...)
{
    va_list ap;
    int result;

    va_start(ap, fmt);
    result = vfprintf(stdout, fmt, ap);
    va_end(ap);
    return result;
}
