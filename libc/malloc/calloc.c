/*
 * malloc/calloc.c - calloc(): does not clear what the kernel has just cleared
 */
#include <stdlib.h>

#include "malloc/libc_heap.h"

void *calloc(size_t count, size_t size)
{
    struct heap *heap = libc_heap();
    size_t total;

    if (__builtin_mul_overflow(count, size, &total) || heap == NULL)
        return __malloc_no_memory();
    return block_or_errno(heap_alloc_zeroed(heap, total));
}
