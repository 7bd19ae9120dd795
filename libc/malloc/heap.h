/*
 * malloc/heap.h - the interface of the allocator core
 *
 * A heap hands out blocks of memory that it takes, in whole pages, from a *page source*: a struct
 * of functions that the owner fills in. The core knows no operating system: it needs <stddef.h>,
 * <stdint.h>, and memcpy, memmove and memset from <string.h>; it has no globals, no floating point
 * and no recursion, so it runs in a kernel, in a C library and in a test on the host alike.
 *
 * What it keeps about blocks lies outside of them: blocks have no header, and everything is found
 * from a block's address by arithmetic and looked up in the heap's own tables. So an address that
 * the heap never gave is recognised without being read, and a write past a block reaches other
 * blocks' bytes but nothing that the heap relies on.
 *
 * README.md shows how to adopt it in 20 lines.
 */

#ifndef MALLOC_HEAP_H
#define MALLOC_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "heap_names.h"

/* Bytes in a page, the unit of everything that passes between heap and source. */
#ifndef HEAP_PAGE
#define HEAP_PAGE 4096u
#endif

/*
 * 1: several threads may have a heap each on the same pages (heap_join()). 0: compiled away; then
 * there is one heap, and who shares it between threads takes a lock around every call.
 */
#ifndef HEAP_THREADS
#define HEAP_THREADS 0
#endif

/* Bytes and alignment of the memory that heap_create() takes. */
#define HEAP_STORAGE       ((size_t)3 * 4096)
#define HEAP_STORAGE_ALIGN 64

/* Every block is aligned to this, whatever its size. */
#define HEAP_ALIGN 16

/*
 * What can be wrong with a pointer or with the source. heap_misuse_text() gives the words; what
 * a user sees is "malloc: <text> <address>", and those words are part of the interface.
 */
enum heap_misuse {
    HEAP_DOUBLE_FREE,  /* free of a block that was freed before */
    HEAP_FREE_UNKNOWN, /* free of an address that is no block: interior, unaligned, foreign ... */
    HEAP_RESIZE_FREED, /* the same two for heap_resize() */
    HEAP_RESIZE_UNKNOWN,
    HEAP_USABLE_FREED, /* and for heap_usable_size() */
    HEAP_USABLE_UNKNOWN,
    HEAP_REGION_LOST, /* the contiguous region ends below memory that the heap was given */
    HEAP_OVERFLOW,    /* bytes behind a block, or before it, were written */
    HEAP_STALE_WRITE, /* a block was written after it was freed */
};

/*
 * Where a heap's pages come from. Every function gets ctx as its first argument. A function that is
 * NULL is absent, and the heap does without; at least one of extend and map must be there.
 *
 * All addresses and lengths are multiples of HEAP_PAGE; no length is 0. Functions are called with
 * the lock held (misuse excepted) and must not call the heap. The heap keeps a copy of the struct.
 *
 *   the contiguous region     extend shrink           small blocks and medium ones
 *   separate ranges           map unmap remap         large blocks, and the heap's own tables
 *   dropping contents         discard commit          free pages between used ones
 *   inaccessible addresses    reserve expose hide     guards; tables that never move
 */
struct heap_source {
    void *ctx;

    /*
     * Append len zero-filled bytes to the contiguous region.
     *
     * Returns     their first byte; NULL if refused, and then nothing has changed. It normally is
     * the end of what was appended last. Where it lies higher, somebody else owns the bytes
     * between: the heap never touches them. Lower is reported as HEAP_REGION_LOST. Absent
     * everything comes from map.
     */
    void *(*extend)(void *ctx, size_t len);

    /*
     * Take back the region's last len bytes, the last of which is end[-1].
     *
     * Returns     0, or -1 if refused, for instance because the region does not end at end any
     * more; then nothing has changed. Absent      the region never gets smaller.
     */
    int (*shrink)(void *ctx, void *end, size_t len);

    /*
     * A new, zero-filled range of len bytes, its address a multiple of align (a power of two, at
     * least HEAP_PAGE).
     *
     * Returns     the range; NULL if refused
     * Absent      large blocks and the heap's tables come from the region.
     */
    void *(*map)(void *ctx, size_t len, size_t align);

    /*
     * Give back a range: exactly what one call of map or remap returned.
     *
     * Absent only where map is absent.
     */
    void (*unmap)(void *ctx, void *range, size_t len);

    /*
     * Make a range longer or shorter, moving it if need be. Contents stay, added bytes are zero.
     *
     * Returns     the range, possibly elsewhere; NULL if refused, and then it is as it was
     * Absent      the heap maps, copies and unmaps.
     */
    void *(*remap)(void *ctx, void *range, size_t old_len, size_t new_len);

    /*
     * Drop the contents of pages of the region or of a mapped range, give the memory below them
     * back, and keep the addresses. Some of the pages may have been dropped before.
     *
     * Absent      free pages between used ones stay with the heap.
     */
    void (*discard)(void *ctx, void *start, size_t len);

    /*
     * Put memory of any content below pages some of which were dropped by discard.
     *
     * Returns     0, or -1 if there is too little; some of the pages may have got some
     * Absent      dropped pages come back by being touched (demand paging).
     */
    int (*commit)(void *ctx, void *start, size_t len);

    /*
     * A new range of len bytes of inaccessible addresses, at a multiple of align, for unmap to give
     * back. expose makes zero-filled memory of pages of it that are inaccessible; hide makes them
     * inaccessible again and drops their content. Pages that unmap or remap get may be of either
     * sort.
     *
     * Returns     reserve: the range, or NULL. expose, hide: 0, or -1: refused, nothing has changed
     * Absent, all three    nothing stops a write that runs on beyond a large block, blocks of size
     * 0 can be written to, and a heap cannot be joined.
     */
    void *(*reserve)(void *ctx, size_t len, size_t align);
    int (*expose)(void *ctx, void *start, size_t len);
    int (*hide)(void *ctx, void *start, size_t len);

    /*
     * Somebody gave the heap a pointer it cannot accept, wrote where he must not, or the source broke
     * its promise. No lock is held and the heap is intact. Normally this does not return; if it does, the call that
     * brought the pointer does nothing (and returns NULL or 0).
     *
     * Absent      __builtin_trap()
     */
    void (*misuse)(void *ctx, enum heap_misuse what, const void *address);

    /* Mutual exclusion between joined heaps, not recursive. Called with HEAP_THREADS only. */
    void (*lock)(void *ctx);
    void (*unlock)(void *ctx);
};

struct arena;
struct page;

/* Sizes that have a class of their own: 0, 16, 32 ... 1024. Then four for each doubling. */
#define HEAP_NR_EXACT   65
#define HEAP_NR_CLASSES 81

/*
 * One user's view of the pages. Its fields are the core's own; it stands here for heap_fast.h, and so
 * that there can be one, all zero, that nothing can be had from.
 */
struct heap {
    /* What begins the short way, see heap_fast.h: classes below, sizes with an exact class below, and with any. */
    size_t nr_fast, exact_end, fast_end;
    /* By kind (plain or guarded) and size class; never NULL. */
    struct page *current[2][HEAP_NR_CLASSES]; /* slabs that the next blocks come from */
    struct page *partial[2][HEAP_NR_CLASSES]; /* other slabs with both used and free slots */
    struct arena *arena;
    unsigned char hardened;        /* small blocks go the short way of heap_guard.c */
    unsigned char class_above[65]; /* of sizes above the exact ones, by size / 256 rounded up */
    uint64_t random;
    uint64_t guard; /* eight times the byte that guards are made of */
    uint64_t stale; /* hardened: what free slots are filled with */
    struct quarantined {
        struct page *slab; /* NULL: nothing is in this place */
        size_t slot;
    } * quarantine;        /* hardened: blocks freed and not yet given to others; NULL: none */
    struct heap *next;     /* in the arena's list. Guarded by the arena's lock, as is the rest */
    int state;             /* of its thread: see heap_internal.h */
    struct page *returned; /* full slabs of which others have freed blocks */
};

/* Stands for none in tables of slabs. */
extern const struct page heap_no_page;
#define HEAP_NO_PAGE ((struct page *)(uintptr_t)&heap_no_page)

/*
 * Make a heap.
 *
 * storage     HEAP_STORAGE zero bytes aligned to HEAP_STORAGE_ALIGN that live as long as the heap; NULL:
 * the heap takes pages from the source (from map if there, else the region's first)
 * Returns     the heap; NULL if the source gave nothing
 */
struct heap *heap_create(void *storage, const struct heap_source *source);

/* Give all memory back to the source, blocks that are still in use included. The heap is gone. */
void heap_destroy(struct heap *heap);

#if HEAP_THREADS
/*
 * A heap on the same pages for another thread. Each frees the other's blocks.
 *
 * Returns     the heap; NULL: no memory, or the source has no reserve
 */
struct heap *heap_join(struct heap *heap);

/* The heap's thread ends. What it held is there for the others, and heap_join() may return it again. */
void heap_leave(struct heap *heap);

/*
 * Around fork(): nothing of the pages that heaps share is half changed in the child.
 *
 * in_child    the threads of all heaps but this one are gone
 */
void heap_freeze(struct heap *heap);
void heap_thaw(struct heap *heap, int in_child);
#endif

/*
 * A block of at least size bytes, aligned to HEAP_ALIGN; its content is not defined. Size 0 gives a
 * block too, different from every other.
 *
 * Returns     the block; NULL if there is no memory or size exceeds PTRDIFF_MAX; the heap is as
 * before then
 * Locking     one user of a heap at a time, here and below
 */
void *heap_alloc(struct heap *heap, size_t size);

/* The same, filled with zeros; memory that the source has just cleared is not cleared again. */
void *heap_alloc_zeroed(struct heap *heap, size_t size);

/* The same as heap_alloc(), at an address that is a multiple of align (a power of two). */
void *heap_alloc_aligned(struct heap *heap, size_t align, size_t size);

/* Take a block back. NULL is ignored; anything else that is no block in use is misuse. */
void heap_free(struct heap *heap, void *block);

/*
 * Change a block's size, keeping its content up to the smaller of the two sizes.
 *
 * block       a block in use, or NULL (then this is heap_alloc)
 * Returns     the block, possibly elsewhere; NULL if there is no memory, and then it is as it was
 */
void *heap_resize(struct heap *heap, void *block, size_t size);

/* Bytes of the block that may be used, at least those asked for. 0 for NULL. */
size_t heap_usable_size(struct heap *heap, const void *block);

/*
 * Give back all memory that holds no block: spare slabs, the region's free end but for pad bytes,
 * free pages inside (discard), those of slabs in use included, and the heap's own tables where they are larger
 * than needed. What
 * the heap holds after heap_trim(heap, 0) depends only on the blocks in use.
 *
 * Returns     1 if anything was given back, pages inside of slabs not counted, else 0
 */
int heap_trim(struct heap *heap, size_t pad);

enum heap_option {
    HEAP_MMAP_THRESHOLD, /* bytes: a request of this size or more is mapped; 128 KiB. Until it is
                            set it adapts: freeing a mapped block of up to 32 MiB raises it above
                            that block's size, and the trim threshold to twice that. At most 32 MiB.
                          */
    HEAP_TRIM_THRESHOLD, /* bytes: a free end of the region this long is given back; 128 KiB. Until it
                            is set, what is needed again after that adds to it, up to 64 MiB, and three
                            quarters of it are kept */
    HEAP_TOP_PAD,  /* bytes asked for beyond need when the region grows, kept when it shrinks */
    HEAP_MMAP_MAX, /* number of mapped blocks at one time; 65536. 0: none is mapped */
    HEAP_PERTURB, /* 0: off; else fresh blocks are filled with the complement of the low byte, freed
                     ones with the low byte */
    HEAP_HARDEN,  /* 1: spare bytes behind every block, freed ones filled, checked and reused late;
                     see README.md. Before the first block; there is no way back. */
    HEAP_SEED, /* what the order of blocks and the guards are drawn from; before the first block */
};

/*
 * Set an option. Setting any of the first four stops the thresholds adapting.
 *
 * Returns     0, or -1: no such option or value
 */
int heap_set_option(struct heap *heap, enum heap_option option, size_t value);
size_t heap_get_option(struct heap *heap, enum heap_option option);

/* The words for a misuse, without address: "double free of". Never NULL. */
const char *heap_misuse_text(enum heap_misuse what);

/*
 * Check every invariant of the whole heap; costs time in proportion to it.
 *
 * Returns     NULL if all hold, else a sentence about the first that does not. Where that is a write
 * outside of a block or after its free, it is reported as misuse too.
 */
const char *heap_check(struct heap *heap);

/* One piece of a heap, as heap_walk() shows it. */
struct heap_piece {
    enum heap_piece_kind {
        HEAP_PIECE_FREE, /* free pages */
        HEAP_PIECE_SLAB, /* pages cut into blocks of one size; its blocks in use follow as pieces */
        HEAP_PIECE_SMALL,  /* a block in use inside the slab shown last */
        HEAP_PIECE_RUN,    /* a block in use made of whole pages of the region */
        HEAP_PIECE_MAPPED, /* a block in use in a range of its own */
        HEAP_PIECE_HOLE,   /* addresses inside the region that belong to somebody else */
        HEAP_PIECE_META,   /* the heap's own tables inside the region */
    } kind;
    const void *start;
    size_t len;        /* bytes */
    size_t block_size; /* SLAB: bytes per block */
    size_t nr_blocks;  /* SLAB: blocks that fit */
    size_t nr_used;    /* SLAB: blocks in use */
};

/*
 * Show every piece: the contiguous region in order of addresses, then ranges that stand in for it,
 * then mapped blocks. visit must not call the heap.
 */
void heap_walk(struct heap *heap, void (*visit)(void *arg, const struct heap_piece *piece),
               void *arg);

/* All in bytes unless the name says nr_. */
struct heap_stats {
    const void *region_start; /* NULL before the region's first page */
    size_t region_len;        /* of the contiguous region, holes included */
    size_t hole_len;          /* of it: somebody else's */
    size_t standin_len;    /* mapped ranges that small blocks live in because extend was refused */
    size_t meta_len;       /* the heap's own tables, wherever they are */
    size_t small_len;      /* usable bytes of blocks in slabs */
    size_t run_len;        /* usable bytes of blocks made of pages of the region */
    size_t mapped_len;     /* usable bytes of mapped blocks */
    size_t small_free_len; /* free blocks in slabs */
    size_t free_len;       /* free pages */
    size_t top_len; /* of it: free pages at the region's end, what heap_trim(heap, 0) shrinks by */
    size_t nr_small, nr_run, nr_mapped; /* blocks in use of each kind */
    size_t nr_small_free;               /* free blocks in slabs */
    size_t nr_free_runs;                /* separate runs of free pages */
    size_t nr_slabs;
};

void heap_get_stats(struct heap *heap, struct heap_stats *stats);

#endif
