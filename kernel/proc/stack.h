/*
 * proc/stack.h - kernel stacks, one per process
 */
#ifndef PROC_STACK_H
#define PROC_STACK_H

#include "lib/types.h"

/*
 * A kernel stack of KERNEL_STACK_SIZE bytes between guard pages.
 *
 * Returns  0 and its upper end in *top; -EAGAIN (there are as many as can be), -ENOMEM
 */
#define KERNEL_STACK_SIZE (16UL << 10)
MUST_CHECK int kernel_stack_alloc(vaddr_t *top);
void kernel_stack_free(vaddr_t top);

#endif
