/*
 * malloc/heap_walk.c - show a heap piece by piece, and add the pieces up
 *
 * Heads of runs and slabs tile a range, so a walk goes from head to head. Statistics are counted by
 * walking, so that allocating and freeing need not keep them.
 */

#include "heap_internal.h"

#include <string.h>

typedef void visit_fn(void *arg, const struct heap_piece *piece);

static void visit_slots(const struct heap *heap, const struct page *slab, visit_fn *visit,
                        void *arg)
{
    const struct size_class *class = &heap->classes[slab->class];
    struct heap_piece piece = {.kind = HEAP_PIECE_SMALL, .len = class->size};

    for (unsigned slot = 0; slot < class->nr_slots; slot++) {
        if (slab->vacant[slot / WORD_BITS] >> slot % WORD_BITS & 1)
            continue;
        piece.start = (void *)(slab->start + slot * class->size);
        visit(arg, &piece);
    }
}

static enum heap_piece_kind kind_of(const struct page *head)
{
    switch (head->state) {
    case PAGE_FREE:
        return HEAP_PIECE_FREE;
    case PAGE_USED:
        return HEAP_PIECE_RUN;
    case PAGE_SLAB:
        return HEAP_PIECE_SLAB;
    case PAGE_HOLE:
        return HEAP_PIECE_HOLE;
    default:
        return HEAP_PIECE_META;
    }
}

static void visit_range(const struct heap *heap, const struct range *range, visit_fn *visit,
                        void *arg)
{
    size_t len;

    for (size_t index = 0; index < range->nr_pages; index += len) {
        const struct page *head = page_at(range, index);
        struct heap_piece piece = {.kind = kind_of(head), .start = (void *)head->start};
        len = run_len(heap, head);
        piece.len = len * HEAP_PAGE;
        if (head->state == PAGE_SLAB) {
            piece.block_size = heap->classes[head->class].size;
            piece.nr_blocks = heap->classes[head->class].nr_slots;
            piece.nr_used = head->nr_used;
        }
        visit(arg, &piece);
        if (head->state == PAGE_SLAB)
            visit_slots(heap, head, visit, arg);
    }
}

void heap_walk(struct heap *heap, void (*visit)(void *arg, const struct heap_piece *piece),
               void *arg)
{
    struct heap_piece piece = {.kind = HEAP_PIECE_MAPPED};

    heap_lock(heap);
    visit_range(heap, &heap->region, visit, arg);
    for (size_t i = 0; i < heap->nr_standins; i++)
        visit_range(heap, heap->standins[i], visit, arg);
    for (size_t i = 0; i < heap->mapped_cap; i++) {
        if (heap->mapped[i].start == 0)
            continue;
        piece.start = (void *)heap->mapped[i].start;
        piece.len = heap->mapped[i].len;
        visit(arg, &piece);
    }
    heap_unlock(heap);
}

static void count_piece(void *arg, const struct heap_piece *piece)
{
    struct heap_stats *stats = arg;

    switch (piece->kind) {
    case HEAP_PIECE_FREE:
        stats->free_len += piece->len;
        stats->nr_free_runs++;
        break;
    case HEAP_PIECE_SLAB:
        stats->small_len += piece->nr_used * piece->block_size;
        stats->small_free_len += (piece->nr_blocks - piece->nr_used) * piece->block_size;
        stats->nr_small += piece->nr_used;
        stats->nr_small_free += piece->nr_blocks - piece->nr_used;
        stats->nr_slabs++;
        break;
    case HEAP_PIECE_SMALL:
        break;
    case HEAP_PIECE_RUN:
        stats->run_len += piece->len;
        stats->nr_run++;
        break;
    case HEAP_PIECE_MAPPED:
        stats->mapped_len += piece->len;
        stats->nr_mapped++;
        break;
    case HEAP_PIECE_HOLE:
        stats->hole_len += piece->len;
        break;
    case HEAP_PIECE_META:
        stats->meta_len += piece->len;
        break;
    }
}

void heap_get_stats(struct heap *heap, struct heap_stats *stats)
{
    memset(stats, 0, sizeof(*stats));
    heap_walk(heap, count_piece, stats);
    heap_lock(heap);
    const struct range *region = &heap->region;
    size_t top = run_before(region, region->nr_pages);
    if (region->nr_pages != 0)
        stats->region_start = (void *)region->start;
    stats->region_len = region->nr_pages * HEAP_PAGE;
    stats->standin_len = heap->standin_pages * HEAP_PAGE;
    stats->meta_len += heap->meta_len;
    if (top != region->nr_pages && page_at(region, top)->state == PAGE_FREE)
        stats->top_len = (region->nr_pages - top) * HEAP_PAGE;
    heap_unlock(heap);
}
