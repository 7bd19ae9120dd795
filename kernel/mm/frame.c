/*
 * mm/frame.c - the machine's page frames: what the boot loader reports, in the hands of one
 * allocator
 *
 * While the kernel starts, memory is a short list of ranges: RAM, less what is in use. The
 * per-frame table and the first page tables are cut from it; then everything left goes to the
 * buddy allocator, which from then on is the only source of memory.
 */
#include "mm/frame.h"

#include "arch/spinlock.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "sched/fail.h"

#define MAX_RANGES  64
#define EARLY_LIMIT GIB(4) /* what the boot page tables map */

pfn_t zero_frame;
struct frame *frame_table;

static struct buddy machine;
static uint64_t nr_given;    /* frames, since boot */
static struct spinlock lock; /* guards both */

/* Free memory while the kernel starts: page aligned, disjoint. */
static struct frame_range early[MAX_RANGES];
static size_t nr_early;

INIT_ONCE static void early_add(paddr_t start, paddr_t end)
{
    if (start < end && nr_early < MAX_RANGES)
        early[nr_early++] = (struct frame_range){start, end};
}

/* Remove [start, end) from every range; one that holds it becomes two. */
INIT_ONCE static void early_remove(paddr_t start, paddr_t end)
{
    for (size_t i = 0; i < nr_early; i++) {
        struct frame_range r = early[i];
        if (end <= r.start || r.end <= start)
            continue;
        early[i].end = MAX(r.start, MIN(r.end, start));
        early_add(MAX(end, r.start), r.end);
    }
}

/* A map may overlap itself: what a range shares with an earlier one is taken out of the earlier. */
INIT_ONCE static void early_collect(const struct frame_range *usable, size_t nr)
{
    paddr_t limit = MIN(1UL << cpu_features.paddr_bits, DIRECT_SIZE);

    for (size_t i = 0; i < nr; i++) {
        paddr_t start = MAX(MIN(usable[i].start, limit),
                            PAGE_SIZE); /* frame 0 stays unused: an aid to debugging */
        paddr_t end = MIN(usable[i].end, limit);
        start = align_up(start, PAGE_SIZE);
        end = align_down(end, PAGE_SIZE);
        if (start >= end)
            continue;
        early_remove(start, end);
        early_add(start, end);
    }
}

INIT_ONCE paddr_t frame_early_alloc(size_t len)
{
    len = align_up(len, PAGE_SIZE);
    for (size_t i = 0; i < nr_early; i++) {
        paddr_t start = early[i].start;
        if (early[i].end - start < len || start + len > EARLY_LIMIT)
            continue;
        early[i].start += len;
        for (paddr_t page = start; page < start + len; page += PAGE_SIZE)
            page_clear(phys_to_virt(page));
        return start;
    }
    panic("too little memory: no %lu KiB for the kernel's tables", len / 1024);
}

INIT_ONCE void frame_early_init(const struct frame_range *usable, size_t nr_usable,
                                const struct frame_range *reserved, size_t nr_reserved)
{
    paddr_t end = 0;

    early_collect(usable, nr_usable);
    for (size_t i = 0; i < nr_early; i++)
        end = MAX(end, early[i].end);
    for (size_t i = 0; i < nr_reserved; i++) {
        paddr_t reserved_end = align_up(reserved[i].end, PAGE_SIZE);
        early_remove(align_down(reserved[i].start, PAGE_SIZE), reserved_end);
        end = MAX(end, reserved_end);
    }
    size_t nr_frames = end >> PAGE_SHIFT;
    paddr_t table = frame_early_alloc(nr_frames * sizeof(struct frame));
    frame_table = phys_to_virt(table);
    buddy_init(&machine, frame_table, nr_frames);
}

INIT_ONCE void frame_init(void)
{
    for (size_t i = 0; i < nr_early; i++)
        buddy_add(&machine, early[i].start >> PAGE_SHIFT, early[i].end >> PAGE_SHIFT);
    zero_frame = frame_alloc_zeroed();
    if (zero_frame == NO_FRAME)
        panic("too little memory: no free frame");
    log_verbose("frame: %lu frames free of %lu, table of %lu KiB\n", machine.nr_free,
                machine.nr_frames, machine.nr_frames * sizeof(struct frame) / 1024);
}

inline pfn_t frame_alloc(unsigned order)
{
    if (fail_injected(FAIL_FRAME))
        return NO_FRAME;
    uint64_t flags = spin_lock(&lock);
    pfn_t pfn = order == 0 ? buddy_alloc_spare(&machine) : NO_FRAME;

    if (unlikely(pfn == NO_FRAME))
        pfn = buddy_alloc(&machine, order);
    nr_given += pfn == NO_FRAME ? 0 : 1UL << order;
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
            buddy_free(&machine, pfns[i]);
    }
    spin_unlock(&lock, flags);
    return nr - nr_zero;
}

void frame_split(pfn_t pfn)
{
    uint64_t flags = spin_lock(&lock);

    buddy_split(&machine, pfn);
    spin_unlock(&lock, flags);
}

void frame_adopt(pfn_t start, pfn_t end)
{
    ASSERT(end <= machine.nr_frames);
    for (pfn_t pfn = start; pfn < end; pfn++) {
        ASSERT(frame_table[pfn].state == FRAME_RESERVED);
        frame_table[pfn] = (struct frame){.refs = 1, .state = FRAME_USED};
    }
    machine.nr_managed += end - start;
}

void frame_release(pfn_t start, pfn_t end)
{
    for (pfn_t pfn = start; pfn < end; pfn++) {
        if (frame_table[pfn].state == FRAME_RESERVED)
            buddy_add(&machine, pfn, pfn + 1);
    }
}

size_t frame_nr_total(void)
{
    return machine.nr_managed;
}

size_t frame_nr_free(void)
{
    return machine.nr_free;
}

size_t frame_nr_blocks(unsigned order)
{
    return machine.nr_blocks[order];
}

uint64_t frame_nr_given(void)
{
    return nr_given;
}

pfn_t frame_end(void)
{
    return machine.nr_frames;
}
