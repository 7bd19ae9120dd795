/*
 * wchar/wmem.c - arrays of wide characters
 */
#include <stdint.h>
#include <string.h>
#include <wchar.h>

wchar_t *wmemchr(const wchar_t *mem, wchar_t wc, size_t n)
{
    for (; n > 0; mem++, n--) {
        if (*mem == wc)
            return (wchar_t *)(uintptr_t)mem;
    }
    return NULL;
}

int wmemcmp(const wchar_t *a, const wchar_t *b, size_t n)
{
    for (; n > 0; a++, b++, n--) {
        if (*a != *b)
            return *a < *b ? -1 : 1;
    }
    return 0;
}

wchar_t *wmemcpy(wchar_t *restrict dst, const wchar_t *restrict src, size_t n)
{
    return memcpy(dst, src, n * sizeof(wchar_t));
}

wchar_t *wmempcpy(wchar_t *restrict dst, const wchar_t *restrict src, size_t n)
{
    return wmemcpy(dst, src, n) + n;
}

wchar_t *wmemmove(wchar_t *dst, const wchar_t *src, size_t n)
{
    return memmove(dst, src, n * sizeof(wchar_t));
}

wchar_t *wmemset(wchar_t *mem, wchar_t wc, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mem[i] = wc;
    return mem;
}
