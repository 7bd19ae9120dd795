/*
 * mm/kernel_map.h - the upper half of every address space
 */
#ifndef MM_KERNEL_MAP_H
#define MM_KERNEL_MAP_H

#include "mm/pagetable.h"

/*
 * The kernel's own tables; their upper half is shared by all spaces and never changes at top level.
 */
extern struct pagetable kernel_pagetable;

/* Leave the boot tables for those of boot_map.c. Between frame_early_init() and frame_init(). */
void kernel_map_init(void);

/*
 * Put frames of unknown content under the kernel pages [start, end) of KERNEL_MAPS or KERNEL_HEAP,
 * which have none. 0, or -ENOMEM with nothing mapped.
 */
MUST_CHECK int kernel_map_pages(vaddr_t start, vaddr_t end);

/* The same where some pages have frames already, which they keep. On -ENOMEM some more may have. */
MUST_CHECK int kernel_map_missing_pages(vaddr_t start, vaddr_t end);

/* Take the frames of [start, end) away, where there are any. */
void kernel_unmap_pages(vaddr_t start, vaddr_t end);

/* Frames below the kernel's stacks and its heap, and the most there may be: the kernel's reserve. */
extern size_t kernel_map_nr_frames, kernel_map_max_frames;

/* Map the page of device registers at pa, uncached. NULL if there is no memory for tables. */
MUST_CHECK volatile void *kernel_map_device(paddr_t pa);

#endif
