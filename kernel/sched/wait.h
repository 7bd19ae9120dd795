/*
 * sched/wait.h - wait queues: threads that sleep until something is so
 */
#ifndef SCHED_WAIT_H
#define SCHED_WAIT_H

#include "arch/timer.h"
#include "lib/list.h"
#include "sched/thread.h"
#include "sched/timeout.h"

/*
 * What a call returns inside the kernel when a signal ended its sleep: the call is done again
 * where no handler ran, and with ERESTARTSYS also after a handler that has SA_RESTART. No program
 * sees them. Linux's include/linux/errno.h has the numbers.
 */
#define ERESTARTSYS           512
#define ERESTARTNOHAND        514
#define ERESTART_RESTARTBLOCK 516 /* by restart_syscall(2), which goes on where it was */

struct wait_queue {
    struct list waiters;
    struct spinlock lock; /* guards waiters */
};

void wait_queue_init(struct wait_queue *queue);

/* Wake every thread in the queue; each looks again at what it waits for. Any context. */
void wait_queue_wake(struct wait_queue *queue);

/* One thread's place in a queue, on its stack. Used by the macros below. */
struct waiter {
    struct list node;
    struct thread *thread;
};
void wait_begin(struct wait_queue *queue, struct waiter *waiter);
void wait_end(struct wait_queue *queue, struct waiter *waiter);

/* Sleep until condition is true. It is evaluated again after each wake-up. */
#define wait_until(queue, condition)                                                               \
    do {                                                                                           \
        struct waiter waiter_;                                                                     \
        wait_begin(queue, &waiter_);                                                               \
        while (!(condition)) {                                                                     \
            thread_block();                                                                        \
            thread_prepare_block();                                                                \
        }                                                                                          \
        wait_end(queue, &waiter_);                                                                 \
    } while (0)

/*
 * As wait_until(), given up when a signal comes, or at a deadline in nanoseconds of timer_now_ns(), NEVER
 * for none: false then, true if the condition is.
 */
#define wait_until_deadline(queue, condition, deadline)                                            \
    ({                                                                                             \
        struct waiter waiter_;                                                                     \
        struct timeout timeout_;                                                                   \
        bool true_;                                                                                \
        wait_begin(queue, &waiter_);                                                               \
        timeout_start_wake(&timeout_, deadline);                                                   \
        while (!(true_ = (condition)) && !thread_current()->interrupted &&                         \
               ((deadline) == NEVER || timer_now_ns() < (deadline))) {                             \
            thread_block();                                                                        \
            thread_prepare_block();                                                                \
        }                                                                                          \
        timeout_cancel(&timeout_);                                                                 \
        wait_end(queue, &waiter_);                                                                 \
        true_;                                                                                     \
    })

/* As wait_until(), given up when a signal comes: false then, true if the condition is. */
#define wait_until_interruptible(queue, condition)                                                 \
    ({                                                                                             \
        struct waiter waiter_;                                                                     \
        bool true_;                                                                                \
        wait_begin(queue, &waiter_);                                                               \
        while (!(true_ = (condition)) && !thread_current()->interrupted) {                         \
            thread_block();                                                                        \
            thread_prepare_block();                                                                \
        }                                                                                          \
        wait_end(queue, &waiter_);                                                                 \
        true_;                                                                                     \
    })

#endif
