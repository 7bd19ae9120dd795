/*
 * assert.h - diagnostics (C11 7.2)
 *
 * May be included again with another NDEBUG: assert is defined anew each time.
 */
#undef assert
#ifdef NDEBUG
#define assert(expression) ((void)0)
#else
#define assert(expression)                                                                         \
    ((void)((expression) || (__assert_fail(#expression, __FILE__, __LINE__, __func__), 0)))
#endif

#ifndef _ASSERT_H
#define _ASSERT_H

/*
 * Write `file:line: function: Assertion 'expression' failed.` to file descriptor 2, then abort().
 * Uses neither stdio nor the heap: either may be what is broken.
 */
void __assert_fail(const char *expression, const char *file, int line, const char *function)
    __attribute__((__noreturn__));

#if !defined(__cplusplus) && !defined(static_assert)
#define static_assert _Static_assert
#endif

#endif
