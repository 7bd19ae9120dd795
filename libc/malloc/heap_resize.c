/*
 * malloc/heap_resize.c - heap_resize(): where a block is if that can be done, else by a copy
 */

#include "heap_fast.h"

#include <string.h>

/* A block that grows beyond this is whole pages, although a slot of its size would be smaller. */
#define PAGES_EARLY ((size_t)2048)

/* A block that gets much smaller moves, or it would keep its room from everybody else. */
static inline int fits(size_t size, size_t room, size_t block_room)
{
    return room <= block_room && size >= block_room / 2;
}

/* Change the size of a block in a slab. 1, or 0: it has to be copied. */
static int small_resize(struct heap *heap, const struct block *block, void *address, size_t size)
{
    const struct page *slab = block->page;

    if (slab->kind == PLAIN)
        return size != 0 && fits(size, size, block->room);
    /* A guard is not rewritten while the owner may be looking at it. */
    if (load(&slab->owner) != heap || size == 0 ||
        !fits(size, guard_room(heap->arena, size), block->room))
        return 0;
    guard_write(heap->arena, address, size, block->room);
    return 1;
}

/* The same for one of whole pages; it may be remapped elsewhere. Locked. NULL: it has to be copied. */
static void *large_resize(struct arena *arena, struct block *block, void *address, size_t size)
{
    size_t room = arena->harden ? guard_room(arena, size) : size;
    int stays = fits(size, room, block->room);

    if (size <= SMALL_MAX && room < block->room && !stays)
        return NULL;
    if (block->kind == BLOCK_MAPPED) {
        void *resized = mapped_resize(arena, block->mapped, size);
        if (resized == NULL && !stays)
            return NULL;
        if (resized == NULL)
            mapped_find(arena, (uintptr_t)address)->asked = size;
        else
            address = resized;
    } else {
        struct page *page = block->page;
        if (room > block->room || size < block->room - block->room / 8)
            page = run_resize(arena, page, PAGES(room));
        if (page == NULL && !stays)
            return NULL;
        (page != NULL ? page : block->page)->asked = size;
        if (room < block->room)
            trim(arena);
    }
    if (UNLIKELY(arena->harden)) {
        block_find(arena, (uintptr_t)address, block);
        guard_write(arena, address, size, block->room);
    }
    return address;
}

/* Make the run before the region's free end longer, if that is long enough. 1, or 0: not so. Locked. */
static inline int top_resize(struct range *region, size_t index, size_t size)
{
    struct page *page = &region->pages[index];
    size_t nr_pages = PAGES(size), more = nr_pages - page->nr_pages;

    if (index + page->nr_pages != region->top || more > region->nr_pages - region->top ||
        size > REQUEST_MAX)
        return 0;
    hand_out(region, region->top, more);
    region->top += more;
    page->nr_pages = (uint32_t)nr_pages;
    page->asked = size;
    return 1;
}

/*
 * Move a block to one of another size. What grows is likely to grow again: so it is whole pages early,
 * which can grow where they are; beyond the threshold, without source.remap, it gets an eighth more, so that
 * growing by small steps costs a bounded number of copies.
 */
static void *resize_by_copy(struct heap *heap, void *address, size_t old_size, size_t size)
{
    void *moved = NULL;

    if (size > old_size && old_size >= DEFAULT_THRESHOLD)
        moved = heap_alloc(heap, size + size / 8);
    else if (size > old_size && size > PAGES_EARLY && heap->arena->small_max > PAGES_EARLY)
        moved = large_alloc(heap->arena, 1, size).block;
    if (moved == NULL)
        moved = heap_alloc(heap, size);
    if (moved == NULL) /* a block that only gets smaller may stay where it is */
        return size <= old_size && size != 0 ? address : NULL;
    memcpy(moved, address, size < old_size ? size : old_size);
    heap_free(heap, address);
    report_pending(heap->arena);
    return moved;
}

/* The short way for blocks in slabs of the calling heap. NULL: no memory, or it is not that. */
static inline void *fast_resize(struct heap *heap, struct page *slab, unsigned char *address,
                                size_t size)
{
    size_t slot, room = slab->size, spare = 0;

    if (!slot_of(&slab->inverse, (uintptr_t)address - slab->start, &slot) ||
        bit_test(vacant_of(slab), slot) || size - 1 >= REQUEST_MAX)
        return NULL;
    if (slab->count < 0) {
        spare = address[room - 1] ^ (unsigned char)heap->guard;
        if (spare - 1 >= SHORT_MAX || spare > room || address[room - spare] != address[room - 1])
            return NULL;
    }
    if (!fits(size, size + (spare != 0), room))
        return resize_by_copy(heap, address, room - spare, size);
    if (spare != 0 && room - size > SHORT_MAX)
        return NULL;
    if (spare != 0)
        address[size] = address[room - 1] = (unsigned char)(heap->guard ^ (room - size));
    return address;
}

/* A sound block of whole pages. Returns without the lock. */
static NOINLINE void *resize_pages(struct heap *heap, struct block *block, void *address,
                                   size_t size)
{
    struct arena *arena = heap->arena;
    size_t old_size = block->len;
    void *resized = size <= REQUEST_MAX ? large_resize(arena, block, address, size) : NULL;

    arena_unlock(arena);
    report_pending(arena);
    if (resized != NULL || size > REQUEST_MAX)
        return resized;
    return resize_by_copy(heap, address, old_size, size);
}

static NOINLINE void *resize_any(struct heap *heap, void *address, size_t size)
{
    struct block block;

    block_lock(heap, (uintptr_t)address, &block);
    if (is_large(&block))
        return resize_pages(heap, &block, address, size);
    if (!block_judge(heap, &block, address, HEAP_RESIZE_FREED, HEAP_RESIZE_UNKNOWN) ||
        size > REQUEST_MAX)
        return NULL;
    if (small_resize(heap, &block, address, size))
        return address;
    return resize_by_copy(heap, address, block.len, size);
}

void *heap_resize(struct heap *heap, void *address, size_t size)
{
    struct arena *arena = heap->arena;
    struct page *slab = slab_at(heap, (uintptr_t)address);

    if (UNLIKELY(address == NULL))
        return heap_alloc(heap, size);
    if (slab != NULL && load(&slab->owner) == heap && heap->fast_end != 0) {
        void *resized = fast_resize(heap, slab, address, size);
        return LIKELY(resized != NULL) ? resized : resize_any(heap, address, size);
    }
    size_t index = run_lock(heap, (uintptr_t)address);
    if (UNLIKELY(index == SIZE_MAX))
        return resize_any(heap, address, size);
    if (UNLIKELY(!top_resize(&arena->region, index, size))) {
        struct block block = {.kind = BLOCK_RUN, .page = &arena->region.pages[index]};
        block.room = block.len = (size_t)block.page->nr_pages * HEAP_PAGE;
        return resize_pages(heap, &block, address, size);
    }
    arena_unlock(arena);
    return address;
}
