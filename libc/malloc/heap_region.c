/*
 * malloc/heap_region.c - the contiguous region grows and shrinks at its end
 *
 * New pages must be described before they can be used. Where the source can reserve addresses, the two
 * tables lie between inaccessible pages, with room to grow to the largest region, and never move. Else
 * they begin in the arena and move when they have to grow: to a mapped range, or, where the source
 * cannot map either, to the first of the new pages themselves.
 *
 * Somebody else may own memory between what the heap was given earlier and later (a program that
 * calls sbrk itself). It becomes a run of state PAGE_HOLE: described, never handed out.
 */

#include "heap_internal.h"

#include <string.h>

/* Bytes that describe a page. */
#define ENTRY_LEN (sizeof(struct page) + sizeof(struct page *))

/* Pages that a region with tables that never move can have at most, and at least. */
#define RESERVE_MAX (sizeof(long) == 8 ? (size_t)1 << 24 : (size_t)1 << 18)
#define RESERVE_MIN ((size_t)1 << 16)

/* Pages that are described before there are any, beside as many as there are. */
#define MORE_MAX ((size_t)8192)

/* As many may stay described when the region shrinks. */
#define DESCRIBED_MIN ((size_t)1024)

static size_t table_len(size_t nr_entries)
{
    return PAGES(nr_entries * ENTRY_LEN) * HEAP_PAGE;
}

static void fill_slab_table(struct page **slab, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++)
        slab[i] = HEAP_NO_PAGE;
}

/*
 * Reserve addresses for tables: a guard, the table of slabs, a guard, the table of pages, a guard. Less,
 * where so many are refused.
 */
static void reserve_tables(struct arena *arena)
{
    const struct heap_source *source = &arena->source;
    struct range *region = &arena->region;

    if (source->reserve == NULL)
        return;
    for (size_t max = RESERVE_MAX; max >= RESERVE_MIN && arena->reserved == NULL; max /= 4) {
        arena->reserved_len = max * ENTRY_LEN + 3 * HEAP_PAGE;
        arena->reserved = source->reserve(source->ctx, arena->reserved_len, HEAP_PAGE);
        if (arena->reserved == NULL)
            continue;
        region->slab = (struct page **)(arena->reserved + HEAP_PAGE);
        region->pages =
            (struct page *)(arena->reserved + 2 * HEAP_PAGE + max * sizeof(*region->slab));
    }
}

/* Bytes of the reserved tables that are accessible where nr pages are described. */
static size_t pages_len(size_t nr)
{
    return PAGES(nr * sizeof(struct page)) * HEAP_PAGE;
}

static size_t slab_len(size_t nr)
{
    return PAGES(nr * sizeof(struct page *)) * HEAP_PAGE;
}

/* As many as fit the whole pages of the one table decide the other's length. */
static size_t described_in(size_t nr_pages)
{
    return pages_len(nr_pages) / sizeof(struct page);
}

/* [from, end) of a table. 0, or -1: refused. */
static int expose(const struct heap_source *source, void *table, size_t from, size_t end)
{
    return end <= from ? 0 : source->expose(source->ctx, (char *)table + from, end - from);
}

static int hide(const struct heap_source *source, void *table, size_t from, size_t end)
{
    return end <= from ? 0 : source->hide(source->ctx, (char *)table + from, end - from);
}

static void set_described(struct arena *arena, size_t nr)
{
    size_t old = arena->region.nr_described;

    arena->region.nr_described = nr;
    arena->meta_len += pages_len(nr) + slab_len(nr) - pages_len(old) - slab_len(old);
}

/* Describe nr_pages with reserved tables. 0, or -1: no memory. */
static int expose_tables(struct arena *arena, size_t nr_pages)
{
    struct range *region = &arena->region;
    size_t old = region->nr_described, nr = described_in(nr_pages);

    if (nr_pages <= old)
        return 0;
    if (nr_pages > (arena->reserved_len - 3 * HEAP_PAGE) / ENTRY_LEN ||
        expose(&arena->source, region->pages, pages_len(old), pages_len(nr)) != 0)
        return -1;
    if (expose(&arena->source, region->slab, slab_len(old), slab_len(nr)) != 0) {
        hide(&arena->source, region->pages, pages_len(old), pages_len(nr));
        return -1;
    }
    fill_slab_table(region->slab, old, nr);
    set_described(arena, nr);
    return 0;
}

/* Give up descriptions of pages beyond nr_pages. What is refused is exposed once more when it is needed. */
static void hide_tables(struct arena *arena, size_t nr_pages)
{
    struct range *region = &arena->region;
    size_t old = region->nr_described, nr = described_in(nr_pages);

    if (nr >= old || hide(&arena->source, region->pages, pages_len(nr), pages_len(old)) != 0)
        return;
    hide(&arena->source, region->slab, slab_len(nr), slab_len(old));
    set_described(arena, nr);
}

/* As many descriptions as the region's pages need. */
static void trim_tables(struct arena *arena)
{
    if (arena->reserved != NULL)
        hide_tables(arena, arena->region.nr_pages);
}

/* Nothing is left to be described. */
static void drop_reserved(struct arena *arena)
{
    if (arena->reserved == NULL)
        return;
    arena->source.unmap(arena->source.ctx, arena->reserved, arena->reserved_len);
    set_described(arena, 0);
    arena->region.pages = NULL;
    arena->region.slab = NULL;
    arena->reserved = NULL;
}

/* A pointer into a table of pages that moves. */
static struct page *moved(const struct range *old, const struct range *new, struct page *page)
{
    size_t offset = (size_t)((char *)page - (char *)old->pages);

    return offset < old->nr_described * sizeof(*page) ? new->pages + offset / sizeof(*page) : page;
}

static void move_links(const struct range *old, const struct range *new, struct page *page)
{
    if (page->next != NULL)
        page->next = moved(old, new, page->next);
    if (page->prev != NULL)
        page->prev = moved(old, new, page->prev);
}

/* Whether the page is a head that may be in a list. */
static int has_links(const struct range *range, size_t index)
{
    const struct page *page = &range->pages[index], *slab = range->slab[index];

    return is_page(slab) ? slab == page : page->state == PAGE_FREE;
}

static void move_list(const struct range *old, const struct range *new, struct page **list)
{
    *list = *list != NULL ? moved(old, new, *list) : NULL;
    /* Entries in other ranges are not met by going through this one. */
    for (struct page *page = *list; page != NULL; page = page->next)
        if (page - new->pages < 0 || (size_t)(page - new->pages) >= new->nr_described)
            move_links(old, new, page);
}

/* Have the region described in other tables, zero-filled ones. */
static void move_tables(struct arena *arena, struct page *pages, struct page **slab,
                        size_t nr_described)
{
    struct range *region = &arena->region, old = *region;
    struct heap *heap = &arena->heap;

    region->nr_described = nr_described;
    region->pages = pages;
    region->slab = slab;
    fill_slab_table(region->slab, 0, nr_described);
    if (old.nr_pages == 0)
        return;
    memcpy(region->pages, old.pages, old.nr_pages * sizeof(*region->pages));
    for (size_t i = 0; i < old.nr_pages; i++)
        region->slab[i] = moved(&old, region, old.slab[i]);
    for (size_t i = 0; i < old.nr_pages; i++) {
        struct page *page = &region->pages[i];
        if (!has_links(region, i))
            continue;
        move_links(&old, region, page);
        if (is_page(region->slab[i]))
            page->word =
                (unsigned long *)((char *)page + ((char *)page->word - (char *)&old.pages[i]));
    }
    for (size_t i = 0; heap->quarantine != NULL && i < NR_QUARANTINE; i++)
        heap->quarantine[i].slab = moved(&old, region, heap->quarantine[i].slab);
    for (unsigned i = 0; i < NR_RUN_KINDS * NR_BINS; i++)
        move_list(&old, region, &arena->bins[i / NR_BINS].list[i % NR_BINS]);
    for (unsigned i = 0; i < 2 * HEAP_NR_CLASSES; i++) {
        struct page **current = &heap->current[i / HEAP_NR_CLASSES][i % HEAP_NR_CLASSES];
        *current = moved(&old, region, *current);
        move_list(&old, region, &heap->partial[i / HEAP_NR_CLASSES][i % HEAP_NR_CLASSES]);
    }
}

/* Whether the tables lie in the region itself. */
static int tables_inside(const struct range *region)
{
    return (uintptr_t)region->pages - region->start < region->nr_pages * HEAP_PAGE;
}

/* Tables for as few pages as the arena itself can take. */
static void use_first_tables(struct arena *arena)
{
    memset(arena->first_pages, 0, sizeof(arena->first_pages));
    move_tables(arena, arena->first_pages, arena->first_slab, FIRST_PAGES);
}

/* The tables have moved: give the old ones back. */
static void drop_tables(struct arena *arena, const struct range *old)
{
    size_t len = table_len(old->nr_described);

    if (old->pages == arena->first_pages || old->nr_described == 0)
        return;
    if (!tables_inside(old)) {
        meta_unmap(arena, old->pages, len);
        return;
    }
    size_t index = page_index(old, (uintptr_t)old->pages);
    run_unmark(&arena->region, index, len / HEAP_PAGE);
    run_free(arena, &arena->region, index, len / HEAP_PAGE, DROPPED_NONE);
}

/*
 * Describe the region with nr_pages, more than it is described with.
 *
 * start, len  new pages that tables may be put into, in pages; one of them at least is left over
 * Returns     how many of these pages became tables; SIZE_MAX: no memory, nothing has changed
 */
static size_t describe(struct arena *arena, size_t nr_pages, uintptr_t start, size_t len)
{
    size_t nr_described = table_len(2 * nr_pages) / ENTRY_LEN, table = table_len(nr_described);

    if (arena->reserved != NULL)
        return expose_tables(arena, nr_pages) == 0 ? 0 : SIZE_MAX;
    if (nr_pages <= FIRST_PAGES) {
        use_first_tables(arena);
        return 0;
    }
    struct page *pages = meta_map(arena, table);
    int inside = pages == NULL;
    if (inside && table / HEAP_PAGE >= len)
        return SIZE_MAX;
    if (inside)
        pages = memset((void *)start, 0, table);
    move_tables(arena, pages, (struct page **)(pages + nr_described), nr_described);
    return inside ? table / HEAP_PAGE : 0;
}

/* The region ends at page index end now. */
static void set_end(struct arena *arena, size_t end)
{
    struct range *region = &arena->region, old = *region;

    store(&region->nr_pages, end);
    if (region->top > end)
        region->top = end;
    if (region->fresh > end)
        region->fresh = end;
    if (arena->reserved == NULL && end <= FIRST_PAGES && region->pages != arena->first_pages &&
        !tables_inside(&old)) {
        use_first_tables(arena);
        drop_tables(arena, &old);
    }
}

/* Make [start, start + nr_pages) part of the region. 0, or -1: no memory for tables. */
static int adopt(struct arena *arena, uintptr_t start, size_t nr_pages)
{
    struct range *region = &arena->region;

    if (region->nr_pages == 0) {
        store(&region->start, start);
        region->fresh = 0;
    }
    struct range old = *region;
    size_t hole = (start - range_end(region)) / HEAP_PAGE, nr_tables = 0;
    size_t total = old.nr_pages + hole + nr_pages;
    if (hole > RUN_MAX - nr_pages - old.nr_pages)
        return -1;
    if (total > old.nr_described)
        nr_tables = describe(arena, total, start, nr_pages);
    if (nr_tables == SIZE_MAX)
        return -1;
    store(&region->nr_pages, total);
    if (arena->region_high < range_end(region))
        arena->region_high = range_end(region);
    arena->shrink_refused = SIZE_MAX;
    if (hole != 0 || nr_tables != 0) {
        region->top = old.nr_pages + hole + nr_tables;
        if (hole != 0)
            run_mark(region, old.nr_pages, hole, PAGE_HOLE);
        if (nr_tables != 0)
            run_mark(region, old.nr_pages + hole, nr_tables, PAGE_META);
        /* What was free at the end is between others now. */
        if (old.top != old.nr_pages)
            run_free(arena, region, old.top, old.nr_pages - old.top, DROPPED_NONE);
    }
    if (arena->reserved == NULL && region->pages != old.pages)
        drop_tables(arena, &old);
    return 0;
}

/* Describe more pages before there are any, if that can be done. 0, or -1: nor can it be done later. */
static int describe_more(struct arena *arena, size_t nr_pages)
{
    struct range old = arena->region;

    if (arena->reserved != NULL)
        return expose_tables(arena, nr_pages);
    /* So many may well be refused: no table is made for them before they are there. */
    if (nr_pages > 2 * old.nr_pages + MORE_MAX)
        return 0;
    /* What is refused here may still lie in the new pages themselves. */
    if (describe(arena, nr_pages, 0, 0) != SIZE_MAX && arena->region.pages != old.pages)
        drop_tables(arena, &old);
    return 0;
}

static int append(struct arena *arena, size_t nr_pages)
{
    const struct heap_source *source = &arena->source;
    struct range *region = &arena->region;
    size_t total = region->nr_pages + nr_pages;

    /* First, for pages once appended may not be taken back. */
    if (arena->reserved == NULL && region->nr_pages == 0)
        reserve_tables(arena);
    if (total > region->nr_described && describe_more(arena, total) != 0)
        return -1;
    /* Tables inside have to be described themselves. */
    if (total > region->nr_described &&
        (source->map == NULL || total <= 2 * region->nr_pages + MORE_MAX))
        nr_pages += table_len(2 * (total + table_len(2 * total) / HEAP_PAGE + 1)) / HEAP_PAGE;
    if (nr_pages > RUN_MAX - region->nr_pages || nr_pages > PTRDIFF_MAX / HEAP_PAGE)
        return -1;
    uintptr_t start = (uintptr_t)source->extend(source->ctx, nr_pages * HEAP_PAGE);
    if (start == 0) {
        set_end(arena, region->nr_pages);
        trim_tables(arena);
        return -1;
    }
    if (region->nr_pages != 0 && start < range_end(region)) {
        note_misuse(arena, HEAP_REGION_LOST, start);
        return -1;
    }
    if (adopt(arena, start, nr_pages) == 0)
        return 0;
    if (source->shrink != NULL)
        source->shrink(source->ctx, (void *)(start + nr_pages * HEAP_PAGE), nr_pages * HEAP_PAGE);
    return -1;
}

/* The region grows by nr_pages: as many of those that were given back at its end were given back too soon. */
static void learn(struct arena *arena, size_t nr_pages)
{
    size_t again = nr_pages < arena->trimmed_pages ? nr_pages : arena->trimmed_pages;
    size_t threshold = arena->trim_threshold + again * HEAP_PAGE;

    arena->trimmed_pages -= again;
    note_reused(arena, arena->opened_pages);
    arena->opened_pages = 0;
    if (arena->adapt && again != 0 && arena->trim_threshold < 2 * ADAPT_MAX)
        arena->trim_threshold = threshold < 2 * ADAPT_MAX ? threshold : 2 * ADAPT_MAX;
}

int region_grow(struct arena *arena, size_t nr_pages, size_t spare)
{
    const struct range *region = &arena->region;
    size_t pad = arena->top_pad / HEAP_PAGE;

    if (arena->source.extend == NULL || nr_pages > RUN_MAX)
        return -1;
    if (arena->adapt && pad < spare)
        pad = spare;
    if (arena->adapt && pad < region->nr_pages / 16)
        pad = region->nr_pages / 16;
    run_open(arena, 0);
    if (region->nr_pages - region->top >= nr_pages)
        return 0;
    nr_pages -= region->nr_pages - region->top;
    learn(arena, nr_pages + pad);
    if (append(arena, nr_pages + pad) == 0)
        return 0;
    return pad != 0 && arena->pending == 0 ? append(arena, nr_pages) : -1;
}

struct arena *region_create(const struct heap_source *source)
{
    struct arena *arena = source->extend != NULL ? source->extend(source->ctx, HEAP_STORAGE) : NULL;

    if (arena == NULL)
        return NULL;
    arena->region.start = (uintptr_t)arena;
    use_first_tables(arena);
    arena->region.nr_pages = arena->region.top = HEAP_STORAGE / HEAP_PAGE;
    run_mark(&arena->region, 0, arena->region.nr_pages, PAGE_META)->permanent = 1;
    arena->region_high = range_end(&arena->region);
    return arena;
}

/* Give [end, the region's end) back, which are in no run. 0, or -1: refused. */
static int cut_off(struct arena *arena, size_t end)
{
    struct range *region = &arena->region;
    void *old_end = (void *)range_end(region);

    if (arena->source.shrink(arena->source.ctx, old_end, (region->nr_pages - end) * HEAP_PAGE) !=
        0) {
        arena->shrink_refused = region->nr_pages;
        return -1;
    }
    set_end(arena, end);
    size_t before = run_before(region, end);
    if (before != end && region->top == end && region->pages[before].state == PAGE_HOLE) {
        run_unmark(region, before, end - before);
        set_end(arena, before);
    }
    return 0;
}

/*
 * Where nothing is left in the region but its own tables, do without them.
 *
 * Returns     1 if the region is shorter now, else 0
 */
static int cut_tables(struct arena *arena)
{
    struct range *region = &arena->region, old = *region;
    size_t table = page_index(region, (uintptr_t)region->pages);

    if (arena->reserved != NULL || !tables_inside(region) ||
        table + table_len(region->nr_described) / HEAP_PAGE != region->nr_pages)
        return 0;
    region->top = table;
    run_open(arena, 1);
    size_t end = region->top, before = run_before(region, end);
    if (end == 0 || (before == 0 && region->pages[0].state == PAGE_META)) {
        region->nr_pages = end;
        use_first_tables(arena);
        if (arena->source.shrink(arena->source.ctx, (void *)range_end(&old),
                                 (old.nr_pages - end) * HEAP_PAGE) == 0) {
            set_end(arena, end);
            return 1;
        }
    }
    *region = old;
    if (end != table)
        run_free(arena, region, end, table - end, DROPPED_SOME);
    return 0;
}

int region_trim(struct arena *arena, size_t threshold, size_t pad)
{
    struct range *region = &arena->region;
    size_t old = region->nr_pages;

    if (arena->source.shrink == NULL || (threshold != 0 && arena->shrink_refused == old))
        return 0;
    if (threshold == 0)
        run_open(arena, pad == 0);
    if (top_len(region) > pad && cut_off(arena, region->top + pad / HEAP_PAGE) != 0)
        return 0;
    if (threshold != 0)
        arena->trimmed_pages += old - region->nr_pages;
    if (arena->opened_pages > region->nr_pages - region->top)
        arena->opened_pages = region->nr_pages - region->top;
    /* What shrinks often grows again. */
    if (threshold == 0 || region->nr_described > 4 * region->nr_pages + DESCRIBED_MIN)
        trim_tables(arena);
    if (threshold == 0 && pad == 0)
        cut_tables(arena);
    if (threshold == 0 && region->nr_pages == 0)
        drop_reserved(arena);
    return region->nr_pages != old;
}

/* Index behind the last hole; 0 if there is none. */
static size_t behind_last_hole(const struct range *region)
{
    size_t behind = 0;

    for (size_t index = 0; index < region->top; index += region->pages[index].nr_pages)
        if (region->pages[index].state == PAGE_HOLE)
            behind = index + region->pages[index].nr_pages;
    return behind;
}

void region_destroy(struct arena *arena, const struct heap_source *source)
{
    struct range *region = &arena->region;
    uintptr_t start = page_address(region, behind_last_hole(region)), end = range_end(region);

    if (arena->reserved != NULL)
        source->unmap(source->ctx, arena->reserved, arena->reserved_len);
    else if (region->nr_described > FIRST_PAGES && !tables_inside(region))
        meta_unmap(arena, region->pages, table_len(region->nr_described));
    if (source->shrink != NULL && end != start)
        source->shrink(source->ctx, (void *)end, end - start);
}
