/*
 * malloc/aligned_alloc.c - blocks at multiples of a power of two
 *
 * size need not be a multiple of the alignment (C17 7.22.3.1). An alignment that is no power of two
 * is EINVAL everywhere.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "malloc/libc_heap.h"

static int is_power_of_two(size_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    struct heap *heap = libc_heap();

    if (!is_power_of_two(alignment)) {
        errno = EINVAL;
        return NULL;
    }
    return block_or_errno(heap != NULL ? heap_alloc_aligned(heap, alignment, size) : NULL);
}

void *memalign(size_t alignment, size_t size)
{
    return aligned_alloc(alignment, size);
}

int posix_memalign(void **mem, size_t alignment, size_t size)
{
    struct heap *heap = libc_heap();

    if (!is_power_of_two(alignment) || alignment % sizeof(void *) != 0)
        return EINVAL;
    void *block = heap != NULL ? heap_alloc_aligned(heap, alignment, size) : NULL;
    if (block == NULL)
        return ENOMEM;
    *mem = block;
    return 0;
}

void *valloc(size_t size)
{
    return aligned_alloc(HEAP_PAGE, size);
}

void *pvalloc(size_t size)
{
    if (size > PTRDIFF_MAX)
        return __malloc_no_memory();
    size += size == 0;
    return aligned_alloc(HEAP_PAGE, (size + HEAP_PAGE - 1) & ~(size_t)(HEAP_PAGE - 1));
}
