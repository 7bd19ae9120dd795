/*
 * malloc/heap_free.c - heap_free(): what heap_fast.h leaves
 */

#include "heap_fast.h"

#include <string.h>

/* Locked. */
static inline void run_block_free(struct arena *arena, struct range *range, size_t index)
{
    struct page *page = &range->pages[index];

    page->was = WAS_RUN;
    if (index + page->nr_pages == arena->region.top && range == &arena->region && index != 0 &&
        (is_page(range->slab[index - 1]) || page[-1].state == PAGE_INSIDE)) {
        page->state = PAGE_INSIDE;
        range->top = index;
    } else {
        run_free(arena, range, index, page->nr_pages, DROPPED_NONE);
    }
    trim(arena);
}

/* Locked. */
static void large_free(struct arena *arena, const struct block *block)
{
    if (block->kind == BLOCK_MAPPED) {
        mapped_free(arena, block->mapped);
        return;
    }
    struct range *range = range_find(arena, block->page->start);
    run_block_free(arena, range, page_index(range, block->page->start));
}

static void small_free(struct heap *heap, const struct block *block, const void *address)
{
    struct page *slab = block->page;

    if (load(&slab->owner) != heap) {
#if HEAP_THREADS
        if (slab_return(heap, slab, block->slot) != 0)
            misuse_report(heap->arena, HEAP_DOUBLE_FREE, (uintptr_t)address);
#else
        (void)address;
#endif
        return;
    }
    bit_test_and_set(vacant_of(slab), block->slot);
    if (heap->arena->harden && slab->kind == GUARDED) {
        quarantine_put(heap, slab, block->slot);
        return;
    }
    slab->count--;
    if (count_is_low(slab))
        slab_is_low(heap, slab);
}

static NOINLINE void free_any(struct heap *heap, void *address)
{
    struct arena *arena = heap->arena;
    struct block block;

    if (address == NULL)
        return;
    block_lock(heap, (uintptr_t)address, &block);
    if (!is_large(&block) &&
        !block_judge(heap, &block, address, HEAP_DOUBLE_FREE, HEAP_FREE_UNKNOWN))
        return;
    if (UNLIKELY(arena->perturb != 0))
        memset(address, (int)arena->perturb & 0xff, block.len);
    if (is_large(&block)) {
        large_free(arena, &block);
        arena_unlock(arena);
    } else {
        small_free(heap, &block, address);
    }
    report_pending(arena);
}

void heap_free_slow(struct heap *heap, void *address)
{
    size_t index = run_lock(heap, (uintptr_t)address);

    if (index == SIZE_MAX) {
        free_any(heap, address);
        return;
    }
    run_block_free(heap->arena, &heap->arena->region, index);
    arena_unlock(heap->arena);
}

void heap_free_again(void *block, struct page *slab, size_t slot)
{
    bit_clear(vacant_of(slab), slot);
    slab->count++;
    heap_free_slow(slab->owner, block);
}

void heap_free_counted(unsigned char *block, struct page *slab, size_t slot)
{
    struct heap *heap = slab->owner;

    if (LIKELY(slab->count < 0)) {
        if (heap->hardened) {
            hardened_free(block, slab, slot);
            return;
        }
        size_t room = slab->size, spare = block[room - 1] ^ (unsigned char)heap->guard;
        if (UNLIKELY(spare - 1 >= SHORT_MAX || spare > room ||
                     block[room - spare] != block[room - 1])) {
            heap_free_again(block, slab, slot);
            return;
        }
        if (LIKELY(slab->count != -COUNT_BIAS))
            return;
    }
    slab_is_low(heap, slab);
}

void heap_free(struct heap *heap, void *address)
{
    if (UNLIKELY(!fast_free(&heap->arena->region, heap, address)))
        heap_free_slow(heap, address);
}
