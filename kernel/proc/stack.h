/*
 * proc/stack.h - kernel stacks, one per process
 */
#ifndef PROC_STACK_H
#define PROC_STACK_H

#include "lib/types.h"

/*
 * A kernel stack of KERNEL_STACK_SIZE bytes between guard pages. Returns its upper end, 0 if out
 * of memory.
 */
#define KERNEL_STACK_SIZE (16UL << 10)
MUST_CHECK vaddr_t kernel_stack_alloc(void);
void kernel_stack_free(vaddr_t top);

#endif
