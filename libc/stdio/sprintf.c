/* stdio/sprintf.c - formatted output to a string that is large enough */
#include <stdarg.h>
#include <stdio.h>

int sprintf(char *restrict s, const char *restrict fmt, ...)
{
    va_list ap;
    int result;

    va_start(ap, fmt);
    result = vsprintf(s, fmt, ap);
    va_end(ap);
    return result;
}
