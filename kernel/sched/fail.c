/*
 * sched/fail.c - allocations that fail on purpose
 *
 * Everything the kernel allocates comes from frame_alloc() or kmalloc(); both ask here first. So a
 * test can make each allocation of a call the one that fails, and see that the call says so and
 * changes nothing. A thread asks for itself (/proc/self/fail-nth), so that nobody else is hit; what
 * it does not live to ask for is asked for all on the kernel's command line.
 *
 * Source  Linux, Documentation/fault-injection/fault-injection.rst ("Application Examples")
 */
#include "sched/fail.h"

#include <string.h>

#include "lib/log.h"
#include "lib/panic.h"
#include "sched/thread.h"

#define NTH_MAX 1000000000UL

static const char *const words[NR_FAIL_KINDS] = {
    [FAIL_FRAME] = "fail=frame:",
    [FAIL_KMALLOC] = "fail=kmalloc:",
};

bool fail_armed;

static unsigned long left[NR_FAIL_KINDS]; /* allocations to the one that fails; 0: none shall */

/* A decimal number from 1 to NTH_MAX, or 0. */
static unsigned long number(const char *text)
{
    unsigned long n = 0;

    do {
        if (*text < '0' || *text > '9')
            return 0;
        n = n * 10 + (unsigned long)(*text - '0');
    } while (n <= NTH_MAX && *++text);
    return n <= NTH_MAX ? n : 0;
}

INIT_ONCE bool fail_set_option(const char *word)
{
    for (int kind = 0; kind < NR_FAIL_KINDS; kind++) {
        size_t len = strlen(words[kind]);
        if (strncmp(word, words[kind], len) == 0 && number(word + len)) {
            left[kind] = number(word + len);
            return true;
        }
    }
    return false;
}

INIT_ONCE void fail_start(void)
{
    for (int kind = 0; kind < NR_FAIL_KINDS; kind++)
        fail_armed |= left[kind] != 0;
}

void fail_set_nth(unsigned nth)
{
    thread_current()->fail_nth = nth;
    fail_armed |= nth != 0;
}

unsigned fail_nth(void)
{
    return thread_current()->fail_nth;
}

bool fail_count(enum fail_kind kind)
{
    struct thread *self = thread_current();
    bool fails = left[kind] == 1 || self->fail_nth == 1;

    left[kind] -= left[kind] > 0;
    self->fail_nth -= self->fail_nth > 0;
    if (fails && log_is_verbose) {
        log_print("fail: this allocation (%s) fails\n", kind == FAIL_FRAME ? "frame" : "kmalloc");
        backtrace_log((uint64_t)__builtin_frame_address(0));
    }
    return fails;
}
