/*
 * malloc/heap_run.c - runs of whole pages
 *
 * Free runs lie in bins by length: exact ones up to 16 pages, then four for each doubling. A run
 * for n pages is the first that fits among a few of n's own bin, else the first of the next bin
 * that is not empty, where every run fits: a good fit in bounded time. What is left over goes back
 * into a bin; freeing coalesces with both neighbours at once, found through the descriptors at the
 * run's two ends.
 */

#include "heap_internal.h"

#define TRIES 8

unsigned run_bin(size_t nr_pages)
{
    if (nr_pages <= 16)
        return (unsigned)nr_pages - 1;
    unsigned order = log2_floor(nr_pages);
    return 16 + (order - 4) * 4 + (unsigned)((nr_pages >> (order - 2)) & 3);
}

static void bin_insert(struct arena *arena, struct page *head)
{
    unsigned bin = run_bin(head->nr_pages);

    page_list_push(&arena->bins[bin], head);
    arena->bin_map[bin / 32] |= (uint32_t)1 << bin % 32;
    arena->free_pages += head->nr_pages;
}

static void bin_remove(struct arena *arena, struct page *head)
{
    unsigned bin = run_bin(head->nr_pages);

    page_list_remove(&arena->bins[bin], head);
    arena->free_pages -= head->nr_pages;
    if (arena->bins[bin] == NULL)
        arena->bin_map[bin / 32] &= ~((uint32_t)1 << bin % 32);
}

/* The first bin above one that is not empty; NR_BINS if there is none. */
static unsigned bin_above(const struct arena *arena, unsigned bin)
{
    unsigned word = (bin + 1) / 32;

    if (word >= NR_BINS / 32)
        return NR_BINS;
    uint32_t bits = arena->bin_map[word] & ~(uint32_t)0 << (bin + 1) % 32;
    while (bits == 0) {
        if (++word == NR_BINS / 32)
            return NR_BINS;
        bits = arena->bin_map[word];
    }
    return word * 32 + (unsigned)__builtin_ctz(bits);
}

/* A free run of nr_pages or more; looks at no more than tries of its own bin. NULL: none found. */
static struct page *bin_find(const struct arena *arena, size_t nr_pages, size_t tries)
{
    if (nr_pages > RUN_MAX)
        return NULL;
    unsigned bin = run_bin(nr_pages);
    for (struct page *head = arena->bins[bin]; head != NULL && tries-- > 0; head = head->next)
        if (head->nr_pages >= nr_pages)
            return head;
    bin = bin_above(arena, bin);
    return bin < NR_BINS ? arena->bins[bin] : NULL;
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

void run_take(struct arena *arena, struct range *range, size_t index)
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
            head->dropped = DROPPED_SOME;
            return -1;
        }
        /* What was put below the pages may have any content. */
        if (range->fresh < index + end)
            range->fresh = index + end;
    }
    run_take(arena, range, index);
    if (skip != 0)
        put(arena, range, index, skip, dropped);
    if (end != len)
        put(arena, range, index + end, len - end, dropped);
    return 0;
}

/* Note that pages are handed out now. Returns how many bytes at their start may not be zero. */
static size_t hand_out(struct range *range, size_t index, size_t nr_pages)
{
    size_t end = index + nr_pages, used = range->fresh > index ? range->fresh - index : 0;

    if (range->fresh < end)
        range->fresh = end;
    return (used < nr_pages ? used : nr_pages) * HEAP_PAGE;
}

/* A free run of nr_pages or more, from the bins or else from the source. NULL: no memory. */
static struct page *find_or_grow(struct arena *arena, size_t nr_pages)
{
    struct page *head = bin_find(arena, nr_pages, TRIES);

    /* Twice: when somebody else moved the break, the first attempt joins nothing that was free. */
    for (int i = 0; head == NULL && i < 2 && region_grow(arena, nr_pages) == 0; i++)
        head = bin_find(arena, nr_pages, TRIES);
    if (head == NULL)
        head = bin_find(arena, nr_pages, SIZE_MAX);
    if (head == NULL) {
        struct range *range = standin_create(arena, nr_pages);
        if (range == NULL)
            return NULL;
        put(arena, range, 0, range->nr_pages, DROPPED_NONE);
        head = &range->pages[0];
    }
    return head;
}

struct page *run_alloc(struct arena *arena, size_t nr_pages, size_t align, size_t *clear)
{
    if (nr_pages > RUN_MAX || align > RUN_MAX)
        return NULL;
    struct page *head = find_or_grow(arena, nr_pages + align - 1);
    if (head == NULL)
        return NULL;
    struct range *range = range_find(arena, head->start);
    size_t skip = (0 - head->start / HEAP_PAGE) & (align - 1);
    size_t index = page_index(range, head->start) + skip;
    if (carve(arena, range, head, skip, nr_pages) != 0)
        return NULL;
    struct page *page = &range->pages[index];
    page->state = PAGE_USED;
    page->nr_pages = (uint32_t)nr_pages;
    page->start = page_address(range, index);
    *clear = hand_out(range, index, nr_pages);
    return page;
}

void run_free(struct arena *arena, struct range *range, size_t index, size_t nr_pages,
              uint8_t dropped)
{
    size_t before = run_before(range, index), behind = index + nr_pages;

    range->pages[index].state = PAGE_INSIDE;
    if (behind < range->nr_pages && range->pages[behind].state == PAGE_FREE) {
        const struct page *head = &range->pages[behind];
        nr_pages += head->nr_pages;
        dropped = head->dropped == dropped ? dropped : DROPPED_SOME;
        run_take(arena, range, behind);
    }
    if (before != index && range->pages[before].state == PAGE_FREE) {
        const struct page *head = &range->pages[before];
        nr_pages += head->nr_pages;
        dropped = head->dropped == dropped ? dropped : DROPPED_SOME;
        run_take(arena, range, before);
        index = before;
    }
    if (nr_pages == range->nr_pages && range != &arena->region)
        standin_destroy(arena, range);
    else
        put(arena, range, index, nr_pages, dropped);
}

/* Add the nr_pages behind a run to it if they are free. 0, or -1: they are not, or no memory. */
static int join(struct arena *arena, struct range *range, struct page *page, size_t nr_pages)
{
    size_t behind = page_index(range, page->start) + page->nr_pages;

    if (behind == range->nr_pages)
        return -1;
    struct page *head = &range->pages[behind];
    if (head->state != PAGE_FREE || head->nr_pages < nr_pages ||
        carve(arena, range, head, 0, nr_pages) != 0)
        return -1;
    hand_out(range, behind, nr_pages);
    page->nr_pages += (uint32_t)nr_pages;
    return 0;
}

int run_resize(struct arena *arena, struct page *page, size_t nr_pages)
{
    struct range *range = range_find(arena, page->start);
    size_t index = page_index(range, page->start), behind = index + page->nr_pages;

    if (nr_pages <= page->nr_pages) {
        size_t excess = page->nr_pages - nr_pages;
        page->nr_pages = (uint32_t)nr_pages;
        if (excess != 0)
            run_free(arena, range, behind - excess, excess, DROPPED_NONE);
        return 0;
    }
    if (nr_pages > RUN_MAX)
        return -1;
    size_t missing = nr_pages - page->nr_pages;
    if (join(arena, range, page, missing) == 0)
        return 0;
    size_t end = behind;
    if (end < range->nr_pages && range->pages[end].state == PAGE_FREE)
        end += range->pages[end].nr_pages;
    if (range != &arena->region || end != range->nr_pages || region_grow(arena, missing) != 0)
        return -1;
    return join(arena, range, &range->pages[index], missing);
}

void run_cut(struct arena *arena, size_t cut)
{
    struct range *range = &arena->region;
    size_t index = run_before(range, range->nr_pages);
    struct page *head = &range->pages[index];
    uint8_t dropped = head->dropped;

    run_take(arena, range, index);
    if (cut != index)
        put(arena, range, index, cut - index, dropped);
}

int run_drop_all(struct arena *arena)
{
    int dropped = 0;

    if (arena->source.discard == NULL)
        return 0;
    for (unsigned bin = 0; bin < NR_BINS; bin++) {
        for (struct page *head = arena->bins[bin]; head != NULL; head = head->next) {
            if (head->dropped == DROPPED_ALL)
                continue;
            arena->source.discard(arena->source.ctx, (void *)head->start,
                                  (size_t)head->nr_pages * HEAP_PAGE);
            head->dropped = DROPPED_ALL;
            dropped = 1;
        }
    }
    return dropped;
}
