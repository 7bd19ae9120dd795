/*
 * internal/clone.h - clone with a stack of its own for the child
 */
#ifndef INTERNAL_CLONE_H
#define INTERNAL_CLONE_H

#include <sys/types.h>

/*
 * The child runs function(arg) with its stack pointer at stack (rounded down), and exits with the
 * result.
 *
 * Returns     in the parent only: the child's id or -errno
 */
long __clone(int (*function)(void *), void *stack, unsigned long flags, void *arg,
             pid_t *parent_tid, void *tls, pid_t *child_tid);

#endif
