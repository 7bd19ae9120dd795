/*
 * lib/ktest.c - run the self-tests that the linker collected
 */
#include "lib/ktest.h"

#include <stdarg.h>
#include <stdio.h>

/* The .ktest section, see linker.ld. */
extern const struct ktest ktest_start[], ktest_end[];

static void (*tap_print)(const char *text, size_t len);
static bool failed;

PRINTF(1, 2) static void tap(const char *format, ...)
{
    char line[256];
    va_list args;

    va_start(args, format);
    int len = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (len > 0)
        tap_print(line, MIN((size_t)len, sizeof(line) - 1));
}

void ktest_failed(const char *expression, const char *file, int line)
{
    failed = true;
    tap("# false: %s at %s:%d\n", expression, file, line);
}

unsigned ktest_run_all(void (*print)(const char *text, size_t len))
{
    unsigned nr_failed = 0, number = 0;

    tap_print = print;
    tap("1..%lu\n", (unsigned long)(ktest_end - ktest_start));
    for (const struct ktest *test = ktest_start; test < ktest_end; test++) {
        failed = false;
        test->run();
        tap("%sok %u - %s\n", failed ? "not " : "", ++number, test->name);
        nr_failed += failed;
    }
    return nr_failed;
}
