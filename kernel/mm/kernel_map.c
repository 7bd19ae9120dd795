/*
 * mm/kernel_map.c - the upper half of every address space
 *
 * Three kinds of mapping, each in top-level entries of its own that are filled here and never
 * change: the direct map of all memory (largest pages the processor has, never executable), the
 * image (text r-x, rodata r--, data rw-), and KERNEL_MAPS and KERNEL_HEAP, whose lower tables come
 * and go.
 */
#include "mm/kernel_map.h"

#include <asm/errno.h>

#include "arch/cpu.h"
#include "lib/assert.h"
#include "lib/panic.h"

#define MAX_DEVICES 8 /* pages of registers, from KERNEL_MAPS on */

extern const char kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_end[];

struct pagetable kernel_pagetable;

static unsigned nr_devices;
static size_t nr_frames, max_frames = SIZE_MAX; /* mapped by map_frame() */

/* The table below *slot, made if there is none. For tables that stay for good. */
INIT_ONCE static pte_t *early_table(pte_t *slot)
{
    if (!*slot) {
        *slot = frame_early_alloc(PAGE_SIZE) | PTE_PRESENT | PTE_WRITE;
        kernel_pagetable.nr_tables++;
    }
    return phys_to_virt(*slot & PTE_ADDRESS);
}

/* Map [va, va + len) to pa with entries of the given level; both multiples of what one covers. */
INIT_ONCE static void early_map(vaddr_t va, paddr_t pa, size_t len, int level, pte_t bits)
{
    for (size_t done = 0; done < len; done += PT_SPAN(level)) {
        pte_t *table = phys_to_virt(kernel_pagetable.root);
        for (int l = PT_LEVELS - 1; l > level; l--)
            table = early_table(&table[pt_index(va + done, l)]);
        table[pt_index(va + done, level)] = (pa + done) | bits | (level ? PTE_LARGE : 0);
    }
}

INIT_ONCE static void map_image(const char *start, const char *end, pte_t bits)
{
    early_map((vaddr_t)start, virt_to_phys(start), (size_t)(end - start), 0, bits);
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
        early_map(DIRECT_MAP + at, at, pieces[i].end - at, pieces[i].level, pieces[i].bits);
        at = pieces[i].end;
    }
}

INIT_ONCE void kernel_map_init(void)
{
    pte_t data = PTE_PRESENT | PTE_WRITE | PTE_GLOBAL | PTE_ACCESSED | PTE_DIRTY | pte_nx();
    pte_t rodata = data & ~(PTE_WRITE | PTE_DIRTY);

    kernel_pagetable.root = frame_early_alloc(PAGE_SIZE);
    kernel_pagetable.nr_tables = 1;
    map_directly(frame_end() << PAGE_SHIFT, data, rodata);
    map_image(kernel_start, kernel_text_end, rodata & ~PTE_NX);
    map_image(kernel_text_end, kernel_rodata_end, rodata);
    map_image(kernel_rodata_end, kernel_end, data);

    pte_t *root = phys_to_virt(kernel_pagetable.root);
    early_table(&root[pt_index(KERNEL_MAPS, PT_LEVELS - 1)]);
    early_table(&root[pt_index(KERNEL_HEAP, PT_LEVELS - 1)]);
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
    pfn_t pfn = nr_frames < max_frames ? frame_alloc(0) : NO_FRAME;
    if (pfn == NO_FRAME)
        return -ENOMEM;
    int error = map_page(va, pfn << PAGE_SHIFT);
    if (error)
        frame_put(pfn);
    else
        nr_frames++;
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
    nr_frames -= pagetable_unmap(&kernel_pagetable, start, end);
}

void kernel_map_set_limit(size_t nr_more)
{
    max_frames = nr_frames + nr_more;
}

size_t kernel_map_nr_frames(void)
{
    return nr_frames;
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

bool kernel_readable(uint64_t p, size_t len)
{
    if (p < DIRECT_MAP || p + len < p)
        return false;
    pte_t *table = phys_to_virt(read_cr3() & PTE_ADDRESS);
    for (uint64_t va = align_down(p, PAGE_SIZE); va < p + len; va += PAGE_SIZE) {
        pte_t *level = table;
        for (int l = PT_LEVELS - 1; l >= 0; l--) {
            pte_t entry = level[pt_index(va, l)];
            if (!(entry & PTE_PRESENT))
                return false;
            if (l == 0 || entry & PTE_LARGE)
                break;
            level = phys_to_virt(entry & PTE_ADDRESS);
        }
    }
    return true;
}
