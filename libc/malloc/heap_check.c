/*
 * malloc/heap_check.c - prove every invariant of a heap
 *
 * Each range is walked from head to head and each descriptor looked at; what was counted on the way
 * must be what the bins, lists and tables hold. Returns the first sentence that is not true.
 */

#include "heap_internal.h"

#define REQUIRE(condition, sentence)                                                               \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return sentence;                                                                       \
    } while (0)

struct count {
    size_t free_runs, partial, bits;
};

/* The guards of a slab's blocks, and what hardening wrote to its free slots. */
static const char *check_guards(struct arena *arena, struct page *slab)
{
    for (unsigned slot = 0; slot < slab->nr_given; slot++) {
        uintptr_t address = slab->start + slot * slab->size;
        if (bit_test(vacant_of(slab), slot)) {
            if (!arena->harden || stale_intact(arena, (void *)address, slab->size))
                continue;
            note_misuse(arena, HEAP_STALE_WRITE, address);
            return "a free slot was written to";
        }
        if (HEAP_THREADS && bit_test(returned_of(arena, slab), slot))
            continue;
        if (guard_read(arena, (void *)address, slab->size) == SIZE_MAX) {
            note_misuse(arena, HEAP_OVERFLOW, address);
            return "bytes behind a block were written";
        }
    }
    return NULL;
}

/* The same for a block of whole pages. */
static const char *check_guard(struct arena *arena, uintptr_t start, size_t asked, size_t len)
{
    if (!arena->harden || guard_intact(arena, (void *)start, asked, len))
        return NULL;
    note_misuse(arena, HEAP_OVERFLOW, start);
    return "bytes behind a block were written";
}

static const char *check_slab(const struct heap *heap, const struct range *range, size_t index,
                              struct count *count)
{
    struct page *slab = &range->pages[index];
    struct arena *arena = heap->arena;
    REQUIRE(slab->class < HEAP_NR_CLASSES, "a slab has a class that is none");
    const struct size_class *class = &arena->classes[slab->class];
    unsigned nr_free = 0, nr_bits = 0;
    int hardened = arena->harden && slab->kind == GUARDED;

    REQUIRE(slab->size == class->size && slab->nr_pages == class->nr_pages,
            "a slab and its class differ");
    for (size_t i = 0; i < class->nr_pages; i++)
        REQUIRE(range->slab[index + i] == slab, "a slab's page is said to be another's");
    /* The rest is its owner's to look at. */
    if (slab->owner != heap)
        return NULL;
    for (unsigned i = 0; i < class->nr_slots; i++)
        nr_free += bit_test(vacant_of(slab), i) && !(hardened && bit_test(held_of(arena, slab), i));
    for (unsigned long bits = slab->bits; bits != 0; bits &= bits - 1, nr_bits++)
        REQUIRE((*slab->word & bits) == bits, "a slab gives out a slot that is not vacant");
    unsigned reserved = hardened && slab->nr_given != 0;
    REQUIRE(nr_free + count_of(slab) + reserved == class->nr_slots + nr_bits,
            "a slab's bitmap and count differ");
    REQUIRE(slab->nr_given <= class->nr_slots, "a slab gave more slots than it has");
    for (unsigned i = slab->nr_given; i < class->nr_slots; i++)
        REQUIRE(bit_test(vacant_of(slab), i), "a slot is in use and was never given");
    if (heap->current[slab->kind][slab->class] != slab && !slab->full) {
        REQUIRE(count_of(slab) != 0, "an empty slab is kept");
        count->partial++;
    }
    return slab->kind == GUARDED ? check_guards(arena, slab) : NULL;
}

/* The pages behind a head of len pages that is no slab. */
static const char *check_run(const struct range *range, size_t index, size_t len)
{
    const struct page *head = &range->pages[index];
    size_t nr_inside = len;

    if (head->state != PAGE_USED && len > 1) {
        const struct page *end = &range->pages[index + len - 1];
        REQUIRE(end->state == PAGE_END && end->nr_pages == len, "a run's end does not match");
        nr_inside--;
    }
    for (size_t i = 1; i < nr_inside; i++)
        REQUIRE(range->pages[index + i].state == PAGE_INSIDE, "a head lies inside a run");
    for (size_t i = 0; i < len; i++)
        REQUIRE(!is_page(range->slab[index + i]), "a run's page is said to be a slab's");
    return NULL;
}

static const char *check_range(const struct heap *heap, const struct range *range,
                               struct count *count)
{
    const struct arena *arena = heap->arena;
    const char *error;
    size_t len;
    uint8_t before = PAGE_INSIDE;

    REQUIRE(range->nr_pages <= range->nr_described, "a range is not described to its end");
    REQUIRE(range->top <= range->nr_pages, "a range's free end begins beyond it");
    for (size_t index = 0; index < range->top; index += len) {
        const struct page *head = &range->pages[index];
        len = head->nr_pages;
        REQUIRE(head->state == PAGE_FREE || head->state == PAGE_USED || head->state == PAGE_SLAB ||
                    head->state == PAGE_HOLE || head->state == PAGE_META,
                "a run ends and no head follows");
        REQUIRE(head->start == page_address(range, index), "a head has another page's address");
        REQUIRE(len != 0 && len <= range->top - index, "a run passes the range's end");
        REQUIRE(head->state != PAGE_FREE || before != PAGE_FREE, "two free runs touch");
        error = head->state == PAGE_SLAB ? check_slab(heap, range, index, count)
                                         : check_run(range, index, len);
        if (error == NULL && head->state == PAGE_USED)
            error = check_guard(heap->arena, head->start, head->asked, len * HEAP_PAGE);
        if (error != NULL)
            return error;
        if (head->state == PAGE_FREE) {
            count->free_runs++;
            REQUIRE(index + len != range->top || range->top == range->nr_pages ||
                        (arena->source.commit != NULL && head->dropped != DROPPED_NONE),
                    "a free run touches the region's free end");
        }
        before = head->state;
    }
    for (size_t index = range->top; index < range->nr_pages; index++)
        REQUIRE(range->pages[index].state == PAGE_INSIDE && !is_page(range->slab[index]),
                "a page of the region's free end is in use");
    REQUIRE(before != PAGE_HOLE || range->top != range->nr_pages, "the region ends in a hole");
    REQUIRE(range->fresh <= range->nr_pages, "pages were handed out beyond the range");
    return NULL;
}

/* Whether a head is one of a range of this arena. */
static int is_head(struct arena *arena, const struct page *head, uint8_t state)
{
    const struct range *range = range_find(arena, head->start);

    return range != NULL && head->state == state &&
           &range->pages[page_index(range, head->start)] == head;
}

static const char *check_bins(struct arena *arena, const struct count *count)
{
    size_t nr = 0;

    for (unsigned i = 0; i < NR_RUN_KINDS * NR_BINS; i++) {
        const struct bins *bins = &arena->bins[i / NR_BINS];
        const struct page *prev = NULL;
        unsigned bin = i % NR_BINS;
        REQUIRE((bins->list[bin] != NULL) == (bins->map[bin / 32] >> bin % 32 & 1),
                "a bin and its bit differ");
        for (struct page *head = bins->list[bin]; head != NULL; head = head->next) {
            REQUIRE(nr++ < count->free_runs, "a bin holds more than the free runs");
            REQUIRE(is_head(arena, head, PAGE_FREE), "a bin holds what is no free run");
            REQUIRE(head->prev == prev, "a bin's links do not match");
            REQUIRE(run_bin(head->nr_pages) == bin &&
                        (head->dropped == DROPPED_ALL) == (i / NR_BINS == DROPPED),
                    "a free run lies in the wrong bin");
            prev = head;
        }
    }
    REQUIRE(nr == count->free_runs, "a free run is in no bin");
    return NULL;
}

static const char *check_class(struct heap *heap, unsigned kind, unsigned class,
                               const struct count *count, size_t *nr_partial)
{
    const struct page *current = heap->current[kind][class], *prev = NULL;

    REQUIRE(!is_page(current) || (is_head(heap->arena, current, PAGE_SLAB) &&
                                  current->class == class && current->kind == kind),
            "a current slab is none of its class");
    for (struct page *slab = heap->partial[kind][class]; slab != NULL; slab = slab->next) {
        REQUIRE(is_head(heap->arena, slab, PAGE_SLAB) && slab->class == class &&
                    slab->kind == kind && slab->owner == heap,
                "a partial slab is none of its class");
        REQUIRE(++*nr_partial <= count->partial, "a class lists more than the partial slabs");
        REQUIRE(slab->prev == prev, "a class's links do not match");
        prev = slab;
    }
    return NULL;
}

static const char *check_classes(struct heap *heap, const struct count *count)
{
    size_t nr_partial = 0;

    for (unsigned i = 0; i < 2 * HEAP_NR_CLASSES; i++) {
        const char *error =
            check_class(heap, i / HEAP_NR_CLASSES, i % HEAP_NR_CLASSES, count, &nr_partial);
        if (error != NULL)
            return error;
    }
    REQUIRE(nr_partial == count->partial, "a partial slab is in no list");
    return NULL;
}

static const char *check_mapped(const struct heap *heap, struct count *count)
{
    struct arena *arena = heap->arena;
    size_t nr = 0, nr_blocks = 0, standin_pages = 0;

    for (size_t i = 0; i < arena->mapped_cap; i++) {
        const struct mapped *entry = &arena->mapped[i];
        if (entry->start == 0)
            continue;
        nr++;
        nr_blocks += entry->standin == NULL;
        REQUIRE(entry->total != 0 && entry->total % HEAP_PAGE == 0, "a mapped range has no length");
        REQUIRE(mapped_find(arena, entry->start) == entry, "a mapped range is not found");
        if (entry->standin == NULL) {
            const char *written = check_guard(arena, entry->start, entry->asked, entry->len);
            if (written != NULL)
                return written;
            continue;
        }
        standin_pages += entry->len / HEAP_PAGE;
        const char *error = check_range(heap, entry->standin, count);
        if (error != NULL)
            return error;
    }
    REQUIRE(nr == arena->nr_mapped && nr_blocks == arena->nr_blocks,
            "the table of mapped ranges and its count differ");
    REQUIRE(standin_pages == arena->standin_pages, "stand-ins have another number of pages");
    return NULL;
}

const char *heap_check(struct heap *heap)
{
    struct arena *arena = heap->arena;
    struct count count = {0};

    arena_lock(arena);
    const char *error = check_range(heap, &arena->region, &count);
    if (error == NULL)
        error = check_mapped(heap, &count);
    if (error == NULL)
        error = check_bins(arena, &count);
    if (error == NULL)
        error = check_classes(heap, &count);
    arena_unlock(arena);
    report_pending(arena);
    return error;
}
