/*
 * malloc/heap_mapped.c - ranges of their own: large blocks, and stand-ins for the region
 *
 * Ranges are found by the address of their first page in a hash table (open addressing, linear probing,
 * at most half full, no tombstones). Blocks start there. Stand-ins, used where the region is absent or
 * cannot grow, lie at multiples of their greatest length, so that an address says where the stand-in
 * starts that it would be in.
 *
 * Where the source can reserve, a block has an inaccessible page behind it, and, where it has to grow, a
 * few more of them, which become part of it one after the other. A guard is no memory: if a range with
 * one is refused, the block goes without.
 */

#include "heap_internal.h"

#define TABLE_LEN_MIN ((size_t)HEAP_PAGE)

void *table_map(const struct heap_source *source, size_t len)
{
    size_t total = len + 2 * HEAP_PAGE;

    if (source->map == NULL || source->reserve == NULL)
        return source->map != NULL ? source->map(source->ctx, len, HEAP_PAGE) : NULL;
    char *range = source->reserve(source->ctx, total, HEAP_PAGE);
    if (range == NULL)
        return NULL;
    if (source->expose(source->ctx, range + HEAP_PAGE, len) == 0)
        return range + HEAP_PAGE;
    source->unmap(source->ctx, range, total);
    return NULL;
}

void table_unmap(const struct heap_source *source, void *table, size_t len)
{
    if (source->reserve == NULL)
        source->unmap(source->ctx, table, len);
    else
        source->unmap(source->ctx, (char *)table - HEAP_PAGE, len + 2 * HEAP_PAGE);
}

void *meta_map(struct arena *arena, size_t len)
{
    void *table = table_map(&arena->source, len);

    arena->meta_len += table != NULL ? len : 0;
    return table;
}

void meta_unmap(struct arena *arena, void *table, size_t len)
{
    table_unmap(&arena->source, table, len);
    arena->meta_len -= len;
}

/* In a table of entries, where to look first. */
static size_t home_of(const struct arena *arena, uintptr_t address)
{
    /* 2^32 over the golden ratio: consecutive pages land far apart. */
    uint32_t page = (uint32_t)(address / HEAP_PAGE);
    return (page * 2654435769u >> 7) & (arena->mapped_cap - 1);
}

struct mapped *mapped_find(const struct arena *arena, uintptr_t address)
{
    if (arena->nr_mapped == 0 || address % HEAP_PAGE != 0 || address == 0)
        return NULL;
    size_t mask = arena->mapped_cap - 1;
    for (size_t i = home_of(arena, address); arena->mapped[i].start != 0; i = (i + 1) & mask)
        if (arena->mapped[i].start == address)
            return &arena->mapped[i];
    return NULL;
}

/* Enter a range; there is room. */
static void insert(struct arena *arena, const struct mapped *entry)
{
    size_t i = home_of(arena, entry->start);

    while (arena->mapped[i].start != 0)
        i = (i + 1) & (arena->mapped_cap - 1);
    arena->mapped[i] = *entry;
    arena->nr_mapped++;
}

/* Delete an entry, and move those up that were displaced by it. */
static void remove_entry(struct arena *arena, struct mapped *entry)
{
    size_t mask = arena->mapped_cap - 1, gap = (size_t)(entry - arena->mapped);

    for (size_t i = (gap + 1) & mask; arena->mapped[i].start != 0; i = (i + 1) & mask) {
        size_t home = home_of(arena, arena->mapped[i].start);
        /* An entry may move to the gap unless its home lies cyclically between gap and itself. */
        if (((i - home) & mask) >= ((i - gap) & mask)) {
            arena->mapped[gap] = arena->mapped[i];
            gap = i;
        }
    }
    arena->mapped[gap].start = 0;
    arena->nr_mapped--;
}

/* Move all entries to a table of another length; 0 drops the table. 0, or -1: no memory. */
static int rehash(struct arena *arena, size_t len)
{
    struct mapped *old = arena->mapped;
    size_t old_cap = arena->mapped_cap, cap = 1;
    struct mapped *table = len != 0 ? meta_map(arena, len) : NULL;

    if (len != 0 && table == NULL)
        return -1;
    while (cap * 2 * sizeof(*table) <= len)
        cap *= 2;
    arena->mapped = table;
    arena->mapped_cap = len != 0 ? cap : 0;
    arena->nr_mapped = 0;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].start != 0)
            insert(arena, &old[i]);
    if (old != NULL)
        meta_unmap(arena, old, arena->mapped_len);
    arena->mapped_len = len;
    return 0;
}

/* Make room for one more entry. 0, or -1: no memory. */
static int make_room(struct arena *arena)
{
    if (arena->nr_mapped < arena->mapped_cap / 2)
        return 0;
    if (rehash(arena, arena->mapped_cap == 0 ? TABLE_LEN_MIN : 2 * arena->mapped_len) == 0)
        return 0;
    return arena->nr_mapped < arena->mapped_cap / 8 * 7 ? 0 : -1;
}

/* A range whose first len bytes are accessible, with a guard if that can be had. 0, or -1: no memory. */
static int map_guarded(struct arena *arena, struct mapped *entry, size_t len, size_t align)
{
    const struct heap_source *source = &arena->source;

    *entry = (struct mapped){.len = len, .total = len + HEAP_PAGE};
    void *range =
        source->reserve != NULL ? source->reserve(source->ctx, entry->total, align) : NULL;
    if (range != NULL && source->expose(source->ctx, range, len) != 0) {
        source->unmap(source->ctx, range, entry->total);
        range = NULL;
    }
    if (range == NULL) {
        entry->total = len;
        range = source->map(source->ctx, len, align);
    }
    entry->start = (uintptr_t)range;
    return range != NULL ? 0 : -1;
}

/* Bytes of pages for a block of size bytes. */
static size_t block_len(const struct arena *arena, size_t size)
{
    size = arena->harden ? guard_room(arena, size) : size + (size == 0);
    return PAGES(size) * HEAP_PAGE;
}

void *mapped_alloc(struct arena *arena, size_t size, size_t align)
{
    struct mapped entry;
    size_t len = block_len(arena, size);

    if (arena->source.map == NULL || arena->nr_blocks >= arena->mmap_max || make_room(arena) != 0 ||
        map_guarded(arena, &entry, len, align < HEAP_PAGE ? HEAP_PAGE : align) != 0)
        return NULL;
    entry.asked = size;
    insert(arena, &entry);
    arena->nr_blocks++;
    return (void *)entry.start;
}

/* A block of this length was short-lived: let the next ones come from the region, as glibc does. */
static void adapt(struct arena *arena, size_t len)
{
    if (!arena->adapt || len < arena->mmap_threshold || len >= ADAPT_MAX)
        return;
    store(&arena->mmap_threshold, len + HEAP_PAGE);
    if (arena->trim_threshold < 2 * arena->mmap_threshold)
        arena->trim_threshold = 2 * arena->mmap_threshold;
}

void mapped_free(struct arena *arena, struct mapped *entry)
{
    const struct heap_source *source = &arena->source;
    struct mapped block = *entry;

    remove_entry(arena, entry);
    arena->nr_blocks--;
    adapt(arena, block.len);
    if (arena->harden && source->hide != NULL &&
        source->hide(source->ctx, (void *)block.start, block.len) == 0) {
        /* Nobody gets these addresses until it is forgotten that they were freed. */
        remember_unmapped(arena, block.start, 1, block.total);
        return;
    }
    remember_unmapped(arena, block.start, 1, 0);
    source->unmap(source->ctx, (void *)block.start, block.total);
}

void *mapped_resize(struct arena *arena, struct mapped *entry, size_t size)
{
    const struct heap_source *source = &arena->source;
    size_t len = block_len(arena, size), guard = entry->total - entry->len;
    struct mapped block = *entry;
    void *start = (void *)block.start;

    /* Into the guard, as long as a page of it is left; and back. */
    if (len > block.len && guard != 0 && len < block.total) {
        if (source->expose(source->ctx, (char *)start + block.len, len - block.len) != 0)
            return NULL;
        entry->len = len;
        entry->asked = size;
    } else if (len < block.len && guard != 0 && block.len - len <= block.len / 8) {
        if (source->hide(source->ctx, (char *)start + len, block.len - len) != 0)
            return NULL;
        entry->len = len;
        entry->asked = size;
    } else if (len == block.len) {
        entry->asked = size;
    } else {
        if (source->remap == NULL)
            return NULL;
        /* What grows once grows again. */
        size_t total =
            len + guard + (guard != 0 && len > block.len ? (len / 8 & ~(HEAP_PAGE - 1)) : 0);
        if (guard != 0 && source->expose(source->ctx, (char *)start + block.len, guard) != 0)
            return NULL;
        start = source->remap(source->ctx, start, block.total, total);
        int refused = start == NULL;
        if (refused)
            start = (void *)block.start;
        else
            block = (struct mapped){(uintptr_t)start, len, total, size, NULL};
        if (block.total != block.len &&
            source->hide(source->ctx, (char *)start + block.len, block.total - block.len) != 0)
            block.len = block.total;
        if (entry->start != block.start)
            remember_unmapped(arena, entry->start, 1, 0);
        remove_entry(arena, entry);
        insert(arena, &block);
        if (refused)
            return NULL;
    }
    return start;
}

void remember_unmapped(struct arena *arena, uintptr_t start, size_t len, size_t hidden)
{
    unsigned i = arena->recent_next++ % NR_RECENT;

    if (arena->recent[i].hidden != 0)
        arena->source.unmap(arena->source.ctx, (void *)arena->recent[i].start,
                            arena->recent[i].hidden);
    arena->recent[i].start = start;
    arena->recent[i].len = len;
    arena->recent[i].hidden = hidden;
}

/* Give back what was freed and only hidden. */
static int forget_hidden(struct arena *arena)
{
    int hidden = 0;

    for (unsigned i = 0; i < NR_RECENT; i++) {
        if (arena->recent[i].hidden == 0)
            continue;
        arena->source.unmap(arena->source.ctx, (void *)arena->recent[i].start,
                            arena->recent[i].hidden);
        arena->recent[i].hidden = 0;
        hidden = 1;
    }
    return hidden;
}

int mapped_trim(struct arena *arena)
{
    size_t need = TABLE_LEN_MIN;
    int hidden = forget_hidden(arena);

    while (need / sizeof(struct mapped) / 4 < arena->nr_mapped)
        need *= 2;
    if (arena->nr_mapped == 0)
        need = 0;
    return (need < arena->mapped_len && rehash(arena, need) == 0) | hidden;
}

void mapped_destroy(struct arena *arena)
{
    const struct heap_source *source = &arena->source;

    forget_hidden(arena);
    for (size_t i = 0; i < arena->mapped_cap; i++) {
        const struct mapped *entry = &arena->mapped[i];
        if (entry->start == 0)
            continue;
        source->unmap(source->ctx, (void *)entry->start, entry->total);
        if (entry->standin != NULL)
            meta_unmap(arena, entry->standin, entry->asked);
    }
    if (arena->mapped != NULL)
        meta_unmap(arena, arena->mapped, arena->mapped_len);
}

/* The tables of a stand-in, with the struct in front of them. NULL: no memory. */
static struct range *standin_tables(struct arena *arena, size_t nr_pages, size_t *len)
{
    *len = sizeof(struct range) + nr_pages * (sizeof(struct page) + sizeof(struct page *));
    *len = PAGES(*len) * HEAP_PAGE;
    struct range *range = make_room(arena) == 0 ? meta_map(arena, *len) : NULL;
    if (range == NULL)
        return NULL;
    range->nr_pages = nr_pages;
    range->nr_described = nr_pages;
    range->pages = (struct page *)(range + 1);
    range->slab = (struct page **)(range->pages + nr_pages);
    for (size_t i = 0; i < nr_pages; i++)
        range->slab[i] = HEAP_NO_PAGE;
    return range;
}

/* Enter a stand-in that lies at start, where NULL says that it was refused. accessible: in bytes. */
static struct range *standin_enter(struct arena *arena, struct range *range, void *start,
                                   size_t len, size_t accessible)
{
    if (start == NULL) {
        meta_unmap(arena, range, len);
        return NULL;
    }
    range->start = (uintptr_t)start;
    range->top = range->nr_pages;
    insert(arena, &(struct mapped){.start = range->start,
                                   .len = accessible,
                                   .total = range->nr_pages * HEAP_PAGE,
                                   .asked = len,
                                   .standin = range});
    return range;
}

struct range *standin_create(struct arena *arena, size_t nr_pages)
{
    const struct heap_source *source = &arena->source;
    size_t len, align = STANDIN_PAGES * HEAP_PAGE;

    if (source->map == NULL || nr_pages > STANDIN_PAGES)
        return NULL;
    struct range *range = standin_tables(arena, STANDIN_PAGES, &len);
    if (range == NULL)
        return NULL;
    void *start = source->map(source->ctx, STANDIN_PAGES * HEAP_PAGE, align);
    if (start == NULL) {
        range->nr_pages = nr_pages;
        start = source->map(source->ctx, nr_pages * HEAP_PAGE, align);
    }
    range = standin_enter(arena, range, start, len, range->nr_pages * HEAP_PAGE);
    if (range != NULL)
        arena->standin_pages += range->nr_pages;
    return range;
}

struct range *standin_reserve(struct arena *arena, size_t nr_pages)
{
    const struct heap_source *source = &arena->source;
    size_t len, align = STANDIN_PAGES * HEAP_PAGE;
    struct range *range = source->map != NULL && source->reserve != NULL
                              ? standin_tables(arena, nr_pages, &len)
                              : NULL;

    if (range == NULL)
        return NULL;
    void *start = source->reserve(source->ctx, nr_pages * HEAP_PAGE, align);
    return standin_enter(arena, range, start, len, 0);
}

void standin_destroy(struct arena *arena, struct range *range)
{
    const struct heap_source *source = &arena->source;
    struct mapped entry = *mapped_find(arena, range->start);

    arena->standin_pages -= entry.len / HEAP_PAGE;
    remove_entry(arena, mapped_find(arena, range->start));
    remember_unmapped(arena, range->start, entry.total, 0);
    meta_unmap(arena, range, entry.asked);
    source->unmap(source->ctx, (void *)entry.start, entry.total);
}

struct range *standin_find(const struct arena *arena, uintptr_t address)
{
    const struct mapped *entry =
        mapped_find(arena, address & ~(uintptr_t)(STANDIN_PAGES * HEAP_PAGE - 1));

    if (entry == NULL || entry->standin == NULL)
        return NULL;
    struct range *range = entry->standin;
    return address - range->start < range->nr_pages * HEAP_PAGE ? range : NULL;
}
