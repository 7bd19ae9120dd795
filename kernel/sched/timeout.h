/*
 * sched/timeout.h - what is to happen at a time, and the one hardware timer that all share
 */
#ifndef SCHED_TIMEOUT_H
#define SCHED_TIMEOUT_H

#include "lib/tree.h"
#include "lib/types.h"

#define NEVER UINT64_MAX

struct thread;

struct timeout {
    struct tree_node node; /* Protected by the queue's lock, as is the rest while it is pending */
    uint64_t deadline;     /* in nanoseconds of timer_now_ns() */
    void (*expired)(struct timeout *timeout);
    struct thread *thread; /* of timeout_start_wake() */
    bool pending;
};

/*
 * Have a function called at the deadline, or as soon as can be if that has passed. It is called once, with
 * interrupts off; it may start the timeout again. The timeout is not pending. Any context.
 */
void timeout_start(struct timeout *timeout, uint64_t deadline,
                   void (*expired)(struct timeout *timeout));

/* The same, to wake the running thread. NEVER: nothing is started. */
void timeout_start_wake(struct timeout *timeout, uint64_t deadline);

/* Whether it was pending; it is not, and will not be called, any more. Any context. */
bool timeout_cancel(struct timeout *timeout);

/*
 * The running thread's slice begins: an interrupt comes after ns nanoseconds at the latest, and not
 * before half of them unless a timeout is due. Interrupts off.
 */
void timeout_arm_slice(uint64_t ns);

/* The timer has interrupted: call what is due. Interrupts off. */
void timeout_run(void);

#endif
