/*
 * proc/limit.h - resource limits of a process
 */
#ifndef PROC_LIMIT_H
#define PROC_LIMIT_H

#include <linux/resource.h>

#include "mm/space.h"

struct process;

/* Struct rlimit64: bytes, or whatever the resource is counted in; RLIM64_INFINITY: none. */
struct limit {
    uint64_t soft, hard;
};

/* What process 1 starts with. Children inherit; execve(2) keeps. */
void limit_init(struct process *process);

/*
 * prlimit64(2): tell the present limit in *old, then set a new one. Either may be NULL.
 *
 * Returns  0, -EINVAL (no such resource, or soft over hard), -EPERM (who is not root cannot raise a
 *          hard limit, nor change those of other users)
 */
MUST_CHECK int limit_change(struct process *process, unsigned resource, const struct limit *new,
                            struct limit *old);

/* Those of memory. */
struct memory_limits limit_memory(const struct process *process);

/* Tell those who enforce limits what they are now. After a change, of the user's number as well. */
void limit_apply(struct process *process);

#endif
