/*
 * tests/guest/tap.h - the Test Anything Protocol for guest tests
 *
 * A guest test is one static program that prints TAP on standard output and ends with status 0 only
 * if every test passed and as many ran as were planned. Header-only, over nothing but stdio, so
 * that a test of the most basic things needs little to work. The same bytes must appear on Linux
 * and on Loam: put no address, time, pid or size of the machine into a description.
 *
 *     int main(void)
 *     {
 *         ok(sbrk(0) != NULL, "sbrk(0) answers");
 *         is_long(close(99), -1, "close of a closed descriptor fails");
 *         is_errno(EBADF, "... with EBADF");
 *         return done_testing();
 *     }
 */
#pragma once

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAP_FORMAT(fmt, args) __attribute__((format(printf, fmt, args), unused))

static struct {
    int planned; /* tests announced by plan(), 0: the plan is printed at the end */
    int run;
    int failed;
} tap;

/* Print a comment line; for what helps to understand a failure. */
TAP_FORMAT(1, 2) static inline void diag(const char *fmt, ...)
{
    va_list args;

    printf("# ");
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
}

/* Announce the number of tests; optional, but then the first call of all. */
__attribute__((unused)) static inline void plan(int nr_tests)
{
    tap.planned = nr_tests;
    printf("1..%d\n", nr_tests);
}

/* Hand all buffered output on; call it before anything that starts or kills a process. */
__attribute__((unused)) static inline void tap_flush(void)
{
    fflush(stdout);
    fflush(stderr);
}

/* Count one test and print its line. Keeps errno, so that a check of errno may follow. */
__attribute__((unused)) static inline int tap_line(int passed, const char *where, int line,
                                                   const char *fmt, va_list args)
{
    int saved = errno;

    tap.run++;
    printf("%s %d - ", passed ? "ok" : "not ok", tap.run);
    vprintf(fmt, args);
    printf("\n");
    if (!passed) {
        tap.failed++;
        printf("#   failed at %s:%d\n", where, line);
        tap_flush();
    }
    errno = saved;
    return passed;
}

__attribute__((format(printf, 4, 5), unused)) static inline int
tap_ok(int passed, const char *where, int line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    tap_line(passed, where, line, fmt, args);
    va_end(args);
    return passed;
}

__attribute__((format(printf, 5, 6), unused)) static inline int
tap_is_long(long got, long want, const char *where, int line, const char *fmt, ...)
{
    int saved = errno;
    va_list args;

    va_start(args, fmt);
    tap_line(got == want, where, line, fmt, args);
    va_end(args);
    if (got != want)
        printf("#   got %ld (0x%lx), want %ld (0x%lx)\n", got, got, want, want);
    errno = saved;
    return got == want;
}

__attribute__((format(printf, 5, 6), unused)) static inline int
tap_is_str(const char *got, const char *want, const char *where, int line, const char *fmt, ...)
{
    int equal = got && want ? strcmp(got, want) == 0 : got == want;
    int saved = errno;
    va_list args;

    va_start(args, fmt);
    tap_line(equal, where, line, fmt, args);
    va_end(args);
    if (!equal)
        printf("#   got \"%s\", want \"%s\"\n", got ? got : "(null)", want ? want : "(null)");
    errno = saved;
    return equal;
}

/* Each takes a printf format and its arguments as description, and returns whether the test passed.
 */
#define ok(condition, ...) tap_ok(!!(condition), __FILE__, __LINE__, __VA_ARGS__)
#define is_long(got, want, ...)                                                                    \
    tap_is_long((long)(got), (long)(want), __FILE__, __LINE__, __VA_ARGS__)
#define is_ptr(got, want, ...)                                                                     \
    tap_is_long((long)(got), (long)(want), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, ...) tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define is_errno(want, ...)    tap_is_long(errno, (want), __FILE__, __LINE__, __VA_ARGS__)

/* Count nr_tests tests that cannot run here as passed, with the reason. */
TAP_FORMAT(2, 3) static inline void skip(int nr_tests, const char *fmt, ...)
{
    va_list args;

    while (nr_tests-- > 0) {
        printf("ok %d # skip ", ++tap.run);
        va_start(args, fmt);
        vprintf(fmt, args);
        va_end(args);
        printf("\n");
    }
}

/* Nothing further can be tested: say why and end with a failure. */
__attribute__((format(printf, 1, 2), noreturn, unused)) static inline void bail_out(const char *fmt,
                                                                                    ...)
{
    va_list args;

    printf("Bail out! ");
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
    exit(255);
}

/*
 * Print the plan, if plan() has not, and the verdict.
 *
 * Returns  main's return value: 0 if all went well, 1 if a test failed, none ran, or their number
 * is not the one planned
 */
__attribute__((unused)) static inline int done_testing(void)
{
    if (!tap.planned)
        printf("1..%d\n", tap.run);
    else if (tap.planned != tap.run)
        printf("# planned %d tests but ran %d\n", tap.planned, tap.run);
    if (tap.failed)
        printf("# %d of %d tests failed\n", tap.failed, tap.run);
    tap_flush();
    return tap.failed || !tap.run || (tap.planned && tap.planned != tap.run);
}
