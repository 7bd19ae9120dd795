/* stdio/sscanf.c - formatted input from a string */
#include <stdarg.h>
#include <stdio.h>

int sscanf(const char *restrict s, const char *restrict fmt, ...)
{
    va_list ap;
    int result;

    va_start(ap, fmt);
    result = vsscanf(s, fmt, ap);
    va_end(ap);
    return result;
}
