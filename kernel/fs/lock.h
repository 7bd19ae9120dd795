/*
 * fs/lock.h - advisory locks on files: fcntl(2), flock(2)
 */
#ifndef FS_LOCK_H
#define FS_LOCK_H

#include "fs/file.h"

/* Locks of whole files (flock) and of ranges (fcntl) know nothing of each other. */
enum lock_family { LOCK_RANGE, LOCK_WHOLE };

#define LOCK_TO_END ((uint64_t)INT64_MAX)

struct file_lock {
    struct list node;  /* in file->node->locks. Protected by lock.c's lock */
    const void *owner; /* a descriptor table, or an open file */
    int pid;           /* what F_GETLK says of the owner; -1: an open file's */
    enum lock_family family;
    bool exclusive;
    uint64_t start, end; /* the last byte; LOCK_TO_END: wherever the file ends */
};

void lock_init(void);

/* A lock that stands in the way of this one, by value; false if there is none. */
MUST_CHECK bool lock_test(struct node *node, const struct file_lock *wanted,
                          struct file_lock *found);

/*
 * Take a lock, in place of what its owner has there.
 *
 * wait     sleep while others are in the way
 * Returns  0; -EAGAIN, -ENOLCK (no memory), -EDEADLK, -ERESTARTSYS: nothing has
 *          changed, but for flock's old lock when its kind was to change: that is given up first
 */
MUST_CHECK int lock_set(struct node *node, const struct file_lock *wanted, bool wait);

/* Give up what the owner has in [start, end]. 0, or -ENOLCK: no memory to split a lock. */
MUST_CHECK int lock_clear(struct node *node, const void *owner, enum lock_family family,
                          uint64_t start, uint64_t end);

/* The owner goes: give up all that it has. Without locks on the node there is no need to call. */
void lock_clear_all(struct node *node, const void *owner);

#endif
