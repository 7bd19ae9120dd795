/*
 * tests/host/buddy_model.h - the buddy allocator beside a plain model of it
 *
 * The model knows what every frame is and every block that is out. From the free frames alone
 * follows what the allocator must be able to give, and, once spare frames are joined with their
 * buddies, what its lists hold.
 */
#ifndef TESTS_BUDDY_MODEL_H
#define TESTS_BUDDY_MODEL_H

#include "lib/buddy.h"
#include "unit.h"

/* link: kernel/lib/buddy.c */
/* cflags: -iquote kernel */

#define MAX_FRAMES 5003 /* not a multiple of a block: the last ones have no buddy */

enum kind { RESERVED, FREE, USED };

struct block {
    pfn_t pfn;
    unsigned order, refs;
};

static struct {
    struct buddy buddy;
    struct frame frames[MAX_FRAMES];
    uint8_t kind[MAX_FRAMES]; /* enum kind */
    bool zeroed[MAX_FRAMES];  /* of a frame that is free: it was freed as all zeros */
    struct block blocks[MAX_FRAMES];
    size_t nr_frames, nr_blocks;
} m;

static inline void model_init(size_t nr_frames)
{
    memset(&m, 0, sizeof(m));
    m.nr_frames = nr_frames;
    buddy_init(&m.buddy, m.frames, nr_frames);
}

static inline size_t model_count(enum kind kind)
{
    size_t nr = 0;

    for (size_t i = 0; i < m.nr_frames; i++)
        nr += m.kind[i] == kind;
    return nr;
}

static inline bool all_of(pfn_t pfn, size_t nr, enum kind kind)
{
    if (pfn + nr > m.nr_frames)
        return false;
    for (size_t i = 0; i < nr; i++) {
        if (m.kind[pfn + i] != kind)
            return false;
    }
    return true;
}

/* Whether an aligned free block of this order exists anywhere. */
static inline bool model_can_give(unsigned order)
{
    for (pfn_t pfn = 0; pfn < m.nr_frames; pfn += 1UL << order) {
        if (all_of(pfn, 1UL << order, FREE))
            return true;
    }
    return false;
}

/*
 * Whether the allocator's lists would hold just the largest aligned blocks that the free frames
 * make, if it joined the spare ones now: a copy of it does.
 */
static inline bool model_lists_agree(void)
{
    static struct frame frames[MAX_FRAMES];
    struct buddy joined = m.buddy;
    size_t nr[BUDDY_ORDERS] = {0};

    memcpy(frames, m.frames, m.nr_frames * sizeof(frames[0]));
    joined.frames = frames;
    buddy_join_spare(&joined, joined.nr_spare);
    buddy_check(&joined);
    ASSERT(joined.nr_spare == 0 && joined.nr_free == m.buddy.nr_free);

    for (pfn_t pfn = 0; pfn < m.nr_frames;) {
        unsigned order = BUDDY_ORDERS;
        while (order-- > 0) {
            if (pfn % (1UL << order) == 0 && all_of(pfn, 1UL << order, FREE))
                break;
        }
        if (order < BUDDY_ORDERS)
            nr[order]++;
        pfn += order < BUDDY_ORDERS ? 1UL << order : 1;
    }
    return memcmp(nr, joined.nr_blocks, sizeof(nr)) == 0;
}

static inline void model_alloc(unsigned order)
{
    pfn_t pfn = buddy_alloc(&m.buddy, order);

    if (pfn == NO_FRAME) {
        ASSERT(!model_can_give(order));
        return;
    }
    ASSERT(pfn % (1UL << order) == 0 && all_of(pfn, 1UL << order, FREE));
    ASSERT(m.frames[pfn].refs == 1 && m.frames[pfn].nr_entries == 0);
    memset(&m.kind[pfn], USED, 1UL << order);
    m.blocks[m.nr_blocks++] = (struct block){pfn, order, 1};
    m.frames[pfn].nr_entries = 7; /* an owner's note: gone when the frame comes back */
}

/* What is known to be zeros was freed as such, and not used since. */
static inline void model_alloc_zeroed(void)
{
    pfn_t pfn = buddy_alloc_zeroed(&m.buddy);

    if (pfn == NO_FRAME)
        return;
    ASSERT(m.kind[pfn] == FREE && m.zeroed[pfn] && m.frames[pfn].refs == 1);
    m.kind[pfn] = USED;
    m.blocks[m.nr_blocks++] = (struct block){pfn, 0, 1};
}

static inline void model_put_frame(pfn_t pfn)
{
    m.frames[pfn].refs -= m.frames[pfn].refs > 0;
    if (m.frames[pfn].refs == 0)
        buddy_free(&m.buddy, pfn);
}

static inline void model_get(struct block *block)
{
    m.frames[block->pfn].refs++;
    block->refs++;
    ASSERT(m.frames[block->pfn].refs == block->refs);
}

static inline void model_put(struct block *block)
{
    bool zeroed = block->refs == 1 && block->order == 0 && pick(2);

    if (zeroed) {
        m.frames[block->pfn].refs = 0;
        buddy_free_zeroed(&m.buddy, block->pfn);
    } else {
        model_put_frame(block->pfn);
    }
    if (--block->refs)
        return;
    memset(&m.zeroed[block->pfn], zeroed, 1UL << block->order);
    memset(&m.kind[block->pfn], FREE, 1UL << block->order);
    *block = m.blocks[--m.nr_blocks];
}

static inline void model_split(struct block *block)
{
    struct block whole = *block;

    if (whole.refs != 1)
        return;
    buddy_split(&m.buddy, whole.pfn);
    *block = m.blocks[--m.nr_blocks];
    for (size_t i = 0; i < 1UL << whole.order; i++)
        m.blocks[m.nr_blocks++] = (struct block){whole.pfn + i, 0, 1};
}

/* Give the allocator up to nr of the reserved frames at start. */
static inline void model_add(pfn_t start, size_t nr)
{
    size_t len = 0;

    while (len < nr && start + len < m.nr_frames && m.kind[start + len] == RESERVED)
        len++;
    buddy_add(&m.buddy, start, start + len);
    memset(&m.kind[start], FREE, len);
}

/* One random operation; nr_adds of 100 give more frames to the allocator. */
static inline void model_step(unsigned nr_adds)
{
    size_t what = pick(100);
    struct block *block = m.nr_blocks ? &m.blocks[pick(m.nr_blocks)] : NULL;

    if (what < nr_adds)
        model_add(pick(m.nr_frames), 1 + pick(pick(4) ? 50 : 3000));
    else if (what < 20)
        model_alloc_zeroed();
    else if (!block || what < 50)
        model_alloc((unsigned)pick(pick(4) ? 4 : BUDDY_ORDERS));
    else if (what < 60)
        model_get(block);
    else if (what < 65)
        model_split(block);
    else
        model_put(block);
}

static inline void model_put_all(void)
{
    while (m.nr_blocks)
        model_put(&m.blocks[pick(m.nr_blocks)]);
}

static inline void model_check(void)
{
    buddy_check(&m.buddy);
    ASSERT(m.buddy.nr_managed == m.nr_frames - model_count(RESERVED));
    ASSERT(m.buddy.nr_free == model_count(FREE));
    ASSERT(model_lists_agree());
}

#endif
