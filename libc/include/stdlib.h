/*
 * stdlib.h - general utilities (C11 7.22, POSIX, and the customary BSD and GNU additions)
 */
#ifndef _STDLIB_H
#define _STDLIB_H

#define __need_NULL
#define __need_size_t
#define __need_wchar_t
#include <stddef.h>
#include <alloca.h>
/* WNOHANG, WEXITSTATUS and so on belong to this header too (POSIX). */
#include <bits/wait_status.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX     2147483647

/* The locale is always C with UTF-8 as its encoding. */
#define MB_CUR_MAX ((size_t)4)

typedef struct {
    int quot;
    int rem;
} div_t;

typedef struct {
    long quot;
    long rem;
} ldiv_t;

typedef struct {
    long long quot;
    long long rem;
} lldiv_t;

/* Memory; see malloc.h for the rest of the family. */
void *malloc(size_t size) __attribute__((__malloc__, __alloc_size__(1)));
void *calloc(size_t count, size_t size) __attribute__((__malloc__, __alloc_size__(1, 2)));
void *realloc(void *mem, size_t size) __attribute__((__alloc_size__(2)));
void *reallocarray(void *mem, size_t count, size_t size) __attribute__((__alloc_size__(2, 3)));
void free(void *mem);
void *aligned_alloc(size_t alignment, size_t size) __attribute__((__malloc__, __alloc_size__(2)));
int posix_memalign(void **mem, size_t alignment, size_t size);
void *valloc(size_t size) __attribute__((__malloc__, __alloc_size__(1)));

/* Conversions. */
double atof(const char *text);
int atoi(const char *text);
long atol(const char *text);
long long atoll(const char *text);
double strtod(const char *__restrict text, char **__restrict end);
float strtof(const char *__restrict text, char **__restrict end);
long double strtold(const char *__restrict text, char **__restrict end);
long strtol(const char *__restrict text, char **__restrict end, int base);
long long strtoll(const char *__restrict text, char **__restrict end, int base);
unsigned long strtoul(const char *__restrict text, char **__restrict end, int base);
unsigned long long strtoull(const char *__restrict text, char **__restrict end, int base);
long a64l(const char *text);
char *l64a(long value);

/* Sorting and searching. */
void *bsearch(const void *key, const void *base, size_t count, size_t size,
              int (*compare)(const void *, const void *));
/* In place, without allocation, O(count log count) comparisons at worst; not stable. */
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
void qsort_r(void *base, size_t count, size_t size,
             int (*compare)(const void *, const void *, void *), void *context);

/* Integers. */
int abs(int value) __attribute__((__const__));
long labs(long value) __attribute__((__const__));
long long llabs(long long value) __attribute__((__const__));
div_t div(int numerator, int denominator) __attribute__((__const__));
ldiv_t ldiv(long numerator, long denominator) __attribute__((__const__));
lldiv_t lldiv(long long numerator, long long denominator) __attribute__((__const__));

/* Pseudo-random numbers: not for secrets; getrandom() and arc4random() are. */
int rand(void);
int rand_r(unsigned int *seed);
void srand(unsigned int seed);
long random(void);
void srandom(unsigned int seed);
char *initstate(unsigned int seed, char *state, size_t size);
char *setstate(char *state);
double drand48(void);
double erand48(unsigned short state[3]);
long jrand48(unsigned short state[3]);
void lcong48(unsigned short param[7]);
long lrand48(void);
long mrand48(void);
long nrand48(unsigned short state[3]);
unsigned short *seed48(unsigned short seed[3]);
void srand48(long seed);

/* The process and its environment. */
void abort(void) __attribute__((__noreturn__));
int atexit(void (*function)(void));
int at_quick_exit(void (*function)(void));
void exit(int status) __attribute__((__noreturn__));
void quick_exit(int status) __attribute__((__noreturn__));
void _Exit(int status) __attribute__((__noreturn__));
int clearenv(void);
char *getenv(const char *name);
char *secure_getenv(const char *name);
int putenv(char *assignment);
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);
int system(const char *command);
const char *getprogname(void);
int getloadavg(double averages[], int count);

/* Files. */
int mkstemp(char *pattern);
int mkostemp(char *pattern, int flags);
int mkstemps(char *pattern, int suffix_len);
int mkostemps(char *pattern, int suffix_len, int flags);
char *mkdtemp(char *pattern);
char *mktemp(char *pattern);
char *realpath(const char *__restrict path, char *__restrict resolved);

/* Terminals. */
int posix_openpt(int flags);
int grantpt(int fd);
int unlockpt(int fd);
char *ptsname(int fd);
int ptsname_r(int fd, char *buf, size_t size);

int getsubopt(char **option, char *const *tokens, char **value);

/* Multibyte characters: UTF-8. */
int mblen(const char *s, size_t n);
size_t mbstowcs(wchar_t *__restrict dst, const char *__restrict src, size_t n);
int mbtowc(wchar_t *__restrict wc, const char *__restrict s, size_t n);
size_t wcstombs(char *__restrict dst, const wchar_t *__restrict src, size_t n);
int wctomb(char *s, wchar_t wc);

#endif
