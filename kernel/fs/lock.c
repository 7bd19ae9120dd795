/*
 * fs/lock.c - advisory locks on files
 *
 * The locks of a file are a list; no two of one owner and family overlap or, if they are of one kind,
 * touch. One queue serves all who wait: whenever a lock goes, each of them looks again.
 *
 * Source  fcntl(2), flock(2); POSIX.1-2017 XSH fcntl
 */
#include "fs/lock.h"

#include <asm/errno.h>

#include "mm/kheap.h"
#include "sched/wait.h"

/* Processes that wait for a lock, to find circles. */
struct blocked {
    struct list node;
    const void *owner, *by;
};

#define MAX_STEPS 10

static struct mutex lock; /* RANK_LOCKS: guards all of this */
static struct wait_queue waiters;
static struct list blocked_list = LIST_INIT(blocked_list);
static uint64_t nr_changes; /* locks given up or lessened, ever */

INIT_ONCE void lock_init(void)
{
    mutex_init(&lock, RANK_LOCKS);
    wait_queue_init(&waiters);
}

static struct file_lock *lock_of(struct list *node)
{
    return container_of(node, struct file_lock, node);
}

static bool overlaps(const struct file_lock *a, uint64_t start, uint64_t end)
{
    return a->start <= end && start <= a->end;
}

static struct file_lock *find_conflict(struct node *node, const struct file_lock *wanted)
{
    list_for_each (at, &node->locks) {
        struct file_lock *other = lock_of(at);
        if (other->owner != wanted->owner && other->family == wanted->family &&
            (other->exclusive || wanted->exclusive) && overlaps(other, wanted->start, wanted->end))
            return other;
    }
    return NULL;
}

bool lock_test(struct node *node, const struct file_lock *wanted, struct file_lock *found)
{
    mutex_lock(&lock);
    const struct file_lock *conflict = find_conflict(node, wanted);
    if (conflict)
        *found = *conflict;
    mutex_unlock(&lock);
    return conflict;
}

static void remove_lock(struct file_lock *at)
{
    list_remove(&at->node);
    kfree(at);
}

/*
 * Make [start, end] free of the owner's locks; `spare` is used where one is split, and set to NULL then.
 */
static void cut(struct node *node, const void *owner, enum lock_family family, uint64_t start,
                uint64_t end, struct file_lock **spare)
{
    list_for_each_safe(link, &node->locks)
    {
        struct file_lock *at = lock_of(link);
        if (at->owner != owner || at->family != family || !overlaps(at, start, end))
            continue;
        if (at->start < start && at->end > end) {
            struct file_lock *rest = *spare;
            *spare = NULL;
            *rest = *at;
            rest->start = end + 1;
            list_append(&node->locks, &rest->node);
            at->end = start - 1;
        } else if (at->start < start) {
            at->end = start - 1;
        } else if (at->end > end) {
            at->start = end + 1;
        } else {
            remove_lock(at);
        }
    }
}

/* Join what touches the added lock and is of its kind. */
static void join(struct node *node, struct file_lock *added)
{
    list_for_each_safe(link, &node->locks)
    {
        struct file_lock *at = lock_of(link);
        if (at == added || at->owner != added->owner || at->family != added->family ||
            at->exclusive != added->exclusive)
            continue;
        if (at->end != LOCK_TO_END && at->end + 1 == added->start)
            added->start = at->start;
        else if (added->end != LOCK_TO_END && added->end + 1 == at->start)
            added->end = at->end;
        else
            continue;
        remove_lock(at);
    }
}

/* Circles are looked for among processes: an open file can be unlocked by others than who waits. */
static bool is_of_process(const struct file_lock *at)
{
    return at->family == LOCK_RANGE && at->pid != -1;
}

/* What the owner waits for; NULL: it does not. */
static const void *blocker_of(const void *owner)
{
    list_for_each (node, &blocked_list) {
        const struct blocked *blocked = container_of(node, struct blocked, node);
        if (blocked->owner == owner)
            return blocked->by;
    }
    return NULL;
}

/* Whether who waits for `by` would wait for itself. Threads make circles without it: few steps. */
static bool is_circle(const void *owner, const void *by)
{
    for (int i = 0; by && i < MAX_STEPS; i++) {
        if (by == owner)
            return true;
        by = blocker_of(by);
    }
    return false;
}

static void tell_waiters(void)
{
    nr_changes++;
    wait_queue_wake(&waiters);
}

/* The lock is held; let go while it sleeps. 0: nothing is in the way now. */
static int wait_for(struct node *node, const struct file_lock *wanted)
{
    const struct file_lock *conflict;

    while ((conflict = find_conflict(node, wanted))) {
        struct blocked self = {.owner = wanted->owner, .by = conflict->owner};
        bool can_circle = is_of_process(wanted);
        if (can_circle && is_circle(self.owner, self.by))
            return -EDEADLK;
        if (can_circle)
            list_append(&blocked_list, &self.node);
        uint64_t seen = nr_changes;
        mutex_unlock(&lock);
        bool woken = wait_until_interruptible(&waiters, nr_changes != seen);
        mutex_lock(&lock);
        if (can_circle)
            list_remove(&self.node);
        if (!woken)
            return -ERESTARTSYS;
    }
    return 0;
}

/*
 * flock(2) changes the kind of a lock by giving it up first, so that two who want to change theirs do not
 * wait for each other. Whether the owner has one of the wanted kind already.
 */
static bool give_up_other_kind(struct node *node, const struct file_lock *wanted)
{
    list_for_each (link, &node->locks) {
        struct file_lock *at = lock_of(link);
        if (at->owner != wanted->owner || at->family != LOCK_WHOLE)
            continue;
        if (at->exclusive == wanted->exclusive)
            return true;
        remove_lock(at);
        tell_waiters();
        return false;
    }
    return false;
}

int lock_set(struct node *node, const struct file_lock *wanted, bool wait)
{
    struct file_lock *added = kmalloc(sizeof(*added)), *spare = kmalloc(sizeof(*spare));
    int error = added && spare ? 0 : -ENOLCK;

    mutex_lock(&lock);
    if (!error && wanted->family == LOCK_WHOLE && give_up_other_kind(node, wanted))
        wait = false;
    if (!error && wait)
        error = wait_for(node, wanted);
    else if (!error && find_conflict(node, wanted))
        error = -EAGAIN;
    if (!error) {
        cut(node, wanted->owner, wanted->family, wanted->start, wanted->end, &spare);
        *added = *wanted;
        list_append(&node->locks, &added->node);
        join(node, added);
        added = NULL;
    }
    mutex_unlock(&lock);
    kfree(added);
    kfree(spare);
    tell_waiters(); /* a lock that was exclusive may be shared now */
    return error;
}

int lock_clear(struct node *node, const void *owner, enum lock_family family, uint64_t start,
               uint64_t end)
{
    struct file_lock *spare = kmalloc(sizeof(*spare));

    if (!spare)
        return -ENOLCK;
    mutex_lock(&lock);
    cut(node, owner, family, start, end, &spare);
    mutex_unlock(&lock);
    kfree(spare);
    tell_waiters();
    return 0;
}

void lock_clear_all(struct node *node, const void *owner)
{
    bool any = false;

    mutex_lock(&lock);
    list_for_each_safe(link, &node->locks)
    {
        if (lock_of(link)->owner != owner)
            continue;
        remove_lock(lock_of(link));
        any = true;
    }
    mutex_unlock(&lock);
    if (any)
        tell_waiters();
}
