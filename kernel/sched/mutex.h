/*
 * sched/mutex.h - locks that are held across sleeps, and the order in which they are taken
 *
 * A thread takes mutexes in ascending rank only; each mutex_lock() asserts it. Spinlocks come after
 * all of them and are never held across a mutex_lock().
 */
#ifndef SCHED_MUTEX_H
#define SCHED_MUTEX_H

#include "sched/wait.h"

/*
 * The order: a holder of one rank may take higher ones only. Only RANK_FILE is held across a user
 * copy.
 */
enum lock_rank {
    RANK_FILE,   /* struct file: the offset, while something is read or written there */
    RANK_SPACE,  /* struct space */
    RANK_OBJECT, /* struct object */
};

struct mutex {
    struct thread *owner; /* NULL: free */
    enum lock_rank rank;  /* Constant */
    struct wait_queue waiters;
};

void mutex_init(struct mutex *mutex, enum lock_rank rank);
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);

#endif
