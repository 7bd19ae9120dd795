/*
 * malloc/free.c - free(): leaves errno alone (POSIX 2024), as no function below it touches errno
 */
#include <stdlib.h>

#include "malloc/libc_heap.h"

void free(void *mem)
{
    if (mem == NULL)
        return;
    /* Before the first malloc no pointer is right; an empty heap says which is wrong. */
    struct heap *heap = libc_heap();
    if (heap != NULL)
        heap_free(heap, mem);
}
