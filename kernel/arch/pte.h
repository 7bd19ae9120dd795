/*
 * arch/pte.h - the processor's page table entries and the kernel's address layout
 *
 * Source  Intel SDM vol. 3A 4.5; the layout is drawn in README.md.
 */
#ifndef ARCH_PTE_H
#define ARCH_PTE_H

#include "lib/types.h"

typedef uint64_t pte_t;

#define PTE_PRESENT  (1UL << 0)
#define PTE_WRITE    (1UL << 1)
#define PTE_USER     (1UL << 2)
#define PTE_NOCACHE  (1UL << 4)
#define PTE_ACCESSED (1UL << 5)
#define PTE_DIRTY    (1UL << 6)
#define PTE_LARGE    (1UL << 7) /* in a PD: 2 MiB; in a PDPT: 1 GiB */
#define PTE_GLOBAL   (1UL << 8)
#define PTE_NX       (1UL << 63) /* reserved where the processor has no NX: see pte_nx() */
#define PTE_ADDRESS  0x000ffffffffff000UL

#define PT_LEVELS     4
#define PT_ENTRIES    512
#define PT_LEVEL_BITS 9
/* log2 of what an entry of level l covers */
#define PT_SHIFT(l)    (PAGE_SHIFT + PT_LEVEL_BITS * (l))
#define PT_SPAN(l)     (1UL << PT_SHIFT(l))
#define PT_KERNEL_SLOT 256 /* the first top-level entry of the upper half */

static inline unsigned pt_index(vaddr_t va, int level)
{
    return (unsigned)(va >> PT_SHIFT(level)) & (PT_ENTRIES - 1);
}

#define USER_START    0x10000UL /* nothing is mapped for a user below: a null pointer must fault */
#define USER_END      0x7ffffffff000UL
#define DIRECT_MAP    0xffff800000000000UL
#define DIRECT_SIZE   (64UL << 40)
#define KERNEL_MAPS   0xffffc00000000000UL /* devices, and from here on stacks: */
#define KERNEL_STACKS (KERNEL_MAPS + (1UL << 30))
#define KERNEL_HEAP   0xffffd00000000000UL
#define KERNEL_BASE   0xffffffff80000000UL

static inline void *phys_to_virt(paddr_t pa)
{
    return (void *)(pa + DIRECT_MAP);
}

/* p is in the direct map or in the kernel's image. */
static inline paddr_t virt_to_phys(const volatile void *p)
{
    uint64_t va = (uint64_t)p;

    return va >= KERNEL_BASE ? va - KERNEL_BASE : va - DIRECT_MAP;
}

#endif
