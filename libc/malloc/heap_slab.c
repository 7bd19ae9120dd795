/*
 * malloc/heap_slab.c - slabs: pages cut into slots of one size class
 *
 * Which slots are free is a bitmap, out of their reach, so that taking and giving back a slot is a bit
 * operation, and a second free is a bit that is set already. A slab belongs to one heap, which alone
 * touches it. Another heap that frees one of its slots sets a bit in a second bitmap, and makes the
 * owner's frees take the long way, where the two are put together.
 *
 * Slots are given out from one word of the bitmap at a time, in an order that is drawn: which word, and
 * where in it to begin. Slots never used yet come last, a page of them at a time, so that a slab that
 * is little used is resident in little of its pages.
 *
 * Invariant: a heap's slab is its class's current one; or partial and in that list; or full, in none, and
 * says so: then not all of its slots in use count. A count of 0 is a current slab's only.
 */

#include "heap_fast.h"

#define SLAB_PAGES_MAX 16

/* A slab with one slot in so many in use is looked at for pages that have none; then with half of that ... */
#define SPARSE 8

const struct page heap_no_page;

static uint32_t class_size(unsigned class)
{
    if (class < HEAP_NR_EXACT)
        return class == 0 ? 16 : 16 * class;
    unsigned above = class - HEAP_NR_EXACT;
    return (uint32_t)(5 + above % 4) << (8 + above / 4);
}

/* Slots in a slab of so many pages: as many as it has room for, in itself and in its descriptors. */
static size_t slots_in(size_t nr_pages, size_t size)
{
    size_t nr_bitmaps = 1 + HEAP_THREADS + (size > 16);
    size_t nr_words = (nr_pages - 1) * sizeof(struct page) / sizeof(long) - 4;
    size_t bits = nr_words / nr_bitmaps * WORD_BITS, slots = nr_pages * HEAP_PAGE / size;

    return slots < bits ? slots : bits;
}

/* The fewest pages that hold so many slots and waste at most a 256th, or the least that can be had. */
static size_t slab_pages(size_t size, size_t nr_slots)
{
    size_t best = 2, least = SIZE_MAX;

    for (size_t n = 2; n <= SLAB_PAGES_MAX; n++) {
        size_t slots = slots_in(n, size), waste = (n * HEAP_PAGE - slots * size) * 256 / n;
        if (slots < nr_slots && n < SLAB_PAGES_MAX)
            continue;
        if (waste <= HEAP_PAGE)
            return n;
        if (waste < least)
            best = n;
        if (waste < least)
            least = waste;
    }
    return best;
}

void slab_init(struct arena *arena)
{
    /* Where memory is there from the start, what a slab does not use is waste. */
    size_t nr_slots = arena->source.commit != NULL ? 8 : 32;

    for (unsigned i = 0; i < HEAP_NR_CLASSES; i++) {
        struct size_class *class = &arena->classes[i];
        class->size = (uint16_t)class_size(i);
        class->inverse = inverse_of(class->size);
        class->nr_pages = (uint8_t)slab_pages(class->size, nr_slots);
        class->nr_slots = (uint16_t)slots_in(class->nr_pages, class->size);
        class->nr_words = (uint8_t)((class->nr_slots + WORD_BITS - 1) / WORD_BITS);
        class->held_at = (uint8_t)((1 + HEAP_THREADS) * class->nr_words);
    }
}

static ALWAYS_INLINE unsigned count_bits(unsigned long bits)
{
    uint64_t n = bits;

    n -= n >> 1 & 0x5555555555555555;
    n = (n & 0x3333333333333333) + (n >> 2 & 0x3333333333333333);
    n = (n + (n >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return (unsigned)(n * 0x0101010101010101 >> 56);
}

static const struct size_class *class_of_slab(const struct heap *heap, const struct page *slab)
{
    return &heap->arena->classes[slab->class];
}

static ALWAYS_INLINE void set_bits(struct page *slab, unsigned long bits)
{
    slab->bits = bits;
    slab->count = (int16_t)(slab->count + (int)count_bits(bits));
}

/*
 * Choose the bits that a slab gives out next: of a word from first on, if one has any; one time in four only
 * those above a random one. A word is found at random. Where most slots are in use it is one behind the
 * last, and the rest of it comes next. 0: there are none.
 */
static ALWAYS_INLINE int draw_bits(struct heap *heap, struct page *slab, unsigned first)
{
    unsigned nr_given = slab->nr_given, nr_words = (nr_given + WORD_BITS - 1) / WORD_BITS;
    unsigned long *vacant = vacant_of(slab);
    uint64_t random = random_next(&heap->random);
    unsigned word = first + (unsigned)((random >> 32) * (nr_words - first) >> 32);
    int dense = first != 0 || (nr_given - count_of(slab)) * 8 < nr_given;

    if (dense && first == 0)
        word = (unsigned)(slab->word - vacant);
    for (unsigned i = 0; i < nr_words; i++, word = word + 1 < nr_words ? word + 1 : 0) {
        unsigned given = nr_given - word * (unsigned)WORD_BITS;
        unsigned long bits = vacant[word];
        if (given < WORD_BITS)
            bits &= (1ul << given) - 1;
        if (heap->arena->harden && slab->kind == GUARDED)
            bits &= ~held_of(heap->arena, slab)[word];
        /* Another block may have started where the slab does: that address comes last. */
        if (word == 0 && bits != 1)
            bits &= ~1ul;
        if (bits == 0)
            continue;
        unsigned half = (given < WORD_BITS ? given + 1 : WORD_BITS) / 2;
        unsigned long above = bits;
        if ((random >> 29 & 3) == 0)
            above &= ~0ul << ((random >> 16 & 0xffff) * half >> 16);
        if (above == 0)
            above = bits;
        *rest_of(slab) = dense ? bits & ~above : 0;
        slab->word = &vacant[word];
        *words_of(slab) = slab->start + word * WORD_BITS * slab->size;
        set_bits(slab, above);
        return 1;
    }
    return 0;
}

/* The rest of the word that was drawn from last. 0: there is none. */
static inline int draw_rest(struct page *slab)
{
    unsigned long bits = *rest_of(slab) & *slab->word;

    *rest_of(slab) = 0;
    if (bits == 0)
        return 0;
    set_bits(slab, bits);
    return 1;
}

/*
 * Let a slab that has none left give out slots that were never used: a word of them where others of its class
 * are full, else eight or sixteen, then always as many as it has given; and all that end in the last one's page.
 */
static int give_more(struct heap *heap, struct page *slab, int many)
{
    const struct size_class *class = class_of_slab(heap, slab);
    unsigned old = slab->nr_given, least = class->size < STEP_ABOVE * 4 ? 8 : 16;
    unsigned more = old < least ? least : old;

    if (old == class->nr_slots)
        return 0;
    if (many || more > WORD_BITS)
        more = WORD_BITS;
    unsigned end = (unsigned)PAGES((old + more) * class->size) * HEAP_PAGE / class->size;
    store(&slab->nr_given, (uint16_t)(end < class->nr_slots ? end : class->nr_slots));
    if (heap->arena->harden && slab->kind == GUARDED) {
        for (unsigned slot = old; slot < slab->nr_given; slot++)
            stale_fill(heap->arena, (void *)(slab->start + slot * class->size), class->size);
        /* Slot 0 is there to show writes before slot 1, and never given out. */
        store(held_of(heap->arena, slab), *held_of(heap->arena, slab) | 1);
    }
    return draw_bits(heap, slab, old / WORD_BITS);
}

/* What a free of one of the slab's slots may do from now on. */
static void allow_fast_free(struct heap *heap, struct page *slab)
{
    if (heap->arena->perturb == 0)
        store(&slab->inverse, class_of_slab(heap, slab)->inverse);
}

/* All slots that are in use count. */
static void count_all(struct page *slab)
{
    slab->count = (int16_t)(slab->count + (int)*low_of(slab));
    *low_of(slab) = 0;
}

/* Put the slots that others have freed to the vacant ones. 1 if there were any. */
static int merge_returned(struct heap *heap, struct page *slab)
{
#if HEAP_THREADS
    const struct size_class *class = class_of_slab(heap, slab);
    unsigned long *returned = returned_of(heap->arena, slab), *vacant = vacant_of(slab);
    int guarded = heap->arena->harden && slab->kind == GUARDED;
    unsigned nr = 0;

    for (unsigned i = 0; i < class->nr_words; i++) {
        if (__atomic_load_n(&returned[i], __ATOMIC_SEQ_CST) == 0)
            continue;
        unsigned long bits = __atomic_exchange_n(&returned[i], 0, __ATOMIC_SEQ_CST);
        count_all(slab);
        nr += count_bits(bits);
        __atomic_store_n(&vacant[i], vacant[i] | bits, __ATOMIC_RELAXED);
        for (unsigned long rest = guarded ? bits : 0; rest != 0; rest &= rest - 1) {
            unsigned slot = i * (unsigned)WORD_BITS + (unsigned)__builtin_ctzl(rest);
            if (heap->quarantine != NULL)
                quarantine_put(heap, slab, slot);
            else
                stale_fill(heap->arena, (void *)(slab->start + slot * slab->size), slab->size);
        }
        if (guarded && heap->quarantine != NULL)
            continue;
        slab->count = (int16_t)(slab->count - (int)count_bits(bits));
    }
    if (nr != 0)
        allow_fast_free(heap, slab);
    return nr != 0;
#else
    (void)heap;
    (void)slab;
    return 0;
#endif
}

/* Slots that a slab can give out in all: the first of one that is hardened never is. */
static unsigned nr_usable(const struct heap *heap, const struct page *slab)
{
    return slab->nr_given - (heap->arena->harden && slab->kind == GUARDED);
}

/* How many slots of a slab that was full are vacant again before it gives them out. */
static unsigned worthwhile(const struct heap *heap, const struct page *slab)
{
    unsigned part = class_of_slab(heap, slab)->nr_slots / (heap->arena->harden ? 2 : 8);

    return part != 0 ? part : 1;
}

/* Whether so few slots of a current slab are vacant that it is left for another: drawing them one by one costs. */
static int is_spent(const struct heap *heap, struct page *slab)
{
    unsigned few = heap->arena->harden ? slab->nr_given / 4 : 0;

    return count_of(slab) + few >= slab->nr_given;
}

/* So many slots do not count from here on: when no more are in use the count is low. */
static void count_above(struct page *slab, unsigned low)
{
    if (count_of(slab) <= low)
        return;
    *low_of(slab) = low;
    slab->count = (int16_t)(slab->count - (int)low);
}

static void partial_push(struct heap *heap, struct page *slab)
{
    __atomic_store_n(&slab->full, FULL_NOT, __ATOMIC_SEQ_CST);
    count_all(slab);
    count_above(slab, (class_of_slab(heap, slab)->nr_slots + SPARSE - 1) / SPARSE);
    page_list_push(&heap->partial[slab->kind][slab->class], slab);
    allow_fast_free(heap, slab);
}

/*
 * A slab in no list has nothing left to give, and is in none until enough of its slots are vacant: those
 * above that many do not count, so that its count becomes low then.
 */
static void retire_full(struct heap *heap, struct page *slab)
{
    unsigned enough = worthwhile(heap, slab);
    unsigned nr_slots = nr_usable(heap, slab);

    __atomic_store_n(&slab->full, FULL, __ATOMIC_SEQ_CST);
    /* Another heap that freed a slot before it saw that has told nobody. */
    merge_returned(heap, slab);
    if (nr_slots - count_of(slab) < enough)
        count_above(slab, nr_slots - enough);
    else
        slab_is_low(heap, slab);
}

/* Turn a slab that is in no list into free pages. */
static void dissolve(struct arena *arena, struct page *slab)
{
    struct range *range = range_find(arena, slab->start);
    size_t index = page_index(range, slab->start);
    uint32_t nr_pages = slab->nr_pages;
    uint8_t class = slab->class;

    arena->idle_pages -= *idle_of(slab);
    /* The last time that anybody looks at what was freed. */
    for (unsigned slot = 0; arena->harden && slab->kind == GUARDED && slot < slab->nr_given;
         slot++) {
        uintptr_t address = slab->start + slot * slab->size;
        if (!stale_intact(arena, (void *)address, slab->size))
            note_misuse(arena, HEAP_STALE_WRITE, address);
    }
    for (uint32_t i = 0; i < nr_pages; i++) {
        struct page *page = &range->pages[index + i];
        range->slab[index + i] = HEAP_NO_PAGE;
        page->state = PAGE_INSIDE;
        page->was = (uint8_t)(class + 1);
        store(&page->was_index, (uint8_t)i);
    }
    run_free(arena, range, index, nr_pages, DROPPED_NONE);
}

/* Forget the bits that a slab would give out next. */
static void put_bits_back(struct page *slab)
{
    slab->count = (int16_t)(slab->count - (int)count_bits(slab->bits));
    slab->bits = 0;
    *rest_of(slab) = 0;
}

/*
 * Where a current slab lies below the region's free end, make it one of the partial ones, so that its last
 * free is seen; if it is empty, dissolve it.
 */
static void uncover_top(struct heap *heap)
{
    const struct range *region = &heap->arena->region;

    for (size_t index; (index = run_before(region, region->top)) != region->top;) {
        struct page *slab = &region->pages[index];
        if (slab->state != PAGE_SLAB || slab != heap->current[slab->kind][slab->class])
            return;
        heap->current[slab->kind][slab->class] = HEAP_NO_PAGE;
        put_bits_back(slab);
        if (count_of(slab) != 0) {
            partial_push(heap, slab);
            return;
        }
        dissolve(heap->arena, slab);
    }
}

/* Give the pages of a slab that is in no list back, and the region's end if it is free. */
static void release(struct heap *heap, struct page *slab)
{
    struct arena *arena = heap->arena;

    arena_lock(arena);
    dissolve(arena, slab);
    if ((arena->bins[RESIDENT].nr_pages + arena->bins[DROPPED].nr_pages) * HEAP_PAGE >=
        arena->trim_threshold)
        uncover_top(heap);
    trim(arena);
    arena_unlock(arena);
}

/* The full slabs of this heap that others freed slots of are partial again. */
static void collect_returned(struct heap *heap)
{
#if HEAP_THREADS
    if (__atomic_load_n(&heap->returned, __ATOMIC_RELAXED) == NULL)
        return;
    arena_lock(heap->arena);
    struct page *slab = heap->returned;
    heap->returned = NULL;
    arena_unlock(heap->arena);
    while (slab != NULL) {
        struct page *next = slab->next;
        partial_push(heap, slab);
        merge_returned(heap, slab);
        if (count_of(slab) == 0)
            slab_is_low(heap, slab);
        slab = next;
    }
#else
    (void)heap;
#endif
}

/* A slab of fresh pages, in no list. NULL: no memory. */
static struct page *create(struct heap *heap, enum kind kind, unsigned class_index)
{
    struct arena *arena = heap->arena;
    const struct size_class *class = &arena->classes[class_index];
    struct range *range = NULL;
    struct page *slab = NULL;
    size_t clear;

    if (class_index == 0)
        range = standin_reserve(arena, class->nr_pages);
    if (range != NULL) {
        slab = range->pages;
        slab->start = range->start;
    } else {
        slab = run_alloc(arena, class->nr_pages, 1, &clear);
        if (slab == NULL)
            return NULL;
        range = range_find(arena, slab->start);
    }
    size_t index = page_index(range, slab->start);
    for (uint32_t i = 0; i < class->nr_pages; i++)
        range->slab[index + i] = slab;
    store(&slab->owner, heap);
    store(&slab->inverse, 0);
    slab->bits = 0;
    slab->word = vacant_of(slab);
    *rest_of(slab) = 0;
    *low_of(slab) = 0;
    *idle_of(slab) = 0;
    slab->size = class->size;
    slab->count = kind == GUARDED ? -COUNT_BIAS : 0;
    slab->nr_given = 0;
    slab->nr_pages = class->nr_pages;
    slab->state = PAGE_SLAB;
    slab->class = (uint8_t)class_index;
    slab->kind = (uint8_t)kind;
    slab->full = FULL_NOT;
    for (unsigned i = 0; i < class->nr_words; i++)
        vacant_of(slab)[i] = ~0ul;
    for (unsigned i = 0; i < (HEAP_THREADS + (class->size > 16)) * class->nr_words; i++)
        returned_of(arena, slab)[i] = 0;
    return slab;
}

/* Where there is no memory for a new slab: one that is full, but for a few slots. NULL: there is none. */
static struct page *almost_full(struct heap *heap, enum kind kind, unsigned class)
{
    const struct range *region = &heap->arena->region;

    for (size_t index = 0; index < region->top; index += region->pages[index].nr_pages) {
        struct page *slab = &region->pages[index];
        if (slab->state != PAGE_SLAB || slab->owner != heap || slab->kind != kind ||
            slab->class != class || slab->full != FULL || count_of(slab) >= nr_usable(heap, slab))
            continue;
        partial_push(heap, slab);
        return page_list_pop(&heap->partial[kind][class]);
    }
    return NULL;
}

/* A slab of a class that has something to give. NULL: no memory. */
static struct page *find_slab(struct heap *heap, enum kind kind, unsigned class)
{
    struct arena *arena = heap->arena;
    struct page *slab;

    collect_returned(heap);
    if (heap->partial[kind][class] != NULL)
        return page_list_pop(&heap->partial[kind][class]);
    arena_lock(arena);
    if (UNLIKELY(arena->abandoned[kind][class] != NULL)) {
        slab = page_list_pop(&arena->abandoned[kind][class]);
        store(&slab->owner, heap);
    } else {
        slab = create(heap, kind, class);
        if (slab == NULL)
            slab = almost_full(heap, kind, class);
    }
    arena_unlock(arena);
    return slab;
}

/* Slots of a slab that comes from a list are given out. */
static void make_current(struct heap *heap, struct page *slab)
{
    count_all(slab);
    allow_fast_free(heap, slab);
    if (*idle_of(slab) == 0)
        return;
    arena_lock(heap->arena);
    heap->arena->idle_pages -= *idle_of(slab);
    arena_unlock(heap->arena);
    *idle_of(slab) = 0;
}

/* A slab of a class that has bits, which becomes the current one. NULL: no memory. */
static NOINLINE struct page *renew(struct heap *heap, enum kind kind, unsigned class)
{
    struct page **current = &heap->current[kind][class], *slab;
    int many = 0;

    while ((slab = *current)->bits == 0) {
        if (is_page(slab)) {
            /* Other heaps' frees make the owner's take the long way. */
            int merged = load(&slab->inverse) == 0 && merge_returned(heap, slab);
            /* What came out of quarantine meanwhile may have uncovered it. */
            if (slab != *current)
                continue;
            if ((merged && draw_bits(heap, slab, 0)) || give_more(heap, slab, many))
                break;
            *current = HEAP_NO_PAGE;
            retire_full(heap, slab);
            many = 1;
        }
        slab = find_slab(heap, kind, class);
        if (slab == NULL)
            return NULL;
        make_current(heap, slab);
        *current = slab;
        draw_bits(heap, slab, 0);
    }
    return slab;
}

void *slab_alloc(struct heap *heap, enum kind kind, unsigned class)
{
    struct page *slab = heap->current[kind][class];

    if (slab->bits == 0 &&
        (!is_page(slab) || ((*rest_of(slab) == 0 || !draw_rest(slab)) &&
                            (is_spent(heap, slab) || !draw_bits(heap, slab, 0))))) {
        slab = renew(heap, kind, class);
        if (slab == NULL)
            return NULL;
    }
    return slot_take(slab);
}

/* Whether no slot that lies in a page of a slab is in use. */
static int page_is_idle(struct page *slab, size_t page)
{
    size_t slot = page * HEAP_PAGE / slab->size;
    size_t end = ((page + 1) * HEAP_PAGE + slab->size - 1) / slab->size;

    for (; slot < end && slot < slab->nr_given; slot++)
        if (!bit_test(vacant_of(slab), slot))
            return 0;
    return 1;
}

/*
 * Few slots of a slab are in use: where there is much of that, or at any rate, give back the memory of pages
 * that have none.
 */
static void thin_out(struct heap *heap, struct page *slab, int any)
{
    struct arena *arena = heap->arena;
    const struct heap_source *source = &arena->source;
    size_t nr_pages = PAGES((size_t)slab->nr_given * slab->size);

    /* Free slots of a hardened heap are not to change. */
    if (source->discard == NULL || source->commit != NULL || slab->class == 0 ||
        (arena->harden && slab->kind == GUARDED))
        return;
    arena_lock(arena);
    arena->idle_pages -= *idle_of(slab);
    *idle_of(slab) = !any && arena->idle_pages + nr_pages <= run_allowance(arena) ? nr_pages : 0;
    arena->idle_pages += *idle_of(slab);
    for (size_t i = 0; *idle_of(slab) == 0 && i < nr_pages; i++) {
        if (page_is_idle(slab, i))
            source->discard(source->ctx, (char *)slab->start + i * HEAP_PAGE, HEAP_PAGE);
    }
    arena_unlock(arena);
}

void slab_is_low(struct heap *heap, struct page *slab)
{
    if (UNLIKELY(load(&slab->full) != FULL_NOT)) {
        count_all(slab);
        arena_lock(heap->arena);
        int queued = load(&slab->full) == FULL_QUEUED;
        if (!queued)
            partial_push(heap, slab);
        arena_unlock(heap->arena);
        if (queued)
            return;
    } else if (*low_of(slab) != 0) {
        unsigned low = (unsigned)*low_of(slab);
        count_all(slab);
        thin_out(heap, slab, 0);
        count_above(slab, low / 2);
    }
    if (count_of(slab) != 0 || slab == heap->current[slab->kind][slab->class])
        return;
    page_list_remove(&heap->partial[slab->kind][slab->class], slab);
    release(heap, slab);
}

int slab_trim(struct heap *heap)
{
    int released = 0;

    collect_returned(heap);
    for (unsigned i = 0; i < 2 * HEAP_NR_CLASSES; i++) {
        for (struct page *slab = heap->partial[i / HEAP_NR_CLASSES][i % HEAP_NR_CLASSES], *next;
             slab != NULL; slab = next) {
            next = slab->next;
            if (merge_returned(heap, slab) && count_of(slab) == 0)
                slab_is_low(heap, slab);
            else
                thin_out(heap, slab, 1);
        }
        struct page **current = &heap->current[i / HEAP_NR_CLASSES][i % HEAP_NR_CLASSES];
        struct page *slab = *current;
        if (!is_page(slab))
            continue;
        merge_returned(heap, slab);
        put_bits_back(slab);
        if (count_of(slab) != 0)
            continue;
        *current = HEAP_NO_PAGE;
        release(heap, slab);
        released = 1;
    }
    return released;
}

#if HEAP_THREADS

int slab_return(struct heap *heap, struct page *slab, unsigned slot)
{
    struct arena *arena = heap->arena;
    unsigned long *word = returned_of(arena, slab) + slot / WORD_BITS;
    unsigned long bit = 1ul << slot % WORD_BITS;
    uintptr_t address = slab->start + slot * slab->size;
    unsigned enough = worthwhile(heap, slab);

    if (enough > WORD_BITS / 8)
        enough = WORD_BITS / 8;
    /* The owner's frees take the long way, which looks at the bit. */
    store(&slab->inverse, 0);
    unsigned long old = __atomic_fetch_or(word, bit, __ATOMIC_SEQ_CST);
    if (old & bit)
        return -1;
    /* From here on the owner may dissolve the slab: what is read is looked at again under the lock. */
    if (count_bits(old | bit) < enough || __atomic_load_n(&slab->full, __ATOMIC_SEQ_CST) != FULL)
        return 0;
    arena_lock(arena);
    struct range *range = range_find(arena, address);
    int full = range != NULL && range->slab[page_index(range, address)] == slab &&
               __atomic_load_n(&slab->full, __ATOMIC_SEQ_CST) == FULL;
    struct heap *owner = slab->owner;
    int orphan = full && owner->state != HEAP_LIVE;
    if (full && !orphan) {
        store(&slab->full, FULL_QUEUED);
        slab->next = owner->returned;
        __atomic_store_n(&owner->returned, slab, __ATOMIC_RELAXED);
    } else if (orphan) {
        store(&slab->owner, heap);
        partial_push(heap, slab);
    }
    arena_unlock(arena);
    if (orphan && merge_returned(heap, slab) && count_of(slab) == 0)
        slab_is_low(heap, slab);
    return 0;
}

/* Leave a slab of a heap that ends to whoever needs one. */
static void abandon(struct heap *heap, struct page *slab)
{
    merge_returned(heap, slab);
    put_bits_back(slab);
    if (count_of(slab) == 0) {
        release(heap, slab);
        return;
    }
    arena_lock(heap->arena);
    store(&slab->inverse, 0);
    store(&slab->owner, NULL);
    page_list_push(&heap->arena->abandoned[slab->kind][slab->class], slab);
    arena_unlock(heap->arena);
}

void heap_leave(struct heap *heap)
{
    struct arena *arena = heap->arena;
    struct quarantined *quarantine = heap->quarantine;

    /* What is merged from here on goes past it. */
    quarantine_flush(heap);
    heap->quarantine = NULL;
    for (int left = 0; !left;) {
        collect_returned(heap);
        for (unsigned i = 0; i < 2 * HEAP_NR_CLASSES; i++) {
            struct page **current = &heap->current[i / HEAP_NR_CLASSES][i % HEAP_NR_CLASSES];
            struct page **partial = &heap->partial[i / HEAP_NR_CLASSES][i % HEAP_NR_CLASSES];
            if (is_page(*current))
                abandon(heap, *current);
            *current = HEAP_NO_PAGE;
            while (*partial != NULL)
                abandon(heap, page_list_pop(partial));
        }
        arena_lock(arena);
        left = heap->returned == NULL;
        if (left)
            heap->state = HEAP_LEFT;
        if (left)
            heap->quarantine = quarantine;
        arena_unlock(arena);
    }
}

#endif
