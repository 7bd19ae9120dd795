/*
 * string/strncpy.c - copying strings into fields of n bytes
 *
 * The copy is padded with zeros up to n, and not terminated when src has n characters or more.
 */
#include <string.h>

char *stpncpy(char *restrict dst, const char *restrict src, size_t n)
{
    size_t len = strnlen(src, n);

    memcpy(dst, src, len);
    memset(dst + len, 0, n - len);
    return dst + len;
}

char *strncpy(char *restrict dst, const char *restrict src, size_t n)
{
    stpncpy(dst, src, n);
    return dst;
}

char *strncat(char *restrict dst, const char *restrict src, size_t n)
{
    size_t len = strnlen(src, n);
    char *end = dst + strlen(dst);

    memcpy(end, src, len);
    end[len] = 0;
    return dst;
}
