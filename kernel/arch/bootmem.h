/*
 * arch/bootmem.h - memory while the kernel starts
 */
#ifndef ARCH_BOOTMEM_H
#define ARCH_BOOTMEM_H

#include "lib/types.h"

/* Physical memory [start, end), bytes. */
struct memory_range {
    paddr_t start, end;
};

/*
 * Learn what physical memory there is. Returns its end.
 *
 * usable    nr_usable ranges of RAM, as the boot loader reports them: in any order, of any
 *           alignment, overlapping or not
 * reserved  nr_reserved ranges inside them that are in use: the image, the modules
 */
paddr_t bootmem_init(const struct memory_range *usable, size_t nr_usable,
                     const struct memory_range *reserved, size_t nr_reserved);

/*
 * Memory for tables of the starting kernel: whole pages, zeroed, below 4 GiB, never freed. Panics where
 * there is none.
 */
paddr_t bootmem_alloc(size_t len);

/* What is left: page aligned, disjoint. Returns how many ranges. */
size_t bootmem_left(const struct memory_range **ranges);

#endif
