/*
 * malloc/malloc_usable_size.c - how large a block really is
 */
#include <malloc.h>

#include "malloc/libc_heap.h"

size_t malloc_usable_size(void *mem)
{
    struct heap *heap = libc_heap();

    return mem != NULL && heap != NULL ? heap_usable_size(heap, mem) : 0;
}
