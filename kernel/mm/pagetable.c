/*
 * mm/pagetable.c - four-level page tables
 *
 * The frame of a table below the top counts its entries in use (struct frame, nr_entries); a table
 * whose count falls to 0 is unlinked and freed. Kernel tables made while the kernel started are
 * FRAME_RESERVED and stay.
 *
 * A frame, also that of a table, is freed only after the processor has forgotten it: unmapping
 * collects frames in a batch, flushes, and frees then.
 *
 * Source  Intel SDM vol. 3A 4.5, 4.10.4 (when to invalidate).
 */
#include "mm/pagetable.h"

#include <asm/errno.h>
#include <string.h>

#include "arch/cpu.h"
#include "lib/assert.h"
#include "mm/kernel_map.h"
#include "sched/thread.h"

#define TABLE_BITS     (PTE_PRESENT | PTE_WRITE | PTE_USER)
#define FLUSH_ALL_FROM 32 /* pages from which reloading CR3 is cheaper than one INVLPG each */
#define BATCH          64

/* Frames that are unlinked but may still be in the processor's caches. */
struct batch {
    const struct pagetable *pt;
    vaddr_t start, end; /* what they were mapped at lies in here */
    size_t nr;
    size_t nr_pages; /* unmapped in all */
    pfn_t frames[BATCH];
};

pte_t pte_nx(void)
{
    return cpu_features.nx ? PTE_NX : 0;
}

static pte_t *table_of(pte_t entry)
{
    return phys_to_virt(entry & PTE_ADDRESS);
}

static struct frame *frame_of_table(const pte_t *slot)
{
    return frame_of(virt_to_phys(slot) >> PAGE_SHIFT);
}

int pagetable_create(struct pagetable *pt)
{
    pfn_t pfn = frame_alloc(0);

    if (pfn == NO_FRAME)
        return -ENOMEM;
    pte_t *root = frame_address(pfn), *kernel = phys_to_virt(kernel_pagetable.root);
    memset(root, 0, PT_KERNEL_SLOT * sizeof(pte_t));
    memcpy(root + PT_KERNEL_SLOT, kernel + PT_KERNEL_SLOT, PT_KERNEL_SLOT * sizeof(pte_t));
    *pt = (struct pagetable){.root = pfn << PAGE_SHIFT, .nr_tables = 1};
    return 0;
}

void pagetable_destroy(struct pagetable *pt)
{
    ASSERT(pt->nr_tables == 1 && read_cr3() != pt->root);
    frame_put(pt->root >> PAGE_SHIFT);
    pt->nr_tables = 0;
}

pte_t *pagetable_find(const struct pagetable *pt, vaddr_t va)
{
    pte_t *table = phys_to_virt(pt->root);

    for (int level = PT_LEVELS - 1; level > 0; level--) {
        pte_t entry = table[pt_index(va, level)];
        if (!(entry & PTE_PRESENT))
            return NULL;
        table = table_of(entry);
    }
    return &table[pt_index(va, 0)];
}

pte_t *pagetable_reach(struct pagetable *pt, vaddr_t va)
{
    pte_t *table = phys_to_virt(pt->root);

    for (int level = PT_LEVELS - 1; level > 0; level--) {
        pte_t *slot = &table[pt_index(va, level)];
        if (unlikely(!*slot)) {
            pfn_t pfn = frame_alloc_zeroed();
            if (pfn == NO_FRAME) {
                pagetable_prune(pt, va);
                return NULL;
            }
            pagetable_set(slot, pfn << PAGE_SHIFT | TABLE_BITS);
            pt->nr_tables++;
        }
        table = table_of(*slot);
    }
    return &table[pt_index(va, 0)];
}

void pagetable_set(pte_t *slot, pte_t entry)
{
    ASSERT(!*slot && entry);
    *(volatile pte_t *)slot = entry;
    frame_of_table(slot)->nr_entries++;
}

/* Take the entry out; the frame it names goes into the batch by the caller. */
static pte_t clear(pte_t *slot)
{
    pte_t entry = *slot;

    *(volatile pte_t *)slot = 0;
    frame_of_table(slot)->nr_entries--;
    return entry;
}

void pagetable_flush(const struct pagetable *pt, vaddr_t start, vaddr_t end)
{
    /* The kernel's half is in use whatever CR3 says, and its pages are global. */
    bool kernel = start >= DIRECT_MAP;

    if (!kernel && read_cr3() != pt->root)
        return;
    if (!kernel && end - start >= FLUSH_ALL_FROM * PAGE_SIZE) {
        write_cr3(pt->root);
        return;
    }
    for (vaddr_t va = start; va < end; va += PAGE_SIZE)
        invlpg(va);
}

static void batch_finish(struct batch *batch)
{
    if (!batch->nr)
        return;
    pagetable_flush(batch->pt, batch->start, batch->end);
    for (size_t i = 0; i < batch->nr; i++)
        frame_put(batch->frames[i]);
    batch->nr = 0;
}

/* A marked point of a loop over pages, where the caller holds no spinlock (the kernel heap does). */
static void let_others_run(void)
{
    if (percpu()->nr_spinlocks == 0)
        (void)thread_pause_point();
}

/* Frame pfn was mapped at va, or is a table on the way there. Others may run here. */
static void batch_add(struct batch *batch, pfn_t pfn, vaddr_t va)
{
    if (batch->nr == BATCH) {
        batch_finish(batch);
        let_others_run();
    }
    batch->start = batch->nr ? MIN(batch->start, va) : va;
    batch->end = batch->nr ? MAX(batch->end, va + PAGE_SIZE) : va + PAGE_SIZE;
    batch->frames[batch->nr++] = pfn;
}

/* If the table that *slot leads to is empty, unlink it and return its frame, else NO_FRAME. */
static pfn_t unlink_empty(struct pagetable *pt, pte_t *slot)
{
    pfn_t pfn = pte_frame(*slot);
    struct frame *frame = frame_of(pfn);

    if (frame->nr_entries || frame->state == FRAME_RESERVED)
        return NO_FRAME;
    clear(slot);
    pt->nr_tables--;
    return pfn;
}

void pagetable_prune(struct pagetable *pt, vaddr_t va)
{
    pte_t *slots[PT_LEVELS];
    pte_t *table = phys_to_virt(pt->root);
    int lowest = PT_LEVELS;

    for (int level = PT_LEVELS - 1; level > 0; level--) {
        slots[level] = &table[pt_index(va, level)];
        if (!*slots[level])
            break;
        lowest = level;
        table = table_of(*slots[level]);
    }
    for (int level = lowest; level < PT_LEVELS; level++) {
        pfn_t pfn = unlink_empty(pt, slots[level]);
        if (pfn == NO_FRAME)
            break;
        pagetable_flush(pt, align_down(va, PAGE_SIZE), align_down(va, PAGE_SIZE) + PAGE_SIZE);
        frame_put(pfn);
    }
}

/* The end of the entry of this level that holds va, no further than end. */
static vaddr_t entry_end(vaddr_t va, vaddr_t end, int level)
{
    vaddr_t next = align_down(va, PT_SPAN(level)) + PT_SPAN(level);

    return next - 1 < end - 1 ? next : end; /* next may be 0: the top of the address space */
}

static void visit_table(pte_t *table, int level, vaddr_t start, vaddr_t end,
                        pagetable_visit_fn *visit, void *context)
{
    for (vaddr_t va = start, next; va != end; va = next) {
        pte_t *slot = &table[pt_index(va, level)];
        next = entry_end(va, end, level);
        if (!*slot)
            continue;
        if (level == 0) {
            visit(context, va, slot);
            continue;
        }
        visit_table(table_of(*slot), level - 1, va, next, visit, context);
        let_others_run();
    }
}

void pagetable_visit(struct pagetable *pt, vaddr_t start, vaddr_t end, pagetable_visit_fn *visit,
                     void *context)
{
    visit_table(phys_to_virt(pt->root), PT_LEVELS - 1, start, end, visit, context);
}

static int share_table(struct pagetable *to, pte_t *table, int level, vaddr_t start, vaddr_t end)
{
    pte_t *target = NULL;

    for (vaddr_t va = start, next; va != end; va = next) {
        pte_t *slot = &table[pt_index(va, level)];
        next = entry_end(va, end, level);
        if (!*slot)
            continue;
        if (level > 0) {
            if (share_table(to, table_of(*slot), level - 1, va, next) < 0)
                return -ENOMEM;
            let_others_run();
            continue;
        }
        if (!target) /* one table of `to` lies beside one of `from` */
            target = pagetable_reach(to, va);
        if (!target)
            return -ENOMEM;
        target = (pte_t *)align_down((uintptr_t)target, PAGE_SIZE) + pt_index(va, 0);
        frame_get(pte_frame(*slot));
        pagetable_replace(slot, *slot & ~PTE_WRITE);
        pagetable_set(target, *slot);
    }
    return 0;
}

int pagetable_share(struct pagetable *to, struct pagetable *from, vaddr_t start, vaddr_t end)
{
    return share_table(to, phys_to_virt(from->root), PT_LEVELS - 1, start, end);
}

static void unmap_table(struct pagetable *pt, pte_t *table, int level, vaddr_t start, vaddr_t end,
                        struct batch *batch)
{
    for (vaddr_t va = start, next; va != end; va = next) {
        pte_t *slot = &table[pt_index(va, level)];
        next = entry_end(va, end, level);
        if (!*slot)
            continue;
        pfn_t pfn;
        if (level == 0) {
            pfn = pte_frame(clear(slot));
            batch->nr_pages++;
        } else {
            unmap_table(pt, table_of(*slot), level - 1, va, next, batch);
            pfn = unlink_empty(pt, slot);
        }
        if (pfn != NO_FRAME)
            batch_add(batch, pfn, align_down(va, PAGE_SIZE));
    }
}

size_t pagetable_unmap(struct pagetable *pt, vaddr_t start, vaddr_t end)
{
    struct batch batch;

    batch.pt = pt;
    batch.nr = 0;
    batch.nr_pages = 0;
    if (start != end)
        unmap_table(pt, phys_to_virt(pt->root), PT_LEVELS - 1, start, end, &batch);
    batch_finish(&batch);
    return batch.nr_pages;
}
