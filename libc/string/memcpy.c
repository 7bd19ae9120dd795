/*
 * string/memcpy.c - copying memory
 *
 * Large copies are `rep movsq`: fast on every processor, and where instructions are counted each
 * round of it counts as one, so eight bytes a round, not one, with the ends done by moves that
 * overlap.
 */
#include "internal/copy.h"
#include <string.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    char *d = dst;
    const char *s = src;

    if (n <= 16) {
        copy_up_to_16(d, s, n);
    } else if (n <= 64) {
        copy_up_to_64(d, s, n);
    } else {
        size_t words = (n - 1) / 8;
        uint64_t last = load64(s + n - 8);
        char *end = d + n;

        __asm__ volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(words) : : "memory");
        store64(end - 8, last);
    }
    return dst;
}
