/* stdio/scanf.c - formatted input from stdin */
#include <stdarg.h>
#include <stdio.h>

int scanf(const char *restrict fmt, ...)
{
    va_list ap;
    int result;

    va_start(ap, fmt);
    result = vfscanf(stdin, fmt, ap);
    va_end(ap);
    return result;
}
