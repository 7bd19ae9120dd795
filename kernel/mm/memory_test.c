/*
 * mm/memory_test.c - make memory scarce, and count it
 *
 * What is taken is linked through its own first words, so that taking needs no memory.
 */
#include "mm/memory_test.h"

#include "lib/assert.h"
#include "mm/frame.h"
#include "mm/kheap.h"

struct taken {
    struct taken *next;
};

static struct taken *frames, *blocks;

size_t memory_test_free(void)
{
    kheap_trim();
    return frame_nr_free();
}

static struct taken *link_to(struct taken *next, void *memory)
{
    struct taken *taken = memory;

    taken->next = next;
    return taken;
}

static struct taken *take_frames(unsigned order, struct taken *list)
{
    for (pfn_t pfn; (pfn = frame_alloc(order)) != NO_FRAME;)
        list = link_to(list, frame_address(pfn));
    return list;
}

static void put_frames(struct taken *list)
{
    for (struct taken *next; list; list = next) {
        next = list->next;
        frame_put(virt_to_phys(list) >> PAGE_SHIFT);
    }
}

void memory_test_take(size_t nr_left)
{
    struct taken *spare = NULL;

    ASSERT(!frames && !blocks);
    for (; nr_left; nr_left--) {
        pfn_t pfn = frame_alloc(0);
        ASSERT(pfn != NO_FRAME);
        spare = link_to(spare, frame_address(pfn));
    }
    for (unsigned order = BUDDY_ORDERS; order-- > 0;)
        frames = take_frames(order, frames);
    for (size_t len = PAGE_SIZE; len >= sizeof(struct taken); len -= 8) {
        for (void *block; (block = kmalloc(len));)
            blocks = link_to(blocks, block);
    }
    put_frames(spare);
}

void memory_test_take_but_blocks(size_t nr_left, size_t len)
{
    void *spare[8];

    ASSERT(nr_left <= ARRAY_SIZE(spare));
    for (size_t i = 0; i < nr_left; i++) {
        spare[i] = kmalloc(len);
        ASSERT(spare[i]);
    }
    memory_test_take(0);
    for (size_t i = 0; i < nr_left; i++)
        kfree(spare[i]);
}

void memory_test_give(void)
{
    for (struct taken *next; blocks; blocks = next) {
        next = blocks->next;
        kfree(blocks);
    }
    put_frames(frames);
    frames = NULL;
}
