/*
 * proc/futex.h - waiting for a word of memory to change: futex(2)
 */
#ifndef PROC_FUTEX_H
#define PROC_FUTEX_H

#include "proc/process.h"

#define FUTEX_ANY UINT32_MAX /* a bitset that meets every other */

/*
 * Sleep while the word at address holds value, until somebody wakes the word with a bit of bitset, or to
 * a deadline in nanoseconds of timer_now_ns(), NEVER for none.
 *
 * shared   the word may be another process's too, by a shared mapping
 * Returns  0; -EAGAIN (it holds another), -ETIMEDOUT, -EINTR (a signal came), -EFAULT
 */
MUST_CHECK int futex_wait(vaddr_t address, bool shared, uint32_t value, uint32_t bitset,
                          uint64_t deadline);

/* Wake at most nr, but one at least, of those that wait for a bit of bitset. How many, or -EFAULT. */
MUST_CHECK int futex_wake(vaddr_t address, bool shared, int nr, uint32_t bitset);

/*
 * Wake at most nr_wake, and let at most nr_move of the rest wait for another word.
 *
 * expected  NULL, or what the word must hold
 * Returns   how many were woken or moved; -EAGAIN (it holds another), -EFAULT
 */
MUST_CHECK int futex_requeue(vaddr_t address, bool shared, uint32_t nr_wake, uint32_t nr_move,
                             vaddr_t to, const uint32_t *expected);

/*
 * Change the word at `to` in one step, wake at most nr of those that wait for the word at address, and, if
 * what was there before compares as asked, at most nr_to that wait for the word at `to`.
 *
 * encoded  the operation, its operand and the comparison: FUTEX_OP() of <linux/futex.h>
 * Returns  how many; -ENOSYS (no such operation), -EFAULT
 */
MUST_CHECK int futex_wake_op(vaddr_t address, bool shared, int nr, vaddr_t to, int nr_to,
                             uint32_t encoded);

/* The task ends, or runs another program: tell who waits for its robust mutexes. */
void futex_leave_robust(struct task *task);

#endif
