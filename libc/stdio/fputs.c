/* stdio/fputs.c - write a string */
#include "internal/stdio_file.h"

#include <string.h>

int fputs(const char *restrict s, FILE *restrict file)
{
    size_t len = strlen(s);

    return __stdio_write(file, (const unsigned char *)s, len) == len ? 1 : EOF;
}

int fputs_unlocked(const char *restrict s, FILE *restrict file) __attribute__((__alias__("fputs")));
