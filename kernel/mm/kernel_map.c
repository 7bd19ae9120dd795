/*
 * mm/kernel_map.c - the upper half of every address space
 *
 * What boot_map.c made never changes but for KERNEL_MAPS and KERNEL_HEAP, whose lower tables come and go
 * here.
 */
#include "mm/kernel_map.h"

#include <asm/errno.h>

#include "arch/boot_map.h"
#include "arch/cpu.h"
#include "lib/assert.h"

#define MAX_DEVICES 8 /* pages of registers, from KERNEL_MAPS on */

struct pagetable kernel_pagetable;

static unsigned nr_devices;
size_t kernel_map_nr_frames, kernel_map_max_frames = SIZE_MAX;

INIT_ONCE void kernel_map_init(void)
{
    kernel_pagetable.root =
        boot_map_make(frame_buddy.nr_frames << PAGE_SHIFT, &kernel_pagetable.nr_tables);
    write_cr3(kernel_pagetable.root);
}

/* Map one kernel page. 0 or -ENOMEM. */
static int map_page(vaddr_t va, pte_t entry)
{
    pte_t *slot = pagetable_reach(&kernel_pagetable, va);

    if (!slot)
        return -ENOMEM;
    pagetable_set(&kernel_pagetable, slot, entry | PTE_PRESENT | PTE_WRITE | PTE_GLOBAL | pte_nx());
    return 0;
}

/* Put a frame under va, if there is none. 0 or -ENOMEM. */
static int map_frame(vaddr_t va)
{
    const pte_t *slot = pagetable_find(&kernel_pagetable, va);
    if (slot && *slot)
        return 0;
    pfn_t pfn = kernel_map_nr_frames < kernel_map_max_frames ? frame_alloc(0) : NO_FRAME;
    if (pfn == NO_FRAME)
        return -ENOMEM;
    int error = map_page(va, pfn << PAGE_SHIFT);
    if (error)
        frame_put(pfn);
    else
        kernel_map_nr_frames++;
    return error;
}

int kernel_map_missing_pages(vaddr_t start, vaddr_t end)
{
    for (vaddr_t va = start; va < end; va += PAGE_SIZE) {
        if (map_frame(va) < 0)
            return -ENOMEM;
    }
    return 0;
}

int kernel_map_pages(vaddr_t start, vaddr_t end)
{
    int error = kernel_map_missing_pages(start, end);

    if (error)
        kernel_unmap_pages(start, end);
    return error;
}

void kernel_unmap_pages(vaddr_t start, vaddr_t end)
{
    kernel_map_nr_frames -= pagetable_unmap(&kernel_pagetable, start, end);
}

volatile void *kernel_map_device(paddr_t pa)
{
    vaddr_t va = KERNEL_MAPS + nr_devices * PAGE_SIZE;

    ASSERT(nr_devices < MAX_DEVICES);
    if (map_page(va, align_down(pa, PAGE_SIZE) | PTE_NOCACHE) < 0)
        return NULL;
    nr_devices++;
    return (volatile void *)(va + pa % PAGE_SIZE);
}
