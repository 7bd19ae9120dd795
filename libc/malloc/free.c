/*
 * malloc/free.c - free(): leaves errno alone (POSIX 2024), as no function below it touches errno
 */
#include <stdlib.h>

#include "malloc/libc_heap.h"

/* Before the first malloc no pointer is right; an empty heap says which is wrong. */
static NOINLINE void free_slow(void *mem)
{
    struct heap *heap = mem != NULL ? libc_heap() : NULL;

    if (heap != NULL)
        heap_free_slow(heap, mem);
}

void free(void *mem)
{
    if (UNLIKELY(!fast_free(&__malloc_place.arena.region, __malloc_heap, mem)))
        free_slow(mem);
}
