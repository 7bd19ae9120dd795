/*
 * malloc/realloc.c - realloc() and reallocarray()
 *
 * Size 0 gives a block of size 0, as malloc(0) does, and never means free: so NULL always says
 * that the old block is still there.
 */
#include <stdlib.h>

#include "malloc/libc_heap.h"

void *realloc(void *mem, size_t size)
{
    struct heap *heap = libc_heap();

    return block_or_errno(heap != NULL ? heap_resize(heap, mem, size) : NULL);
}

void *reallocarray(void *mem, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        return __malloc_no_memory();
    return realloc(mem, total);
}
