/*
 * string/memset.c - filling memory
 *
 * As in memcpy: overlapping stores for what is short, `rep stosq` for what is long.
 */
#include "internal/word.h"
#include <string.h>

static void set_up_to_16(char *d, uint64_t pattern, size_t n)
{
    if (n >= 8) {
        store64(d, pattern);
        store64(d + n - 8, pattern);
    } else if (n >= 4) {
        store32(d, (uint32_t)pattern);
        store32(d + n - 4, (uint32_t)pattern);
    } else if (n >= 2) {
        store16(d, (uint16_t)pattern);
        store16(d + n - 2, (uint16_t)pattern);
    } else if (n == 1) {
        *d = (char)pattern;
    }
}

/* n is 17 to 64. */
static void set_up_to_64(char *d, uint64_t pattern, size_t n)
{
    char *end = d + n;

    store64(d, pattern);
    store64(d + 8, pattern);
    store64(end - 16, pattern);
    store64(end - 8, pattern);
    if (n > 32) {
        store64(d + 16, pattern);
        store64(d + 24, pattern);
        store64(end - 32, pattern);
        store64(end - 24, pattern);
    }
}

void *memset(void *mem, int c, size_t n)
{
    uint64_t pattern = word_repeat(c);
    char *d = mem;

    if (n <= 16) {
        set_up_to_16(d, pattern, n);
    } else if (n <= 64) {
        set_up_to_64(d, pattern, n);
    } else {
        size_t words = n / 8;

        store64(d + n - 8, pattern);
        __asm__ volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
    }
    return mem;
}
