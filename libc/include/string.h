/*
 * string.h - memory and strings (C11 7.24, POSIX, and the customary BSD and GNU additions)
 *
 * strerror_r is POSIX's (returns an error number).
 */
#ifndef _STRING_H
#define _STRING_H

#define __need_NULL
#define __need_size_t
#include <stddef.h>
#include <strings.h>

void *memchr(const void *mem, int c, size_t n) __attribute__((__pure__));
int memcmp(const void *a, const void *b, size_t n) __attribute__((__pure__));
void *memcpy(void *__restrict dst, const void *__restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *mem, int c, size_t n);
char *strcat(char *__restrict dst, const char *__restrict src);
char *strchr(const char *s, int c) __attribute__((__pure__));
int strcmp(const char *a, const char *b) __attribute__((__pure__));
int strcoll(const char *a, const char *b) __attribute__((__pure__));
char *strcpy(char *__restrict dst, const char *__restrict src);
size_t strcspn(const char *s, const char *reject) __attribute__((__pure__));
char *strerror(int error);
size_t strlen(const char *s) __attribute__((__pure__));
char *strncat(char *__restrict dst, const char *__restrict src, size_t n);
int strncmp(const char *a, const char *b, size_t n) __attribute__((__pure__));
char *strncpy(char *__restrict dst, const char *__restrict src, size_t n);
char *strpbrk(const char *s, const char *accept) __attribute__((__pure__));
char *strrchr(const char *s, int c) __attribute__((__pure__));
size_t strspn(const char *s, const char *accept) __attribute__((__pure__));
char *strstr(const char *haystack, const char *needle) __attribute__((__pure__));
char *strtok(char *__restrict s, const char *__restrict delimiters);
size_t strxfrm(char *__restrict dst, const char *__restrict src, size_t n);

void *memccpy(void *__restrict dst, const void *__restrict src, int c, size_t n);
char *stpcpy(char *__restrict dst, const char *__restrict src);
char *stpncpy(char *__restrict dst, const char *__restrict src, size_t n);
char *strdup(const char *s) __attribute__((__malloc__));
int strerror_r(int error, char *buf, size_t size);
char *strndup(const char *s, size_t n) __attribute__((__malloc__));
size_t strnlen(const char *s, size_t n) __attribute__((__pure__));
char *strsignal(int signal);
char *strtok_r(char *__restrict s, const char *__restrict delimiters, char **__restrict save);

void explicit_bzero(void *mem, size_t n);
void *memmem(const void *haystack, size_t hlen, const void *needle, size_t nlen)
    __attribute__((__pure__));
void *mempcpy(void *__restrict dst, const void *__restrict src, size_t n);
void *memrchr(const void *mem, int c, size_t n) __attribute__((__pure__));
void *rawmemchr(const void *mem, int c) __attribute__((__pure__));
char *strcasestr(const char *haystack, const char *needle) __attribute__((__pure__));
char *strchrnul(const char *s, int c) __attribute__((__pure__));
/*
 * Append src to the string in the size bytes of dst, cut to fit, always terminated where dst was.
 * Returns the length it tried to make: no less than size means it was cut.
 */
size_t strlcat(char *dst, const char *src, size_t size);
/* Copy src to the size bytes of dst, cut to fit, always terminated for size > 0. Returns
 * strlen(src). */
size_t strlcpy(char *dst, const char *src, size_t size);
char *strsep(char **string, const char *delimiters);
int strverscmp(const char *a, const char *b) __attribute__((__pure__));
void swab(const void *__restrict src, void *__restrict dst, long n);

#define strdupa(s)                                                                                 \
    __extension__({                                                                                \
        const char *__s = (s);                                                                     \
        size_t __n = strlen(__s) + 1;                                                              \
        (char *)memcpy(__builtin_alloca(__n), __s, __n);                                           \
    })

#endif
