/*
 * mm/frame.h - the machine's page frames
 */
#ifndef MM_FRAME_H
#define MM_FRAME_H

#include "arch/pte.h"
#include "lib/assert.h"
#include "lib/buddy.h"

/* Make the per-frame table, for memory up to end. Panics where there is no room for it. */
void frame_early_init(paddr_t end);

/* Hand all memory that is left to the allocator: from here on only the functions below give any. */
void frame_init(void);

/*
 * Take 2^order contiguous frames with one reference.
 *
 * Returns  the first, NO_FRAME if there are none
 * Locking  takes the frame lock; any context
 */
MUST_CHECK pfn_t frame_alloc(unsigned order);

/* As frame_alloc(0), filled with zeros. */
MUST_CHECK pfn_t frame_alloc_zeroed(void);

/*
 * The same for page tables: what comes back by frame_put_tables() is all zeros, and is given again as it
 * is. Each has one owner.
 */
MUST_CHECK pfn_t frame_alloc_table(void);
void frame_put_tables(const uint32_t *pfns, size_t nr);

/*
 * Hand frames [start, end), reserved at boot, to the allocator's accounts as allocated single
 * frames with one owner each: a module's memory, from now on counted and freed like any other.
 */
void frame_adopt(pfn_t start, pfn_t end);

/* Frames [start, end), reserved at boot, become free, but for those that were adopted. */
void frame_release(pfn_t start, pfn_t end);

/*
 * What there is: frames (nr_managed), those that are free, free blocks of each order, and one past the
 * highest frame of RAM (nr_frames). To be read only. And frames given out since the machine started.
 */
extern struct buddy frame_buddy;
extern uint64_t frame_nr_given;

static inline size_t frame_nr_free(void)
{
    return frame_buddy.nr_free;
}

/*
 * The frame of zeros that every untouched page reads as. Never freed: not counted by get and put.
 */
extern pfn_t zero_frame;

/* The per-frame table. Constant after frame_early_init(). */
extern struct frame *frame_table;

/* The table entry; its owner may use nr_entries and read refs. */
static inline struct frame *frame_of(pfn_t pfn)
{
    return &frame_table[pfn];
}

/*
 * One owner less for each of nr frames; the last one frees.
 *
 * Returns  how many of them were not zero_frame
 * Locking  takes the frame lock, once
 */
size_t frame_put_all(const uint32_t *pfns, size_t nr);

/* Free a frame without owners. For frame_put() alone. */
void frame_free(pfn_t pfn);

/* One more owner, one owner less. Any context. */
static inline void frame_get(pfn_t pfn)
{
    if (pfn != zero_frame)
        __atomic_fetch_add(&frame_of(pfn)->refs, 1, __ATOMIC_RELAXED);
}

static inline void frame_put(pfn_t pfn)
{
    if (pfn == zero_frame)
        return;
    ASSERT(frame_of(pfn)->refs > 0);
    if (__atomic_sub_fetch(&frame_of(pfn)->refs, 1, __ATOMIC_ACQ_REL) == 0)
        frame_free(pfn);
}

static inline void *frame_address(pfn_t pfn)
{
    return phys_to_virt(pfn << PAGE_SHIFT);
}

/* Fill or copy one page, a word at a time. */
static inline void page_clear(void *page)
{
    size_t words = PAGE_SIZE / 8;
    __asm__ volatile("rep stosq" : "+D"(page), "+c"(words) : "a"(0) : "memory");
}

static inline void page_copy(void *to, const void *from)
{
    size_t words = PAGE_SIZE / 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

#endif
