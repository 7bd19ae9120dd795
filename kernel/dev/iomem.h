/*
 * dev/iomem.h - what lies where in physical memory, for /proc/iomem
 */
#ifndef DEV_IOMEM_H
#define DEV_IOMEM_H

#include "lib/types.h"

/* Physical memory [start, end), which may lie inside another's. */
struct iomem {
    paddr_t start, end;
    const char *name;
};

/* While the kernel starts. An empty range, or one more than can be kept, is left out. */
void iomem_add(paddr_t start, paddr_t end, const char *name);

/* All of them, in order of their starts, what is inside after what it is in. Returns how many. */
size_t iomem_all(const struct iomem **all);

#endif
