/*
 * mm/buddy.c - a buddy allocator of page frames, with a reference count for each frame
 *
 * A free block of order n starts at a multiple of 2^n. Its buddy is the block whose number differs
 * in bit n only; two free buddies become one block of order n + 1 at once, so a fresh block is
 * found in the lists or does not exist. Only a block's first frame says what the block is.
 *
 * Invariant: no two buddies of one order are both free; nr_free is the sum over the lists; bit n of
 * nonempty is set just where list n is not empty. buddy_check() proves it.
 *
 * Source  Knowlton, "A Fast Storage Allocator", 1965; Knuth, TAOCP vol. 1, 2.5.
 */
#include "mm/buddy.h"

#include "lib/assert.h"

#define NONE UINT32_MAX

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

static void free_block(struct buddy *buddy, pfn_t pfn, unsigned order)
{
    buddy->nr_free += 1UL << order;
    buddy->frames[pfn].state = FRAME_INNER;
    while (order < BUDDY_ORDERS - 1 && block_is_free(buddy, pfn ^ (1UL << order), order)) {
        list_remove_block(buddy, pfn ^ (1UL << order), order);
        pfn &= ~(1UL << order);
        order++;
    }
    list_push_block(buddy, pfn, order);
}

void buddy_init(struct buddy *buddy, struct frame *frames, size_t nr_frames)
{
    ASSERT(nr_frames < NONE);
    *buddy = (struct buddy){.frames = frames, .nr_frames = nr_frames};
    for (unsigned order = 0; order < BUDDY_ORDERS; order++)
        buddy->first[order] = NONE;
}

void buddy_add(struct buddy *buddy, pfn_t start, pfn_t end)
{
    ASSERT(start <= end && end <= buddy->nr_frames);
    buddy->nr_managed += end - start;
    while (start < end) {
        unsigned order = BUDDY_ORDERS - 1;
        while (start % (1UL << order) != 0 || start + (1UL << order) > end)
            order--;
        ASSERT(buddy->frames[start].state == FRAME_RESERVED);
        free_block(buddy, start, order);
        start += 1UL << order;
    }
}

pfn_t buddy_alloc(struct buddy *buddy, unsigned order)
{
    ASSERT(order < BUDDY_ORDERS);
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
    struct frame *frame = &buddy->frames[pfn];
    frame->state = FRAME_USED;
    frame->order = (uint8_t)order;
    frame->refs = 1;
    frame->nr_entries = 0;
    buddy->nr_free -= 1UL << order;
    return pfn;
}

void buddy_put(struct buddy *buddy, pfn_t pfn)
{
    struct frame *frame = &buddy->frames[pfn];

    ASSERT(frame->state == FRAME_USED && frame->refs > 0);
    if (--frame->refs == 0)
        free_block(buddy, pfn, frame->order);
}

void buddy_split(struct buddy *buddy, pfn_t pfn)
{
    struct frame *frame = &buddy->frames[pfn];

    ASSERT(frame->state == FRAME_USED && frame->refs == 1);
    size_t nr = 1UL << frame->order;
    for (size_t i = 0; i < nr; i++)
        frame[i] = (struct frame){.refs = 1, .state = FRAME_USED};
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
    ASSERT(nr_free == buddy->nr_free && nr_free <= buddy->nr_managed);
    for (size_t i = 0; i < buddy->nr_frames; i++) {
        if (buddy->frames[i].state == FRAME_FREE)
            nr_free -= 1UL << buddy->frames[i].order;
    }
    ASSERT(nr_free == 0);
}
