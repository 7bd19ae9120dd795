/*
 * mm/kernel_map_test.c - what the kernel's own mappings allow
 */
#include "mm/kernel_map.h"

#include "lib/ktest.h"

extern const char kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_end[];

/* Whether every page of [start, end) is mapped with these of the bits in mask. */
static bool all_have(vaddr_t start, vaddr_t end, pte_t mask, pte_t bits)
{
    for (vaddr_t va = start; va < end; va += PAGE_SIZE) {
        const pte_t *slot = pagetable_find(&kernel_pagetable, va);
        if (!slot || (*slot & mask) != bits)
            return false;
    }
    return true;
}

KTEST(kernel_image_is_writable_or_executable_never_both)
{
    pte_t mask = PTE_PRESENT | PTE_WRITE | PTE_USER | pte_nx();
    vaddr_t text = (vaddr_t)kernel_start, rodata = (vaddr_t)kernel_text_end;
    vaddr_t data = (vaddr_t)kernel_rodata_end, end = (vaddr_t)kernel_end;

    KTEST_CHECK(all_have(text, rodata, mask, PTE_PRESENT));
    KTEST_CHECK(all_have(rodata, data, mask, PTE_PRESENT | pte_nx()));
    KTEST_CHECK(all_have(data, end, mask, PTE_PRESENT | PTE_WRITE | pte_nx()));
}

KTEST(kernel_direct_map_does_not_write_to_text)
{
    pte_t mask = PTE_PRESENT | PTE_WRITE | PTE_USER | pte_nx();
    vaddr_t start = DIRECT_MAP + virt_to_phys(kernel_start);
    vaddr_t end = DIRECT_MAP + virt_to_phys(kernel_rodata_end);

    KTEST_CHECK(all_have(start, end, mask, PTE_PRESENT | pte_nx()));
    KTEST_CHECK(all_have(end, end + PAGE_SIZE, mask, PTE_PRESENT | PTE_WRITE | pte_nx()));
}

KTEST(kernel_map_keeps_to_its_limit)
{
    size_t before = frame_nr_free();
    vaddr_t start = KERNEL_HEAP + (1UL << 40);
    size_t max = kernel_map_max_frames;

    kernel_map_max_frames = kernel_map_nr_frames + 2;
    KTEST_CHECK(kernel_map_pages(start, start + 3 * PAGE_SIZE) < 0);
    KTEST_CHECK(kernel_map_pages(start, start + 2 * PAGE_SIZE) == 0);
    kernel_map_max_frames = max;
    kernel_unmap_pages(start, start + 2 * PAGE_SIZE);
    KTEST_CHECK(frame_nr_free() == before);
}
