/*
 * lib/buddy.h - a buddy allocator of page frames, with a reference count for each frame
 *
 * Knows no hardware and no lock: it works on the table it is given, in the kernel (mm/frame.c) and
 * in host tests alike. Frames are named by their number, counted from 0.
 */
#ifndef LIB_BUDDY_H
#define LIB_BUDDY_H

#include "lib/types.h"

#define BUDDY_ORDERS 11  /* blocks of 2^0 to 2^10 frames: 4 KiB to 4 MiB */
#define BUDDY_SPARE  512 /* the most frames that are spare */
#define BUDDY_ZEROED 64  /* ... of which so many are kept as ones that are all zeros */
#define NO_FRAME     ((pfn_t)UINT32_MAX)

enum frame_state {
    FRAME_RESERVED, /* never given to the allocator: firmware, kernel image, holes */
    FRAME_INNER,    /* inside a block whose first frame says what it is (or still RESERVED) */
    FRAME_FREE,     /* first frame of a free block */
    FRAME_USED,     /* first frame of an allocated block */
    FRAME_SPARE,    /* free, but not joined with its buddies: see buddy_free() */
};

/* One for each frame of the machine; 16 bytes, so that the table is 0.4 % of memory. */
struct frame {
    uint32_t next, prev; /* FRAME_FREE: neighbours in the free list, UINT32_MAX at its ends;
                            FRAME_SPARE: the next spare one */
    uint32_t refs;       /* FRAME_USED: owners; the last to leave frees the block. 0: not used */
    uint16_t nr_entries; /* of a page table: entries in use (pagetable.c) */
    uint8_t order;       /* log2 of the block's frames */
    uint8_t state;       /* enum frame_state */
};
static_assert(sizeof(struct frame) == 16, "the table's size is part of the kernel's memory budget");

struct buddy {
    struct frame *frames; /* [nr_frames], zeroed before the first buddy_add() */
    size_t nr_frames;
    size_t nr_managed; /* frames ever added */
    size_t nr_free;    /* spare ones among them */
    size_t nr_spare;
    size_t nr_zeroed;             /* of nr_spare */
    uint32_t spare;               /* the last to become spare, UINT32_MAX if there is none */
    uint32_t zeroed;              /* the same of those that are all zeros */
    uint32_t first[BUDDY_ORDERS]; /* free lists by order, UINT32_MAX if empty */
    size_t nr_blocks[BUDDY_ORDERS];
    uint32_t nonempty; /* bit n: first[n] is a block */
};

/* No frame is free yet. frames: nr_frames zeroed entries, at most UINT32_MAX. */
void buddy_init(struct buddy *buddy, struct frame *frames, size_t nr_frames);

/* Give frames [start, end), reserved until now, to the allocator. O((end - start) / 2^10). */
void buddy_add(struct buddy *buddy, pfn_t start, pfn_t end);

/*
 * Take a block of 2^order frames, aligned to its size, with one reference.
 *
 * Returns  its first frame, NO_FRAME if no block is large enough
 * Cost     constant if a frame is spare, else O(BUDDY_ORDERS), and the joining of spare frames
 *          before a refusal
 */
MUST_CHECK pfn_t buddy_alloc(struct buddy *buddy, unsigned order);

/* The same for order 0, in place, while there is a spare frame; NO_FRAME: ask buddy_alloc(). */
MUST_CHECK static inline pfn_t buddy_alloc_spare(struct buddy *buddy)
{
    uint32_t pfn = buddy->spare;

    if (unlikely(pfn == UINT32_MAX))
        return NO_FRAME;
    buddy->spare = buddy->frames[pfn].next;
    buddy->nr_spare--;
    buddy->nr_free--;
    buddy->frames[pfn] = (struct frame){.refs = 1, .state = FRAME_USED};
    return pfn;
}

/* A frame that is all zeros; NO_FRAME: none is known. */
MUST_CHECK pfn_t buddy_alloc_zeroed(struct buddy *buddy);

/* buddy_free() of a single frame that is all zeros: what page tables are when they are empty. */
void buddy_free_zeroed(struct buddy *buddy, pfn_t pfn);

/*
 * Free a block, whose refs its last owner has made 0. Single frames are kept spare for a while: the
 * last one freed is the next one given, and neither costs a look at its buddies. Some of them are
 * joined when there are BUDDY_SPARE, and all before a larger block is refused.
 */
void buddy_free(struct buddy *buddy, pfn_t pfn);

/* Join nr of the spare frames with their buddies. */
void buddy_join_spare(struct buddy *buddy, size_t nr);

/*
 * Make the allocated block at pfn, which has one owner, 2^order single frames with one owner each,
 * so that they can be freed one by one.
 */
void buddy_split(struct buddy *buddy, pfn_t pfn);

/* Assert that lists, states and counts agree. O(nr_frames), for tests. */
void buddy_check(const struct buddy *buddy);

#endif
