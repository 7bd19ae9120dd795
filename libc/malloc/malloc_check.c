/*
 * malloc/malloc_check.c - look for damage now
 */
#include <malloc.h>
#include <stdlib.h>

#include "malloc/libc_heap.h"

void malloc_check(void)
{
    struct heap *heap = libc_heap();
    const char *error = heap != NULL ? heap_check(heap) : NULL;

    if (error == NULL)
        return;
    __write_error("malloc: ", error, "\n", NULL);
    abort();
}
