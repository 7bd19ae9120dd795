/*
 * malloc/mallopt.c - options of the heap, and giving memory back on demand
 */
#include <malloc.h>

#include "malloc/libc_heap.h"

int mallopt(int option, int value)
{
    static const struct {
        int option;
        enum heap_option heap_option;
    } table[] = {
        {M_TRIM_THRESHOLD, HEAP_TRIM_THRESHOLD},
        {M_TOP_PAD, HEAP_TOP_PAD},
        {M_MMAP_THRESHOLD, HEAP_MMAP_THRESHOLD},
        {M_MMAP_MAX, HEAP_MMAP_MAX},
        {M_PERTURB, HEAP_PERTURB},
        {M_HARDEN, HEAP_HARDEN},
        {M_SEED, HEAP_SEED},
    };
    struct heap *heap = libc_heap();

    for (size_t i = 0; heap != NULL && i < sizeof(table) / sizeof(*table); i++)
        if (table[i].option == option)
            return heap_set_option(heap, table[i].heap_option, (size_t)value) == 0;
    return 0;
}

int malloc_trim(size_t pad)
{
    struct heap *heap = __malloc_heap;

    return heap->arena != NULL ? heap_trim(heap, pad) : 0;
}
