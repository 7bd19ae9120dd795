/*
 * malloc/malloc.c - malloc(): size 0 gives a block too, different from every other
 */
#include <stdlib.h>

#include "malloc/heap_guard.h"
#include "malloc/libc_heap.h"

static NOINLINE void *malloc_any(size_t size)
{
    struct heap *heap = libc_heap();

    return block_or_errno(heap != NULL ? heap_alloc_slow(heap, 1, size) : NULL);
}

static NOINLINE void *malloc_slow(size_t size)
{
    void *block = hardened_alloc(__malloc_heap, size);

    return LIKELY(block != NULL) ? block : malloc_any(size);
}

void *malloc(size_t size)
{
    void *block = fast_alloc(__malloc_heap, size);

    return LIKELY(block != NULL) ? block : malloc_slow(size);
}
