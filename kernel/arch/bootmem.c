/*
 * arch/bootmem.c - memory while the kernel starts
 *
 * A short list of ranges: RAM, less what is in use. The table of frames and the first page tables are
 * cut from it; then everything left goes to mm/frame.c.
 */
#include "arch/bootmem.h"

#include <string.h>

#include "arch/cpu.h"
#include "arch/pte.h"
#include "lib/panic.h"

#define MAX_RANGES  64
#define EARLY_LIMIT GIB(4) /* what the boot page tables map */

/* Free memory while the kernel starts: page aligned, disjoint. */
static struct memory_range ranges[MAX_RANGES];
static size_t nr_ranges;

INIT_ONCE static void add(paddr_t start, paddr_t end)
{
    if (start < end && nr_ranges < MAX_RANGES)
        ranges[nr_ranges++] = (struct memory_range){start, end};
}

/* Remove [start, end) from every range; one that holds it becomes two. */
INIT_ONCE static void remove(paddr_t start, paddr_t end)
{
    for (size_t i = 0; i < nr_ranges; i++) {
        struct memory_range r = ranges[i];
        if (end <= r.start || r.end <= start)
            continue;
        ranges[i].end = MAX(r.start, MIN(r.end, start));
        add(MAX(end, r.start), r.end);
    }
}

/* A map may overlap itself: what a range shares with an earlier one is taken out of the earlier. */
INIT_ONCE static void collect(const struct memory_range *usable, size_t nr)
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
        remove(start, end);
        add(start, end);
    }
}

INIT_ONCE paddr_t bootmem_alloc(size_t len)
{
    len = align_up(len, PAGE_SIZE);
    for (size_t i = 0; i < nr_ranges; i++) {
        paddr_t start = ranges[i].start;
        if (ranges[i].end - start < len || start + len > EARLY_LIMIT)
            continue;
        ranges[i].start += len;
        for (paddr_t page = start; page < start + len; page += PAGE_SIZE)
            memset(phys_to_virt(page), 0, PAGE_SIZE);
        return start;
    }
    panic("too little memory: no %lu KiB for the kernel's tables", len / 1024);
}

INIT_ONCE paddr_t bootmem_init(const struct memory_range *usable, size_t nr_usable,
                               const struct memory_range *reserved, size_t nr_reserved)
{
    paddr_t end = 0;

    collect(usable, nr_usable);
    for (size_t i = 0; i < nr_ranges; i++)
        end = MAX(end, ranges[i].end);
    for (size_t i = 0; i < nr_reserved; i++) {
        paddr_t reserved_end = align_up(reserved[i].end, PAGE_SIZE);
        remove(align_down(reserved[i].start, PAGE_SIZE), reserved_end);
        end = MAX(end, reserved_end);
    }
    return end;
}

INIT_ONCE size_t bootmem_left(const struct memory_range **left)
{
    *left = ranges;
    return nr_ranges;
}
