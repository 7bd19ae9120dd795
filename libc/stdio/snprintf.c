/* stdio/snprintf.c - formatted output to a string of limited size. Part of libk. */
#include <stdarg.h>
#include <stdio.h>

int snprintf(char *restrict s, size_t size, const char *restrict fmt, ...)
{
    va_list ap;
    int result;

    va_start(ap, fmt);
    result = vsnprintf(s, size, fmt, ap);
    va_end(ap);
    return result;
}
