/*
 * tests/host/unit.h - what the host tests of kernel files share
 *
 * TAP, choices that come from a seed or from a fuzzer's input, and assert_failed(), which the
 * kernel's files expect from their surroundings: it ends the test, unless the test waits for it.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/assert.h"

static jmp_buf *unit_trap; /* where a failing ASSERT goes on, NULL: nowhere */

void assert_failed(const char *expression, const char *file, int line, const char *func)
{
    if (unit_trap)
        longjmp(*unit_trap, 1);
    printf("# assertion failed: %s at %s:%d (%s)\n", expression, file, line, func);
    fflush(stdout);
    abort();
}

/* PARANOID() checks every time. */
bool paranoid_always = true;

bool paranoid_now(void)
{
    return true;
}

/* Whether the statement ends in a false ASSERT. */
#define ASSERTS(statement)                                                                         \
    __extension__({                                                                                \
        jmp_buf trap;                                                                              \
        volatile bool asserted = true;                                                             \
        unit_trap = &trap;                                                                         \
        if (setjmp(trap) == 0) {                                                                   \
            statement;                                                                             \
            asserted = false;                                                                      \
        }                                                                                          \
        unit_trap = NULL;                                                                          \
        asserted;                                                                                  \
    })

/* xorshift64* (Vigna 2014): a seed means the same everywhere. */
static uint64_t unit_random = 1;

/* The input of a fuzzer; while data is NULL choices are random. */
static struct {
    const uint8_t *data;
    size_t len;
} unit_input;

static inline uint64_t unit_next(void)
{
    if (!unit_input.data) {
        unit_random ^= unit_random >> 12;
        unit_random ^= unit_random << 25;
        unit_random ^= unit_random >> 27;
        return unit_random * 2685821657736338717u >> 16;
    }
    uint64_t value = 0;
    for (int i = 0; i < 2 && unit_input.len; i++, unit_input.len--)
        value = value << 8 | *unit_input.data++;
    return value;
}

/* A choice from [0, limit). */
static inline size_t pick(size_t limit)
{
    return (size_t)unit_next() % limit;
}

/* Take the seed from argv[1] or from the clock, and say it. */
static inline void unit_seed(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)time(NULL) * 2654435761u;

    unit_random = seed | 1;
    printf("# seed %llu\n", (unsigned long long)seed);
}

static int unit_nr, unit_failed;

__attribute__((format(printf, 2, 3))) static inline void test_ok(bool ok, const char *format, ...)
{
    va_list args;

    printf("%sok %d - ", ok ? "" : "not ", ++unit_nr);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
    unit_failed += !ok;
}

/* Print the plan; what main() returns. */
static inline int test_end(void)
{
    printf("1..%d\n", unit_nr);
    return unit_failed != 0;
}

#endif
