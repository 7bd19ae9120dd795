/*
 * malloc/heap_walk.c - show a heap piece by piece, and add the pieces up
 *
 * Heads of runs and slabs tile a range, so a walk goes from head to head. Statistics are counted by
 * walking, so that allocating and freeing need not keep them.
 */

#include "heap_internal.h"

#include <string.h>

typedef void visit_fn(void *arg, const struct heap_piece *piece);

static int in_use(const struct arena *arena, struct page *slab, unsigned slot)
{
    return !bit_test(vacant_of(slab), slot) &&
           !(HEAP_THREADS && bit_test(returned_of(arena, slab), slot));
}

static unsigned count_in_use(const struct arena *arena, struct page *slab)
{
    unsigned nr = 0;

    for (unsigned slot = 0; slot < slab->nr_given; slot++)
        nr += (unsigned)in_use(arena, slab, slot);
    return nr;
}

static void visit_slots(const struct arena *arena, struct page *slab, visit_fn *visit, void *arg)
{
    struct heap_piece piece = {.kind = HEAP_PIECE_SMALL, .len = slab->size};

    for (unsigned slot = 0; slot < slab->nr_given; slot++) {
        if (!in_use(arena, slab, slot))
            continue;
        piece.start = (void *)(slab->start + slot * slab->size);
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

static void visit_range(const struct arena *arena, const struct range *range, visit_fn *visit,
                        void *arg)
{
    struct heap_piece top = {.kind = HEAP_PIECE_FREE, .len = top_len(range)};
    size_t len;

    for (size_t index = 0; index < range->top; index += len) {
        struct page *head = &range->pages[index];
        struct heap_piece piece = {.kind = kind_of(head), .start = (void *)head->start};
        len = head->nr_pages;
        piece.len = len * HEAP_PAGE;
        if (head->state == PAGE_SLAB) {
            piece.block_size = head->size;
            piece.nr_blocks = arena->classes[head->class].nr_slots;
            piece.nr_used = count_in_use(arena, head);
        }
        visit(arg, &piece);
        if (head->state == PAGE_SLAB)
            visit_slots(arena, head, visit, arg);
    }
    top.start = (void *)page_address(range, range->top);
    if (top.len != 0)
        visit(arg, &top);
}

void heap_walk(struct heap *heap, void (*visit)(void *arg, const struct heap_piece *piece),
               void *arg)
{
    struct arena *arena = heap->arena;
    struct heap_piece piece = {.kind = HEAP_PIECE_MAPPED};

    arena_lock(arena);
    visit_range(arena, &arena->region, visit, arg);
    for (size_t i = 0; i < arena->mapped_cap; i++) {
        if (arena->mapped[i].start == 0)
            continue;
        if (arena->mapped[i].standin != NULL) {
            visit_range(arena, arena->mapped[i].standin, visit, arg);
            continue;
        }
        piece.start = (void *)arena->mapped[i].start;
        piece.len = arena->mapped[i].len;
        visit(arg, &piece);
    }
    arena_unlock(arena);
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
    struct arena *arena = heap->arena;
    const struct range *region = &arena->region;

    memset(stats, 0, sizeof(*stats));
    heap_walk(heap, count_piece, stats);
    arena_lock(arena);
    size_t last = run_before(region, region->top);
    if (region->nr_pages != 0)
        stats->region_start = (void *)region->start;
    stats->region_len = region->nr_pages * HEAP_PAGE;
    stats->standin_len = arena->standin_pages * HEAP_PAGE;
    stats->meta_len += arena->meta_len;
    stats->top_len = top_len(region);
    if (last != region->top && region->pages[last].state == PAGE_FREE)
        stats->top_len += (region->top - last) * HEAP_PAGE;
    arena_unlock(arena);
}
