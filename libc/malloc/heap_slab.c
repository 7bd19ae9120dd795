/*
 * malloc/heap_slab.c - slabs: pages cut into slots of one size class
 *
 * Which slots are free is a bitmap in the descriptor of the slab's first page, so that taking and
 * giving back a slot is a bit operation, and a second free is a bit that is set already. A class
 * keeps a list of its slabs with both used and free slots; full ones are in no list and come back
 * to it by a free. One empty slab per class is kept as a spare, so that a program that allocates
 * and frees one block over and over does not carve a slab each time; it stays in the list if no other
 * slab is there, so that such a program does not move it either.
 *
 * Invariant: a slab with 0 < nr_used < nr_slots is in its class's partial list; a full one is not; an
 * empty one is the class's spare.
 */

#include "heap_internal.h"

#define SLAB_PAGES_MAX 16

static uint32_t class_size(unsigned class)
{
    if (class < 8)
        return 16 * (class + 1);
    return (uint32_t)(5 + (class - 8) % 4) << (5 + (class - 8) / 4);
}

/* The fewest pages that hold at least two slots and waste at most a sixteenth. */
static unsigned slab_pages(uint32_t size)
{
    unsigned pages = 1;

    while (pages < SLAB_PAGES_MAX) {
        uint32_t len = pages * HEAP_PAGE;
        if (len / size >= 2 && len % size <= len / 16)
            break;
        pages++;
    }
    return pages;
}

void slab_init(struct heap *heap)
{
    for (unsigned i = 0; i < NR_CLASSES; i++) {
        struct size_class *class = &heap->classes[i];
        class->size = class_size(i);
        class->reciprocal = UINT32_MAX / class->size + 1;
        class->nr_pages = (uint16_t)slab_pages(class->size);
        class->nr_slots = (uint16_t)(class->nr_pages * HEAP_PAGE / class->size);
    }
}

static void vacant_fill(struct page *slab, unsigned nr_slots)
{
    for (unsigned i = 0; i < BITMAP_WORDS; i++) {
        unsigned first = i * (unsigned)WORD_BITS;
        if (nr_slots >= first + WORD_BITS)
            slab->vacant[i] = ~0ul;
        else
            slab->vacant[i] = nr_slots > first ? (1ul << (nr_slots - first)) - 1 : 0;
    }
}

int slab_refill(struct heap *heap, struct size_class *class)
{
    struct page *slab = class->spare;
    size_t clear;

    if (slab != NULL) {
        page_list_push(&class->partial, slab);
        return 0;
    }
    slab = run_alloc(heap, class->nr_pages, 1, &clear);
    if (slab == NULL)
        return -1;
    struct range *range = range_find(heap, slab->start);
    size_t index = page_index(range, slab->start);
    for (uint32_t i = 1; i < class->nr_pages; i++) {
        struct page *tail = page_at(range, index + i);
        tail->state = PAGE_SLAB_TAIL;
        tail->back = i;
    }
    slab->state = PAGE_SLAB;
    slab->class = (uint8_t)(class - heap->classes);
    slab->nr_used = 0;
    slab->nr_given = 0;
    vacant_fill(slab, class->nr_slots);
    page_list_push(&class->partial, slab);
    return 0;
}

void slab_release(struct heap *heap, struct range *range, struct page *slab)
{
    size_t index = page_index(range, slab->start);
    uint8_t class = slab->class;
    unsigned nr_pages = heap->classes[class].nr_pages;

    for (unsigned i = 0; i < nr_pages; i++) {
        struct page *page = page_at(range, index + i);
        page->state = PAGE_INSIDE;
        page->was = (uint8_t)(class + 1);
        page->was_index = (uint8_t)i;
    }
    run_free(heap, range, index, nr_pages, DROPPED_NONE);
}

/* The spare of a class is none any more, and in no list. */
static void spare_unlink(struct size_class *class)
{
    struct page *spare = class->spare;

    if (class->partial == spare || spare->prev != NULL)
        page_list_remove(&class->partial, spare);
    class->spare = NULL;
}

void slab_emptied(struct heap *heap, struct page *slab)
{
    struct size_class *class = &heap->classes[slab->class];
    struct page *other = class->spare;

    if (other == NULL && slab->prev == NULL && slab->next == NULL) {
        class->spare = slab;
        return;
    }
    page_list_remove(&class->partial, slab);
    slab->prev = NULL;
    if (other == NULL) {
        class->spare = slab;
        return;
    }
    /* The lower one stays: the region shrinks from its end. */
    if (slab->start < other->start) {
        spare_unlink(class);
        class->spare = slab;
        slab = other;
    }
    slab_release(heap, range_find(heap, slab->start), slab);
}

int slab_release_spare(struct heap *heap, struct size_class *class)
{
    struct page *spare = class->spare;

    if (spare == NULL)
        return 0;
    spare_unlink(class);
    slab_release(heap, range_find(heap, spare->start), spare);
    return 1;
}

int slab_release_spares(struct heap *heap)
{
    int released = 0;

    for (unsigned i = 0; i < NR_CLASSES; i++)
        released |= slab_release_spare(heap, &heap->classes[i]);
    return released;
}
