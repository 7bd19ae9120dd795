/*
 * sys/time.h - times that system calls get and give
 */
#ifndef SYS_TIME_H
#define SYS_TIME_H

#include "lib/types.h"

/*
 * A struct timespec of the program's, as nanoseconds; what is too long is INT64_MAX.
 *
 * Returns  0, -EFAULT, -EINVAL (negative, or a second or more of nanoseconds)
 */
MUST_CHECK int time_from_user(vaddr_t from, uint64_t *ns);

/* 0, -EFAULT. */
MUST_CHECK int time_to_user(vaddr_t to, uint64_t ns);

struct restart;

/* poll.c: go on with poll(2). */
int64_t poll_restart(const struct restart *restart);

/* futex.c: go on with futex(2). */
int64_t futex_restart(const struct restart *restart);

#endif
