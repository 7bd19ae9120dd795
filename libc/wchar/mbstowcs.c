/*
 * wchar/mbstowcs.c - strings of wide characters to and from UTF-8
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define INVALID    ((size_t)-1)
#define INCOMPLETE ((size_t)-2)

size_t mbsnrtowcs(wchar_t *restrict dst, const char **restrict src, size_t bytes, size_t n,
                  mbstate_t *restrict state)
{
    static mbstate_t own;
    mbstate_t *st = state ? state : &own;
    mbstate_t copy = *st;
    const char *s = *src;
    size_t count = 0;

    /* Without dst nothing is to change: neither the state nor *src. */
    if (!dst)
        st = &copy;
    while (bytes > 0 && (!dst || count < n)) {
        wchar_t wc;
        size_t used = mbrtowc(&wc, s, bytes, st);

        if (used == INVALID) {
            if (dst)
                *src = s;
            return INVALID;
        }
        if (used == INCOMPLETE) {
            s += bytes;
            break;
        }
        if (dst)
            dst[count] = wc;
        if (used == 0) {
            s = NULL;
            break;
        }
        s += used;
        bytes -= used;
        count++;
    }
    if (dst)
        *src = s;
    return count;
}

size_t mbsrtowcs(wchar_t *restrict dst, const char **restrict src, size_t n,
                 mbstate_t *restrict state)
{
    static mbstate_t own;

    /* The terminating 0 ends it. */
    return mbsnrtowcs(dst, src, SIZE_MAX, n, state ? state : &own);
}

size_t mbstowcs(wchar_t *restrict dst, const char *restrict src, size_t n)
{
    mbstate_t state = {0};
    const char *s = src;

    return mbsrtowcs(dst, &s, n, &state);
}

size_t wcsnrtombs(char *restrict dst, const wchar_t **restrict src, size_t count, size_t n,
                  mbstate_t *restrict state)
{
    const wchar_t *s = *src;
    size_t total = 0;
    char bytes[4];

    for (; count > 0; count--, s++) {
        size_t len = wcrtomb(bytes, *s, state);

        if (len == INVALID) {
            if (dst)
                *src = s;
            return INVALID;
        }
        if (dst && len > n - total)
            break;
        if (dst)
            memcpy(dst + total, bytes, len);
        if (*s == 0) {
            s = NULL;
            break;
        }
        total += len;
    }
    if (dst)
        *src = s;
    return total;
}

size_t wcsrtombs(char *restrict dst, const wchar_t **restrict src, size_t n,
                 mbstate_t *restrict state)
{
    return wcsnrtombs(dst, src, SIZE_MAX, n, state);
}

size_t wcstombs(char *restrict dst, const wchar_t *restrict src, size_t n)
{
    mbstate_t state = {0};
    const wchar_t *s = src;

    return wcsrtombs(dst, &s, n, &state);
}
