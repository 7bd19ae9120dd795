/*
 * sched/mutex.h - locks that are held across sleeps, and the order in which they are taken
 *
 * A thread takes mutexes in ascending rank only; each mutex_lock() asserts it. Spinlocks come after
 * all of them and are never held across a mutex_lock().
 *
 * Taking a free mutex and releasing one that nobody waits for is done in place: every fault and
 * every call pays for it.
 */
#ifndef SCHED_MUTEX_H
#define SCHED_MUTEX_H

#include "lib/assert.h"
#include "sched/wait.h"

/*
 * The order: a holder of one rank may take higher ones only. Only RANK_FILE and RANK_NODE are held
 * across a user copy. Where a thread pauses in a long loop, those of a space and of an object may be held
 * as well: who needs one waits.
 */
enum lock_rank {
    RANK_FILE,   /* struct file: the offset, while something is read or written there */
    RANK_NODE,   /* struct node: the content of a file or pipe, while it is changed */
    RANK_SPACE,  /* struct space */
    RANK_TREE,   /* names of files; after RANK_SPACE, so that its areas' files can be named */
    RANK_OBJECT, /* struct object */
    RANK_LOCKS,  /* locks of files, fs/lock.c */
};

struct mutex {
    struct thread *owner; /* NULL: free */
    uint64_t rank_bit;    /* Constant: 1 << rank, its bit in held_locks */
    struct wait_queue waiters;
};

void mutex_init(struct mutex *mutex, enum lock_rank rank);

/* For the two below: sleep until the mutex is ours, and wake those who do. */
void mutex_wait(struct mutex *mutex);
void mutex_wake(struct mutex *mutex);

/* Whether a free mutex became the running thread's. */
static inline bool mutex_try_take(struct mutex *mutex)
{
    struct thread *free = NULL;

    return __atomic_compare_exchange_n(&mutex->owner, &free, thread_current(), false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static inline void mutex_lock(struct mutex *mutex)
{
    struct thread *self = thread_current();
    uint64_t bit = mutex->rank_bit;

    ASSERT(self->held_locks < bit); /* lower ranks only */
    if (unlikely(!mutex_try_take(mutex)))
        mutex_wait(mutex);
    self->held_locks |= bit;
}

/*
 * Take the mutex if it is free, also against the order: who cannot have it must let go of what it holds
 * before it waits.
 */
MUST_CHECK static inline bool mutex_trylock(struct mutex *mutex)
{
    if (!mutex_try_take(mutex))
        return false;
    thread_current()->held_locks |= mutex->rank_bit;
    return true;
}

static inline void mutex_unlock(struct mutex *mutex)
{
    struct thread *self = thread_current();

    ASSERT(mutex->owner == self);
    self->held_locks ^= mutex->rank_bit; /* it was set */
    /* In order with the look at the queue: a waiter enters it before it tries to take the mutex. */
    __atomic_store_n(&mutex->owner, NULL, __ATOMIC_SEQ_CST);
    if (unlikely(!list_empty(&mutex->waiters.waiters)))
        mutex_wake(mutex);
}

#endif
