/*
 * malloc/heap_region.c - the contiguous region grows and shrinks at its end
 *
 * New pages need descriptors before they can be used. A leaf of them is a mapped table; where the
 * source cannot map, it takes the first of the new pages themselves, and describes these too. So a
 * leaf inside the region lies at or below all pages that it describes, except that older leaves may
 * describe its own first pages: when everything above such a leaf is free, the leaf can go with it.
 *
 * Somebody else may own memory between what the heap was given earlier and later (a program that
 * calls sbrk itself). It becomes a run of state PAGE_HOLE: described, never handed out.
 */

#include "heap_internal.h"

static size_t leaf_pages(unsigned leaf)
{
    return leaf_count(leaf) * sizeof(struct page) / HEAP_PAGE;
}

/* Pages that missing leaves for [0, nr_pages) take. */
static size_t leaf_pages_missing(const struct range *range, size_t nr_pages)
{
    size_t missing = 0;

    for (unsigned leaf = 0; leaf < NR_LEAVES && leaf_first(leaf) < nr_pages; leaf++)
        if (range->leaf[leaf] == NULL)
            missing += leaf_pages(leaf);
    return missing;
}

/* Whether a leaf lies in the region itself, at or above an address. */
static int leaf_inside(const struct range *range, unsigned leaf, uintptr_t from)
{
    uintptr_t address = (uintptr_t)range->leaf[leaf];
    return address >= from && address >= range->start && address < range_end(range);
}

static void leaf_unmap(struct heap *heap, unsigned leaf)
{
    meta_unmap(heap, heap->region.leaf[leaf], leaf_pages(leaf) * HEAP_PAGE);
    heap->region.leaf[leaf] = NULL;
}

/*
 * Make leaves for [0, nr_pages).
 *
 * start, len  new pages that leaves may be put into, in pages; one of them at least is left over
 * Returns     how many of these pages became leaves; SIZE_MAX: no memory, nothing has changed
 */
static size_t leaves_make(struct heap *heap, size_t nr_pages, uintptr_t start, size_t len)
{
    struct range *range = &heap->region;
    uint32_t made = 0, mapped = 0;
    size_t used = 0;

    for (unsigned leaf = 0; leaf < NR_LEAVES && leaf_first(leaf) < nr_pages; leaf++) {
        size_t pages = leaf_pages(leaf);
        if (range->leaf[leaf] != NULL)
            continue;
        range->leaf[leaf] = meta_map(heap, pages * HEAP_PAGE);
        made |= (uint32_t)1 << leaf;
        if (range->leaf[leaf] != NULL) {
            mapped |= (uint32_t)1 << leaf;
        } else if (pages < len - used) {
            range->leaf[leaf] = (struct page *)(start + used * HEAP_PAGE);
            used += pages;
        } else {
            used = SIZE_MAX;
            break;
        }
    }
    for (unsigned leaf = 0; used == SIZE_MAX && leaf < NR_LEAVES; leaf++) {
        if (mapped >> leaf & 1)
            leaf_unmap(heap, leaf);
        else if (made >> leaf & 1)
            range->leaf[leaf] = NULL;
    }
    return used;
}

/* Make [start, start + nr_pages) part of the region. 0, or -1: no memory for leaves. */
static int adopt(struct heap *heap, uintptr_t start, size_t nr_pages)
{
    struct range *range = &heap->region;
    size_t old = range->nr_pages;

    if (old == 0) {
        range->start = start;
        range->fresh = 0;
    }
    size_t hole = (start - range_end(range)) / HEAP_PAGE;
    if (hole > RUN_MAX - nr_pages - old)
        return -1;
    size_t nr_leaf = leaves_make(heap, old + hole + nr_pages, start, nr_pages);
    if (nr_leaf == SIZE_MAX)
        return -1;
    range->nr_pages += hole + nr_pages;
    if (heap->region_high < range_end(range))
        heap->region_high = range_end(range);
    heap->shrink_refused = SIZE_MAX;
    if (hole != 0)
        run_mark(range, old, hole, PAGE_HOLE);
    if (nr_leaf != 0)
        run_mark(range, old + hole, nr_leaf, PAGE_META);
    run_free(heap, range, old + hole + nr_leaf, nr_pages - nr_leaf, DROPPED_NONE);
    return 0;
}

static int append(struct heap *heap, size_t nr_pages)
{
    const struct heap_source *source = &heap->source;
    struct range *range = &heap->region;

    /* Leaves have to be described themselves: twice, because the first round may call for one more.
     */
    if (source->map == NULL) {
        size_t leaves = leaf_pages_missing(range, range->nr_pages + nr_pages);
        nr_pages += leaf_pages_missing(range, range->nr_pages + nr_pages + leaves);
    }
    if (nr_pages > RUN_MAX - range->nr_pages || nr_pages > PTRDIFF_MAX / HEAP_PAGE)
        return -1;
    uintptr_t start = (uintptr_t)source->extend(source->ctx, nr_pages * HEAP_PAGE);
    if (start == 0)
        return -1;
    if (range->nr_pages != 0 && start < range_end(range)) {
        heap->lost = start;
        return -1;
    }
    if (adopt(heap, start, nr_pages) == 0)
        return 0;
    if (source->shrink != NULL)
        source->shrink(source->ctx, (void *)(start + nr_pages * HEAP_PAGE), nr_pages * HEAP_PAGE);
    return -1;
}

int region_grow(struct heap *heap, size_t nr_pages)
{
    struct range *range = &heap->region;
    size_t pad = heap->top_pad / HEAP_PAGE;
    size_t top = run_before(range, range->nr_pages);

    if (heap->source.extend == NULL || nr_pages > RUN_MAX)
        return -1;
    if (top != range->nr_pages && page_at(range, top)->state == PAGE_FREE &&
        range->nr_pages - top < nr_pages)
        nr_pages -= range->nr_pages - top;
    if (append(heap, nr_pages + pad) == 0)
        return 0;
    return pad != 0 && heap->lost == 0 ? append(heap, nr_pages) : -1;
}

struct heap *region_create(const struct heap_source *source)
{
    size_t len = HEAP_STORAGE + leaf_pages(0) * HEAP_PAGE;
    void *start = source->extend != NULL ? source->extend(source->ctx, len) : NULL;

    if (start == NULL)
        return NULL;
    struct heap *heap = start;
    struct range *range = &heap->region;
    range->start = (uintptr_t)start;
    range->nr_pages = len / HEAP_PAGE;
    range->leaf[0] = (struct page *)(range->start + HEAP_STORAGE);
    run_mark(range, 0, range->nr_pages, PAGE_META)->permanent = 1;
    heap->region_high = range_end(range);
    return heap;
}

/* Index from which on the region holds no block, down to a hole at most. */
static size_t idle_from(const struct range *range)
{
    size_t index = range->nr_pages;

    for (;;) {
        size_t before = run_before(range, index);
        if (before == index)
            return index;
        const struct page *head = page_at(range, before);
        if (head->state == PAGE_HOLE || (head->state == PAGE_META && head->permanent) ||
            (head->state == PAGE_SLAB && head->nr_used != 0))
            return index;
        index = before;
    }
}

/* The region ends at page index end now: forget leaves, and a hole that has become the end. */
static void set_end(struct heap *heap, size_t end)
{
    struct range *range = &heap->region;
    uintptr_t address = page_address(range, end);

    for (unsigned leaf = 0; leaf < NR_LEAVES; leaf++) {
        if (range->leaf[leaf] == NULL)
            continue;
        if (leaf_inside(range, leaf, address))
            range->leaf[leaf] = NULL;
        else if (!leaf_inside(range, leaf, 0) && leaf_first(leaf) >= end)
            leaf_unmap(heap, leaf);
    }
    range->nr_pages = end;
    if (range->fresh > end)
        range->fresh = end;
}

/* Give [end, the region's end) back, which are in no run. 0, or -1: refused. */
static int cut_off(struct heap *heap, size_t end)
{
    struct range *range = &heap->region;
    void *top = (void *)range_end(range);

    if (heap->source.shrink(heap->source.ctx, top, (range->nr_pages - end) * HEAP_PAGE) != 0) {
        heap->shrink_refused = range->nr_pages;
        return -1;
    }
    set_end(heap, end);
    size_t before = run_before(range, end);
    if (before != end && page_at(range, before)->state == PAGE_HOLE) {
        run_unmark(range, before, end - before);
        set_end(heap, before);
    }
    return 0;
}

/* Give the region's last run, from page cut on, back: free pages or a leaf. 0, or -1: refused. */
static int cut_run(struct heap *heap, size_t cut)
{
    struct range *range = &heap->region;
    size_t end = range->nr_pages;

    if (page_at(range, run_before(range, end))->state == PAGE_FREE) {
        run_cut(heap, cut);
        if (cut_off(heap, cut) == 0)
            return 0;
        run_free(heap, range, cut, end - cut, DROPPED_SOME);
        return -1;
    }
    run_unmark(range, cut, end - cut);
    if (cut_off(heap, cut) == 0)
        return 0;
    run_mark(range, cut, end - cut, PAGE_META);
    return -1;
}

/* Empty slabs in the region from an index on become free pages. */
static void release_spares_from(struct heap *heap, size_t index)
{
    struct range *range = &heap->region;

    for (unsigned i = 0; i < NR_CLASSES; i++) {
        struct page *spare = heap->classes[i].spare;
        if (spare == NULL || range_find(heap, spare->start) != range ||
            page_index(range, spare->start) < index)
            continue;
        slab_release_spare(heap, &heap->classes[i]);
    }
}

int region_trim(struct heap *heap, size_t threshold, size_t pad)
{
    struct range *range = &heap->region;
    size_t old = range->nr_pages;

    if (heap->source.shrink == NULL || old * HEAP_PAGE < threshold)
        return 0;
    if (threshold != 0 && heap->shrink_refused == old)
        return 0;
    size_t idle = idle_from(range);
    if (idle == old || (old - idle) * HEAP_PAGE < threshold)
        return 0;
    release_spares_from(heap, idle);
    size_t keep = 0;
    if (page_at(range, idle)->state == PAGE_FREE)
        keep = page_at(range, idle)->nr_pages;
    if (keep > pad / HEAP_PAGE)
        keep = pad / HEAP_PAGE;
    /* One run at a time: what describes the upper ones may lie in the lower ones. */
    while (range->nr_pages > idle + keep) {
        size_t head = run_before(range, range->nr_pages);
        if (cut_run(heap, head < idle + keep ? idle + keep : head) != 0)
            break;
    }
    return range->nr_pages != old;
}

/* Index behind the last hole; 0 if there is none. */
static size_t behind_last_hole(struct heap *heap)
{
    const struct range *range = &heap->region;
    size_t behind = 0, len;

    for (size_t index = 0; index < range->nr_pages; index += len) {
        const struct page *head = page_at(range, index);
        len = run_len(heap, head);
        if (head->state == PAGE_HOLE)
            behind = index + len;
    }
    return behind;
}

void region_destroy(struct heap *heap, const struct heap_source *source)
{
    struct range *range = &heap->region;

    if (range->nr_pages == 0)
        return;
    uintptr_t start = page_address(range, behind_last_hole(heap)), end = range_end(range);
    for (unsigned leaf = 0; leaf < NR_LEAVES; leaf++)
        if (range->leaf[leaf] != NULL && !leaf_inside(range, leaf, 0))
            leaf_unmap(heap, leaf);
    if (source->shrink != NULL)
        source->shrink(source->ctx, (void *)end, end - start);
}
