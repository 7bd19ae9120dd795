/*
 * mm/frame.c - the machine's page frames, in the hands of one allocator
 *
 * What is left when the kernel's own tables are made goes to the buddy allocator, which from then on is
 * the only source of memory.
 */
#include "mm/frame.h"

#include "arch/bootmem.h"
#include "arch/spinlock.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "sched/fail.h"

pfn_t zero_frame;
struct frame *frame_table;

struct buddy frame_buddy;
uint64_t frame_nr_given;
static struct spinlock lock; /* guards both */

INIT_ONCE void frame_early_init(paddr_t end)
{
    size_t nr_frames = end >> PAGE_SHIFT;

    frame_table = phys_to_virt(bootmem_alloc(nr_frames * sizeof(struct frame)));
    buddy_init(&frame_buddy, frame_table, nr_frames);
}

INIT_ONCE void frame_init(void)
{
    const struct memory_range *left;

    for (size_t nr = bootmem_left(&left); nr; nr--, left++)
        buddy_add(&frame_buddy, left->start >> PAGE_SHIFT, left->end >> PAGE_SHIFT);
    zero_frame = frame_alloc_zeroed();
    if (zero_frame == NO_FRAME)
        panic("too little memory: no free frame");
    log_verbose("frame: %lu frames free of %lu, table of %lu KiB\n", frame_buddy.nr_free,
                frame_buddy.nr_frames, frame_buddy.nr_frames * sizeof(struct frame) / 1024);
}

__attribute__((unused)) static void check_zeroed(pfn_t pfn)
{
    const uint64_t *words = frame_address(pfn);

    for (size_t i = 0; i < PAGE_SIZE / sizeof(*words); i++)
        ASSERT(!words[i]);
}

inline pfn_t frame_alloc(unsigned order)
{
    if (fail_injected(FAIL_FRAME))
        return NO_FRAME;
    uint64_t flags = spin_lock(&lock);
    pfn_t pfn = order == 0 ? buddy_alloc_spare(&frame_buddy) : NO_FRAME;

    if (unlikely(pfn == NO_FRAME))
        pfn = buddy_alloc(&frame_buddy, order);
    frame_nr_given += pfn == NO_FRAME ? 0 : 1UL << order;
    spin_unlock(&lock, flags);
    return pfn;
}

pfn_t frame_alloc_zeroed(void)
{
    pfn_t pfn = frame_alloc(0);

    if (likely(pfn != NO_FRAME))
        page_clear(frame_address(pfn));
    return pfn;
}

pfn_t frame_alloc_table(void)
{
    if (fail_injected(FAIL_FRAME))
        return NO_FRAME;
    uint64_t flags = spin_lock(&lock);
    pfn_t pfn = buddy_alloc_zeroed(&frame_buddy);
    bool zeroed = pfn != NO_FRAME;

    if (!zeroed)
        pfn = buddy_alloc(&frame_buddy, 0);
    frame_nr_given += pfn != NO_FRAME;
    spin_unlock(&lock, flags);
    if (!zeroed && pfn != NO_FRAME)
        page_clear(frame_address(pfn));
    return pfn;
}

void frame_put_tables(const uint32_t *pfns, size_t nr)
{
    uint64_t flags = spin_lock(&lock);

    for (size_t i = 0; i < nr; i++) {
        struct frame *frame = frame_of(pfns[i]);
        ASSERT(frame->refs == 1);
        PARANOID(check_zeroed(pfns[i]));
        frame->refs = 0;
        buddy_free_zeroed(&frame_buddy, pfns[i]);
    }
    spin_unlock(&lock, flags);
}

void frame_free(pfn_t pfn)
{
    uint64_t flags = spin_lock(&lock);

    buddy_free(&frame_buddy, pfn);
    spin_unlock(&lock, flags);
}

size_t frame_put_all(const uint32_t *pfns, size_t nr)
{
    size_t nr_zero = 0;
    uint64_t flags = spin_lock(&lock);

    for (size_t i = 0; i < nr; i++) {
        if (pfns[i] == zero_frame) {
            nr_zero++;
            continue;
        }
        struct frame *frame = frame_of(pfns[i]);
        ASSERT(frame->refs > 0);
        if (__atomic_sub_fetch(&frame->refs, 1, __ATOMIC_ACQ_REL) == 0)
            buddy_free(&frame_buddy, pfns[i]);
    }
    spin_unlock(&lock, flags);
    return nr - nr_zero;
}

void frame_adopt(pfn_t start, pfn_t end)
{
    ASSERT(end <= frame_buddy.nr_frames);
    for (pfn_t pfn = start; pfn < end; pfn++) {
        ASSERT(frame_table[pfn].state == FRAME_RESERVED);
        frame_table[pfn] = (struct frame){.refs = 1, .state = FRAME_USED};
    }
    frame_buddy.nr_managed += end - start;
}

void frame_release(pfn_t start, pfn_t end)
{
    for (pfn_t pfn = start; pfn < end; pfn++) {
        if (frame_table[pfn].state == FRAME_RESERVED)
            buddy_add(&frame_buddy, pfn, pfn + 1);
    }
}
