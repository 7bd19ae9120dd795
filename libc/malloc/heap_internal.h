/*
 * malloc/heap_internal.h - what the files of the core share
 *
 *      heap.c        a heap as a whole: made, joined, set, trimmed, destroyed
 *      heap_alloc.c heap_free.c heap_resize.c   dispatch by size and kind
 *      heap_fast.h   the short way of heap_alloc() and heap_free()
 *      heap_slab.c   small blocks: pages cut into slots of one size class
 *      heap_guard.c  spare bytes behind blocks; quarantine; heap_guard.h: its short way, inline
 *      heap_block.c  which block, if any, starts at an address, and whether it is sound
 *      heap_misuse.c what is said about it, and when
 *      heap_run.c    runs of whole pages: bins of free runs, split and coalesce
 *      heap_region.c the contiguous region and its tables grow and shrink
 *      heap_mapped.c separate ranges: large blocks, and stand-ins for the region
 *      heap_walk.c heap_check.c   show, check all of it
 *
 * A range (the region, or a stand-in) has two tables, indexed by page: `pages` describes runs, `slab`
 * says which slab a page belongs to. A slab of n pages uses the n descriptors of its pages as one: what
 * the first has no room for runs on into the others, see words_of(). So only `slab` says what a page
 * inside a slab is.
 *
 * Invariant: the heads of runs and slabs tile every range up to its top; what lies beyond is the region's
 * free end. A page that is in no slab and no head is PAGE_INSIDE, but for the last page of a free run, hole
 * or table of two pages or more (PAGE_END). No two free runs touch. heap_check() proves it.
 *
 * Locking: the arena is guarded by the source's lock, a slab by being its owner's.
 */

#ifndef MALLOC_HEAP_INTERNAL_H
#define MALLOC_HEAP_INTERNAL_H

#include "heap.h"

#define LIKELY(e)     __builtin_expect(!!(e), 1)
#define UNLIKELY(e)   __builtin_expect(!!(e), 0)
#define NOINLINE      __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))

#define PAGES(bytes) (((bytes) + (HEAP_PAGE - 1)) / HEAP_PAGE)
#define WORD_BITS    (8 * sizeof(unsigned long))

#define SMALL_MAX ((size_t)16384)
#define RUN_MAX   ((size_t)0x7fffffff)

/* Bytes that may be asked for. */
#define REQUEST_MAX ((size_t)PTRDIFF_MAX - HEAP_PAGE)

/* Where both thresholds begin, in bytes. */
#define DEFAULT_THRESHOLD ((size_t)128 << 10)

/* Bytes with an exact class at most; sizes of classes above are multiples of STEP_ABOVE. */
#define EXACT_MAX  ((HEAP_NR_EXACT - 1) * (size_t)HEAP_ALIGN)
#define STEP_ABOVE ((size_t)256)

/* As far as the thresholds adapt, in bytes. */
#define ADAPT_MAX ((size_t)32 << 20)

/* Exact bins for runs of 1 to 16 pages, then 4 for each doubling, up to 2^32 pages. */
#define NR_BINS   128
#define NR_RECENT 16

/* Pages of a region that is described in the arena itself. */
#define FIRST_PAGES 8

/* A guarded block has bytes behind it that say its size; see heap_guard.c. */
enum kind { PLAIN, GUARDED };

enum page_state {
    PAGE_INSIDE = 0, /* no head: the head lies at a lower address */
    PAGE_FREE,
    PAGE_END,  /* last page of a run of PAGE_FREE, PAGE_HOLE or PAGE_META */
    PAGE_USED, /* head of a block that is a run of pages */
    PAGE_SLAB,
    PAGE_HOLE,
    PAGE_META,
};

/* For page->was: a run of pages that was a block started here. Other values but 0: class + 1. */
#define WAS_RUN 255

/* For page->dropped of a free run: how much of it was handed to source.discard. */
enum { DROPPED_NONE, DROPPED_SOME, DROPPED_ALL };

/* Free runs by length: those that may have memory below them, and those whose memory was given back. */
enum { RESIDENT, DROPPED, NR_RUN_KINDS };

struct page {
    struct heap *owner; /* SLAB: the heap it belongs to; NULL: to nobody */
    uintptr_t start;    /* address of the page; valid in heads */
    uint64_t inverse; /* SLAB: of the slot size, see slot_of(); 0: heap_free() takes the long way */
    struct page *next; /* FREE: in its bin. SLAB: in its heap's partial list, or the returned one */
    struct page *prev;
    unsigned long bits; /* SLAB: slots that are the next to be given out; each is in *word too */
    unsigned long *word;
    union {
        size_t asked; /* USED: bytes asked for */
        struct {
            uint32_t size;     /* SLAB: bytes per slot */
            int16_t count;     /* SLAB: see count_of(); GUARDED: less COUNT_BIAS, so negative */
            uint16_t nr_given; /* SLAB: slots from this one on were never in use */
        };
    };
    uint32_t nr_pages; /* of the run or slab; END: of the run that ends */
    uint8_t state;
    union {
        uint8_t class;     /* SLAB */
        uint8_t dropped;   /* FREE */
        uint8_t permanent; /* META: holds the arena, stays until heap_destroy() */
    };
    union {
        uint8_t kind; /* SLAB */
        /* What ended here last, so that a second free can be told from a wild one. For a slab's
         * page: was is its class + 1 and was_index its place in the slab. */
        uint8_t was;
    };
    union {
        uint8_t full; /* SLAB: no list, no current. FULL_QUEUED: in its owner's returned list */
        uint8_t was_index;
    };
};

enum { FULL_NOT, FULL, FULL_QUEUED };

/* No slab has so many slots. */
#define COUNT_BIAS 0x2000

_Static_assert(sizeof(long) != 8 || sizeof(struct page) == 72, "tables are a 51st of the region");

struct range {
    uintptr_t start;
    size_t nr_pages;
    size_t top;   /* pages from this index on are free, in no run. Stand-in: nr_pages */
    size_t fresh; /* pages from this index on were never handed out since the source cleared them */
    size_t nr_described; /* entries of the tables */
    struct page *pages;
    struct page **slab; /* the slab a page is part of, else &heap_no_page */
};

struct size_class {
    uint64_t inverse;
    uint16_t size, nr_slots;
    uint8_t nr_pages, nr_words; /* of a slab, and of each of its bitmaps */
    uint8_t held_at;            /* words from the first bitmap to the one of quarantine */
};

/* A separate range: a block, or a stand-in for the region. */
struct mapped {
    uintptr_t start;       /* 0: the entry is empty */
    size_t len;            /* bytes that may be used */
    size_t total;          /* bytes that were mapped: the rest is a guard */
    size_t asked;          /* bytes asked for; stand-in: bytes of its tables */
    struct range *standin; /* NULL: a block */
};

struct arena {
    struct range region; /* nr_pages 0: there is none. First: heap_free() begins here */
    struct heap heap;    /* of heap_create()'s caller */
    struct size_class classes[HEAP_NR_CLASSES];
    struct heap_source source;
    size_t mmap_threshold, trim_threshold, top_pad, mmap_max, perturb, harden;
    size_t small_max;     /* larger blocks are whole pages */
    unsigned careful;     /* perturb or harden: every block is guarded, and begins the long way */
    unsigned adapt;       /* thresholds follow what the program does */
    size_t trimmed_pages; /* given back at the region's end, and not yet needed again */
    size_t reused_pages;  /* of runs whose memory was given back too soon */
    size_t opened_pages;  /* of dropped runs that are part of the region's free end now */
    size_t idle_pages;    /* of slabs with few slots in use, and resident */
    unsigned own_storage; /* the arena lies in pages that the source gave */
    unsigned char guard;  /* guards are made of it; its high bit is set */
    uint64_t stale;       /* hardened: what free slots are filled with */
    /* Misuse that was found where the heap could not be left; 0: none. */
    uintptr_t pending;
    enum heap_misuse pending_what;
    size_t shrink_refused; /* region.nr_pages when the source last refused; SIZE_MAX: it did not */
    uintptr_t region_high; /* highest end the region ever had */
    size_t meta_len;       /* bytes of tables outside the region */
    char *reserved;        /* for the region's tables; NULL: they move when they grow */
    size_t reserved_len;
    /* What is not touched until it is needed comes last. */
    struct page first_pages[FIRST_PAGES]; /* tables of a small region; they are outgrown soon */
    struct page *first_slab[FIRST_PAGES];
    struct mapped *mapped; /* open addressing, a power of two of entries */
    size_t nr_mapped, mapped_cap, mapped_len;
    size_t nr_blocks;     /* of nr_mapped: those that are blocks */
    size_t standin_pages; /* in all stand-ins that are not for blocks of size 0 */
    struct heap *heaps;   /* that joined, and the first */
    struct page *abandoned[2][HEAP_NR_CLASSES];
    struct {
        uintptr_t start;
        size_t len;      /* blocks can have started in so many bytes */
        size_t hidden;   /* freed, and still to be unmapped */
    } recent[NR_RECENT]; /* ranges unmapped last, to tell a second free */
    unsigned recent_next;
    struct bins {
        size_t nr_pages;            /* in all of them */
        uint32_t map[NR_BINS / 32]; /* bit set: the bin is not empty */
        struct page *list[NR_BINS];
    } bins[NR_RUN_KINDS];
};

_Static_assert(sizeof(struct arena) <= HEAP_STORAGE, "the arena must fit its storage");

/* heap->state. GONE: its thread did not outlive fork(), and it may be half changed. */
enum { HEAP_LIVE, HEAP_LEFT, HEAP_GONE };

/*
 * What one thread changes while others look. Which value they see does not matter to them; the lock
 * orders what does. Gcc makes a relaxed load an instruction of its own, so it is one for the race
 * detector only.
 */
#ifdef __SANITIZE_THREAD__
#define load(field) __atomic_load_n(field, __ATOMIC_RELAXED)
#else
#define load(field) (*(field))
#endif
#define store(field, value) __atomic_store_n(field, value, __ATOMIC_RELAXED)

static inline unsigned log2_floor(size_t n)
{
    return (unsigned)(8 * sizeof(unsigned long)) - 1 - (unsigned)__builtin_clzl(n);
}

/* --- heap_misuse.c: what cannot be left when misuse is found notes it, and reports it when it can ---- */

void misuse_report(struct arena *arena, enum heap_misuse what, uintptr_t address);
void report_noted(struct arena *arena);

static inline void report_pending(struct arena *arena)
{
    if (UNLIKELY(load(&arena->pending) != 0))
        report_noted(arena);
}

static inline void note_misuse(struct arena *arena, enum heap_misuse what, uintptr_t address)
{
    store(&arena->pending_what, what);
    store(&arena->pending, address);
}

/* --- tables ---------------------------------------------------------------------------------- */

static inline int is_page(const struct page *page)
{
    return page != &heap_no_page;
}

static inline size_t page_index(const struct range *range, uintptr_t address)
{
    return (address - load(&range->start)) / HEAP_PAGE;
}

static inline uintptr_t page_address(const struct range *range, size_t index)
{
    return range->start + index * HEAP_PAGE;
}

static inline uintptr_t range_end(const struct range *range)
{
    return page_address(range, load(&range->nr_pages));
}

static inline struct page *page_list_pop(struct page **list)
{
    struct page *page = *list;

    *list = page->next;
    if (page->next != NULL)
        page->next->prev = NULL;
    return page;
}

static inline void page_list_push(struct page **list, struct page *page)
{
    page->prev = NULL;
    page->next = *list;
    if (page->next != NULL)
        page->next->prev = page;
    *list = page;
}

static inline void page_list_remove(struct page **list, struct page *page)
{
    if (page->prev != NULL)
        page->prev->next = page->next;
    else
        *list = page->next;
    if (page->next != NULL)
        page->next->prev = page->prev;
}

/* --- heap_alloc.c ----------------------------------------------------------------------------- */

/* What an allocation yields. */
struct grant {
    void *block;  /* NULL: no memory */
    size_t clear; /* bytes at its start that are not known to be zero */
};

/* A block of whole pages, or a mapped one. align is at least 1. */
struct grant large_alloc(struct arena *arena, size_t align, size_t size);

/* --- heap_slab.c: all but the first three touch slabs of the calling heap only ------------------ */

/* Fill in the table of size classes. */
void slab_init(struct arena *arena);

/* The size class for size bytes, at most SMALL_MAX. */
static inline unsigned class_of(size_t size)
{
    if (LIKELY(size <= EXACT_MAX))
        return (unsigned)(size + 15) / 16;
    unsigned shift = log2_floor(size - 1) - 2;
    return HEAP_NR_EXACT + (shift - 8) * 4 + (unsigned)((size - 1) >> shift) - 4;
}

/* A free slot. NULL: no memory. */
void *slab_alloc(struct heap *heap, enum kind kind, unsigned class);

/* The count of a slab of this heap has just become low. */
void slab_is_low(struct heap *heap, struct page *slab);

/*
 * Take back a slot of a slab that belongs to another heap.
 *
 * Returns     0, or -1: it was freed before
 */
int slab_return(struct heap *heap, struct page *slab, unsigned slot);

/* Give up empty slabs. 1 if there was one, else 0. */
int slab_trim(struct heap *heap);

/*
 * What runs on behind a slab's first descriptor: the address of the first slot of *word; rest, the slots of
 * *word that are drawn when bits are used up; and bitmaps of class->nr_words each. Vacant: the slot is free,
 * was never given, or does not exist. Held: in quarantine; not for slots of 16 bytes. Returned: freed by
 * another heap than the owner.
 */
static inline unsigned long *words_of(struct page *slab)
{
    return (unsigned long *)(slab + 1);
}

static inline unsigned long *rest_of(struct page *slab)
{
    return words_of(slab) + 1;
}

/* What count has been lessened by: see heap_slab.c. */
static inline unsigned long *low_of(struct page *slab)
{
    return words_of(slab) + 2;
}

/* How many of its pages are among arena->idle_pages. */
static inline unsigned long *idle_of(struct page *slab)
{
    return words_of(slab) + 3;
}

static inline unsigned long *vacant_of(struct page *slab)
{
    return words_of(slab) + 4;
}

static inline unsigned long *returned_of(const struct arena *arena, struct page *slab)
{
    return vacant_of(slab) + arena->classes[slab->class].nr_words;
}

static inline unsigned long *held_of(const struct arena *arena, struct page *slab)
{
    return vacant_of(slab) + arena->classes[slab->class].held_at;
}

static inline int bit_test(const unsigned long *words, size_t bit)
{
    return load(&words[bit / WORD_BITS]) >> bit % WORD_BITS & 1;
}

/* Slots in use or in bits. */
static inline unsigned count_of(struct page *slab)
{
    return ((uint16_t)slab->count + (unsigned)*low_of(slab)) % COUNT_BIAS;
}

/* Whether so many slots are vacant that something has to be done about it. */
static inline int count_is_low(const struct page *slab)
{
    return (uint16_t)slab->count % COUNT_BIAS == 0;
}

/* --- heap_guard.c --------------------------------------------------------------------------------- */

/* Spare bytes that the last byte of a slot can say. */
#define SHORT_MAX 127

/* Bytes that a guarded block of size bytes takes. */
static inline size_t guard_room(const struct arena *arena, size_t size)
{
    if (!arena->harden)
        return size + 1;
    return size < 24 ? 32 : size + 8;
}

/* Write the guard behind a block of size bytes that has room bytes, size < room. */
void guard_write(const struct arena *arena, void *block, size_t size, size_t room);

/* The size that the guard behind a block in a slot says; SIZE_MAX: it was overwritten. */
size_t guard_read(const struct arena *arena, const void *block, size_t room);

/* Whether the bytes from start on are as written behind a block whose size is known. */
int guard_intact(const struct arena *arena, const void *block, size_t size, size_t room);

/*
 * What free slots are filled with. A guard has its high bit set, and keeps it when a number of up to SHORT_MAX
 * spare bytes is put into it: the last byte of this does not. The first is not 0.
 */
uint64_t stale_word(uint64_t random);

/* Fill a free slot of at least 32 bytes, and say whether it still is as filled. */
void stale_fill(const struct arena *arena, void *slot, size_t room);
int stale_intact(const struct arena *arena, const void *slot, size_t room);

/*
 * Hardened: whether a slot's neighbour below, which is no block of the caller's, shows a write that
 * began before the slot.
 */
int below_intact(const struct arena *arena, struct page *slab, unsigned slot);

/* Put a vacant slot of the heap's own slab, which still counts, into quarantine, and let another one out. */
void quarantine_put(struct heap *heap, struct page *slab, unsigned slot);

#define NR_QUARANTINE  512
#define QUARANTINE_LEN PAGES(NR_QUARANTINE * sizeof(struct quarantined)) * HEAP_PAGE

/* Let all out. */
void quarantine_flush(struct heap *heap);

/* The rest of fast_free(): where anything is not as it should be, by way of heap_free_again(). */
void hardened_free(unsigned char *block, struct page *slab, size_t slot);

/* heap_free.c: undo what fast_free() has done, and take the long way. */
void heap_free_again(void *block, struct page *slab, size_t slot);

/* --- heap_region.c ----------------------------------------------------------------------------------- */

/* Put an arena into the region's first pages. NULL: no memory. */
struct arena *region_create(const struct heap_source *source);

/*
 * Grow the region so that nr_pages or more are free at its end.
 *
 * spare       so many more are likely to be needed soon: asked for where nobody set how many are
 * Returns     0, or -1: refused. After 0 the region has grown, but its new pages need not touch the
 * old ones (a hole, a table may lie between), and there may still be too few.
 */
int region_grow(struct arena *arena, size_t nr_pages, size_t spare);

/*
 * Give the region's free end back but for pad bytes; threshold is 0, or what it is said to have reached.
 *
 * Returns     1 if the region is shorter now, else 0
 */
int region_trim(struct arena *arena, size_t threshold, size_t pad);

/*
 * Give the whole region back, or what lies behind its last hole. The source is handed in because
 * the arena may lie in the region: it is gone then.
 */
void region_destroy(struct arena *arena, const struct heap_source *source);

/* The region's free end has got longer: give back what is too much, but for what adapted thresholds keep. */
static inline void trim(struct arena *arena)
{
    const struct range *region = &arena->region;
    size_t threshold = arena->trim_threshold;

    if (UNLIKELY((region->nr_pages - region->top) * HEAP_PAGE >= threshold))
        region_trim(arena, threshold, arena->adapt ? threshold / 4 * 3 : arena->top_pad);
}

/* Pages that were dropped are needed again. */
static inline void note_reused(struct arena *arena, size_t nr_pages)
{
    if (arena->reused_pages < 2 * ADAPT_MAX / HEAP_PAGE)
        arena->reused_pages += nr_pages;
}

/* Bytes at the region's free end. */
static inline size_t top_len(const struct range *region)
{
    return (region->nr_pages - region->top) * HEAP_PAGE;
}

/* Note that pages are handed out now. Returns how many bytes at their start may not be zero. */
static inline size_t hand_out(struct range *range, size_t index, size_t nr_pages)
{
    size_t end = index + nr_pages, used = range->fresh > index ? range->fresh - index : 0;

    if (range->fresh < end)
        range->fresh = end;
    return (used < nr_pages ? used : nr_pages) * HEAP_PAGE;
}

/* run_alloc(), where no free run is that long and the region's free end is. NULL: that is not so. */
static inline struct page *top_alloc(struct arena *arena, size_t nr_pages, size_t *clear)
{
    struct range *region = &arena->region;
    size_t index = region->top;

    if (region->nr_pages - index < nr_pages || arena->bins[RESIDENT].nr_pages >= nr_pages ||
        arena->bins[DROPPED].nr_pages >= nr_pages)
        return NULL;
    struct page *page = &region->pages[index];
    region->top = index + nr_pages;
    page->state = PAGE_USED;
    page->nr_pages = (uint32_t)nr_pages;
    page->start = page_address(region, index);
    *clear = hand_out(region, index, nr_pages);
    return page;
}

/* --- heap_run.c -------------------------------------------------------------------------------------- */

/*
 * Take a run of nr_pages, its address a multiple of align pages (a power of two).
 *
 * clear       receives how many bytes at its start are not known to be zero
 * Returns     its head, in no bin, state PAGE_USED; NULL: no memory
 */
struct page *run_alloc(struct arena *arena, size_t nr_pages, size_t align, size_t *clear);

/*
 * Put pages that are in no bin back, coalescing with free neighbours; dropped is their state. A
 * stand-in that is all free then is unmapped. Where much is free, memory is given back.
 */
void run_free(struct arena *arena, struct range *range, size_t index, size_t nr_pages,
              uint8_t dropped);

/*
 * Make a used run longer or shorter where it is.
 *
 * Returns     its descriptor, which may have moved; NULL: it cannot grow
 */
struct page *run_resize(struct arena *arena, struct page *page, size_t nr_pages);

/*
 * Make the free run that lies below the region's free end part of it, and the other way round. The first
 * leaves it where memory is missing below it, unless any may be missing.
 */
void run_open(struct arena *arena, int any);
void run_close(struct arena *arena, uint8_t dropped);

/* Make pages a run that is no block (FREE in no bin, HOLE, META), and no run again. */
struct page *run_mark(struct range *range, size_t index, size_t nr_pages, uint8_t state);
void run_unmark(struct range *range, size_t index, size_t nr_pages);

/* Index of the head of the run or slab that ends before index end; end itself if that is a block. */
size_t run_before(const struct range *range, size_t end);

/* The bin for free runs of nr_pages. */
unsigned run_bin(size_t nr_pages);

/* Pages that are of no use to anybody now and may stay resident. */
size_t run_allowance(const struct arena *arena);

/* Discard every free run's pages. 1 if there was one to discard, else 0. */
int run_drop_all(struct arena *arena);

/* --- heap_mapped.c ------------------------------------------------------------------------------------ */

/* A mapped block, or NULL: the source refuses, or HEAP_MMAP_MAX is reached. */
void *mapped_alloc(struct arena *arena, size_t size, size_t align);

/* The entry of the range that starts at an address, or NULL. */
struct mapped *mapped_find(const struct arena *arena, uintptr_t address);

/* Unmap a block, and let the thresholds adapt. */
void mapped_free(struct arena *arena, struct mapped *entry);

/*
 * Change a block's length with source.remap. Its address, or NULL: refused, nothing has changed, but the
 * entry may have moved.
 */
void *mapped_resize(struct arena *arena, struct mapped *entry, size_t size);

/*
 * Zero-filled memory for a table, whole pages; where the source can reserve, they lie between two
 * inaccessible ones. NULL: refused or map absent.
 */
void *table_map(const struct heap_source *source, size_t len);
void table_unmap(const struct heap_source *source, void *table, size_t len);

/* The same, counted as the arena's. */
void *meta_map(struct arena *arena, size_t len);
void meta_unmap(struct arena *arena, void *table, size_t len);

/* Make the table as small as its entries allow. 1 if memory was given back, else 0. */
int mapped_trim(struct arena *arena);

/* Unmap all ranges and the table. */
void mapped_destroy(struct arena *arena);

/* Pages of a stand-in at most; each lies at a multiple of that. */
#define STANDIN_PAGES ((size_t)256)

/*
 * Map a stand-in, whose pages are no run yet: the caller makes them one. The second is for blocks of
 * size 0: its pages cannot be touched.
 *
 * Returns     the range; NULL: no memory
 */
struct range *standin_create(struct arena *arena, size_t nr_pages);
struct range *standin_reserve(struct arena *arena, size_t nr_pages);
void standin_destroy(struct arena *arena, struct range *range);
struct range *standin_find(const struct arena *arena, uintptr_t address);

/* The range that holds an address, or NULL. */
static inline struct range *range_find(struct arena *arena, uintptr_t address)
{
    if (LIKELY(address - arena->region.start < load(&arena->region.nr_pages) * HEAP_PAGE))
        return &arena->region;
    return standin_find(arena, address);
}

/*
 * Remember that blocks which started in [start, start + len) were freed. hidden: bytes from start on
 * that are to be unmapped when this is forgotten.
 */
void remember_unmapped(struct arena *arena, uintptr_t start, size_t len, size_t hidden);

/* --- heap_block.c --------------------------------------------------------------------------------------- */

struct block {
    enum block_kind {
        BLOCK_UNKNOWN, /* no block ever started here, as far as is known */
        BLOCK_FREED,   /* one did, and it was freed */
        BLOCK_SMALL,
        BLOCK_RUN,
        BLOCK_MAPPED,
    } kind;
    int damaged;           /* its guard was overwritten */
    size_t room;           /* bytes it takes */
    size_t len;            /* of them: those that may be used */
    struct page *page;     /* SMALL: the slab. RUN: the head */
    unsigned slot;         /* SMALL */
    struct mapped *mapped; /* MAPPED */
};

/* What starts at an address in a slab. */
void block_in_slab(const struct arena *arena, struct page *slab, uintptr_t address,
                   struct block *block);

/* What starts at an address. Reads the tables and guards only, whatever the address. */
void block_find(struct arena *arena, uintptr_t address, struct block *block);

/* The same, without the lock; returns with it held if it is a sound block of whole pages. */
void block_lock(struct heap *heap, uintptr_t address, struct block *block);

/* Whether a block may be touched; else what is wrong is reported: freed, unknown, or written outside of. */
int block_judge(struct heap *heap, const struct block *block, const void *address,
                enum heap_misuse freed, enum heap_misuse unknown);

static inline int is_large(const struct block *block)
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

static inline void arena_lock(struct arena *arena)
{
    if (HEAP_THREADS && arena->source.lock != NULL)
        arena->source.lock(arena->source.ctx);
}

static inline void arena_unlock(struct arena *arena)
{
    if (HEAP_THREADS && arena->source.unlock != NULL)
        arena->source.unlock(arena->source.ctx);
}

/*
 * The page that a block starts at which is a run of the region: with the lock held. SIZE_MAX: it is any other
 * block, or none, or is to be looked at closely.
 */
static inline size_t run_lock(struct heap *heap, uintptr_t address)
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

/* A linear congruential generator with Knuth's multiplier (MMIX): the high bits are the better ones. */
static inline uint64_t random_next(uint64_t *state)
{
    return *state = *state * UINT64_C(6364136223846793005) + 1;
}

#endif
