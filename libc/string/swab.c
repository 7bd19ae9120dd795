/*
 * string/swab.c - exchanging the bytes of each pair; an odd last byte is left out
 */
#include <string.h>

void swab(const void *restrict src, void *restrict dst, long n)
{
    const char *s = src;
    char *d = dst;

    for (; n > 1; n -= 2, s += 2, d += 2) {
        char first = s[0];
        d[0] = s[1];
        d[1] = first;
    }
}
