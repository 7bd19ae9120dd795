/*
 * malloc/libc_heap.c - the heap of a program on Loam: one thread, small blocks above the break
 *
 * The break is asked for each time, because a program may move it too.
 */
#include "malloc/libc_heap.h"

#include "internal/syscall.h"

static uintptr_t set_break(uintptr_t address)
{
    return (uintptr_t)syscall_raw(__NR_brk, address);
}

static void *extend(void *ctx, size_t len)
{
    uintptr_t old = set_break(0);
    uintptr_t start = (old + HEAP_PAGE - 1) & ~(uintptr_t)(HEAP_PAGE - 1), end;

    (void)ctx;
    if (old == 0 || start < old || __builtin_add_overflow(start, len, &end))
        return NULL;
    return set_break(end) == end ? (void *)start : NULL;
}

static int shrink(void *ctx, void *end, size_t len)
{
    uintptr_t lower = (uintptr_t)end - len;

    (void)ctx;
    return set_break(0) == (uintptr_t)end && set_break(lower) == lower ? 0 : -1;
}

struct heap *__malloc_heap_make(void)
{
    struct heap_source source = __malloc_pages;

    source.extend = extend;
    source.shrink = shrink;
    struct heap *heap = __malloc_create(&source);
    if (heap != NULL)
        __malloc_check_at_exit(heap);
    return heap;
}
