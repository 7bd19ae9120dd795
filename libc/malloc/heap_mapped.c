/*
 * malloc/heap_mapped.c - blocks with a mapped range of their own
 *
 * The block is the whole range; where it starts and how long it is stands in a hash table keyed by
 * the page number: open addressing with linear probing, at most half full unless it cannot grow,
 * and deletion moves entries up, so that there are no tombstones and the cost does not grow with
 * age.
 */

#include "heap_internal.h"

#define TABLE_LEN_MIN ((size_t)HEAP_PAGE)

/* As far as the thresholds adapt. */
#define ADAPT_MAX ((size_t)32 << 20)

static size_t slot_of(const struct heap *heap, uintptr_t address)
{
    /* 2^32 over the golden ratio: consecutive pages land far apart. */
    uint32_t page = (uint32_t)(address / HEAP_PAGE);
    return (page * 2654435769u >> 7) & (heap->mapped_cap - 1);
}

struct mapped *mapped_find(const struct heap *heap, uintptr_t address)
{
    if (heap->nr_mapped == 0 || address % HEAP_PAGE != 0 || address == 0)
        return NULL;
    size_t mask = heap->mapped_cap - 1;
    for (size_t i = slot_of(heap, address); heap->mapped[i].start != 0; i = (i + 1) & mask)
        if (heap->mapped[i].start == address)
            return &heap->mapped[i];
    return NULL;
}

/* Enter a block; there is room. */
static struct mapped *insert(struct heap *heap, uintptr_t start, size_t len)
{
    size_t i = slot_of(heap, start);

    while (heap->mapped[i].start != 0)
        i = (i + 1) & (heap->mapped_cap - 1);
    heap->mapped[i].start = start;
    heap->mapped[i].len = len;
    heap->nr_mapped++;
    return &heap->mapped[i];
}

/* Delete an entry, and move those up that were displaced by it. */
static void remove_entry(struct heap *heap, struct mapped *entry)
{
    size_t mask = heap->mapped_cap - 1, gap = (size_t)(entry - heap->mapped);

    for (size_t i = (gap + 1) & mask; heap->mapped[i].start != 0; i = (i + 1) & mask) {
        size_t home = slot_of(heap, heap->mapped[i].start);
        /* An entry may move to the gap unless its home lies cyclically between gap and itself. */
        if (((i - home) & mask) >= ((i - gap) & mask)) {
            heap->mapped[gap] = heap->mapped[i];
            gap = i;
        }
    }
    heap->mapped[gap].start = 0;
    heap->nr_mapped--;
}

/* Move all entries to a table of another length; 0 drops the table. 0, or -1: no memory. */
static int rehash(struct heap *heap, size_t len)
{
    struct mapped *old = heap->mapped;
    size_t old_cap = heap->mapped_cap;
    struct mapped *table = len != 0 ? meta_map(heap, len) : NULL;

    if (len != 0 && table == NULL)
        return -1;
    heap->mapped = table;
    heap->mapped_cap = len / sizeof(*table);
    heap->nr_mapped = 0;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].start != 0)
            insert(heap, old[i].start, old[i].len);
    if (old != NULL)
        meta_unmap(heap, old, old_cap * sizeof(*old));
    return 0;
}

/* Make room for one more entry. 0, or -1: no memory. */
static int reserve(struct heap *heap)
{
    size_t cap = heap->mapped_cap;

    if (heap->nr_mapped < cap / 2)
        return 0;
    if (rehash(heap, cap == 0 ? TABLE_LEN_MIN : cap * 2 * sizeof(struct mapped)) == 0)
        return 0;
    return heap->nr_mapped < cap / 8 * 7 ? 0 : -1;
}

void *mapped_alloc(struct heap *heap, size_t size, size_t align)
{
    size_t len = PAGES(size + (size == 0)) * HEAP_PAGE;

    if (heap->source.map == NULL || heap->nr_mapped >= heap->mmap_max || reserve(heap) != 0)
        return NULL;
    void *start = heap->source.map(heap->source.ctx, len, align < HEAP_PAGE ? HEAP_PAGE : align);
    if (start != NULL)
        insert(heap, (uintptr_t)start, len);
    return start;
}

/* A block of this length was short-lived: let the next ones come from the region, as glibc does. */
static void adapt(struct heap *heap, size_t len)
{
    if (!heap->adapt || len < heap->mmap_threshold || len >= ADAPT_MAX)
        return;
    heap->mmap_threshold = len + HEAP_PAGE;
    heap->trim_threshold = 2 * heap->mmap_threshold;
    heap->small_end = SMALL_MAX + 1;
}

void mapped_free(struct heap *heap, struct mapped *entry)
{
    uintptr_t start = entry->start;
    size_t len = entry->len;

    remove_entry(heap, entry);
    remember_unmapped(heap, start, 1);
    adapt(heap, len);
    heap->source.unmap(heap->source.ctx, (void *)start, len);
}

void *mapped_resize(struct heap *heap, struct mapped *entry, size_t size)
{
    size_t len = PAGES(size + (size == 0)) * HEAP_PAGE;
    uintptr_t old = entry->start;

    if (len == entry->len)
        return (void *)old;
    if (heap->source.remap == NULL)
        return NULL;
    void *start = heap->source.remap(heap->source.ctx, (void *)old, entry->len, len);
    if (start == NULL)
        return NULL;
    remove_entry(heap, entry);
    insert(heap, (uintptr_t)start, len);
    if ((uintptr_t)start != old)
        remember_unmapped(heap, old, 1);
    return start;
}

int mapped_trim(struct heap *heap)
{
    size_t len = heap->mapped_cap * sizeof(struct mapped), need = TABLE_LEN_MIN;

    while (need / sizeof(struct mapped) / 2 < heap->nr_mapped)
        need *= 2;
    if (heap->nr_mapped == 0)
        need = 0;
    return need < len && rehash(heap, need) == 0;
}

void mapped_destroy(struct heap *heap)
{
    for (size_t i = 0; i < heap->mapped_cap; i++)
        if (heap->mapped[i].start != 0)
            heap->source.unmap(heap->source.ctx, (void *)heap->mapped[i].start,
                               heap->mapped[i].len);
    if (heap->mapped != NULL)
        meta_unmap(heap, heap->mapped, heap->mapped_cap * sizeof(*heap->mapped));
}
