/*
 * wchar/wcs.c - strings of wide characters
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

size_t wcslen(const wchar_t *s)
{
    const wchar_t *p = s;

    while (*p)
        p++;
    return (size_t)(p - s);
}

size_t wcsnlen(const wchar_t *s, size_t n)
{
    size_t len = 0;

    while (len < n && s[len])
        len++;
    return len;
}

wchar_t *wcpcpy(wchar_t *restrict dst, const wchar_t *restrict src)
{
    size_t len = wcslen(src);

    wmemcpy(dst, src, len + 1);
    return dst + len;
}

wchar_t *wcscpy(wchar_t *restrict dst, const wchar_t *restrict src)
{
    wcpcpy(dst, src);
    return dst;
}

wchar_t *wcpncpy(wchar_t *restrict dst, const wchar_t *restrict src, size_t n)
{
    size_t len = wcsnlen(src, n);

    wmemcpy(dst, src, len);
    wmemset(dst + len, 0, n - len);
    return dst + len;
}

wchar_t *wcsncpy(wchar_t *restrict dst, const wchar_t *restrict src, size_t n)
{
    wcpncpy(dst, src, n);
    return dst;
}

wchar_t *wcscat(wchar_t *restrict dst, const wchar_t *restrict src)
{
    wcscpy(dst + wcslen(dst), src);
    return dst;
}

wchar_t *wcsncat(wchar_t *restrict dst, const wchar_t *restrict src, size_t n)
{
    size_t len = wcsnlen(src, n);
    wchar_t *end = dst + wcslen(dst);

    wmemcpy(end, src, len);
    end[len] = 0;
    return dst;
}

int wcscmp(const wchar_t *a, const wchar_t *b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return (*a > *b) - (*a < *b);
}

int wcsncmp(const wchar_t *a, const wchar_t *b, size_t n)
{
    for (; n > 0 && *a && *a == *b; a++, b++, n--)
        ;
    return n > 0 ? (*a > *b) - (*a < *b) : 0;
}

int wcscoll(const wchar_t *a, const wchar_t *b)
{
    return wcscmp(a, b);
}

size_t wcsxfrm(wchar_t *restrict dst, const wchar_t *restrict src, size_t n)
{
    size_t len = wcslen(src);

    if (n > 0) {
        size_t copied = len < n ? len : n - 1;
        wmemcpy(dst, src, copied);
        dst[copied] = 0;
    }
    return len;
}

int wcsncasecmp(const wchar_t *a, const wchar_t *b, size_t n)
{
    for (; n > 0; a++, b++, n--) {
        wint_t x = towlower((wint_t)*a), y = towlower((wint_t)*b);

        if (x != y || !x)
            return (x > y) - (x < y);
    }
    return 0;
}

int wcscasecmp(const wchar_t *a, const wchar_t *b)
{
    return wcsncasecmp(a, b, SIZE_MAX);
}

wchar_t *wcschr(const wchar_t *s, wchar_t wc)
{
    return wmemchr(s, wc, wcslen(s) + 1);
}

wchar_t *wcsrchr(const wchar_t *s, wchar_t wc)
{
    size_t i = wcslen(s) + 1;

    while (i-- > 0) {
        if (s[i] == wc)
            return (wchar_t *)(uintptr_t)(s + i);
    }
    return NULL;
}

size_t wcsspn(const wchar_t *s, const wchar_t *accept)
{
    size_t n = 0;

    while (s[n] && wcschr(accept, s[n]))
        n++;
    return n;
}

size_t wcscspn(const wchar_t *s, const wchar_t *reject)
{
    size_t n = 0;

    while (s[n] && !wcschr(reject, s[n]))
        n++;
    return n;
}

wchar_t *wcspbrk(const wchar_t *s, const wchar_t *accept)
{
    s += wcscspn(s, accept);
    return *s ? (wchar_t *)(uintptr_t)s : NULL;
}

/*
 * In linear time by memmem: a match of the bytes that does not start on a character is none, and
 * the search goes on behind its first byte.
 */
wchar_t *wcsstr(const wchar_t *haystack, const wchar_t *needle)
{
    size_t size = wcslen(haystack) * sizeof(wchar_t),
           needle_size = wcslen(needle) * sizeof(wchar_t);
    const char *start = (const char *)haystack, *p = start;
    size_t off;

    while ((p = memmem(p, size - (size_t)(p - start), needle, needle_size)) != NULL) {
        off = (size_t)(p - start) % sizeof(wchar_t);
        if (off == 0)
            return (wchar_t *)(uintptr_t)p;
        p += sizeof(wchar_t) - off;
    }
    return NULL;
}

wchar_t *wcstok(wchar_t *restrict s, const wchar_t *restrict delimiters, wchar_t **restrict save)
{
    wchar_t *token = s ? s : *save;
    wchar_t *end;

    if (!token)
        return NULL;
    token += wcsspn(token, delimiters);
    end = token + wcscspn(token, delimiters);
    *save = *end ? end + 1 : NULL;
    if (end == token) {
        *save = NULL;
        return NULL;
    }
    *end = 0;
    return token;
}

wchar_t *wcsdup(const wchar_t *s)
{
    size_t len = wcslen(s);
    wchar_t *copy = calloc(len + 1, sizeof(*copy));

    return copy ? wmemcpy(copy, s, len + 1) : NULL;
}
