/*
 * malloc/heap.c - a heap as a whole: made, joined, set, trimmed, destroyed
 */

#include "heap_guard.h"

#define DEFAULT_TOP_PAD    ((size_t)64 << 10)
#define DEFAULT_MMAP_MAX   65536
#define MMAP_THRESHOLD_MAX ((size_t)32 << 20)

/* Bytes of whole pages for a heap that joins. */
#define VIEW_LEN (PAGES(sizeof(struct heap)) * HEAP_PAGE)

static void set_fast(struct heap *heap)
{
    const struct arena *arena = heap->arena;
    int fast = !arena->careful;

    heap->hardened = arena->harden && arena->perturb == 0;
    heap->nr_fast = fast ? HEAP_NR_EXACT : 0;
    heap->exact_end = fast ? EXACT_MAX + 1 : 0;
    heap->fast_end = fast ? arena->small_max + 1 : 0;
}

static void heap_init(struct heap *heap, struct arena *arena)
{
    for (unsigned i = 0; i < 2 * HEAP_NR_CLASSES; i++)
        heap->current[i / HEAP_NR_CLASSES][i % HEAP_NR_CLASSES] = HEAP_NO_PAGE;
    for (size_t i = 0; i < sizeof(heap->class_above); i++)
        heap->class_above[i] = (unsigned char)class_of(i * STEP_ABOVE);
    heap->arena = arena;
    set_fast(heap);
    heap->guard = word_of(arena->guard);
    heap->stale = arena->stale;
    heap->next = arena->heaps;
    arena->heaps = heap;
}

static void set_seed(struct arena *arena, uint64_t seed)
{
    uint64_t state = seed;

    /* Odd, and with the high bit set: see heap_guard.c. */
    arena->guard = (unsigned char)(random_next(&state) >> 32) | 0x81;
    arena->stale = stale_word(random_next(&state) >> 32 | random_next(&state) >> 32 << 32);
    for (struct heap *heap = arena->heaps; heap != NULL; heap = heap->next) {
        heap->random = random_next(&state);
        heap->guard = word_of(arena->guard);
        heap->stale = arena->stale;
    }
}

struct heap *heap_create(void *storage, const struct heap_source *source)
{
    struct arena *arena = storage;

    if (source->extend == NULL && source->map == NULL)
        return NULL;
    if (arena == NULL)
        arena = table_map(source, HEAP_STORAGE);
    if (arena == NULL)
        arena = region_create(source);
    if (arena == NULL)
        return NULL;
    arena->source = *source;
    arena->own_storage = storage == NULL;
    /* Where memory is there from the start, a slab of large slots would be mostly waste. */
    arena->small_max = source->commit != NULL ? EXACT_MAX : SMALL_MAX;
    arena->mmap_threshold = DEFAULT_THRESHOLD;
    arena->trim_threshold = DEFAULT_THRESHOLD;
    arena->top_pad = DEFAULT_TOP_PAD;
    arena->mmap_max = DEFAULT_MMAP_MAX;
    arena->adapt = 1;
    arena->shrink_refused = SIZE_MAX;
    slab_init(arena);
    heap_init(&arena->heap, arena);
    set_seed(arena, 0);
    return &arena->heap;
}

void heap_destroy(struct heap *heap)
{
    struct arena *arena = heap->arena;
    struct heap_source source = arena->source;
    int mapped = arena->own_storage &&
                 (uintptr_t)arena - arena->region.start >= arena->region.nr_pages * HEAP_PAGE;

    for (struct heap *other = arena->heaps, *next; other != NULL; other = next) {
        next = other->next;
        if (other->quarantine != NULL)
            meta_unmap(arena, other->quarantine, QUARANTINE_LEN);
        if (other != &arena->heap)
            meta_unmap(arena, other, VIEW_LEN);
    }
    mapped_destroy(arena);
    region_destroy(arena, &source);
    if (mapped)
        table_unmap(&source, arena, HEAP_STORAGE);
}

int heap_trim(struct heap *heap, size_t pad)
{
    struct arena *arena = heap->arena;
    struct quarantined *quarantine = heap->quarantine;

    quarantine_flush(heap);
    /* What others have freed goes past it. */
    heap->quarantine = NULL;
    int trimmed = slab_trim(heap);
    heap->quarantine = quarantine;
    arena_lock(arena);
    /* Below a hole that has become the region's end there may be more. */
    while (region_trim(arena, 0, pad))
        trimmed = 1;
    /* What the source does not take back at the end is given back like what lies between blocks. */
    if (top_len(&arena->region) > pad && arena->source.discard != NULL)
        run_close(arena, arena->source.commit != NULL ? DROPPED_SOME : DROPPED_NONE);
    trimmed |= run_drop_all(arena);
    trimmed |= mapped_trim(arena);
    arena_unlock(arena);
    report_pending(arena);
    return trimmed;
}

static size_t *option_field(struct arena *arena, enum heap_option option)
{
    switch (option) {
    case HEAP_MMAP_THRESHOLD:
        return &arena->mmap_threshold;
    case HEAP_TRIM_THRESHOLD:
        return &arena->trim_threshold;
    case HEAP_TOP_PAD:
        return &arena->top_pad;
    case HEAP_MMAP_MAX:
        return &arena->mmap_max;
    case HEAP_PERTURB:
        return &arena->perturb;
    case HEAP_HARDEN:
        return &arena->harden;
    case HEAP_SEED:
        break;
    }
    return NULL;
}

/* No block begins or ends the short way any more. */
static void be_careful(struct arena *arena)
{
    arena->careful = 1;
    for (struct heap *heap = arena->heaps; heap != NULL; heap = heap->next)
        set_fast(heap);
    for (size_t i = 0; arena->perturb != 0 && i < arena->region.nr_pages; i++)
        if (is_page(arena->region.slab[i]))
            arena->region.slab[i]->inverse = 0;
}

/* Whether there never was a block, or all are gone and so is what held them. */
static int no_blocks(const struct arena *arena)
{
    size_t own = arena->region.start == (uintptr_t)arena ? HEAP_STORAGE / HEAP_PAGE : 0;

    return arena->region.nr_pages == own && arena->nr_mapped == 0;
}

/* 0, or -1: there are blocks that are not as hardening wants them. */
static int harden(struct heap *heap)
{
    struct arena *arena = heap->arena;

    if (!arena->harden && !no_blocks(arena))
        return -1;
    arena_lock(arena);
    arena->mmap_threshold = SMALL_MAX - 7;
    if (heap->quarantine == NULL)
        heap->quarantine = meta_map(arena, QUARANTINE_LEN);
    arena_unlock(arena);
    return 0;
}

int heap_set_option(struct heap *heap, enum heap_option option, size_t value)
{
    struct arena *arena = heap->arena;
    size_t *field = option_field(arena, option);

    if (option == HEAP_SEED && no_blocks(arena)) {
        set_seed(arena, value);
        return 0;
    }
    if (field == NULL || (option == HEAP_MMAP_THRESHOLD && value > MMAP_THRESHOLD_MAX) ||
        (option == HEAP_HARDEN && (value == 0 ? arena->harden != 0 : harden(heap) != 0)))
        return -1;
    arena_lock(arena);
    *field = value;
    if (option != HEAP_PERTURB)
        arena->adapt = 0;
    if (arena->harden || arena->perturb != 0 || arena->mmap_threshold < HEAP_NR_EXACT * 16)
        be_careful(arena);
    arena_unlock(arena);
    return 0;
}

size_t heap_get_option(struct heap *heap, enum heap_option option)
{
    const size_t *field = option_field(heap->arena, option);

    return field != NULL ? *field : 0;
}

#if HEAP_THREADS

struct heap *heap_join(struct heap *other)
{
    struct arena *arena = other->arena;

    if (arena->source.reserve == NULL)
        return NULL;
    arena_lock(arena);
    struct heap *heap = arena->heaps;
    while (heap != NULL && heap->state != HEAP_LEFT)
        heap = heap->next;
    if (heap != NULL) {
        heap->state = HEAP_LIVE;
    } else if ((heap = meta_map(arena, VIEW_LEN)) != NULL) {
        heap->random = random_next(&arena->heap.random);
        heap->quarantine = arena->harden ? meta_map(arena, QUARANTINE_LEN) : NULL;
        heap_init(heap, arena);
    }
    arena_unlock(arena);
    return heap;
}

void heap_freeze(struct heap *heap)
{
    arena_lock(heap->arena);
}

void heap_thaw(struct heap *heap, int in_child)
{
    for (struct heap *other = heap->arena->heaps; in_child && other != NULL; other = other->next)
        if (other != heap && other->state == HEAP_LIVE)
            other->state = HEAP_GONE;
    arena_unlock(heap->arena);
}

#endif
