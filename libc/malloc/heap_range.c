/*
 * malloc/heap_range.c - mapped ranges that stand in for the contiguous region
 *
 * Where the source has no region, or refuses to extend it, pages for slabs and runs come from
 * mapped ranges. Each is 1 MiB at least, and an eighth of all of them together, so that their
 * number grows with the logarithm of the memory in them, and the binary search that finds one by
 * address is short. A range and its descriptors share one mapped table.
 */

#include "heap_internal.h"

#include <string.h>

#define STANDIN_PAGES_MIN ((size_t)256)

static size_t table_len(size_t nr_pages)
{
    return PAGES((1 + nr_pages) * sizeof(struct page) + sizeof(struct range)) * HEAP_PAGE;
}

/* Index of the first stand-in that starts above an address. */
static size_t position_above(const struct heap *heap, uintptr_t address)
{
    size_t low = 0, high = heap->nr_standins;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (heap->standins[middle]->start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct range *range_standin_find(const struct heap *heap, uintptr_t address)
{
    size_t position = position_above(heap, address);

    if (position == 0)
        return NULL;
    struct range *range = heap->standins[position - 1];
    return address - range->start < range->nr_pages * HEAP_PAGE ? range : NULL;
}

/* Make sure that the table of stand-ins has room for one more. 0, or -1: no memory. */
static int table_reserve(struct heap *heap)
{
    size_t len = heap->nr_standins * sizeof(*heap->standins);

    if (len < heap->standins_len)
        return 0;
    size_t new_len = len == 0 ? HEAP_PAGE : 2 * len;
    struct range **table = meta_map(heap, new_len);
    if (table == NULL)
        return -1;
    if (len != 0) {
        memcpy(table, heap->standins, len);
        meta_unmap(heap, heap->standins, heap->standins_len);
    }
    heap->standins = table;
    heap->standins_len = new_len;
    return 0;
}

static void table_insert(struct heap *heap, struct range *range)
{
    size_t position = position_above(heap, range->start);
    struct range **place = heap->standins + position;

    memmove(place + 1, place, (heap->nr_standins - position) * sizeof(*place));
    *place = range;
    heap->nr_standins++;
    heap->standin_pages += range->nr_pages;
}

static void table_drop_if_empty(struct heap *heap)
{
    if (heap->nr_standins != 0 || heap->standins == NULL)
        return;
    meta_unmap(heap, heap->standins, heap->standins_len);
    heap->standins = NULL;
    heap->standins_len = 0;
}

/* Map nr_pages and their table. NULL: no memory. */
static struct range *standin_map(struct heap *heap, size_t nr_pages)
{
    struct range *range = meta_map(heap, table_len(nr_pages));
    if (range == NULL)
        return NULL;
    void *start = heap->source.map(heap->source.ctx, nr_pages * HEAP_PAGE, HEAP_PAGE);
    if (start == NULL) {
        meta_unmap(heap, range, table_len(nr_pages));
        return NULL;
    }
    range->start = (uintptr_t)start;
    range->nr_pages = nr_pages;
    uintptr_t pages = (uintptr_t)(range + 1) + sizeof(struct page) - 1;
    struct page *page = (struct page *)(pages & ~(uintptr_t)(sizeof(struct page) - 1));
    for (unsigned leaf = 0; leaf < NR_LEAVES && leaf_first(leaf) < nr_pages; leaf++)
        range->leaf[leaf] = page + leaf_first(leaf);
    return range;
}

struct range *range_standin_create(struct heap *heap, size_t nr_pages)
{
    size_t generous = heap->standin_pages / 8;

    if (heap->source.map == NULL || nr_pages > RUN_MAX || table_reserve(heap) != 0)
        return NULL;
    if (generous < STANDIN_PAGES_MIN)
        generous = STANDIN_PAGES_MIN;
    struct range *range = generous > nr_pages ? standin_map(heap, generous) : NULL;
    if (range == NULL)
        range = standin_map(heap, nr_pages);
    if (range != NULL)
        table_insert(heap, range);
    table_drop_if_empty(heap);
    return range;
}

void range_standin_destroy(struct heap *heap, struct range *range)
{
    size_t position = position_above(heap, range->start) - 1;
    struct range **place = heap->standins + position;

    heap->nr_standins--;
    heap->standin_pages -= range->nr_pages;
    memmove(place, place + 1, (heap->nr_standins - position) * sizeof(*place));
    remember_unmapped(heap, range->start, range->nr_pages * HEAP_PAGE);
    heap->source.unmap(heap->source.ctx, (void *)range->start, range->nr_pages * HEAP_PAGE);
    meta_unmap(heap, range, table_len(range->nr_pages));
    table_drop_if_empty(heap);
}
