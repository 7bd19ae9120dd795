/*
 * arch/boot_map.c - the kernel's own page tables, as they are when it starts
 *
 * Three kinds of mapping, each in top-level entries of its own that are filled here and never
 * change: the direct map of all memory (largest pages the processor has, never executable), the
 * image (text r-x, rodata r--, data rw-), and KERNEL_MAPS and KERNEL_HEAP, whose lower tables come
 * and go (mm/kernel_map.c).
 */
#include "arch/boot_map.h"

#include "arch/bootmem.h"
#include "arch/cpu.h"
#include "arch/pte.h"

extern const char kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_end[];

static pte_t *root;
static size_t nr_tables;

/* The table below *slot, made if there is none. For tables that stay for good. */
INIT_ONCE static pte_t *table_of(pte_t *slot)
{
    if (!*slot) {
        *slot = bootmem_alloc(PAGE_SIZE) | PTE_PRESENT | PTE_WRITE;
        nr_tables++;
    }
    return phys_to_virt(*slot & PTE_ADDRESS);
}

/* Map [va, va + len) to pa with entries of the given level; both multiples of what one covers. */
INIT_ONCE static void map(vaddr_t va, paddr_t pa, size_t len, int level, pte_t bits)
{
    for (size_t done = 0; done < len; done += PT_SPAN(level)) {
        pte_t *table = root;
        for (int l = PT_LEVELS - 1; l > level; l--)
            table = table_of(&table[pt_index(va + done, l)]);
        table[pt_index(va + done, level)] = (pa + done) | bits | (level ? PTE_LARGE : 0);
    }
}

INIT_ONCE static void map_image(const char *start, const char *end, pte_t bits)
{
    map((vaddr_t)start, virt_to_phys(start), (size_t)(end - start), 0, bits);
}

/*
 * All memory: the image by small pages, so that what cannot be written there cannot be written here,
 * and from where they fit by the largest there are.
 */
INIT_ONCE static void map_directly(paddr_t end, pte_t data, pte_t rodata)
{
    int level = cpu_features.huge_pages ? 2 : 1;
    const struct {
        paddr_t end;
        int level;
        pte_t bits;
    } pieces[] = {
        {virt_to_phys(kernel_start), 0, data},
        {virt_to_phys(kernel_rodata_end), 0, rodata},
        {align_up(virt_to_phys(kernel_end), PT_SPAN(1)), 0, data},
        {align_up(virt_to_phys(kernel_end), PT_SPAN(level)), 1, data},
        {align_up(end, PT_SPAN(level)), level, data},
    };
    paddr_t at = 0;

    for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
        map(DIRECT_MAP + at, at, pieces[i].end - at, pieces[i].level, pieces[i].bits);
        at = pieces[i].end;
    }
}

INIT_ONCE paddr_t boot_map_make(paddr_t end, size_t *nr)
{
    pte_t nx = cpu_features.nx ? PTE_NX : 0;
    pte_t data = PTE_PRESENT | PTE_WRITE | PTE_GLOBAL | PTE_ACCESSED | PTE_DIRTY | nx;
    pte_t rodata = data & ~(PTE_WRITE | PTE_DIRTY);

    root = phys_to_virt(bootmem_alloc(PAGE_SIZE));
    nr_tables = 1;
    map_directly(end, data, rodata);
    map_image(kernel_start, kernel_text_end, rodata & ~PTE_NX);
    map_image(kernel_text_end, kernel_rodata_end, rodata);
    map_image(kernel_rodata_end, kernel_end, data);
    table_of(&root[pt_index(KERNEL_MAPS, PT_LEVELS - 1)]);
    table_of(&root[pt_index(KERNEL_HEAP, PT_LEVELS - 1)]);
    *nr = nr_tables;
    return virt_to_phys(root);
}
