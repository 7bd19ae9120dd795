/*
 * sched/fail.h - allocations that fail on purpose
 */
#ifndef SCHED_FAIL_H
#define SCHED_FAIL_H

#include "lib/types.h"

/* The functions that ask. */
enum fail_kind { FAIL_FRAME, FAIL_KMALLOC, NR_FAIL_KINDS };

/*
 * Understand a word of the kernel's command line: "fail=frame:N" or "fail=kmalloc:N" makes the N-th
 * allocation of that kind after fail_start() fail. Returns whether it was one.
 */
bool fail_set_option(const char *word);

/* The kernel has started: from here on the words count. */
void fail_start(void);

/* The running thread's nth allocation of any kind from now on shall fail; 0: none. */
void fail_set_nth(unsigned nth);

/* How many allocations of the running thread are left to that one; 0: it has failed, or none shall. */
unsigned fail_nth(void);

/* Set once anybody has asked for a failure. */
extern bool fail_armed;

/* Count an allocation, while fail_armed. Returns whether it shall fail. */
bool fail_count(enum fail_kind kind);

/* Whether the allocation that starts here shall fail. One branch, as long as nobody asks for it. */
static inline bool fail_injected(enum fail_kind kind)
{
    return unlikely(fail_armed) && fail_count(kind);
}

#endif
