/*
 * malloc/libc_heap.h - the one heap of a program
 */
#ifndef MALLOC_LIBC_HEAP_H
#define MALLOC_LIBC_HEAP_H

#include "malloc/heap.h"
#include "internal/libc.h"

extern struct heap *__malloc_heap HIDDEN;

/* Make the heap at its first use. NULL: no memory. */
struct heap *__malloc_heap_make(void) HIDDEN;

static inline struct heap *libc_heap(void)
{
    return __builtin_expect(__malloc_heap != NULL, 1) ? __malloc_heap : __malloc_heap_make();
}

/* The result of an allocation as C wants it: NULL comes with ENOMEM. */
void *__malloc_no_memory(void) HIDDEN;

static inline void *block_or_errno(void *block)
{
    return __builtin_expect(block != NULL, 1) ? block : __malloc_no_memory();
}

#endif
