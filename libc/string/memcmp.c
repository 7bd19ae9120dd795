/*
 * string/memcmp.c - comparing memory
 *
 * Words are compared as big-endian numbers: then the first byte in memory decides.
 */
#include "internal/word.h"
#include <string.h>

static int compare_words(uint64_t a, uint64_t b)
{
    return __builtin_bswap64(a) < __builtin_bswap64(b) ? -1 : 1;
}

static int compare_bytes(const unsigned char *a, const unsigned char *b, size_t n)
{
    for (; n > 0; n--, a++, b++) {
        if (*a != *b)
            return *a - *b;
    }
    return 0;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;
    uint64_t x, y;

    if (n < 8)
        return compare_bytes(p, q, n);
    for (; n > 8; n -= 8, p += 8, q += 8) {
        x = load64(p);
        y = load64(q);
        if (x != y)
            return compare_words(x, y);
    }
    /* The last word ends where the memory ends; what it has in common with the one before is equal.
     */
    x = load64(p + n - 8);
    y = load64(q + n - 8);
    return x == y ? 0 : compare_words(x, y);
}

int bcmp(const void *a, const void *b, size_t n)
{
    return memcmp(a, b, n);
}
