/*
 * sched/wait.c - wait queues
 *
 * A waiter enters the queue and is marked blocked before it looks at its condition, so that a
 * wake-up between the look and the sleep finds it and the sleep does not happen.
 */
#include "sched/wait.h"

void wait_queue_init(struct wait_queue *queue)
{
    *queue = (struct wait_queue){0};
    list_init(&queue->waiters);
}

void wait_queue_wake(struct wait_queue *queue)
{
    uint64_t flags = spin_lock(&queue->lock);

    list_for_each (node, &queue->waiters)
        thread_wake(container_of(node, struct waiter, node)->thread);
    spin_unlock(&queue->lock, flags);
}

void wait_begin(struct wait_queue *queue, struct waiter *waiter)
{
    uint64_t flags = spin_lock(&queue->lock);

    waiter->thread = thread_current();
    list_append(&queue->waiters, &waiter->node);
    spin_unlock(&queue->lock, flags);
    thread_prepare_block();
}

void wait_end(struct wait_queue *queue, struct waiter *waiter)
{
    uint64_t flags = spin_lock(&queue->lock);

    list_remove(&waiter->node);
    spin_unlock(&queue->lock, flags);
    thread_cancel_block();
}
