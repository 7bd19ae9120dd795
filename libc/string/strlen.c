/*
 * string/strlen.c - the length of a string, by aligned words
 */
#include "internal/word.h"
#include <string.h>

size_t strlen(const char *s)
{
    uintptr_t start = (uintptr_t)s, addr = start & -WORD_SIZE;
    /* Bytes below the start are made non-zero. */
    uint64_t below = (1UL << (8 * (start - addr))) - 1;
    uint64_t zeros = word_zeros(*(const word_t *)addr | below);

    while (!zeros) {
        addr += WORD_SIZE;
        zeros = word_zeros(*(const word_t *)addr);
    }
    return addr + word_first(zeros) - start;
}

size_t strnlen(const char *s, size_t n)
{
    const char *end = memchr(s, 0, n);

    return end ? (size_t)(end - s) : n;
}
