/*
 * malloc/heap_alloc.c - heap_alloc() and its kin
 *
 * A request goes to one of three places by its size: a slab (up to 16 KiB), a run of pages of
 * the contiguous region, or, from the threshold on, a mapped range of its own. heap_fast.h and heap_guard.h do
 * what is common; the rest is here.
 */

#include "heap_guard.h"

#include <string.h>

/* From here on it is cheaper to drop pages that must be zero than to clear them. */
#define DROP_MIN ((size_t)128 << 10)

struct grant large_alloc(struct arena *arena, size_t align, size_t size)
{
    struct grant grant = {NULL, 0};
    size_t room = arena->harden ? guard_room(arena, size) : size;
    struct page *page = NULL;

    arena_lock(arena);
    if (size >= arena->mmap_threshold)
        grant.block = mapped_alloc(arena, size, align);
    if (grant.block == NULL)
        page = run_alloc(arena, PAGES(room + (room == 0)), PAGES(align), &grant.clear);
    if (page != NULL) {
        page->asked = size;
        grant.block = (void *)page->start;
    } else if (grant.block == NULL) {
        /* What the region has no place for may still fit elsewhere. */
        grant.block = mapped_alloc(arena, size, align);
    }
    if (arena->harden && grant.block != NULL)
        guard_write(arena, grant.block, size, PAGES(room) * HEAP_PAGE);
    arena_unlock(arena);
    return grant;
}

/* Whether a request is for a slot of exactly that size, which has no guard. */
static int is_plain(const struct arena *arena, size_t align, size_t size)
{
    if (size == 0)
        return arena->source.reserve != NULL;
    return !arena->careful && (align > HEAP_ALIGN || arena->classes[class_of(size)].size == size);
}

static void *small_alloc(struct heap *heap, size_t align, size_t size)
{
    struct arena *arena = heap->arena;

    if (size <= SMALL_MAX && is_plain(arena, align, size))
        return slab_alloc(heap, PLAIN, class_of(size));
    /* Slots lie at multiples of every power of two that divides their size, up to a page. */
    size_t room = (guard_room(arena, size) + align - 1) & ~(align - 1);
    unsigned class = class_of(room);
    void *block = slab_alloc(heap, GUARDED, class);
    if (block == NULL)
        return NULL;
    room = arena->classes[class].size;
    if (arena->harden && !stale_intact(arena, block, room))
        note_misuse(arena, HEAP_STALE_WRITE, (uintptr_t)block);
    guard_write(arena, block, size, room);
    return block;
}

static struct grant grant_block(struct heap *heap, size_t align, size_t size)
{
    struct arena *arena = heap->arena;
    struct grant grant = {NULL, 0};

    if (UNLIKELY(size > REQUEST_MAX || align > REQUEST_MAX))
        return grant;
    size_t unit = align < HEAP_ALIGN ? HEAP_ALIGN : align;
    size_t room = align <= HEAP_ALIGN ? size : (size + unit - 1) & ~(unit - 1);
    if (LIKELY(size < load(&arena->mmap_threshold) && unit <= HEAP_PAGE &&
               guard_room(arena, room) <= arena->small_max)) {
        grant.block =
            small_alloc(heap, unit, align <= HEAP_ALIGN ? size : room + (size == 0 ? unit : 0));
        grant.clear = size;
    } else {
        grant = large_alloc(arena, align < HEAP_PAGE ? 1 : align, size);
    }
    if (UNLIKELY(grant.block == NULL && size < load(&arena->mmap_threshold)))
        grant = large_alloc(arena, align < HEAP_PAGE ? 1 : align, size);
    report_pending(arena);
    return grant;
}

/* Where only the current slab of a common class has nothing drawn. NULL: no memory, or it is not that. */
static void *fast_alloc_again(struct heap *heap, size_t size)
{
    if (size >= heap->exact_end) {
        unsigned class = heap->class_above[(size + STEP_ABOVE - 1) / STEP_ABOVE];
        return heap->arena->classes[class].size == size ? slab_alloc(heap, PLAIN, class) : NULL;
    }
    unsigned class = (unsigned)(size + 15) / 16;
    size_t room = class * 16;
    if (size == room)
        return slab_alloc(heap, PLAIN, class);
    unsigned char *block = slab_alloc(heap, GUARDED, class);
    if (block != NULL)
        block[size] = block[room - 1] = (unsigned char)(heap->guard ^ (room - size));
    return block;
}

/* Whole pages of the region's free end. NULL: no memory, or it is not that. */
static void *top_alloc_again(struct arena *arena, size_t size)
{
    size_t clear;

    if (size >= load(&arena->mmap_threshold))
        return NULL;
    arena_lock(arena);
    struct page *page = top_alloc(arena, PAGES(size), &clear);
    if (page != NULL)
        page->asked = size;
    arena_unlock(arena);
    return page != NULL ? (void *)page->start : NULL;
}

static NOINLINE void *alloc_any(struct heap *heap, size_t align, size_t size)
{
    struct grant grant = grant_block(heap, align, size);

    if (UNLIKELY(heap->arena->perturb != 0) && grant.block != NULL)
        memset(grant.block, (int)~heap->arena->perturb & 0xff, size);
    return grant.block;
}

void *heap_alloc_slow(struct heap *heap, size_t align, size_t size)
{
    if (heap->hardened && align <= 1) {
        void *block = hardened_alloc_slow(heap, size);
        if (LIKELY(block != NULL))
            return block;
    } else if (LIKELY(heap->fast_end != 0 && align <= 1 && size != 0)) {
        void *block = size < heap->fast_end ? fast_alloc_again(heap, size)
                                            : top_alloc_again(heap->arena, size);
        if (LIKELY(block != NULL))
            return block;
    }
    return alloc_any(heap, align, size);
}

void *heap_alloc(struct heap *heap, size_t size)
{
    void *block = fast_alloc(heap, size);

    return LIKELY(block != NULL) ? block : heap_alloc_slow(heap, 1, size);
}

void *heap_alloc_aligned(struct heap *heap, size_t align, size_t size)
{
    return heap_alloc_slow(heap, align, size);
}

void *heap_alloc_zeroed(struct heap *heap, size_t size)
{
    struct grant grant = {fast_alloc(heap, size), size};
    const struct heap_source *source = &heap->arena->source;

    if (grant.block == NULL)
        grant = grant_block(heap, 1, size);
    if (grant.clear > size)
        grant.clear = size;
    if (grant.clear >= DROP_MIN && source->discard != NULL && source->commit == NULL) {
        arena_lock(heap->arena);
        source->discard(source->ctx, grant.block, grant.clear & ~(size_t)(HEAP_PAGE - 1));
        arena_unlock(heap->arena);
        if (grant.clear % HEAP_PAGE != 0)
            memset((char *)grant.block + grant.clear - grant.clear % HEAP_PAGE, 0,
                   grant.clear % HEAP_PAGE);
    } else if (grant.block != NULL && grant.clear != 0) {
        memset(grant.block, 0, grant.clear);
    }
    return grant.block;
}
