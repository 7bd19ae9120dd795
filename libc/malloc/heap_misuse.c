/*
 * malloc/heap_misuse.c - what is said about misuse, and when
 */

#include "heap_internal.h"

const char *heap_misuse_text(enum heap_misuse what)
{
    switch (what) {
    case HEAP_DOUBLE_FREE:
        return "double free of";
    case HEAP_FREE_UNKNOWN:
        return "free of a pointer malloc never gave:";
    case HEAP_RESIZE_FREED:
        return "realloc of a freed block:";
    case HEAP_RESIZE_UNKNOWN:
        return "realloc of a pointer malloc never gave:";
    case HEAP_USABLE_FREED:
        return "malloc_usable_size of a freed block:";
    case HEAP_USABLE_UNKNOWN:
        return "malloc_usable_size of a pointer malloc never gave:";
    case HEAP_REGION_LOST:
        return "the break was moved below blocks in use, to";
    case HEAP_OVERFLOW:
        return "write outside of";
    case HEAP_STALE_WRITE:
        return "write after free of";
    }
    return "misuse of";
}

void misuse_report(struct arena *arena, enum heap_misuse what, uintptr_t address)
{
    if (arena->source.misuse == NULL)
        __builtin_trap();
    arena->source.misuse(arena->source.ctx, what, (const void *)address);
}

void report_noted(struct arena *arena)
{
    uintptr_t address = load(&arena->pending);

    store(&arena->pending, 0);
    misuse_report(arena, load(&arena->pending_what), address);
}
