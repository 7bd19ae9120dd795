/*
 * arch/boot_map.h - the kernel's own page tables, as they are when it starts
 */
#ifndef ARCH_BOOT_MAP_H
#define ARCH_BOOT_MAP_H

#include "lib/types.h"

/*
 * Tables in place of those of boot/: all memory up to end in the direct map, the image with the rights
 * its sections need, and room for devices, stacks and the heap. Returns the root; *nr_tables of them were
 * made, of memory of bootmem_alloc().
 */
paddr_t boot_map_make(paddr_t end, size_t *nr_tables);

#endif
