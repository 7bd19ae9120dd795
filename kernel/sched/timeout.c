/*
 * sched/timeout.c - timeouts in the order of their deadlines
 *
 * The timer is armed for the first of them or for the end of a slice, whichever comes first. It can wait a
 * second at most: an interrupt at which nothing is due arms it once more.
 */
#include "sched/timeout.h"

#include "arch/spinlock.h"
#include "arch/timer.h"
#include "sched/thread.h"

static struct spinlock lock; /* guards all of this */
static struct tree queue;    /* by deadline; of equal ones, the older first */
static uint64_t first = NEVER;
static uint64_t armed = NEVER; /* when the timer interrupts */

static struct timeout *timeout_of(struct tree_node *node)
{
    return node ? container_of(node, struct timeout, node) : NULL;
}

static void arm(uint64_t now, uint64_t deadline)
{
    armed = deadline;
    timer_arm(deadline > now ? deadline - now : 0);
}

static void insert(struct timeout *timeout)
{
    struct tree_node **link = &queue.root, *above = NULL;

    while (*link) {
        above = *link;
        link = timeout_of(above)->deadline <= timeout->deadline ? &above->right : &above->left;
    }
    tree_insert(&queue, &timeout->node, above, link);
    timeout->pending = true;
}

static void remove(struct timeout *timeout)
{
    tree_remove(&queue, &timeout->node);
    timeout->pending = false;
    const struct timeout *next = timeout_of(tree_first(&queue));
    first = next ? next->deadline : NEVER;
}

void timeout_start(struct timeout *timeout, uint64_t deadline,
                   void (*expired)(struct timeout *timeout))
{
    uint64_t flags = spin_lock(&lock);

    timeout->deadline = deadline;
    timeout->expired = expired;
    insert(timeout);
    first = MIN(first, deadline);
    if (first < armed)
        arm(timer_now_ns(), first);
    spin_unlock(&lock, flags);
}

static void wake(struct timeout *timeout)
{
    thread_wake(timeout->thread);
}

void timeout_start_wake(struct timeout *timeout, uint64_t deadline)
{
    *timeout = (struct timeout){.thread = thread_current()};
    if (deadline != NEVER)
        timeout_start(timeout, deadline, wake);
}

bool timeout_cancel(struct timeout *timeout)
{
    uint64_t flags = spin_lock(&lock);
    bool was_pending = timeout->pending;

    if (was_pending)
        remove(timeout);
    spin_unlock(&lock, flags);
    return was_pending;
}

void timeout_arm_slice(uint64_t ns)
{
    uint64_t flags = spin_lock(&lock), now = timer_now_ns(), end = MIN(now + ns, first);

    /* Threads that wake each other all the time need not program the timer each time. */
    if (armed > end || armed < now + ns / 2)
        arm(now, end);
    spin_unlock(&lock, flags);
}

void timeout_run(void)
{
    uint64_t flags = spin_lock(&lock), now = timer_now_ns();

    armed = NEVER;
    while (first <= now) {
        struct timeout *timeout = timeout_of(tree_first(&queue));
        remove(timeout);
        spin_unlock(&lock, flags);
        timeout->expired(timeout);
        flags = spin_lock(&lock);
    }
    if (first < armed)
        arm(now, first);
    spin_unlock(&lock, flags);
}
