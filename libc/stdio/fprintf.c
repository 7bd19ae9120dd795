/* stdio/fprintf.c - formatted output to a stream */
#include <stdarg.h>
#include <stdio.h>

int fprintf(FILE *restrict file, const char *restrict fmt, ...)
{
    va_list ap;
    int result;

    va_start(ap, fmt);
    result = vfprintf(file, fmt, ap);
    va_end(ap);
    return result;
}
