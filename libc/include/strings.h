/*
 * strings.h - the string functions that came from BSD
 */
#ifndef _STRINGS_H
#define _STRINGS_H

#define __need_size_t
#include <stddef.h>

int bcmp(const void *a, const void *b, size_t n) __attribute__((__pure__));
void bcopy(const void *src, void *dst, size_t n);
void bzero(void *mem, size_t n);
int ffs(int value) __attribute__((__const__));
int ffsl(long value) __attribute__((__const__));
int ffsll(long long value) __attribute__((__const__));
char *index(const char *s, int c) __attribute__((__pure__));
char *rindex(const char *s, int c) __attribute__((__pure__));
int strcasecmp(const char *a, const char *b) __attribute__((__pure__));
int strncasecmp(const char *a, const char *b, size_t n) __attribute__((__pure__));

#endif
