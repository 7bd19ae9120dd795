/*
 * malloc/heap.c - the interface of the allocator core
 *
 * A request goes to one of three places by its size: a slab (up to 16 KiB), a run of pages of
 * the contiguous region, or, from the threshold on, a mapped range of its own. A free finds out by
 * the address which of them it was. Memory is copied and cleared after the lock is released.
 */

#include "heap_internal.h"

#include <string.h>

#define DEFAULT_THRESHOLD  ((size_t)128 << 10)
#define DEFAULT_TOP_PAD    ((size_t)64 << 10)
#define DEFAULT_MMAP_MAX   65536
#define MMAP_THRESHOLD_MAX ((size_t)32 << 20)
#define REQUEST_MAX        ((size_t)PTRDIFF_MAX - HEAP_PAGE)

/* What an allocation yields while the lock is held. */
struct grant {
    void *block;  /* NULL: no memory */
    size_t clear; /* bytes at its start that are not known to be zero */
};

const char *heap_misuse_text(enum heap_misuse what)
{
    switch (what) {
    case HEAP_DOUBLE_FREE:
        return "double free of";
    case HEAP_FREE_UNKNOWN:
        return "free of a pointer malloc never gave:";
    case HEAP_RESIZE_FREED:
        return "realloc of a freed block:";
    case HEAP_RESIZE_UNKNOWN:
        return "realloc of a pointer malloc never gave:";
    case HEAP_USABLE_FREED:
        return "malloc_usable_size of a freed block:";
    case HEAP_USABLE_UNKNOWN:
        return "malloc_usable_size of a pointer malloc never gave:";
    case HEAP_REGION_LOST:
        return "the break was moved below blocks in use, to";
    }
    return "misuse of";
}

static void report(struct heap *heap, enum heap_misuse what, uintptr_t address)
{
    if (heap->source.misuse == NULL)
        __builtin_trap();
    heap->source.misuse(heap->source.ctx, what, (const void *)address);
}

/* Unlock after something that may have asked the source for memory. */
static void unlock_and_report(struct heap *heap)
{
    uintptr_t lost = heap->lost;

    heap->lost = 0;
    heap_unlock(heap);
    if (UNLIKELY(lost != 0))
        report(heap, HEAP_REGION_LOST, lost);
}

static void set_small_end(struct heap *heap)
{
    heap->small_end = SMALL_MAX + 1;
    if (heap->small_end > heap->mmap_threshold)
        heap->small_end = heap->mmap_threshold;
    heap->fast_end = heap->small_end < FAST_MAX ? heap->small_end : FAST_MAX + 1;
    if (heap->perturb != 0)
        heap->fast_end = 0;
}

struct heap *heap_create(void *storage, const struct heap_source *source)
{
    struct heap *heap = storage;

    if (source->extend == NULL && source->map == NULL)
        return NULL;
    if (heap != NULL)
        memset(heap, 0, sizeof(*heap));
    else if (source->map != NULL)
        heap = source->map(source->ctx, HEAP_STORAGE, HEAP_PAGE);
    if (heap == NULL)
        heap = region_create(source);
    if (heap == NULL)
        return NULL;
    heap->source = *source;
    heap->own_storage = storage == NULL;
    heap->mmap_threshold = DEFAULT_THRESHOLD;
    heap->trim_threshold = DEFAULT_THRESHOLD;
    heap->top_pad = DEFAULT_TOP_PAD;
    heap->mmap_max = DEFAULT_MMAP_MAX;
    heap->adapt = 1;
    heap->shrink_refused = SIZE_MAX;
    set_small_end(heap);
    slab_init(heap);
    for (size_t i = 0; i <= FAST_MAX / 16; i++)
        heap->class_table[i] = (uint8_t)class_of(i * 16);
    return heap;
}

void heap_destroy(struct heap *heap)
{
    struct heap_source source = heap->source;
    int mapped = heap->own_storage && range_find(heap, (uintptr_t)heap) == NULL;

    mapped_destroy(heap);
    while (heap->nr_standins != 0)
        range_standin_destroy(heap, heap->standins[heap->nr_standins - 1]);
    region_destroy(heap, &source);
    if (mapped)
        source.unmap(source.ctx, heap, HEAP_STORAGE);
}

/* A slot of a slab that has free ones. */
static inline void *slot_take(struct size_class *class, struct page *slab)
{
    unsigned word = 0;

    while (slab->vacant[word] == 0)
        word++;
    unsigned slot = word * (unsigned)WORD_BITS + (unsigned)__builtin_ctzl(slab->vacant[word]);
    slab->vacant[word] &= slab->vacant[word] - 1;
    if (slot >= slab->nr_given)
        slab->nr_given = (uint16_t)(slot + 1);
    if (slab->nr_used++ == 0)
        class->spare = NULL;
    if (UNLIKELY(slab->nr_used == class->nr_slots))
        page_list_remove(&class->partial, slab);
    return (void *)(slab->start + slot * class->size);
}

static void *small_alloc(struct heap *heap, size_t size)
{
    struct size_class *class = &heap->classes[class_of(size)];

    if (UNLIKELY(class->partial == NULL) && slab_refill(heap, class) != 0)
        return NULL;
    return slot_take(class, class->partial);
}

/* What is too large, too aligned or too unusual for small_alloc(). align is at least 1. */
static struct grant large_alloc(struct heap *heap, size_t align, size_t size)
{
    struct grant grant = {NULL, 0};

    if (size > REQUEST_MAX || align > REQUEST_MAX)
        return grant;
    /* Slots lie at multiples of every power of two that divides their size, up to a page. */
    if (align > HEAP_ALIGN) {
        size_t unit = align < HEAP_PAGE ? align : HEAP_PAGE;
        size = (size + (size == 0) + unit - 1) & ~(unit - 1);
    }
    if (size >= heap->mmap_threshold)
        grant.block = mapped_alloc(heap, size, align);
    if (grant.block != NULL)
        return grant;
    if (size <= SMALL_MAX && align <= HEAP_PAGE) {
        grant.block = small_alloc(heap, size);
        grant.clear = size;
        return grant;
    }
    const struct page *page = run_alloc(heap, PAGES(size), PAGES(align), &grant.clear);
    if (page != NULL)
        grant.block = (void *)page->start;
    return grant;
}

static struct grant grant_block(struct heap *heap, size_t align, size_t size)
{
    struct grant grant;

    heap_lock(heap);
    if (LIKELY(align <= HEAP_ALIGN && size < heap->small_end)) {
        grant.block = small_alloc(heap, size);
        grant.clear = size;
    } else {
        grant = large_alloc(heap, align, size);
    }
    unlock_and_report(heap);
    return grant;
}

/* Most are small, of a class that has a slab with free slots. */
void *heap_alloc(struct heap *heap, size_t size)
{
    if (UNLIKELY(size >= heap->fast_end))
        return heap_alloc_aligned(heap, 1, size);
    heap_lock(heap);
    struct size_class *class = &heap->classes[heap->class_table[(size + 15) / 16]];
    struct page *slab = class->partial;
    void *block = LIKELY(slab != NULL) ? slot_take(class, slab) : NULL;
    heap_unlock(heap);
    return LIKELY(block != NULL) ? block : heap_alloc_aligned(heap, 1, size);
}

void *heap_alloc_zeroed(struct heap *heap, size_t size)
{
    struct grant grant = grant_block(heap, 1, size);

    if (grant.block != NULL && size != 0)
        memset(grant.block, 0, grant.clear < size ? grant.clear : size);
    return grant.block;
}

void *heap_alloc_aligned(struct heap *heap, size_t align, size_t size)
{
    struct grant grant = grant_block(heap, align, size);

    if (UNLIKELY(heap->perturb != 0) && grant.block != NULL)
        memset(grant.block, (int)~heap->perturb & 0xff, size);
    return grant.block;
}

static inline void small_free(struct heap *heap, struct page *slab, unsigned slot)
{
    struct size_class *class = &heap->classes[slab->class];

    slab->vacant[slot / WORD_BITS] |= 1ul << slot % WORD_BITS;
    if (UNLIKELY(slab->nr_used == class->nr_slots))
        page_list_push(&class->partial, slab);
    if (UNLIKELY(--slab->nr_used == 0)) {
        slab_emptied(heap, slab);
        if (heap->region.nr_pages * HEAP_PAGE >= heap->trim_threshold)
            region_trim(heap, heap->trim_threshold, heap->top_pad);
    }
}

static void run_block_free(struct heap *heap, struct page *page)
{
    struct range *range = range_find(heap, page->start);
    size_t index = page_index(range, page->start);

    page->was = WAS_RUN;
    run_free(heap, range, index, page->nr_pages, DROPPED_NONE);
    region_trim(heap, heap->trim_threshold, heap->top_pad);
}

/* What is no small block of the region, or no block. */
__attribute__((noinline)) static void free_any(struct heap *heap, void *address)
{
    struct block block;

    heap_lock(heap);
    block_find(heap, (uintptr_t)address, &block);
    if (UNLIKELY(heap->perturb != 0) && block.kind > BLOCK_FREED)
        memset(address, (int)heap->perturb & 0xff, block.len);
    if (LIKELY(block.kind == BLOCK_SMALL))
        small_free(heap, block.page, block.slot);
    else if (block.kind == BLOCK_RUN)
        run_block_free(heap, block.page);
    else if (block.kind == BLOCK_MAPPED)
        mapped_free(heap, block.mapped);
    heap_unlock(heap);
    if (UNLIKELY(block.kind == BLOCK_FREED))
        report(heap, HEAP_DOUBLE_FREE, (uintptr_t)address);
    else if (UNLIKELY(block.kind == BLOCK_UNKNOWN))
        report(heap, HEAP_FREE_UNKNOWN, (uintptr_t)address);
}

void heap_free(struct heap *heap, void *address)
{
    uintptr_t offset = (uintptr_t)address - heap->region.start;
    struct page *slab;
    unsigned slot;

    if (address == NULL)
        return;
    heap_lock(heap);
    if (LIKELY(offset < heap->region.nr_pages * HEAP_PAGE && heap->perturb == 0)) {
        slab = page_at(&heap->region, offset / HEAP_PAGE);
        if (slab->state == PAGE_SLAB_TAIL)
            slab = page_at(&heap->region, offset / HEAP_PAGE - slab->back);
        if (LIKELY(slab->state == PAGE_SLAB &&
                   slot_in_use(heap, slab, (uintptr_t)address, &slot))) {
            small_free(heap, slab, slot);
            heap_unlock(heap);
            return;
        }
    }
    heap_unlock(heap);
    free_any(heap, address);
}

/*
 * Change a block's size without copying it.
 *
 * Returns     the block; NULL: it has to be copied to one of another kind or place
 */
static void *resize_in_place(struct heap *heap, const struct block *block, size_t size)
{
    /* A block that gets much smaller moves, or it would keep its pages from everybody else. */
    int fits = size <= block->len && size >= block->len / 2;
    int close = size <= block->len && size >= block->len - block->len / 8;

    switch (block->kind) {
    case BLOCK_SMALL:
        if (!fits)
            return NULL;
        return (void *)(block->page->start + block->slot * heap->classes[block->page->class].size);
    case BLOCK_RUN:
        if (size <= SMALL_MAX && !fits)
            return NULL;
        if (!close && run_resize(heap, block->page, PAGES(size)) != 0)
            return NULL;
        region_trim(heap, heap->trim_threshold, heap->top_pad);
        return (void *)block->page->start;
    default:
        if (size <= SMALL_MAX && !fits)
            return NULL;
        void *moved = close ? NULL : mapped_resize(heap, block->mapped, size);
        return moved == NULL && fits ? (void *)block->mapped->start : moved;
    }
}

/*
 * Move a block to one of another size. Where it grows beyond the threshold without source.remap it
 * gets an eighth more, so that growing by small steps costs a bounded number of copies.
 */
static void *resize_by_copy(struct heap *heap, void *address, size_t old_size, size_t size)
{
    void *moved = NULL;

    if (size > old_size && old_size >= DEFAULT_THRESHOLD)
        moved = heap_alloc(heap, size + size / 8);
    if (moved == NULL)
        moved = heap_alloc(heap, size);
    if (moved == NULL) /* a block that only gets smaller may stay where it is */
        return size <= old_size ? address : NULL;
    memcpy(moved, address, size < old_size ? size : old_size);
    heap_free(heap, address);
    return moved;
}

void *heap_resize(struct heap *heap, void *address, size_t size)
{
    struct block block;
    void *resized = NULL;

    if (address == NULL)
        return heap_alloc(heap, size);
    heap_lock(heap);
    block_find(heap, (uintptr_t)address, &block);
    if (block.kind > BLOCK_FREED && size <= REQUEST_MAX)
        resized = resize_in_place(heap, &block, size);
    unlock_and_report(heap);
    if (block.kind > BLOCK_FREED && size > REQUEST_MAX)
        return NULL;
    if (block.kind > BLOCK_FREED)
        return resized != NULL ? resized : resize_by_copy(heap, address, block.len, size);
    report(heap, block.kind == BLOCK_FREED ? HEAP_RESIZE_FREED : HEAP_RESIZE_UNKNOWN,
           (uintptr_t)address);
    return NULL;
}

size_t heap_usable_size(struct heap *heap, const void *address)
{
    struct block block;

    if (address == NULL)
        return 0;
    heap_lock(heap);
    block_find(heap, (uintptr_t)address, &block);
    heap_unlock(heap);
    if (block.kind > BLOCK_FREED)
        return block.len;
    report(heap, block.kind == BLOCK_FREED ? HEAP_USABLE_FREED : HEAP_USABLE_UNKNOWN,
           (uintptr_t)address);
    return 0;
}

int heap_trim(struct heap *heap, size_t pad)
{
    int trimmed;

    heap_lock(heap);
    size_t nr_standins = heap->nr_standins;
    slab_release_spares(heap);
    trimmed = heap->nr_standins != nr_standins;
    /* Below a hole that has become the region's end there may be more. */
    while (region_trim(heap, 0, pad))
        trimmed = 1;
    trimmed |= run_drop_all(heap);
    trimmed |= mapped_trim(heap);
    heap_unlock(heap);
    return trimmed;
}

static size_t *option_field(struct heap *heap, enum heap_option option)
{
    switch (option) {
    case HEAP_MMAP_THRESHOLD:
        return &heap->mmap_threshold;
    case HEAP_TRIM_THRESHOLD:
        return &heap->trim_threshold;
    case HEAP_TOP_PAD:
        return &heap->top_pad;
    case HEAP_MMAP_MAX:
        return &heap->mmap_max;
    case HEAP_PERTURB:
        return &heap->perturb;
    }
    return NULL;
}

int heap_set_option(struct heap *heap, enum heap_option option, size_t value)
{
    size_t *field = option_field(heap, option);

    if (field == NULL || (option == HEAP_MMAP_THRESHOLD && value > MMAP_THRESHOLD_MAX))
        return -1;
    heap_lock(heap);
    *field = value;
    if (option != HEAP_PERTURB)
        heap->adapt = 0;
    set_small_end(heap);
    heap_unlock(heap);
    return 0;
}

size_t heap_get_option(struct heap *heap, enum heap_option option)
{
    const size_t *field = option_field(heap, option);

    return field != NULL ? *field : 0;
}
