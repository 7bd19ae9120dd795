/* stdio/dprintf.c - formatted output to a file descriptor */
#include <stdarg.h>
#include <stdio.h>

int dprintf(int fd, const char *restrict fmt, ...)
{
    va_list ap;
    int result;

    va_start(ap, fmt);
    result = vdprintf(fd, fmt, ap);
    va_end(ap);
    return result;
}
