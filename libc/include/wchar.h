/*
 * wchar.h - wide characters and their UTF-8 form (C11 7.29); streams of wide characters are left
 * out
 */
#ifndef _WCHAR_H
#define _WCHAR_H

#define __need_NULL
#define __need_size_t
#define __need_wchar_t
#define __need_wint_t
#include <stddef.h>

#ifndef WCHAR_MIN
#define WCHAR_MIN (-2147483647 - 1)
#define WCHAR_MAX 2147483647
#endif
#ifndef WEOF
#define WEOF ((wint_t)-1)
#endif

/* The bytes of an unfinished UTF-8 sequence: the value so far and how many are still to come. */
typedef struct {
    unsigned __value;
    unsigned __left;
} mbstate_t;

struct tm;

wint_t btowc(int c);
int wctob(wint_t wc);
size_t mbrlen(const char *__restrict s, size_t n, mbstate_t *__restrict state);
size_t mbrtowc(wchar_t *__restrict wc, const char *__restrict s, size_t n,
               mbstate_t *__restrict state);
int mbsinit(const mbstate_t *state);
size_t mbsnrtowcs(wchar_t *__restrict dst, const char **__restrict src, size_t bytes, size_t n,
                  mbstate_t *__restrict state);
size_t mbsrtowcs(wchar_t *__restrict dst, const char **__restrict src, size_t n,
                 mbstate_t *__restrict state);
size_t wcrtomb(char *__restrict s, wchar_t wc, mbstate_t *__restrict state);
size_t wcsnrtombs(char *__restrict dst, const wchar_t **__restrict src, size_t count, size_t n,
                  mbstate_t *__restrict state);
size_t wcsrtombs(char *__restrict dst, const wchar_t **__restrict src, size_t n,
                 mbstate_t *__restrict state);

wchar_t *wcpcpy(wchar_t *__restrict dst, const wchar_t *__restrict src);
wchar_t *wcpncpy(wchar_t *__restrict dst, const wchar_t *__restrict src, size_t n);
wchar_t *wcscat(wchar_t *__restrict dst, const wchar_t *__restrict src);
wchar_t *wcschr(const wchar_t *s, wchar_t wc);
int wcscmp(const wchar_t *a, const wchar_t *b);
int wcscoll(const wchar_t *a, const wchar_t *b);
wchar_t *wcscpy(wchar_t *__restrict dst, const wchar_t *__restrict src);
size_t wcscspn(const wchar_t *s, const wchar_t *reject);
wchar_t *wcsdup(const wchar_t *s);
size_t wcslen(const wchar_t *s);
wchar_t *wcsncat(wchar_t *__restrict dst, const wchar_t *__restrict src, size_t n);
int wcsncmp(const wchar_t *a, const wchar_t *b, size_t n);
wchar_t *wcsncpy(wchar_t *__restrict dst, const wchar_t *__restrict src, size_t n);
size_t wcsnlen(const wchar_t *s, size_t n);
wchar_t *wcspbrk(const wchar_t *s, const wchar_t *accept);
wchar_t *wcsrchr(const wchar_t *s, wchar_t wc);
size_t wcsspn(const wchar_t *s, const wchar_t *accept);
wchar_t *wcsstr(const wchar_t *haystack, const wchar_t *needle);
wchar_t *wcstok(wchar_t *__restrict s, const wchar_t *__restrict delimiters,
                wchar_t **__restrict save);
size_t wcsxfrm(wchar_t *__restrict dst, const wchar_t *__restrict src, size_t n);
int wcswidth(const wchar_t *s, size_t n);
int wcwidth(wchar_t wc);
int wcscasecmp(const wchar_t *a, const wchar_t *b);
int wcsncasecmp(const wchar_t *a, const wchar_t *b, size_t n);
wchar_t *wmemchr(const wchar_t *mem, wchar_t wc, size_t n);
int wmemcmp(const wchar_t *a, const wchar_t *b, size_t n);
wchar_t *wmemcpy(wchar_t *__restrict dst, const wchar_t *__restrict src, size_t n);
wchar_t *wmemmove(wchar_t *dst, const wchar_t *src, size_t n);
wchar_t *wmempcpy(wchar_t *__restrict dst, const wchar_t *__restrict src, size_t n);
wchar_t *wmemset(wchar_t *mem, wchar_t wc, size_t n);

long wcstol(const wchar_t *__restrict text, wchar_t **__restrict end, int base);
long long wcstoll(const wchar_t *__restrict text, wchar_t **__restrict end, int base);
unsigned long wcstoul(const wchar_t *__restrict text, wchar_t **__restrict end, int base);
unsigned long long wcstoull(const wchar_t *__restrict text, wchar_t **__restrict end, int base);

#endif
