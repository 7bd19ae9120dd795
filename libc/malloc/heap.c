/*
 * malloc/heap.c - the interface of the allocator core
 *
 * A request goes to one of three places by its size: a slab (up to 16 KiB), a run of pages of
 * the contiguous region, or, from the threshold on, a mapped range of its own. A free finds out by
 * the address which of them it was. heap_fast.h does what is common; the rest is here.
 */

#include "heap_guard.h"

#include <string.h>

#define DEFAULT_THRESHOLD  ((size_t)128 << 10)
#define DEFAULT_TOP_PAD    ((size_t)64 << 10)
#define DEFAULT_MMAP_MAX   65536
#define MMAP_THRESHOLD_MAX ((size_t)32 << 20)
#define REQUEST_MAX        ((size_t)PTRDIFF_MAX - HEAP_PAGE)

/* Bytes of whole pages for a heap that joins. */
#define VIEW_LEN (PAGES(sizeof(struct heap)) * HEAP_PAGE)

/* From here on it is cheaper to drop pages that must be zero than to clear them. */
#define DROP_MIN ((size_t)128 << 10)

/* A block that grows beyond this is whole pages, although a slot of its size would be smaller. */
#define PAGES_EARLY ((size_t)2048)

/* What an allocation yields. */
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
    case HEAP_OVERFLOW:
        return "write outside of";
    case HEAP_STALE_WRITE:
        return "write after free of";
    }
    return "misuse of";
}

static void report(struct arena *arena, enum heap_misuse what, uintptr_t address)
{
    if (arena->source.misuse == NULL)
        __builtin_trap();
    arena->source.misuse(arena->source.ctx, what, (const void *)address);
}

void report_noted(struct arena *arena)
{
    uintptr_t address = load(&arena->pending);

    store(&arena->pending, 0);
    report(arena, load(&arena->pending_what), address);
}

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

/* A block of whole pages. align is at least 1. */
static struct grant large_alloc(struct arena *arena, size_t align, size_t size)
{
    struct grant grant = {NULL, 0};
    size_t room = arena->harden ? guard_room(arena, size) : size;
    struct page *page = NULL;

    arena_lock(arena);
    if (size >= arena->mmap_threshold)
        grant.block = mapped_alloc(arena, size, align);
    if (grant.block == NULL)
        page = run_alloc(arena, PAGES(room + (room == 0)), PAGES(align), &grant.clear);
    if (page != NULL) {
        page->asked = size;
        grant.block = (void *)page->start;
    } else if (grant.block == NULL) {
        /* What the region has no place for may still fit elsewhere. */
        grant.block = mapped_alloc(arena, size, align);
    }
    if (arena->harden && grant.block != NULL)
        guard_write(arena, grant.block, size, PAGES(room) * HEAP_PAGE);
    arena_unlock(arena);
    return grant;
}

/* Whether a request is for a slot of exactly that size, which has no guard. */
static int is_plain(const struct arena *arena, size_t align, size_t size)
{
    if (size == 0)
        return arena->source.reserve != NULL;
    return !arena->careful && (align > HEAP_ALIGN || arena->classes[class_of(size)].size == size);
}

static void *small_alloc(struct heap *heap, size_t align, size_t size)
{
    struct arena *arena = heap->arena;

    if (size <= SMALL_MAX && is_plain(arena, align, size))
        return slab_alloc(heap, PLAIN, class_of(size));
    /* Slots lie at multiples of every power of two that divides their size, up to a page. */
    size_t room = (guard_room(arena, size) + align - 1) & ~(align - 1);
    unsigned class = class_of(room);
    void *block = slab_alloc(heap, GUARDED, class);
    if (block == NULL)
        return NULL;
    room = arena->classes[class].size;
    if (arena->harden && !stale_intact(arena, block, room))
        note_misuse(arena, HEAP_STALE_WRITE, (uintptr_t)block);
    guard_write(arena, block, size, room);
    return block;
}

static struct grant grant_block(struct heap *heap, size_t align, size_t size)
{
    struct arena *arena = heap->arena;
    struct grant grant = {NULL, 0};

    if (UNLIKELY(size > REQUEST_MAX || align > REQUEST_MAX))
        return grant;
    size_t unit = align < HEAP_ALIGN ? HEAP_ALIGN : align;
    size_t room = align <= HEAP_ALIGN ? size : (size + unit - 1) & ~(unit - 1);
    if (LIKELY(size < load(&arena->mmap_threshold) && unit <= HEAP_PAGE &&
               guard_room(arena, room) <= arena->small_max)) {
        grant.block =
            small_alloc(heap, unit, align <= HEAP_ALIGN ? size : room + (size == 0 ? unit : 0));
        grant.clear = size;
    } else {
        grant = large_alloc(arena, align < HEAP_PAGE ? 1 : align, size);
    }
    if (UNLIKELY(grant.block == NULL && size < load(&arena->mmap_threshold)))
        grant = large_alloc(arena, align < HEAP_PAGE ? 1 : align, size);
    report_pending(arena);
    return grant;
}

/* Where only the current slab of a common class has nothing drawn. NULL: no memory, or it is not that. */
static void *fast_alloc_again(struct heap *heap, size_t size)
{
    if (size >= heap->exact_end) {
        unsigned class = heap->class_above[(size + STEP_ABOVE - 1) / STEP_ABOVE];
        return heap->arena->classes[class].size == size ? slab_alloc(heap, PLAIN, class) : NULL;
    }
    unsigned class = (unsigned)(size + 15) / 16;
    size_t room = class * 16;
    if (size == room)
        return slab_alloc(heap, PLAIN, class);
    unsigned char *block = slab_alloc(heap, GUARDED, class);
    if (block != NULL)
        block[size] = block[room - 1] = (unsigned char)(heap->guard ^ (room - size));
    return block;
}

/* Whole pages of the region's free end. NULL: no memory, or it is not that. */
static void *top_alloc_again(struct arena *arena, size_t size)
{
    size_t clear;

    if (size >= load(&arena->mmap_threshold))
        return NULL;
    arena_lock(arena);
    struct page *page = top_alloc(arena, PAGES(size), &clear);
    if (page != NULL)
        page->asked = size;
    arena_unlock(arena);
    return page != NULL ? (void *)page->start : NULL;
}

static NOINLINE void *alloc_any(struct heap *heap, size_t align, size_t size)
{
    struct grant grant = grant_block(heap, align, size);

    if (UNLIKELY(heap->arena->perturb != 0) && grant.block != NULL)
        memset(grant.block, (int)~heap->arena->perturb & 0xff, size);
    return grant.block;
}

void *heap_alloc_slow(struct heap *heap, size_t align, size_t size)
{
    if (heap->hardened && align <= 1) {
        void *block = hardened_alloc_slow(heap, size);
        if (LIKELY(block != NULL))
            return block;
    } else if (LIKELY(heap->fast_end != 0 && align <= 1 && size != 0)) {
        void *block = size < heap->fast_end ? fast_alloc_again(heap, size)
                                            : top_alloc_again(heap->arena, size);
        if (LIKELY(block != NULL))
            return block;
    }
    return alloc_any(heap, align, size);
}

void *heap_alloc(struct heap *heap, size_t size)
{
    void *block = fast_alloc(heap, size);

    return LIKELY(block != NULL) ? block : heap_alloc_slow(heap, 1, size);
}

void *heap_alloc_aligned(struct heap *heap, size_t align, size_t size)
{
    return heap_alloc_slow(heap, align, size);
}

void *heap_alloc_zeroed(struct heap *heap, size_t size)
{
    struct grant grant = {fast_alloc(heap, size), size};
    const struct heap_source *source = &heap->arena->source;

    if (grant.block == NULL)
        grant = grant_block(heap, 1, size);
    if (grant.clear > size)
        grant.clear = size;
    if (grant.clear >= DROP_MIN && source->discard != NULL && source->commit == NULL) {
        arena_lock(heap->arena);
        source->discard(source->ctx, grant.block, grant.clear & ~(size_t)(HEAP_PAGE - 1));
        arena_unlock(heap->arena);
        if (grant.clear % HEAP_PAGE != 0)
            memset((char *)grant.block + grant.clear - grant.clear % HEAP_PAGE, 0,
                   grant.clear % HEAP_PAGE);
    } else if (grant.block != NULL && grant.clear != 0) {
        memset(grant.block, 0, grant.clear);
    }
    return grant.block;
}

static int is_large(const struct block *block)
{
    return block->kind >= BLOCK_RUN && !block->damaged;
}

/* The slab of the region that has an address in it, or NULL. It stays while a block of it is in use. */
static inline struct page *slab_at(struct heap *heap, uintptr_t address)
{
    const struct range *region = &heap->arena->region;
    size_t index = page_index(region, address);

    if (index >= load(&region->nr_pages))
        return NULL;
    struct page *slab = load(&region->slab[index]);
    return is_page(slab) ? slab : NULL;
}

/*
 * The page that a block starts at which is a run of the region: with the lock held. SIZE_MAX: it is any other
 * block, or none, or is to be looked at closely.
 */
static inline size_t lock_run(struct heap *heap, uintptr_t address)
{
    struct arena *arena = heap->arena;
    const struct range *region = &arena->region;
    uintptr_t offset = address - load(&region->start);
    size_t index = offset / HEAP_PAGE;

    if (heap->fast_end == 0 || offset % HEAP_PAGE != 0 || index >= load(&region->nr_pages) ||
        is_page(load(&region->slab[index])))
        return SIZE_MAX;
    arena_lock(arena);
    if (LIKELY(index < region->top && region->pages[index].state == PAGE_USED &&
               !is_page(region->slab[index])))
        return index;
    arena_unlock(arena);
    return SIZE_MAX;
}

/* What starts at an address. Returns with the lock held if it is a sound block of whole pages. */
static void find(struct heap *heap, uintptr_t address, struct block *block)
{
    struct page *slab = slab_at(heap, address);

    block->damaged = 0;
    if (LIKELY(slab != NULL)) {
        block_in_slab(heap->arena, slab, address, block);
        return;
    }
    arena_lock(heap->arena);
    block_find(heap->arena, address, block);
    if (!is_large(block))
        arena_unlock(heap->arena);
}

/* Whether the block may be touched; else what is wrong is reported. */
static int judge(struct heap *heap, const struct block *block, const void *address,
                 enum heap_misuse freed, enum heap_misuse unknown)
{
    struct arena *arena = heap->arena;

    if (LIKELY(block->kind > BLOCK_FREED && !block->damaged)) {
        /* Another heap's slots change under our eyes. */
        int alone = !arena->harden || block->kind != BLOCK_SMALL || block->page->kind == PLAIN ||
                    load(&block->page->owner) != heap;
        if (alone || below_intact(arena, block->page, block->slot))
            return 1;
    }
    if (block->kind > BLOCK_FREED)
        report(arena, HEAP_OVERFLOW, (uintptr_t)address);
    else
        report(arena, block->kind == BLOCK_FREED ? freed : unknown, (uintptr_t)address);
    return 0;
}

/* Locked. */
static inline void run_block_free(struct arena *arena, struct range *range, size_t index)
{
    struct page *page = &range->pages[index];

    page->was = WAS_RUN;
    if (index + page->nr_pages == arena->region.top && range == &arena->region && index != 0 &&
        (is_page(range->slab[index - 1]) || page[-1].state == PAGE_INSIDE)) {
        page->state = PAGE_INSIDE;
        range->top = index;
    } else {
        run_free(arena, range, index, page->nr_pages, DROPPED_NONE);
    }
    trim(arena);
}

/* Locked. */
static void large_free(struct arena *arena, const struct block *block)
{
    if (block->kind == BLOCK_MAPPED) {
        mapped_free(arena, block->mapped);
        return;
    }
    struct range *range = range_find(arena, block->page->start);
    run_block_free(arena, range, page_index(range, block->page->start));
}

static void small_free(struct heap *heap, const struct block *block, const void *address)
{
    struct page *slab = block->page;

    if (load(&slab->owner) != heap) {
#if HEAP_THREADS
        if (slab_return(heap, slab, block->slot) != 0)
            report(heap->arena, HEAP_DOUBLE_FREE, (uintptr_t)address);
#else
        (void)address;
#endif
        return;
    }
    bit_test_and_set(vacant_of(slab), block->slot);
    if (heap->arena->harden && slab->kind == GUARDED) {
        quarantine_put(heap, slab, block->slot);
        return;
    }
    slab->count--;
    if (count_is_low(slab))
        slab_is_low(heap, slab);
}

static NOINLINE void free_any(struct heap *heap, void *address)
{
    struct arena *arena = heap->arena;
    struct block block;

    if (address == NULL)
        return;
    find(heap, (uintptr_t)address, &block);
    if (!is_large(&block) && !judge(heap, &block, address, HEAP_DOUBLE_FREE, HEAP_FREE_UNKNOWN))
        return;
    if (UNLIKELY(arena->perturb != 0))
        memset(address, (int)arena->perturb & 0xff, block.len);
    if (is_large(&block)) {
        large_free(arena, &block);
        arena_unlock(arena);
    } else {
        small_free(heap, &block, address);
    }
    report_pending(arena);
}

void heap_free_slow(struct heap *heap, void *address)
{
    size_t index = lock_run(heap, (uintptr_t)address);

    if (index == SIZE_MAX) {
        free_any(heap, address);
        return;
    }
    run_block_free(heap->arena, &heap->arena->region, index);
    arena_unlock(heap->arena);
}

void heap_free_again(void *block, struct page *slab, size_t slot)
{
    bit_clear(vacant_of(slab), slot);
    slab->count++;
    heap_free_slow(slab->owner, block);
}

void heap_free_counted(unsigned char *block, struct page *slab, size_t slot)
{
    struct heap *heap = slab->owner;

    if (LIKELY(slab->count < 0)) {
        if (heap->hardened) {
            hardened_free(block, slab, slot);
            return;
        }
        size_t room = slab->size, spare = block[room - 1] ^ (unsigned char)heap->guard;
        if (UNLIKELY(spare - 1 >= SHORT_MAX || spare > room ||
                     block[room - spare] != block[room - 1])) {
            heap_free_again(block, slab, slot);
            return;
        }
        if (LIKELY(slab->count != -COUNT_BIAS))
            return;
    }
    slab_is_low(heap, slab);
}

void heap_free(struct heap *heap, void *address)
{
    if (UNLIKELY(!fast_free(&heap->arena->region, heap, address)))
        heap_free_slow(heap, address);
}

/* A block that gets much smaller moves, or it would keep its room from everybody else. */
static inline int fits(size_t size, size_t room, size_t block_room)
{
    return room <= block_room && size >= block_room / 2;
}

/* Change the size of a block in a slab. 1, or 0: it has to be copied. */
static int small_resize(struct heap *heap, const struct block *block, void *address, size_t size)
{
    const struct page *slab = block->page;

    if (slab->kind == PLAIN)
        return size != 0 && fits(size, size, block->room);
    /* A guard is not rewritten while the owner may be looking at it. */
    if (load(&slab->owner) != heap || size == 0 ||
        !fits(size, guard_room(heap->arena, size), block->room))
        return 0;
    guard_write(heap->arena, address, size, block->room);
    return 1;
}

/* The same for one of whole pages; it may be remapped elsewhere. Locked. NULL: it has to be copied. */
static void *large_resize(struct arena *arena, struct block *block, void *address, size_t size)
{
    size_t room = arena->harden ? guard_room(arena, size) : size;
    int stays = fits(size, room, block->room);

    if (size <= SMALL_MAX && room < block->room && !stays)
        return NULL;
    if (block->kind == BLOCK_MAPPED) {
        void *resized = mapped_resize(arena, block->mapped, size);
        if (resized == NULL && !stays)
            return NULL;
        if (resized == NULL)
            mapped_find(arena, (uintptr_t)address)->asked = size;
        else
            address = resized;
    } else {
        struct page *page = block->page;
        if (room > block->room || size < block->room - block->room / 8)
            page = run_resize(arena, page, PAGES(room));
        if (page == NULL && !stays)
            return NULL;
        (page != NULL ? page : block->page)->asked = size;
        if (room < block->room)
            trim(arena);
    }
    if (UNLIKELY(arena->harden)) {
        block_find(arena, (uintptr_t)address, block);
        guard_write(arena, address, size, block->room);
    }
    return address;
}

/* Make the run before the region's free end longer, if that is long enough. 1, or 0: not so. Locked. */
static inline int top_resize(struct range *region, size_t index, size_t size)
{
    struct page *page = &region->pages[index];
    size_t nr_pages = PAGES(size), more = nr_pages - page->nr_pages;

    if (index + page->nr_pages != region->top || more > region->nr_pages - region->top ||
        size > REQUEST_MAX)
        return 0;
    hand_out(region, region->top, more);
    region->top += more;
    page->nr_pages = (uint32_t)nr_pages;
    page->asked = size;
    return 1;
}

/*
 * Move a block to one of another size. What grows is likely to grow again: so it is whole pages early,
 * which can grow where they are; beyond the threshold, without source.remap, it gets an eighth more, so that
 * growing by small steps costs a bounded number of copies.
 */
static void *resize_by_copy(struct heap *heap, void *address, size_t old_size, size_t size)
{
    void *moved = NULL;

    if (size > old_size && old_size >= DEFAULT_THRESHOLD)
        moved = heap_alloc(heap, size + size / 8);
    else if (size > old_size && size > PAGES_EARLY && heap->arena->small_max > PAGES_EARLY)
        moved = large_alloc(heap->arena, 1, size).block;
    if (moved == NULL)
        moved = heap_alloc(heap, size);
    if (moved == NULL) /* a block that only gets smaller may stay where it is */
        return size <= old_size && size != 0 ? address : NULL;
    memcpy(moved, address, size < old_size ? size : old_size);
    heap_free(heap, address);
    report_pending(heap->arena);
    return moved;
}

/* The short way for blocks in slabs of the calling heap. NULL: no memory, or it is not that. */
static inline void *fast_resize(struct heap *heap, struct page *slab, unsigned char *address,
                                size_t size)
{
    size_t slot, room = slab->size, spare = 0;

    if (!slot_of(&slab->inverse, (uintptr_t)address - slab->start, &slot) ||
        bit_test(vacant_of(slab), slot) || size - 1 >= REQUEST_MAX)
        return NULL;
    if (slab->count < 0) {
        spare = address[room - 1] ^ (unsigned char)heap->guard;
        if (spare - 1 >= SHORT_MAX || spare > room || address[room - spare] != address[room - 1])
            return NULL;
    }
    if (!fits(size, size + (spare != 0), room))
        return resize_by_copy(heap, address, room - spare, size);
    if (spare != 0 && room - size > SHORT_MAX)
        return NULL;
    if (spare != 0)
        address[size] = address[room - 1] = (unsigned char)(heap->guard ^ (room - size));
    return address;
}

/* A sound block of whole pages. Returns without the lock. */
static NOINLINE void *resize_pages(struct heap *heap, struct block *block, void *address,
                                   size_t size)
{
    struct arena *arena = heap->arena;
    size_t old_size = block->len;
    void *resized = size <= REQUEST_MAX ? large_resize(arena, block, address, size) : NULL;

    arena_unlock(arena);
    report_pending(arena);
    if (resized != NULL || size > REQUEST_MAX)
        return resized;
    return resize_by_copy(heap, address, old_size, size);
}

static NOINLINE void *resize_any(struct heap *heap, void *address, size_t size)
{
    struct block block;

    find(heap, (uintptr_t)address, &block);
    if (is_large(&block))
        return resize_pages(heap, &block, address, size);
    if (!judge(heap, &block, address, HEAP_RESIZE_FREED, HEAP_RESIZE_UNKNOWN) || size > REQUEST_MAX)
        return NULL;
    if (small_resize(heap, &block, address, size))
        return address;
    return resize_by_copy(heap, address, block.len, size);
}

void *heap_resize(struct heap *heap, void *address, size_t size)
{
    struct arena *arena = heap->arena;
    struct page *slab = slab_at(heap, (uintptr_t)address);

    if (UNLIKELY(address == NULL))
        return heap_alloc(heap, size);
    if (slab != NULL && load(&slab->owner) == heap && heap->fast_end != 0) {
        void *resized = fast_resize(heap, slab, address, size);
        return LIKELY(resized != NULL) ? resized : resize_any(heap, address, size);
    }
    size_t index = lock_run(heap, (uintptr_t)address);
    if (UNLIKELY(index == SIZE_MAX))
        return resize_any(heap, address, size);
    if (UNLIKELY(!top_resize(&arena->region, index, size))) {
        struct block block = {.kind = BLOCK_RUN, .page = &arena->region.pages[index]};
        block.room = block.len = (size_t)block.page->nr_pages * HEAP_PAGE;
        return resize_pages(heap, &block, address, size);
    }
    arena_unlock(arena);
    return address;
}

size_t heap_usable_size(struct heap *heap, const void *address)
{
    struct block block;

    if (address == NULL)
        return 0;
    find(heap, (uintptr_t)address, &block);
    if (is_large(&block))
        arena_unlock(heap->arena);
    else if (!judge(heap, &block, address, HEAP_USABLE_FREED, HEAP_USABLE_UNKNOWN))
        return 0;
    return block.len;
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
