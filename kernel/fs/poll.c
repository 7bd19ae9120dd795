/*
 * fs/poll.c - waiting for any of several files
 *
 * The thread is in the queues of all of them before it looks at the first, so that what changes in between
 * keeps it from sleeping.
 */
#include "fs/poll.h"

static void enter_queues(struct poll_item *items, size_t nr)
{
    unsigned unused;

    for (size_t i = 0; i < nr; i++) {
        struct file *file = items[i].file;
        items[i].queue = file && file->ops->poll ? file->ops->poll(file, &unused) : NULL;
        if (items[i].queue)
            wait_begin(items[i].queue, &items[i].waiter);
    }
    thread_prepare_block();
}

static void leave_queues(struct poll_item *items, size_t nr)
{
    for (size_t i = 0; i < nr; i++) {
        if (items[i].queue)
            wait_end(items[i].queue, &items[i].waiter);
    }
    thread_cancel_block();
}

/* How many are ready now. */
static int64_t look(struct poll_item *items, size_t nr)
{
    int64_t nr_ready = 0;

    for (size_t i = 0; i < nr; i++) {
        struct file *file = items[i].file;
        unsigned events = 0;
        if (!file)
            continue;
        if (file->ops->poll)
            (void)file->ops->poll(file, &events);
        else
            events = POLL_READY;
        items[i].got = events & (items[i].wanted | POLL_ALWAYS);
        nr_ready += items[i].got != 0;
    }
    return nr_ready;
}

int64_t poll_wait(struct poll_item *items, size_t nr, uint64_t deadline)
{
    int64_t nr_ready = look(items, nr);
    struct timeout timeout;

    if (nr_ready)
        return nr_ready;
    if (deadline == 0)
        return thread_current()->interrupted ? -ERESTARTNOHAND : 0;
    enter_queues(items, nr);
    timeout_start_wake(&timeout, deadline);
    while ((nr_ready = look(items, nr)) == 0 && !thread_current()->interrupted &&
           (deadline == NEVER || timer_now_ns() < deadline)) {
        thread_block();
        thread_prepare_block();
    }
    timeout_cancel(&timeout);
    leave_queues(items, nr);
    return nr_ready || !thread_current()->interrupted ? nr_ready : -ERESTARTNOHAND;
}
