/*
 * fs/poll.h - waiting for any of several files
 */
#ifndef FS_POLL_H
#define FS_POLL_H

#include <asm/poll.h>

#include "fs/file.h"
#include "sched/wait.h"

/* What is said whoever asks. */
#define POLL_ALWAYS (POLLERR | POLLHUP | POLLNVAL)

/* A file that is always ready: what has no poll function. */
#define POLL_READY (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

struct poll_item {
    struct file *file; /* a reference of the caller's; NULL: nothing is waited for here */
    unsigned wanted;   /* POLL* */
    unsigned got;      /* of wanted and POLL_ALWAYS: what is so */
    struct wait_queue *queue;
    struct waiter waiter; /* in queue, if there is one */
};

/*
 * Wait until something is so for one item at least, or to a deadline in nanoseconds of timer_now_ns(); NEVER
 * for none, 0 to look once.
 *
 * Returns  how many items have something in `got`; -ERESTARTNOHAND: a signal came first
 */
MUST_CHECK int64_t poll_wait(struct poll_item *items, size_t nr, uint64_t deadline);

#endif
