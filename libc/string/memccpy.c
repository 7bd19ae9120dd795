/*
 * string/memccpy.c - copying memory up to and including a byte
 */
#include <string.h>

void *memccpy(void *restrict dst, const void *restrict src, int c, size_t n)
{
    const char *stop = memchr(src, c, n);

    if (stop)
        return mempcpy(dst, src, (size_t)(stop + 1 - (const char *)src));
    memcpy(dst, src, n);
    return NULL;
}
