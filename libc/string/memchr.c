/*
 * string/memchr.c - finding a byte
 *
 * By aligned words: the last one may reach beyond mem + n, but not beyond its page. n may promise
 * more than there is, when the byte is found before (C11 7.24.5.1), so the end is computed without
 * wrap.
 */
#include "internal/word.h"
#include <string.h>

void *memchr(const void *mem, int c, size_t n)
{
    uintptr_t start = (uintptr_t)mem, end, addr;
    uint64_t pattern = word_repeat(c), found;

    if (n == 0)
        return NULL;
    end = n > UINTPTR_MAX - start ? UINTPTR_MAX : start + n;
    addr = start & -WORD_SIZE;
    /* The bytes below the start must not match; exact zeros, since false ones appear above true
     * ones. */
    found = word_zeros_exact(*(const word_t *)addr ^ pattern) >> (8 * (start - addr));
    if (found)
        addr = start;
    while (!found) {
        addr += WORD_SIZE;
        /* addr is 0 once the last word of the address space is done. */
        if (addr >= end || addr == 0)
            return NULL;
        found = word_zeros(*(const word_t *)addr ^ pattern);
    }
    addr += word_first(found);
    return addr < end ? (void *)addr : NULL;
}

void *rawmemchr(const void *mem, int c)
{
    return memchr(mem, c, SIZE_MAX);
}
