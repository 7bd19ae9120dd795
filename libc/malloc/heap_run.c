/*
 * malloc/heap_run.c - runs of whole pages
 *
 * Free runs lie in bins by length: exact ones up to 16 pages, then four for each doubling. A run
 * for n pages is the first that fits among a few of n's own bin, else the first of the next bin
 * that is not empty, where every run fits: a good fit in bounded time; where none is found, it comes from
 * the region's free end. What is left over goes back into a bin; freeing coalesces with both neighbours
 * at once, found through the descriptors at the run's two ends.
 *
 * Runs whose memory was given back have bins of their own, and are used after the others. So that much
 * that is free does not stay resident, the longest runs are dropped when there is more than a
 * sixteenth of what is in use, and than what was used again after it had been dropped.
 */

#include "heap_internal.h"

#define TRIES 8

/* Free pages that may always stay resident. */
#define RESIDENT_MIN 256

/* Runs that one call drops at most. */
#define DROP_MAX 4

unsigned run_bin(size_t nr_pages)
{
    if (nr_pages <= 16)
        return (unsigned)nr_pages - 1;
    unsigned order = log2_floor(nr_pages);
    return 16 + (order - 4) * 4 + (unsigned)((nr_pages >> (order - 2)) & 3);
}

static struct bins *bins_of(struct arena *arena, const struct page *head)
{
    return &arena->bins[head->dropped == DROPPED_ALL ? DROPPED : RESIDENT];
}

static void bin_insert(struct arena *arena, struct page *head)
{
    struct bins *bins = bins_of(arena, head);
    unsigned bin = run_bin(head->nr_pages);

    page_list_push(&bins->list[bin], head);
    bins->map[bin / 32] |= (uint32_t)1 << bin % 32;
    bins->nr_pages += head->nr_pages;
}

static void bin_remove(struct arena *arena, struct page *head)
{
    struct bins *bins = bins_of(arena, head);
    unsigned bin = run_bin(head->nr_pages);

    page_list_remove(&bins->list[bin], head);
    bins->nr_pages -= head->nr_pages;
    if (bins->list[bin] == NULL)
        bins->map[bin / 32] &= ~((uint32_t)1 << bin % 32);
}

/* The first bin above one that is not empty; NR_BINS if there is none. */
static unsigned bin_above(const struct bins *bins, unsigned bin)
{
    unsigned word = (bin + 1) / 32;

    if (word >= NR_BINS / 32)
        return NR_BINS;
    uint32_t bits = bins->map[word] & ~(uint32_t)0 << (bin + 1) % 32;
    while (bits == 0) {
        if (++word == NR_BINS / 32)
            return NR_BINS;
        bits = bins->map[word];
    }
    return word * 32 + (unsigned)__builtin_ctz(bits);
}

/* A free run of nr_pages or more; looks at no more than tries of its own bin. NULL: none found. */
static struct page *bin_find(const struct arena *arena, size_t nr_pages, size_t tries)
{
    if (nr_pages > RUN_MAX)
        return NULL;
    for (const struct bins *bins = arena->bins; bins < arena->bins + NR_RUN_KINDS; bins++) {
        if (bins->nr_pages < nr_pages)
            continue;
        unsigned bin = run_bin(nr_pages);
        for (struct page *head = bins->list[bin]; head != NULL && tries-- > 0; head = head->next)
            if (head->nr_pages >= nr_pages)
                return head;
        bin = bin_above(bins, bin);
        if (bin < NR_BINS)
            return bins->list[bin];
    }
    return NULL;
}

struct page *run_mark(struct range *range, size_t index, size_t nr_pages, uint8_t state)
{
    struct page *end = &range->pages[index + nr_pages - 1];
    struct page *head = &range->pages[index];

    end->state = PAGE_END;
    end->nr_pages = (uint32_t)nr_pages;
    head->state = state;
    head->nr_pages = (uint32_t)nr_pages;
    head->start = page_address(range, index);
    head->dropped = DROPPED_NONE;
    return head;
}

void run_unmark(struct range *range, size_t index, size_t nr_pages)
{
    range->pages[index].state = PAGE_INSIDE;
    range->pages[index + nr_pages - 1].state = PAGE_INSIDE;
}

size_t run_before(const struct range *range, size_t end)
{
    if (end == 0)
        return end;
    if (is_page(range->slab[end - 1]))
        return page_index(range, range->slab[end - 1]->start);
    const struct page *last = &range->pages[end - 1];
    switch (last->state) {
    case PAGE_END:
        return end - last->nr_pages;
    case PAGE_INSIDE:
    case PAGE_USED:
        return end;
    default:
        return end - 1;
    }
}

/* Make pages that are in no run a free one. */
static void put(struct arena *arena, struct range *range, size_t index, size_t nr_pages,
                uint8_t dropped)
{
    struct page *head = run_mark(range, index, nr_pages, PAGE_FREE);

    head->dropped = dropped;
    bin_insert(arena, head);
}

/* Take the free run that starts at a page out of its bin; its pages are in no run then. */
static void take(struct arena *arena, struct range *range, size_t index)
{
    struct page *head = &range->pages[index];

    bin_remove(arena, head);
    run_unmark(range, index, head->nr_pages);
}

/*
 * Take nr_pages out of a free run, leaving its first skip ones and what lies behind in the bins.
 *
 * Returns     0, or -1: no memory to put below them; nothing has changed
 */
static int carve(struct arena *arena, struct range *range, struct page *head, size_t skip,
                 size_t nr_pages)
{
    size_t index = page_index(range, head->start), len = head->nr_pages;
    size_t end = skip + nr_pages;
    uint8_t dropped = head->dropped;
    void *start = (void *)page_address(range, index + skip);

    if (dropped != DROPPED_NONE && arena->source.commit != NULL) {
        if (arena->source.commit(arena->source.ctx, start, nr_pages * HEAP_PAGE) != 0) {
            bin_remove(arena, head);
            head->dropped = DROPPED_SOME;
            bin_insert(arena, head);
            return -1;
        }
        /* What was put below the pages may have any content. */
        if (range->fresh < index + end)
            range->fresh = index + end;
    }
    if (dropped == DROPPED_ALL)
        note_reused(arena, nr_pages);
    take(arena, range, index);
    if (skip != 0)
        put(arena, range, index, skip, dropped);
    if (end != len)
        put(arena, range, index + end, len - end, dropped);
    return 0;
}

/* Take pages of the region's free end, which grows if it has to. Index of the first; SIZE_MAX: refused. */
static size_t take_top(struct arena *arena, size_t nr_pages, size_t align)
{
    struct range *region = &arena->region;
    size_t skip;

    /* Twice: when somebody else moved the break, the first attempt joins nothing that was free. */
    for (int i = 0;; i++) {
        skip = (0 - page_address(region, region->top) / HEAP_PAGE) & (align - 1);
        if (region->nr_pages - region->top >= skip + nr_pages)
            break;
        if (i == 2 || region_grow(arena, nr_pages + align - 1, 0) != 0)
            return SIZE_MAX;
    }
    size_t old = region->top;
    region->top += skip + nr_pages;
    if (skip != 0) {
        /* What touches it must not look free. */
        region->pages[old + skip].state = PAGE_USED;
        run_free(arena, region, old, skip, DROPPED_NONE);
    }
    return old + skip;
}

/* Take pages of a free run, or of a stand-in if there is none. NULL: no memory. */
static struct page *take_run(struct arena *arena, struct page *head, size_t nr_pages, size_t align)
{
    struct range *range = NULL;

    if (head == NULL)
        head = bin_find(arena, nr_pages + align - 1, SIZE_MAX);
    if (head == NULL) {
        range = standin_create(arena, nr_pages + align - 1);
        if (range == NULL)
            return NULL;
        put(arena, range, 0, range->nr_pages, DROPPED_NONE);
        head = &range->pages[0];
    }
    range = range_find(arena, head->start);
    size_t skip = (0 - head->start / HEAP_PAGE) & (align - 1);
    size_t index = page_index(range, head->start) + skip;
    if (carve(arena, range, head, skip, nr_pages) != 0)
        return NULL;
    range->pages[index].start = page_address(range, index);
    return &range->pages[index];
}

struct page *run_alloc(struct arena *arena, size_t nr_pages, size_t align, size_t *clear)
{
    struct range *range = &arena->region;
    size_t index = SIZE_MAX;

    if (nr_pages > RUN_MAX || align > RUN_MAX)
        return NULL;
    struct page *page = bin_find(arena, nr_pages + align - 1, TRIES);
    if (page == NULL)
        index = take_top(arena, nr_pages, align);
    if (index != SIZE_MAX) {
        page = &range->pages[index];
        page->start = page_address(range, index);
    } else {
        page = take_run(arena, page, nr_pages, align);
        if (page == NULL)
            return NULL;
        range = range_find(arena, page->start);
        index = page_index(range, page->start);
    }
    page->state = PAGE_USED;
    page->nr_pages = (uint32_t)nr_pages;
    *clear = hand_out(range, index, nr_pages);
    return page;
}

/* Where memory is there at once, it is heap_trim() that gives it back. */
static int may_drop(const struct arena *arena)
{
    return arena->source.discard != NULL && arena->source.commit == NULL;
}

static void discard(struct arena *arena, uintptr_t start, size_t nr_pages)
{
    arena->source.discard(arena->source.ctx, (void *)start, nr_pages * HEAP_PAGE);
}

/* Give the memory below a free run back. */
static void drop(struct arena *arena, struct page *head)
{
    discard(arena, head->start, head->nr_pages);
    bin_remove(arena, head);
    head->dropped = DROPPED_ALL;
    bin_insert(arena, head);
}

size_t run_allowance(const struct arena *arena)
{
    size_t nr_free = arena->bins[RESIDENT].nr_pages + arena->bins[DROPPED].nr_pages;
    size_t used = arena->region.top + arena->standin_pages - nr_free;

    return RESIDENT_MIN + used / 16 + arena->reused_pages;
}

/* Drop the longest runs if too much that is free is resident. */
static void drop_some(struct arena *arena)
{
    const struct bins *bins = &arena->bins[RESIDENT];

    if (!may_drop(arena))
        return;
    for (int i = 0; i < DROP_MAX && bins->nr_pages > run_allowance(arena); i++) {
        unsigned word = NR_BINS / 32 - 1;
        while (bins->map[word] == 0)
            word--;
        drop(arena, bins->list[word * 32 + log2_floor(bins->map[word])]);
    }
}

int run_drop_all(struct arena *arena)
{
    struct bins *bins = &arena->bins[RESIDENT];
    int dropped = 0;

    for (unsigned bin = 0; arena->source.discard != NULL && bin < NR_BINS; bin++) {
        for (; bins->list[bin] != NULL; dropped = 1)
            drop(arena, bins->list[bin]);
    }
    return dropped;
}

/* Pages that are in no run, and how much of them was dropped. */
struct loose {
    size_t index, nr_pages;
    uint8_t dropped;
};

/* Make the free run that touches loose pages part of them. */
static void absorb(struct arena *arena, struct range *range, struct loose *loose, size_t index)
{
    const struct page *head = &range->pages[index];

    /* Else the whole of what is longer would have to be dropped once more. */
    if (head->dropped == DROPPED_ALL && loose->dropped != DROPPED_ALL &&
        head->nr_pages > loose->nr_pages && may_drop(arena)) {
        discard(arena, page_address(range, loose->index), loose->nr_pages);
        loose->dropped = DROPPED_ALL;
    }
    if (head->dropped != loose->dropped)
        loose->dropped = DROPPED_SOME;
    if (index < loose->index)
        loose->index = index;
    loose->nr_pages += head->nr_pages;
    take(arena, range, index);
}

void run_free(struct arena *arena, struct range *range, size_t index, size_t nr_pages,
              uint8_t dropped)
{
    size_t before = run_before(range, index), behind = index + nr_pages;
    struct loose loose = {index, nr_pages, dropped};

    range->pages[index].state = PAGE_INSIDE;
    int above = behind < range->top && range->pages[behind].state == PAGE_FREE;
    int last = above && range->pages[behind].dropped == DROPPED_ALL;
    if (above && !last)
        absorb(arena, range, &loose, behind);
    if (before != index && range->pages[before].state == PAGE_FREE)
        absorb(arena, range, &loose, before);
    if (last)
        absorb(arena, range, &loose, behind);
    index = loose.index;
    nr_pages = loose.nr_pages;
    dropped = loose.dropped;
    if (range != &arena->region && nr_pages == range->nr_pages) {
        standin_destroy(arena, range);
        return;
    }
    if (range == &arena->region && index + nr_pages == range->top &&
        (dropped == DROPPED_NONE || arena->source.commit == NULL)) {
        range->top = index;
        arena->opened_pages += dropped != DROPPED_NONE ? nr_pages : 0;
        return;
    }
    put(arena, range, index, nr_pages, dropped);
    drop_some(arena);
}

void run_open(struct arena *arena, int any)
{
    struct range *region = &arena->region;
    size_t before = run_before(region, region->top);

    if (before == region->top || region->pages[before].state != PAGE_FREE ||
        (!any && arena->source.commit != NULL && region->pages[before].dropped != DROPPED_NONE))
        return;
    arena->opened_pages +=
        region->pages[before].dropped != DROPPED_NONE ? region->pages[before].nr_pages : 0;
    take(arena, region, before);
    region->top = before;
}

void run_close(struct arena *arena, uint8_t dropped)
{
    struct range *region = &arena->region;
    size_t index = region->top, before = run_before(region, index);

    region->top = region->nr_pages;
    if (index == region->nr_pages)
        return;
    if (before != index && region->pages[before].state == PAGE_FREE) {
        dropped = region->pages[before].dropped == dropped ? dropped : DROPPED_SOME;
        take(arena, region, before);
        index = before;
    }
    put(arena, region, index, region->nr_pages - index, dropped);
}

/* Add nr_pages of the run behind one to it if it is free. 0, or -1: it is not, or no memory. */
static int join(struct arena *arena, struct range *range, struct page *page, size_t nr_pages)
{
    size_t behind = page_index(range, page->start) + page->nr_pages;
    struct page *head = &range->pages[behind];

    if (head->state != PAGE_FREE || head->nr_pages < nr_pages ||
        carve(arena, range, head, 0, nr_pages) != 0)
        return -1;
    hand_out(range, behind, nr_pages);
    page->nr_pages += (uint32_t)nr_pages;
    return 0;
}

struct page *run_resize(struct arena *arena, struct page *page, size_t nr_pages)
{
    struct range *range = range_find(arena, page->start);
    size_t index = page_index(range, page->start), end = index + page->nr_pages;

    if (nr_pages <= page->nr_pages) {
        size_t excess = page->nr_pages - nr_pages;
        page->nr_pages = (uint32_t)nr_pages;
        if (excess != 0)
            run_free(arena, range, end - excess, excess, DROPPED_NONE);
        return page;
    }
    size_t missing = nr_pages - page->nr_pages;
    if (nr_pages > RUN_MAX)
        return NULL;
    if (end != range->top)
        return join(arena, range, page, missing) == 0 ? page : NULL;
    if (range != &arena->region)
        return NULL;
    if (range->nr_pages - end < missing && region_grow(arena, missing, nr_pages) != 0)
        return NULL;
    /* What was free before may be between the run and the region's end now. */
    if (range->top != end || range->nr_pages - end < missing)
        return NULL;
    range->top += missing;
    hand_out(range, end, missing);
    page = &range->pages[index];
    page->nr_pages = (uint32_t)nr_pages;
    return page;
}
