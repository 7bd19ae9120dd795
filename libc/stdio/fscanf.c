/* stdio/fscanf.c - formatted input from a stream */
#include <stdarg.h>
#include <stdio.h>

int fscanf(FILE *restrict file, const char *restrict fmt, ...)
{
    va_list ap;
    int result;

    va_start(ap, fmt);
    result = vfscanf(file, fmt, ap);
    va_end(ap);
    return result;
}
