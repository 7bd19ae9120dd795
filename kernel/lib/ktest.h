/*
 * lib/ktest.h - self-tests inside the kernel
 *
 * A *_test.c beside the code it tests defines tests with KTEST(); they are linked into the test
 * kernel only and run, in link order, when its command line says `selftest`. Output is TAP.
 */
#ifndef LIB_KTEST_H
#define LIB_KTEST_H

#include "lib/types.h"

struct ktest {
    const char *name;
    void (*run)(void);
};

/* Define a test: KTEST(frame_alloc_exhausts) { ... KTEST_CHECK(x == y); ... } */
#define KTEST(test)                                                                                \
    static void test(void);                                                                        \
    static const struct ktest ktest_##test                                                         \
        __attribute__((used, section(".ktest"), aligned(8))) = {#test, test};                      \
    static void test(void)

/* Note a false expression as a failure of the running test; the test goes on. */
#define KTEST_CHECK(e)                                                                             \
    do {                                                                                           \
        if (!(e))                                                                                  \
            ktest_failed(#e, __FILE__, __LINE__);                                                  \
    } while (0)

void ktest_failed(const char *expression, const char *file, int line);

/* Run every test; print TAP through print. Returns the number of tests that failed. */
unsigned ktest_run_all(void (*print)(const char *text, size_t len));

#endif
