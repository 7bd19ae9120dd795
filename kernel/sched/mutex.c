/*
 * sched/mutex.c - sleeping locks: where somebody has to wait
 */
#include "sched/mutex.h"

void mutex_init(struct mutex *mutex, enum lock_rank rank)
{
    *mutex = (struct mutex){.rank_bit = 1UL << rank};
    wait_queue_init(&mutex->waiters);
}

void mutex_wait(struct mutex *mutex)
{
    wait_until(&mutex->waiters, mutex_try_take(mutex));
}

void mutex_wake(struct mutex *mutex)
{
    wait_queue_wake(&mutex->waiters);
}
