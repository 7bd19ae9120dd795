/* stdio/vsscanf.c - formatted input from a string, of which no more is looked at than the format
 * needs */
#include "internal/stdio_scan.h"

#include <stdio.h>

struct string_input {
    struct scan_input input;
    const unsigned char *s;
};

static int peek(struct scan_input *input)
{
    const unsigned char *s = ((struct string_input *)input)->s;

    return *s == '\0' ? EOF : *s;
}

static void take(struct scan_input *input)
{
    ++((struct string_input *)input)->s;
}

int vsscanf(const char *restrict s, const char *restrict fmt, va_list ap)
{
    struct string_input input = {{peek, take}, (const unsigned char *)s};

    return __scan_run(&input.input, fmt, ap);
}
