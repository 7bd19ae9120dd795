/*
 * lib/buddy.c - a buddy allocator of page frames, with a reference count for each frame
 *
 * A free block of order n starts at a multiple of 2^n. Its buddy is the block whose number differs
 * in bit n only; two free buddies become one block of order n + 1 at once. Only a block's first
 * frame says what the block is.
 *
 * Most of what is asked for and freed is a single frame. These come from a list of spare frames,
 * which are not joined, and go back there; a block of a few is cut up when the list runs out, and a
 * few are joined when it grows long.
 *
 * Invariant: no two buddies of one order are both free, spare frames aside; nr_free is the sum over
 * the lists and nr_spare; bit n of nonempty is set just where list n is not empty. buddy_check()
 * proves it.
 *
 * Source  Knowlton, "A Fast Storage Allocator", 1965; Knuth, TAOCP vol. 1, 2.5.
 */
#include "lib/buddy.h"

#include "lib/assert.h"

#define NONE   UINT32_MAX
#define REFILL 5 /* order of the blocks that become spare frames */

static void list_push_block(struct buddy *buddy, pfn_t pfn, unsigned order)
{
    struct frame *frame = &buddy->frames[pfn];
    uint32_t head = buddy->first[order];

    frame->state = FRAME_FREE;
    frame->order = (uint8_t)order;
    frame->prev = NONE;
    frame->next = head;
    if (head != NONE)
        buddy->frames[head].prev = (uint32_t)pfn;
    buddy->first[order] = (uint32_t)pfn;
    buddy->nr_blocks[order]++;
    buddy->nonempty |= 1U << order;
}

static void list_remove_block(struct buddy *buddy, pfn_t pfn, unsigned order)
{
    struct frame *frame = &buddy->frames[pfn];

    if (frame->prev != NONE)
        buddy->frames[frame->prev].next = frame->next;
    else
        buddy->first[order] = frame->next;
    if (frame->next != NONE)
        buddy->frames[frame->next].prev = frame->prev;
    frame->state = FRAME_INNER;
    buddy->nr_blocks[order]--;
    if (buddy->first[order] == NONE)
        buddy->nonempty &= ~(1U << order);
}

static bool block_is_free(const struct buddy *buddy, pfn_t pfn, unsigned order)
{
    const struct frame *frame = &buddy->frames[pfn];

    return pfn + (1UL << order) <= buddy->nr_frames && frame->state == FRAME_FREE &&
           frame->order == order;
}

/* Into the lists, joined with its buddies. nr_free is the caller's. */
static void give_block(struct buddy *buddy, pfn_t pfn, unsigned order)
{
    buddy->frames[pfn].state = FRAME_INNER;
    while (order < BUDDY_ORDERS - 1 && block_is_free(buddy, pfn ^ (1UL << order), order)) {
        list_remove_block(buddy, pfn ^ (1UL << order), order);
        pfn &= ~(1UL << order);
        order++;
    }
    list_push_block(buddy, pfn, order);
}

/* Out of the lists, cut from a larger one if need be. NO_FRAME if no block is large enough. */
static pfn_t take_block(struct buddy *buddy, unsigned order)
{
    uint32_t candidates = buddy->nonempty & ~((1U << order) - 1);
    if (!candidates)
        return NO_FRAME;
    unsigned found = (unsigned)__builtin_ctz(candidates);
    pfn_t pfn = buddy->first[found];
    list_remove_block(buddy, pfn, found);
    while (found > order) {
        found--;
        list_push_block(buddy, pfn + (1UL << found), found);
    }
    return pfn;
}

/* Frames [start, end) into the lists, as the largest blocks they make. */
static void give_range(struct buddy *buddy, pfn_t start, pfn_t end)
{
    while (start < end) {
        unsigned aligned = (unsigned)__builtin_ctzl(start | 1UL << (BUDDY_ORDERS - 1));
        unsigned fits = 63 - (unsigned)__builtin_clzl(end - start);
        ASSERT(buddy->frames[start].state < FRAME_FREE);
        give_block(buddy, start, MIN(aligned, fits));
        start += 1UL << MIN(aligned, fits);
    }
}

/* list: &buddy->spare or &buddy->zeroed. */
static void push_spare(struct buddy *buddy, uint32_t *list, pfn_t pfn)
{
    struct frame *frame = &buddy->frames[pfn];

    frame->state = FRAME_SPARE;
    frame->next = *list;
    *list = (uint32_t)pfn;
    buddy->nr_spare++;
}

static pfn_t pop_spare(struct buddy *buddy, uint32_t *list)
{
    pfn_t pfn = *list;

    *list = buddy->frames[pfn].next;
    buddy->frames[pfn].state = FRAME_INNER;
    buddy->nr_spare--;
    buddy->nr_zeroed -= list == &buddy->zeroed;
    return pfn;
}

/* Make spare frames of the smallest block there is, or of a part of it; the lowest is given first. */
static void refill_spare(struct buddy *buddy)
{
    unsigned smallest = (unsigned)__builtin_ctz(buddy->nonempty | 1U << REFILL);
    pfn_t pfn = take_block(buddy, smallest);

    for (pfn_t i = pfn == NO_FRAME ? 0 : 1UL << smallest; i-- > 0;)
        push_spare(buddy, &buddy->spare, pfn + i);
}

void buddy_init(struct buddy *buddy, struct frame *frames, size_t nr_frames)
{
    ASSERT(nr_frames < NONE);
    *buddy =
        (struct buddy){.frames = frames, .nr_frames = nr_frames, .spare = NONE, .zeroed = NONE};
    for (unsigned order = 0; order < BUDDY_ORDERS; order++)
        buddy->first[order] = NONE;
}

void buddy_add(struct buddy *buddy, pfn_t start, pfn_t end)
{
    ASSERT(start <= end && end <= buddy->nr_frames);
    buddy->nr_managed += end - start;
    buddy->nr_free += end - start;
    give_range(buddy, start, end);
}

pfn_t buddy_alloc(struct buddy *buddy, unsigned order)
{
    ASSERT(order < BUDDY_ORDERS);
    if (order == 0) {
        if (buddy->spare == NONE)
            refill_spare(buddy);
        pfn_t spare = buddy_alloc_spare(buddy);
        return spare == NO_FRAME ? buddy_alloc_zeroed(buddy) : spare;
    }
    pfn_t pfn = take_block(buddy, order);
    if (pfn == NO_FRAME) {
        buddy_join_spare(buddy, buddy->nr_spare);
        pfn = take_block(buddy, order);
    }
    if (pfn == NO_FRAME)
        return NO_FRAME;
    buddy->frames[pfn] = (struct frame){.refs = 1, .order = (uint8_t)order, .state = FRAME_USED};
    buddy->nr_free -= 1UL << order;
    return pfn;
}

pfn_t buddy_alloc_zeroed(struct buddy *buddy)
{
    if (buddy->zeroed == NONE)
        return NO_FRAME;
    pfn_t pfn = pop_spare(buddy, &buddy->zeroed);
    buddy->nr_free--;
    buddy->frames[pfn] = (struct frame){.refs = 1, .state = FRAME_USED};
    return pfn;
}

void buddy_free_zeroed(struct buddy *buddy, pfn_t pfn)
{
    ASSERT(buddy->frames[pfn].state == FRAME_USED && buddy->frames[pfn].order == 0);
    if (buddy->nr_zeroed >= BUDDY_ZEROED || buddy->nr_spare >= BUDDY_SPARE) {
        buddy_free(buddy, pfn);
        return;
    }
    buddy->nr_free++;
    buddy->nr_zeroed++;
    push_spare(buddy, &buddy->zeroed, pfn);
}

/* Many lie side by side, upwards or downwards: they are one range. */
void buddy_join_spare(struct buddy *buddy, size_t nr)
{
    while (nr) {
        uint32_t *list = buddy->spare != NONE ? &buddy->spare : &buddy->zeroed;
        pfn_t start = pop_spare(buddy, list), end = start + 1;
        for (nr--; nr && (*list == end || *list == start - 1); nr--) {
            pfn_t pfn = pop_spare(buddy, list);
            start = MIN(start, pfn);
            end = MAX(end, pfn + 1);
        }
        give_range(buddy, start, end);
    }
}

void buddy_free(struct buddy *buddy, pfn_t pfn)
{
    unsigned order = buddy->frames[pfn].order;

    ASSERT(buddy->frames[pfn].state == FRAME_USED);
    if (unlikely(order > 0)) {
        buddy->nr_free += 1UL << order;
        give_block(buddy, pfn, order);
        return;
    }
    if (unlikely(buddy->nr_spare >= BUDDY_SPARE))
        buddy_join_spare(buddy, BUDDY_SPARE / 8);
    buddy->nr_free++;
    push_spare(buddy, &buddy->spare, pfn);
}

void buddy_split(struct buddy *buddy, pfn_t pfn)
{
    struct frame *frame = &buddy->frames[pfn];

    ASSERT(frame->state == FRAME_USED && frame->refs == 1);
    size_t nr = 1UL << frame->order;
    for (size_t i = 0; i < nr; i++)
        frame[i] = (struct frame){.refs = 1, .state = FRAME_USED};
}

static size_t count_spare(const struct buddy *buddy, uint32_t list)
{
    size_t nr = 0;

    for (uint32_t pfn = list; pfn != NONE; pfn = buddy->frames[pfn].next) {
        ASSERT(buddy->frames[pfn].state == FRAME_SPARE);
        nr++;
    }
    return nr;
}

void buddy_check(const struct buddy *buddy)
{
    size_t nr_free = 0, nr_listed[BUDDY_ORDERS] = {0};

    for (unsigned order = 0; order < BUDDY_ORDERS; order++) {
        uint32_t prev = NONE;
        ASSERT(!(buddy->nonempty & 1U << order) == (buddy->first[order] == NONE));
        for (uint32_t pfn = buddy->first[order]; pfn != NONE; pfn = buddy->frames[pfn].next) {
            ASSERT(block_is_free(buddy, pfn, order) && pfn % (1UL << order) == 0);
            ASSERT(buddy->frames[pfn].prev == prev);
            ASSERT(order == BUDDY_ORDERS - 1 || !block_is_free(buddy, pfn ^ (1UL << order), order));
            prev = pfn;
            nr_listed[order]++;
            nr_free += 1UL << order;
        }
        ASSERT(nr_listed[order] == buddy->nr_blocks[order]);
    }
    size_t nr_spare = count_spare(buddy, buddy->zeroed);
    ASSERT(nr_spare == buddy->nr_zeroed);
    nr_spare += count_spare(buddy, buddy->spare);
    ASSERT(nr_spare == buddy->nr_spare && nr_free + nr_spare == buddy->nr_free);
    ASSERT(buddy->nr_free <= buddy->nr_managed);
    for (size_t i = 0; i < buddy->nr_frames; i++) {
        const struct frame *frame = &buddy->frames[i];
        ASSERT(!frame->refs == (frame->state != FRAME_USED));
        if (frame->state == FRAME_FREE)
            nr_free -= 1UL << frame->order;
        nr_spare -= frame->state == FRAME_SPARE;
    }
    ASSERT(nr_free == 0 && nr_spare == 0);
}
