/*
 * sched/mutex.c - sleeping locks
 */
#include "sched/mutex.h"

#include "lib/assert.h"

void mutex_init(struct mutex *mutex, enum lock_rank rank)
{
    *mutex = (struct mutex){.rank = rank};
    wait_queue_init(&mutex->waiters);
}

static bool try_take(struct mutex *mutex)
{
    struct thread *free = NULL;

    return __atomic_compare_exchange_n(&mutex->owner, &free, thread_current(), false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void mutex_lock(struct mutex *mutex)
{
    struct thread *self = thread_current();

    ASSERT(self->held_locks >> mutex->rank == 0);
    if (unlikely(!try_take(mutex)))
        wait_until(&mutex->waiters, try_take(mutex));
    self->held_locks |= 1UL << mutex->rank;
}

void mutex_unlock(struct mutex *mutex)
{
    struct thread *self = thread_current();

    ASSERT(mutex->owner == self);
    self->held_locks &= ~(1UL << mutex->rank);
    __atomic_store_n(&mutex->owner, NULL, __ATOMIC_RELEASE);
    if (unlikely(!list_empty(&mutex->waiters.waiters)))
        wait_queue_wake(&mutex->waiters);
}
