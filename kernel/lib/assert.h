/*
 * lib/assert.h - what must be true inside the kernel, whatever a user does
 *
 * ASSERT is always on. It must be cheap and free of side effects, and no user input may ever reach
 * a false one. PARANOID(check) runs a whole-structure check in test builds (-DPARANOID) only, and
 * there a sample of them, so that a million system calls can be tried in a minute.
 */
#ifndef LIB_ASSERT_H
#define LIB_ASSERT_H

#include "lib/types.h"

/* Prints the expression, the place and a backtrace, and stops the machine. */
NORETURN void assert_failed(const char *expression, const char *file, int line, const char *func);

#define ASSERT(e)                                                                                  \
    do {                                                                                           \
        if (unlikely(!(e)))                                                                        \
            assert_failed(#e, __FILE__, __LINE__, __func__);                                       \
    } while (0)

/* Every check is made, and not only a sample of them: for self-tests, and the word paranoid. */
extern bool paranoid_always;

/* Whether the check that comes now is one of the sample, PARANOID_SHARE in a thousand. */
#define PARANOID_SHARE 100
bool paranoid_now(void);

#ifdef PARANOID
#undef PARANOID
#define PARANOID(check)                                                                            \
    do {                                                                                           \
        if (paranoid_always || paranoid_now())                                                     \
            check;                                                                                 \
    } while (0)
#else
#define PARANOID(check) ((void)0)
#endif

#endif
