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
    size_t free_runs, partial, empty;
};

static const char *check_slab(const struct heap *heap, const struct range *range, size_t index,
                              struct count *count)
{
    const struct page *slab = page_at(range, index);
    REQUIRE(slab->class < NR_CLASSES, "a slab has a class that is none");
    const struct size_class *class = &heap->classes[slab->class];
    unsigned nr_vacant = 0;

    for (unsigned i = 0; i < BITMAP_WORDS; i++)
        for (unsigned long bits = slab->vacant[i]; bits != 0; bits &= bits - 1)
            nr_vacant++;
    REQUIRE(nr_vacant + slab->nr_used == class->nr_slots, "a slab's bitmap and count differ");
    REQUIRE(slab->nr_used <= slab->nr_given, "a slab's slot is in use and was never given");
    REQUIRE(slab->nr_given <= class->nr_slots, "a slab gave more slots than it has");
    for (unsigned i = class->nr_slots; i < SLOTS_MAX; i++)
        REQUIRE(!(slab->vacant[i / WORD_BITS] >> i % WORD_BITS & 1), "a slot beyond the slab");
    for (size_t i = 1; i < class->nr_pages; i++) {
        const struct page *tail = page_at(range, index + i);
        REQUIRE(tail->state == PAGE_SLAB_TAIL && tail->back == i, "a slab's tail is wrong");
    }
    if (slab->nr_used == 0) {
        REQUIRE(class->spare == slab, "a slab is empty and not its class's spare");
        count->empty++;
    } else if (slab->nr_used < class->nr_slots) {
        count->partial++;
    }
    return NULL;
}

/* The pages behind a head of len pages that is no slab. */
static const char *check_run(const struct range *range, size_t index, size_t len)
{
    const struct page *head = page_at(range, index);
    size_t nr_inside = len;

    if (head->state != PAGE_USED && len > 1) {
        const struct page *end = page_at(range, index + len - 1);
        REQUIRE(end->state == PAGE_END && end->nr_pages == len, "a run's end does not match");
        nr_inside--;
    }
    for (size_t i = 1; i < nr_inside; i++)
        REQUIRE(page_at(range, index + i)->state == PAGE_INSIDE, "a head lies inside a run");
    return NULL;
}

static const char *check_range(const struct heap *heap, const struct range *range,
                               struct count *count)
{
    const char *error;
    size_t len;
    uint8_t before = PAGE_INSIDE;

    for (size_t index = 0; index < range->nr_pages; index += len) {
        const struct page *head = page_at(range, index);
        len = run_len(heap, head);
        REQUIRE(head->state == PAGE_FREE || head->state == PAGE_USED || head->state == PAGE_SLAB ||
                    head->state == PAGE_HOLE || head->state == PAGE_META,
                "a run ends and no head follows");
        REQUIRE(head->start == page_address(range, index), "a head has another page's address");
        REQUIRE(len != 0 && len <= range->nr_pages - index, "a run passes the range's end");
        REQUIRE(head->state != PAGE_FREE || before != PAGE_FREE, "two free runs touch");
        error = head->state == PAGE_SLAB ? check_slab(heap, range, index, count)
                                         : check_run(range, index, len);
        if (error != NULL)
            return error;
        if (head->state == PAGE_FREE)
            count->free_runs++;
        before = head->state;
    }
    REQUIRE(before != PAGE_HOLE, "the region ends in a hole");
    REQUIRE(range->fresh <= range->nr_pages, "pages were handed out beyond the range");
    return NULL;
}

/* Whether a head is one of a range of this heap. */
static int is_head(struct heap *heap, const struct page *head, uint8_t state)
{
    const struct range *range = range_find(heap, head->start);

    return range != NULL && head->state == state &&
           page_at(range, page_index(range, head->start)) == head;
}

static const char *check_bins(struct heap *heap, const struct count *count)
{
    size_t nr = 0;

    for (unsigned bin = 0; bin < NR_BINS; bin++) {
        const struct page *prev = NULL;
        REQUIRE((heap->bins[bin] != NULL) == (heap->bin_map[bin / 32] >> bin % 32 & 1),
                "a bin and its bit differ");
        for (struct page *head = heap->bins[bin]; head != NULL; head = head->next) {
            REQUIRE(nr++ < count->free_runs, "a bin holds more than the free runs");
            REQUIRE(is_head(heap, head, PAGE_FREE), "a bin holds what is no free run");
            REQUIRE(head->prev == prev, "a bin's links do not match");
            REQUIRE(run_bin(head->nr_pages) == bin, "a free run lies in the wrong bin");
            prev = head;
        }
    }
    REQUIRE(nr == count->free_runs, "a free run is in no bin");
    return NULL;
}

static const char *check_classes(struct heap *heap, const struct count *count)
{
    size_t nr_partial = 0, nr_spare = 0;

    for (unsigned i = 0; i < NR_CLASSES; i++) {
        const struct size_class *class = &heap->classes[i];
        const struct page *prev = NULL;
        nr_spare += class->spare != NULL;
        REQUIRE(class->spare == NULL ||
                    (is_head(heap, class->spare, PAGE_SLAB) && class->spare->class == i),
                "a spare is no slab of its class");
        for (struct page *slab = class->partial; slab != NULL; slab = slab->next) {
            REQUIRE(is_head(heap, slab, PAGE_SLAB) && slab->class == i, "no slab of its class");
            REQUIRE(slab->nr_used != 0 || slab == class->spare, "an empty slab is listed");
            REQUIRE(slab->nr_used < class->nr_slots, "a slab not partial");
            nr_partial += slab->nr_used != 0;
            REQUIRE(nr_partial <= count->partial, "a class lists more than the partial slabs");
            REQUIRE(slab->prev == prev, "a class's links do not match");
            prev = slab;
        }
    }
    REQUIRE(nr_partial == count->partial, "a partial slab is in no list");
    REQUIRE(nr_spare == count->empty, "an empty slab is no spare");
    return NULL;
}

static const char *check_mapped(const struct heap *heap)
{
    size_t nr = 0;

    for (size_t i = 0; i < heap->mapped_cap; i++) {
        const struct mapped *entry = &heap->mapped[i];
        if (entry->start == 0)
            continue;
        nr++;
        REQUIRE(entry->len != 0 && entry->len % HEAP_PAGE == 0, "a mapped block has no length");
        REQUIRE(mapped_find(heap, entry->start) == entry, "a mapped block is not found");
    }
    REQUIRE(nr == heap->nr_mapped, "the table of mapped blocks and its count differ");
    return NULL;
}

static const char *check_standins(const struct heap *heap, struct count *count)
{
    size_t nr_pages = 0;

    for (size_t i = 0; i < heap->nr_standins; i++) {
        const struct range *range = heap->standins[i];
        REQUIRE(i == 0 || range_end(heap->standins[i - 1]) <= range->start, "stand-ins overlap");
        nr_pages += range->nr_pages;
        const char *error = check_range(heap, range, count);
        if (error != NULL)
            return error;
    }
    REQUIRE(nr_pages == heap->standin_pages, "stand-ins have another number of pages");
    return NULL;
}

static const char *check_all(struct heap *heap)
{
    struct count count = {0, 0, 0};
    const char *error = check_range(heap, &heap->region, &count);

    if (error == NULL)
        error = check_standins(heap, &count);
    if (error == NULL)
        error = check_bins(heap, &count);
    if (error == NULL)
        error = check_classes(heap, &count);
    if (error == NULL)
        error = check_mapped(heap);
    return error;
}

const char *heap_check(struct heap *heap)
{
    heap_lock(heap);
    const char *error = check_all(heap);
    heap_unlock(heap);
    return error;
}
