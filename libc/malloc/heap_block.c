/*
 * malloc/heap_block.c - which block starts at an address
 *
 * The one place that judges pointers. It reads descriptors and tables, and the guard of what they say is
 * a block, so any value may be asked for. An address where no block starts is looked at once more, to
 * tell a block that was freed from one that never was: descriptors remember what ended at their page
 * last, the ranges unmapped most recently are kept in a short list, and addresses above the region's end
 * but below its highest end ever were given back. That is for the message only.
 */

#include "heap_fast.h"

/* Whether the page remembers a freed block that started at an offset in it. */
static int page_remembers(const struct arena *arena, const struct page *page, size_t offset)
{
    if (page->was == WAS_RUN)
        return offset == 0;
    if (page->was == 0 || page->was > HEAP_NR_CLASSES)
        return 0;
    const struct size_class *class = &arena->classes[page->was - 1];
    offset += (size_t)page->was_index * HEAP_PAGE;
    return offset % class->size == 0 && offset / class->size < class->nr_slots;
}

void block_in_slab(const struct arena *arena, struct page *slab, uintptr_t address,
                   struct block *block)
{
    uint64_t inverse = arena->classes[slab->class].inverse;
    size_t slot;

    block->kind = BLOCK_UNKNOWN;
    if (!slot_of(&inverse, address - slab->start, &slot) || slot >= load(&slab->nr_given))
        return;
    block->kind = BLOCK_FREED;
    if (slot == 0 && arena->harden && slab->kind == GUARDED)
        block->kind = BLOCK_UNKNOWN;
    if (bit_test(vacant_of(slab), slot) ||
        (HEAP_THREADS && bit_test(returned_of(arena, slab), slot)))
        return;
    block->kind = BLOCK_SMALL;
    block->room = slab->class == 0 ? 0 : slab->size;
    block->len =
        slab->kind == GUARDED ? guard_read(arena, (void *)address, slab->size) : block->room;
    block->damaged = block->len == SIZE_MAX;
    block->page = slab;
    block->slot = (unsigned)slot;
}

/* A block of whole pages. */
static void large_block(const struct arena *arena, struct block *block, enum block_kind kind,
                        uintptr_t address, size_t asked)
{
    block->kind = kind;
    block->len = arena->harden ? asked : block->room;
    block->damaged = arena->harden && !guard_intact(arena, (void *)address, asked, block->room);
}

static void find_in_range(const struct arena *arena, const struct range *range, uintptr_t address,
                          struct block *block)
{
    size_t index = page_index(range, address), offset = address % HEAP_PAGE;
    struct page *page = &range->pages[index];

    block->kind = BLOCK_UNKNOWN;
    if (is_page(range->slab[index])) {
        block_in_slab(arena, range->slab[index], address, block);
        return;
    }
    if (page->state == PAGE_USED && offset == 0) {
        block->room = (size_t)page->nr_pages * HEAP_PAGE;
        block->page = page;
        large_block(arena, block, BLOCK_RUN, address, page->asked);
    } else if (page_remembers(arena, page, offset)) {
        block->kind = BLOCK_FREED;
    }
}

/* For an address in no range and not mapped: whether a block there was given back to the source. */
static int given_back(const struct arena *arena, uintptr_t address)
{
    if (address % HEAP_ALIGN != 0)
        return 0;
    for (unsigned i = 0; i < NR_RECENT; i++)
        if (address - arena->recent[i].start < arena->recent[i].len)
            return 1;
    return address >= range_end(&arena->region) && address < arena->region_high;
}

void block_find(struct arena *arena, uintptr_t address, struct block *block)
{
    const struct range *range = range_find(arena, address);

    if (range != NULL) {
        find_in_range(arena, range, address, block);
        return;
    }
    block->mapped = mapped_find(arena, address);
    if (block->mapped != NULL && block->mapped->standin == NULL) {
        block->room = block->mapped->len;
        large_block(arena, block, BLOCK_MAPPED, address, block->mapped->asked);
        return;
    }
    block->kind = given_back(arena, address) ? BLOCK_FREED : BLOCK_UNKNOWN;
}

void block_lock(struct heap *heap, uintptr_t address, struct block *block)
{
    struct page *slab = slab_at(heap, address);

    block->damaged = 0;
    if (LIKELY(slab != NULL)) {
        block_in_slab(heap->arena, slab, address, block);
        return;
    }
    arena_lock(heap->arena);
    block_find(heap->arena, address, block);
    if (!is_large(block))
        arena_unlock(heap->arena);
}

int block_judge(struct heap *heap, const struct block *block, const void *address,
                enum heap_misuse freed, enum heap_misuse unknown)
{
    struct arena *arena = heap->arena;

    if (LIKELY(block->kind > BLOCK_FREED && !block->damaged)) {
        /* Another heap's slots change under our eyes. */
        int alone = !arena->harden || block->kind != BLOCK_SMALL || block->page->kind == PLAIN ||
                    load(&block->page->owner) != heap;
        if (alone || below_intact(arena, block->page, block->slot))
            return 1;
    }
    if (block->kind > BLOCK_FREED)
        misuse_report(arena, HEAP_OVERFLOW, (uintptr_t)address);
    else
        misuse_report(arena, block->kind == BLOCK_FREED ? freed : unknown, (uintptr_t)address);
    return 0;
}

size_t heap_usable_size(struct heap *heap, const void *address)
{
    struct block block;

    if (address == NULL)
        return 0;
    block_lock(heap, (uintptr_t)address, &block);
    if (is_large(&block))
        arena_unlock(heap->arena);
    else if (!block_judge(heap, &block, address, HEAP_USABLE_FREED, HEAP_USABLE_UNKNOWN))
        return 0;
    return block.len;
}
