/*
 * string/memrchr.c - finding a byte from the end
 */
#include "internal/word.h"
#include <string.h>

void *memrchr(const void *mem, int c, size_t n)
{
    const unsigned char *p = mem;
    uint64_t pattern = word_repeat(c), found;

    for (; n >= WORD_SIZE; n -= WORD_SIZE) {
        found = word_zeros_exact(load64(p + n - WORD_SIZE) ^ pattern);
        if (found)
            return (void *)(uintptr_t)(p + n - 1 - (size_t)__builtin_clzl(found) / 8);
    }
    while (n-- > 0) {
        if (p[n] == (unsigned char)c)
            return (void *)(uintptr_t)(p + n);
    }
    return NULL;
}
