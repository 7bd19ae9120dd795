/*
 * malloc/heap_block.c - which block starts at an address
 *
 * The one place that judges pointers. It reads descriptors and tables, never the memory at the
 * address, so any value may be asked for. An address where no block starts is looked at once more,
 * to tell a block that was freed from one that never was: descriptors remember what ended at their
 * page last, the ranges unmapped most recently are kept in a short list, and addresses above the
 * region's end but below its highest end ever were given back. That is for the message only.
 */

#include "heap_internal.h"

/* Whether the page remembers a freed block that started at an offset in it. */
static int page_remembers(const struct heap *heap, const struct page *page, size_t offset)
{
    if (page->was == WAS_RUN)
        return offset == 0;
    if (page->was == 0)
        return 0;
    const struct size_class *class = &heap->classes[page->was - 1];
    offset += (size_t)page->was_index * HEAP_PAGE;
    return offset % class->size == 0 && offset / class->size < class->nr_slots;
}

static enum block_kind find_in_slab(const struct heap *heap, struct page *slab, uintptr_t address,
                                    struct block *block)
{
    const struct size_class *class = &heap->classes[slab->class];
    uint32_t offset = (uint32_t)(address - slab->start);
    unsigned slot = (unsigned)((uint64_t)offset * class->reciprocal >> 32);

    if (slot >= slab->nr_given || slot * class->size != offset)
        return BLOCK_UNKNOWN;
    if (slab->vacant[slot / WORD_BITS] >> slot % WORD_BITS & 1)
        return BLOCK_FREED;
    block->len = class->size;
    block->page = slab;
    block->slot = slot;
    return BLOCK_SMALL;
}

static enum block_kind find_in_range(const struct heap *heap, const struct range *range,
                                     uintptr_t address, struct block *block)
{
    size_t index = page_index(range, address), offset = address % HEAP_PAGE;
    struct page *page = page_at(range, index);
    enum block_kind kind = BLOCK_UNKNOWN;

    if (page->state == PAGE_SLAB)
        kind = find_in_slab(heap, page, address, block);
    else if (page->state == PAGE_SLAB_TAIL)
        kind = find_in_slab(heap, page_at(range, index - page->back), address, block);
    else if (page->state == PAGE_USED && offset == 0) {
        block->len = (size_t)page->nr_pages * HEAP_PAGE;
        block->page = page;
        kind = BLOCK_RUN;
    }
    if (kind == BLOCK_UNKNOWN && page_remembers(heap, page, offset))
        kind = BLOCK_FREED;
    return kind;
}

/* For an address in no range and not mapped: whether a block there was given back to the source. */
static int given_back(const struct heap *heap, uintptr_t address)
{
    if (address % HEAP_ALIGN != 0)
        return 0;
    for (unsigned i = 0; i < NR_RECENT; i++)
        if (address - heap->recent[i].start < heap->recent[i].len)
            return 1;
    return address >= range_end(&heap->region) && address < heap->region_high;
}

void block_find(struct heap *heap, uintptr_t address, struct block *block)
{
    const struct range *range = range_find(heap, address);

    if (range != NULL) {
        block->kind = find_in_range(heap, range, address, block);
        return;
    }
    block->mapped = mapped_find(heap, address);
    if (block->mapped != NULL) {
        block->len = block->mapped->len;
        block->kind = BLOCK_MAPPED;
        return;
    }
    block->kind = given_back(heap, address) ? BLOCK_FREED : BLOCK_UNKNOWN;
}
