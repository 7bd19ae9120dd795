/*
 * malloc/heap_internal.h - what the files of the core share
 *
 *      heap.c        the interface: dispatch by size and kind, locking, options
 *      heap_block.c  which block, if any, starts at an address
 *      heap_slab.c   small blocks: pages cut into slots of one size class
 *      heap_run.c    runs of whole pages: bins of free runs, split and coalesce
 *      heap_region.c the contiguous region grows and shrinks
 *      heap_range.c  mapped ranges that stand in where the region cannot grow
 *      heap_mapped.c blocks with a mapped range of their own: a hash table
 *      heap_trim.c heap_walk.c heap_check.c   give back, show, check all of it
 *
 * Each page of a range has a descriptor of 64 bytes, struct page. A range's descriptors lie in
 * leaves: leaf 0 describes pages 0 to 63, leaf j > 0 describes as many pages as all before it. So a
 * descriptor is found by arithmetic (one count of leading zeros), a range grows without moving
 * descriptors, and the table of leaves has a fixed size.
 *
 *      page index    0 .. 63 | 64 .. 127 | 128 ..... 255 | 256 .................. 511 | ...
 *                     leaf 0     leaf 1       leaf 2              leaf 3
 *
 * Invariant: the heads of runs and slabs tile every range; each page that is no head is
 * PAGE_INSIDE, but for the last page of a free run, hole or table of two pages or more (PAGE_END)
 * and the pages of a slab after its first (PAGE_SLAB_TAIL). No two free runs touch. The region does
 * not end in a hole. heap_check() proves it.
 */

#ifndef MALLOC_HEAP_INTERNAL_H
#define MALLOC_HEAP_INTERNAL_H

#include "heap.h"

#define LIKELY(e)   __builtin_expect(!!(e), 1)
#define UNLIKELY(e) __builtin_expect(!!(e), 0)

#define PAGES(bytes) (((bytes) + (HEAP_PAGE - 1)) / HEAP_PAGE)

/* Slots in a slab at most: as many as a page has of the smallest class. */
#define SLOTS_MAX    256
#define WORD_BITS    (8 * sizeof(unsigned long))
#define BITMAP_WORDS (SLOTS_MAX / WORD_BITS)

#define NR_CLASSES 36
#define SMALL_MAX  ((size_t)16384)
#define FAST_MAX   ((size_t)1024) /* up to here a table says the class */

/* Exact bins for runs of 1 to 16 pages, then 4 for each doubling, up to 2^32 pages. */
#define NR_BINS   128
#define RUN_MAX   ((size_t)0x7fffffff)
#define NR_LEAVES 26

#define LEAF0_PAGES 64

#define NR_RECENT 16

enum page_state {
    PAGE_INSIDE = 0, /* no head: the head lies at a lower address */
    PAGE_FREE,
    PAGE_END,  /* last page of a run of PAGE_FREE, PAGE_HOLE or PAGE_META */
    PAGE_USED, /* head of a block that is a run of pages */
    PAGE_SLAB,
    PAGE_SLAB_TAIL,
    PAGE_HOLE,
    PAGE_META,
};

/* For page->was: a run of pages that was a block started here. Other values but 0: class + 1. */
#define WAS_RUN 255

/* For page->dropped of a free run: how much of it was handed to source.discard. */
enum { DROPPED_NONE, DROPPED_SOME, DROPPED_ALL };

struct page {
    uintptr_t start;          /* address of the page; valid in heads */
    struct page *next, *prev; /* PAGE_FREE: in its bin. PAGE_SLAB: in the class's partial list */
    union {
        uint32_t nr_pages; /* FREE, USED, HOLE, META, END: of the run */
        uint32_t back;     /* SLAB_TAIL: pages to the head */
        struct {
            uint16_t nr_used;  /* SLAB: slots in use */
            uint16_t nr_given; /* SLAB: slots from this one on were never in use */
        };
    };
    uint8_t state;
    union {
        uint8_t class;     /* SLAB */
        uint8_t dropped;   /* FREE */
        uint8_t permanent; /* META: holds struct heap, stays until heap_destroy() */
    };
    /*
     * What ended here last, so that a second free can be told from a wild one. For a slab's page:
     * was is its class + 1 and was_index its place in the slab.
     */
    uint8_t was, was_index;
    unsigned long vacant[BITMAP_WORDS]; /* SLAB: bit set: slot exists and is free */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct page) == 64, "a page of descriptors describes HEAP_PAGE / 64 pages");

struct range {
    uintptr_t start;
    size_t nr_pages;
    size_t fresh; /* pages from this index on were never handed out since the source cleared them */
    struct page *leaf[NR_LEAVES];
};

struct size_class {
    uint32_t size;
    uint32_t reciprocal; /* 2^32 / size, rounded up: offset * reciprocal >> 32 is the slot */
    uint16_t nr_pages, nr_slots;
    struct page *partial; /* slabs with both used and free slots */
    struct page *spare;   /* the slab with no slot in use, in the list or not; NULL: none */
};

struct mapped {
    uintptr_t start; /* 0: the entry is empty */
    size_t len;
};

/* Protected by the source's lock; source itself is constant. */
struct heap {
    struct heap_source source;
    size_t small_end; /* requests below this go straight to the slabs */
    size_t fast_end;  /* and those below this need nothing else; 0 with perturb */
    size_t mmap_threshold, trim_threshold, top_pad, mmap_max, perturb;
    unsigned adapt;        /* thresholds follow freed mapped blocks */
    unsigned own_storage;  /* struct heap lies in a page that the source gave */
    uintptr_t lost;        /* where the region ended below ours; 0: it did not */
    size_t shrink_refused; /* region.nr_pages when the source last refused; SIZE_MAX: it did not */
    uintptr_t region_high; /* highest end the region ever had */
    size_t meta_len;       /* bytes of mapped tables */
    struct range region;   /* nr_pages 0: there is none */
    struct range **standins;          /* sorted by start */
    size_t nr_standins, standins_len; /* entries in use; bytes of the table */
    size_t standin_pages;
    struct mapped *mapped; /* open addressing, a power of two of entries */
    size_t nr_mapped, mapped_cap;
    struct {
        uintptr_t start;
        size_t len;      /* blocks can have started in so many bytes */
    } recent[NR_RECENT]; /* ranges unmapped last, to tell a second free */
    unsigned recent_next;
    uint32_t bin_map[NR_BINS / 32]; /* bit set: the bin is not empty */
    struct page *bins[NR_BINS];
    struct size_class classes[NR_CLASSES];
    uint8_t class_table[FAST_MAX / 16 + 1]; /* by (size + 15) / 16 */
};

_Static_assert(sizeof(struct heap) <= HEAP_STORAGE, "struct heap must fit its storage");

/* --- heap_range.c: finding a page's descriptor; ranges that stand in for the region
 * --------------- */

static inline unsigned log2_floor(size_t n)
{
    return (unsigned)(8 * sizeof(unsigned long)) - 1 - (unsigned)__builtin_clzl(n);
}

static inline unsigned leaf_of(size_t index)
{
    return log2_floor(index | (LEAF0_PAGES - 1)) - 5;
}

static inline size_t leaf_first(unsigned leaf)
{
    return ((size_t)32 << leaf) & ~(size_t)(LEAF0_PAGES - 1);
}

static inline size_t leaf_count(unsigned leaf)
{
    return leaf == 0 ? LEAF0_PAGES : (size_t)32 << leaf;
}

static inline struct page *page_at(const struct range *range, size_t index)
{
    unsigned leaf = leaf_of(index);
    return range->leaf[leaf] + (index - leaf_first(leaf));
}

static inline size_t page_index(const struct range *range, uintptr_t address)
{
    return (address - range->start) / HEAP_PAGE;
}

static inline uintptr_t page_address(const struct range *range, size_t index)
{
    return range->start + index * HEAP_PAGE;
}

static inline uintptr_t range_end(const struct range *range)
{
    return page_address(range, range->nr_pages);
}

/* The stand-in that holds an address, or NULL. */
struct range *range_standin_find(const struct heap *heap, uintptr_t address);

/* The range that holds an address, or NULL. */
static inline struct range *range_find(struct heap *heap, uintptr_t address)
{
    if (LIKELY(address - heap->region.start < heap->region.nr_pages * HEAP_PAGE))
        return &heap->region;
    return range_standin_find(heap, address);
}

/*
 * Map a range of at least nr_pages, which are no run yet: the caller makes them one.
 *
 * Returns     the range; NULL: no memory
 */
struct range *range_standin_create(struct heap *heap, size_t nr_pages);

/* Unmap a stand-in; its pages must not be in a bin. */
void range_standin_destroy(struct heap *heap, struct range *range);

/* --- heap_region.c
 * --------------------------------------------------------------------------------- */

/* Put struct heap into the region's first page. NULL: no memory. */
struct heap *region_create(const struct heap_source *source);

/*
 * Grow the region so that it ends in a free run of nr_pages or more.
 *
 * Returns     0, or -1: refused. After 0 the region has grown, but its new pages need not touch the
 * old ones (a hole, a leaf may lie between), and the free run at its end may still be too short.
 */
int region_grow(struct heap *heap, size_t nr_pages);

/*
 * If the region's free end (empty slabs count) is at least threshold bytes, give it back but for
 * pad bytes.
 *
 * Returns     1 if the region is shorter now, else 0
 */
int region_trim(struct heap *heap, size_t threshold, size_t pad);

/*
 * Give the whole region back, or what lies behind its last hole. The source is handed in because
 * the heap may lie in the region: it is gone then.
 */
void region_destroy(struct heap *heap, const struct heap_source *source);

/* --- heap_run.c
 * ------------------------------------------------------------------------------------ */

/*
 * Take a run of nr_pages, its address a multiple of align pages (a power of two).
 *
 * clear       receives how many bytes at its start are not known to be zero
 * Returns     its head, in no bin, state PAGE_USED; NULL: no memory
 */
struct page *run_alloc(struct heap *heap, size_t nr_pages, size_t align, size_t *clear);

/*
 * Put pages that are in no bin back, coalescing with free neighbours; dropped is their state. A
 * stand-in that is all free then is unmapped.
 */
void run_free(struct heap *heap, struct range *range, size_t index, size_t nr_pages,
              uint8_t dropped);

/* Make a used run longer or shorter where it is. 0, or -1: it cannot grow. */
int run_resize(struct heap *heap, struct page *page, size_t nr_pages);

/* Give up the end of the free run that ends the region: pages from index cut on are in no run then.
 */
void run_cut(struct heap *heap, size_t cut);

/* Make pages a run that is no block: PAGE_FREE (in no bin), PAGE_HOLE or PAGE_META; and no run
 * again. */
struct page *run_mark(struct range *range, size_t index, size_t nr_pages, uint8_t state);
void run_unmark(struct range *range, size_t index, size_t nr_pages);

/* Index of the head of the run or slab that ends before index end; end itself if that is a block.
 */
size_t run_before(const struct range *range, size_t end);

/* Pages of the run or slab that a head stands for. */
static inline size_t run_len(const struct heap *heap, const struct page *head)
{
    return head->state == PAGE_SLAB ? heap->classes[head->class].nr_pages : head->nr_pages;
}

/* The bin for free runs of nr_pages. */
unsigned run_bin(size_t nr_pages);

/* Discard every free run's pages. 1 if there was one to discard, else 0. */
int run_drop_all(struct heap *heap);

/* --- heap_slab.c
 * ----------------------------------------------------------------------------------- */

/* Fill in the table of size classes. */
void slab_init(struct heap *heap);

/* Make class->partial not NULL. 0, or -1: no memory. */
int slab_refill(struct heap *heap, struct size_class *class);

/* A slab, in its class's list, has just lost its last used slot: keep it as the spare or give it up. */
void slab_emptied(struct heap *heap, struct page *slab);

/* Turn an empty slab that is in no list back into free pages. */
void slab_release(struct heap *heap, struct range *range, struct page *slab);

/* Give up the spare slab of a class, or of all. 1 if there was one, else 0. */
int slab_release_spare(struct heap *heap, struct size_class *class);
int slab_release_spares(struct heap *heap);

/*
 * The size class for size bytes, at most SMALL_MAX: 16, 32, 48 ... 128, then four for each
 * doubling, so that at most a fifth of a block is waste.
 */
static inline unsigned class_of(size_t size)
{
    if (size <= 128)
        return (unsigned)(size - (size != 0)) / 16;
    unsigned shift = log2_floor(size - 1) - 2;
    return 8 + (shift - 5) * 4 + (unsigned)((size - 1) >> shift) - 4;
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

/* --- heap_mapped.c
 * --------------------------------------------------------------------------------- */

/* A mapped block, or NULL: the source refuses, or HEAP_MMAP_MAX is reached. */
void *mapped_alloc(struct heap *heap, size_t size, size_t align);

/* The entry of the mapped block that starts at an address, or NULL. */
struct mapped *mapped_find(const struct heap *heap, uintptr_t address);

/* Unmap a block, and let the thresholds adapt. */
void mapped_free(struct heap *heap, struct mapped *entry);

/* Change a mapped block's length with source.remap. Its address, or NULL: refused, nothing has
 * changed. */
void *mapped_resize(struct heap *heap, struct mapped *entry, size_t size);

/* Make the table as small as its entries allow. 1 if memory was given back, else 0. */
int mapped_trim(struct heap *heap);

/* Unmap all blocks and the table. */
void mapped_destroy(struct heap *heap);

/* --- heap_block.c
 * ---------------------------------------------------------------------------------- */

struct block {
    enum block_kind {
        BLOCK_UNKNOWN, /* no block ever started here, as far as is known */
        BLOCK_FREED,   /* one did, and it was freed */
        BLOCK_SMALL,
        BLOCK_RUN,
        BLOCK_MAPPED,
    } kind;
    size_t len;            /* usable bytes */
    struct page *page;     /* SMALL: the slab's head. RUN: the head */
    unsigned slot;         /* SMALL */
    struct mapped *mapped; /* MAPPED */
};

/* Remember that blocks which started in [start, start + len) are unmapped. */
static inline void remember_unmapped(struct heap *heap, uintptr_t start, size_t len)
{
    unsigned i = heap->recent_next++ % NR_RECENT;

    heap->recent[i].start = start;
    heap->recent[i].len = len;
}

/* Whether a slot that is in use starts at an address in a slab; its number. */
static inline int slot_in_use(const struct heap *heap, const struct page *slab, uintptr_t address,
                              unsigned *slot)
{
    const struct size_class *class = &heap->classes[slab->class];
    uint32_t offset = (uint32_t)(address - slab->start);

    *slot = (unsigned)((uint64_t)offset * class->reciprocal >> 32);
    return *slot < slab->nr_given && *slot * class->size == offset &&
           !(slab->vacant[*slot / WORD_BITS] >> *slot % WORD_BITS & 1);
}

/* What starts at an address. Reads the heap's tables only, whatever the address. */
void block_find(struct heap *heap, uintptr_t address, struct block *block);

/* --- the source: tables, locking
 * ------------------------------------------------------------------- */

/* Zero-filled memory for a table, whole pages; NULL: refused or map absent. */
static inline void *meta_map(struct heap *heap, size_t len)
{
    void *table = heap->source.map ? heap->source.map(heap->source.ctx, len, HEAP_PAGE) : NULL;
    if (table != NULL)
        heap->meta_len += len;
    return table;
}

static inline void meta_unmap(struct heap *heap, void *table, size_t len)
{
    heap->source.unmap(heap->source.ctx, table, len);
    heap->meta_len -= len;
}

static inline void heap_lock(struct heap *heap)
{
#if HEAP_THREADS
    if (heap->source.lock != NULL)
        heap->source.lock(heap->source.ctx);
#else
    (void)heap;
#endif
}

static inline void heap_unlock(struct heap *heap)
{
#if HEAP_THREADS
    if (heap->source.unlock != NULL)
        heap->source.unlock(heap->source.ctx);
#else
    (void)heap;
#endif
}

#endif
