/*
 * string/strcmp.c - comparing strings
 *
 * By words at any address. A word may reach beyond the end of its string, which is safe as long as
 * it stays in its page; where it would not, one round goes by bytes.
 */
#include "internal/word.h"
#include <string.h>

#define PAGE_MASK 4095

static int leaves_page(const char *p)
{
    return ((uintptr_t)p & PAGE_MASK) > PAGE_MASK + 1 - WORD_SIZE;
}

/*
 * Index of the first of the next bytes (at most n are looked at) that differs or ends a; at least
 * the lesser of WORD_SIZE and n if there is none.
 */
static size_t first_difference(const char *a, const char *b, size_t n)
{
    size_t i = 0;
    uint64_t x, difference;

    if (leaves_page(a) || leaves_page(b)) {
        while (i < WORD_SIZE && i < n && a[i] == b[i] && a[i])
            i++;
        return i;
    }
    x = load64(a);
    difference = (x ^ load64(b)) | word_zeros(x);
    return difference ? word_first(difference) : WORD_SIZE;
}

static int compare(const char *a, const char *b)
{
    return (unsigned char)*a - (unsigned char)*b;
}

int strcmp(const char *a, const char *b)
{
    size_t i;

    while ((i = first_difference(a, b, WORD_SIZE)) == WORD_SIZE) {
        a += WORD_SIZE;
        b += WORD_SIZE;
    }
    return compare(a + i, b + i);
}

int strcoll(const char *a, const char *b)
{
    return strcmp(a, b);
}

int strncmp(const char *a, const char *b, size_t n)
{
    size_t i;

    while (n > 0 && (i = first_difference(a, b, n)) < n) {
        if (i < WORD_SIZE)
            return compare(a + i, b + i);
        a += WORD_SIZE;
        b += WORD_SIZE;
        n -= WORD_SIZE;
    }
    return 0;
}

size_t strxfrm(char *restrict dst, const char *restrict src, size_t n)
{
    return strlcpy(dst, src, n);
}
