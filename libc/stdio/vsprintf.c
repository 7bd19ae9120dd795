/* stdio/vsprintf.c - formatted output to a string that is large enough */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

int vsprintf(char *restrict s, const char *restrict fmt, va_list ap)
{
    return vsnprintf(s, SIZE_MAX, fmt, ap);
}
