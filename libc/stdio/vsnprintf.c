/*
 * stdio/vsnprintf.c - formatted output to a string
 *
 * Part of libk, where errno does not exist: there a failed call is told by its negative result
 * alone.
 */
#include "internal/stdio_format.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct string_sink {
    struct format_sink sink;
    char *to;
    size_t room; /* without the terminating null */
};

static void put(struct format_sink *sink, const char *bytes, size_t len)
{
    struct string_sink *string = (struct string_sink *)sink;

    if (len > string->room)
        len = string->room;
    if (len == 0)
        return;
    memcpy(string->to, bytes, len);
    string->to += len;
    string->room -= len;
}

int vsnprintf(char *restrict s, size_t size, const char *restrict fmt, va_list ap)
{
    struct string_sink string = {{put}, s, size == 0 ? 0 : size - 1};
    int result = __format_run(&string.sink, fmt, ap);

    if (size != 0)
        *string.to = '\0';
    if (result >= 0)
        return result;
#ifndef LIBK
    errno = -result;
#endif
    return -1;
}
