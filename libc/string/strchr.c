/*
 * string/strchr.c - finding a character in a string, by aligned words
 */
#include "internal/word.h"
#include <string.h>

char *strchrnul(const char *s, int c)
{
    uintptr_t start = (uintptr_t)s, addr = start & -WORD_SIZE;
    uint64_t pattern = word_repeat(c);
    uint64_t word = *(const word_t *)addr;
    uint64_t found = word_zeros_exact(word) | word_zeros_exact(word ^ pattern);

    found &= ~0UL << (8 * (start - addr));
    while (!found) {
        addr += WORD_SIZE;
        word = *(const word_t *)addr;
        found = word_zeros(word) | word_zeros(word ^ pattern);
    }
    return (char *)(addr + word_first(found));
}

char *strchr(const char *s, int c)
{
    char *p = strchrnul(s, c);

    return *p == (char)c ? p : NULL;
}

char *index(const char *s, int c)
{
    return strchr(s, c);
}

char *strrchr(const char *s, int c)
{
    return memrchr(s, c, strlen(s) + 1);
}

char *rindex(const char *s, int c)
{
    return strrchr(s, c);
}
