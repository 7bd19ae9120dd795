/*
 * mm/pagetable.c - four-level page tables
 *
 * The frame of a table below the top counts its entries in use (struct frame, nr_entries); a table
 * whose count falls to 0 is unlinked and freed. Kernel tables made while the kernel started are
 * FRAME_RESERVED and stay.
 *
 * Whatever works on a range looks for the first entry in use there, skipping what is empty at every
 * level, and goes on from it in a plain loop over the rest of the lowest table: a page costs a few
 * instructions, a hole next to nothing.
 *
 * A frame, also that of a table, is freed only after the processor has forgotten it: unmapping
 * takes out a batch of entries, flushes, and drops their references then.
 *
 * Source  Intel SDM vol. 3A 4.5, 4.10.4 (when to invalidate).
 */
#include "mm/pagetable.h"

#include <asm/errno.h>
#include <string.h>

#include "mm/kernel_map.h"
#include "sched/thread.h"

#define TABLE_BITS     (PTE_PRESENT | PTE_WRITE | PTE_USER)
#define FLUSH_ALL_FROM 32 /* pages from which reloading CR3 is cheaper than one INVLPG each */
#define NO_TABLE       (1UL << 63) /* as pagetable.last_start: no address at all */
#define BATCH          128 /* pages unmapped at once: their frame numbers are kept on the stack */

static pte_t *table_of(pte_t entry)
{
    return phys_to_virt(entry & PTE_ADDRESS);
}

int pagetable_create(struct pagetable *pt)
{
    pfn_t pfn = frame_alloc(0);

    if (pfn == NO_FRAME)
        return -ENOMEM;
    pte_t *root = frame_address(pfn), *kernel = phys_to_virt(kernel_pagetable.root);
    memset(root, 0, PT_KERNEL_SLOT * sizeof(pte_t));
    memcpy(root + PT_KERNEL_SLOT, kernel + PT_KERNEL_SLOT, PT_KERNEL_SLOT * sizeof(pte_t));
    *pt = (struct pagetable){.root = pfn << PAGE_SHIFT, .nr_tables = 1, .last_start = NO_TABLE};
    return 0;
}

void pagetable_destroy(struct pagetable *pt)
{
    ASSERT(pt->nr_tables == 1 && read_cr3() != pt->root);
    frame_put(pt->root >> PAGE_SHIFT);
    pt->nr_tables = 0;
}

/* va's entry is in table. Not for the kernel's tables: an interrupt may use them at the same time. */
static void remember(struct pagetable *pt, vaddr_t va, pte_t *table)
{
    if (va >= USER_END)
        return;
    pt->last_table = table;
    pt->last_start = align_down(va, PT_SPAN(1));
}

pte_t *pagetable_walk(struct pagetable *pt, vaddr_t va)
{
    pte_t *table = phys_to_virt(pt->root);

    for (int level = PT_LEVELS - 1; level > 0; level--) {
        pte_t *slot = &table[pt_index(va, level)];
        if (unlikely(!*slot)) {
            pfn_t pfn = frame_alloc_table();
            if (pfn == NO_FRAME) {
                pagetable_prune(pt, va);
                return NULL;
            }
            pagetable_replace(slot, pfn << PAGE_SHIFT | TABLE_BITS);
            pagetable_frame(slot)->nr_entries++;
            pt->nr_tables++;
        }
        table = table_of(*slot);
    }
    remember(pt, va, table);
    return &table[pt_index(va, 0)];
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
    for (vaddr_t va = align_down(start, PAGE_SIZE); va < end; va += PAGE_SIZE)
        invlpg(va);
}

/*
 * Unlink the empty tables on the way to va, the lowest first. Returns how many; their frames, to be
 * freed after a flush, are in frames[PT_LEVELS - 1].
 */
static size_t unlink_empty(struct pagetable *pt, vaddr_t va, uint32_t *frames)
{
    pte_t *slots[PT_LEVELS], *table = phys_to_virt(pt->root);
    int level = PT_LEVELS - 1;
    size_t nr = 0;

    for (; level > 0; level--) {
        slots[level] = &table[pt_index(va, level)];
        if (!*slots[level])
            break;
        table = table_of(*slots[level]);
    }
    while (++level < PT_LEVELS) {
        pfn_t pfn = pte_frame(*slots[level]);
        if (frame_of(pfn)->nr_entries || frame_of(pfn)->state == FRAME_RESERVED)
            break;
        pagetable_replace(slots[level], 0);
        pagetable_frame(slots[level])->nr_entries--;
        frames[nr++] = (uint32_t)pfn;
    }
    pt->nr_tables -= nr;
    if (nr)
        pt->last_start = NO_TABLE;
    return nr;
}

void pagetable_prune(struct pagetable *pt, vaddr_t va)
{
    uint32_t frames[PT_LEVELS - 1];
    size_t nr = unlink_empty(pt, va, frames);

    pagetable_flush(pt, va, va + 1);
    frame_put_tables(frames, nr);
}

/* The first entry in use from index i on, end if there is none. Sixteen at a time: most are empty. */
static inline size_t next_used(const pte_t *table, size_t i, size_t end)
{
    for (pte_t any = 0; i + 16 <= end && !any; i += any ? 0 : 16) {
#pragma GCC unroll 16
        for (size_t j = 0; j < 16; j++)
            any |= table[i + j];
    }
    while (i < end && !table[i])
        i++;
    return i;
}

/* The table of the page at *va, or of the first one above that has one. NULL if none is below end. */
NOINLINE static pte_t *next_table(struct pagetable *pt, vaddr_t *va, vaddr_t end)
{
    int level = PT_LEVELS - 1;
    pte_t *table = phys_to_virt(pt->root);

    while (*va < end) {
        size_t i = pt_index(*va, level);
        if (table[i]) {
            table = table_of(table[i]);
            if (--level > 0)
                continue;
            remember(pt, *va, table);
            return table;
        }
        /* On to the next entry in use here, or to the table behind this one, from the top. */
        vaddr_t base = align_down(*va, PT_SPAN(level + 1));
        size_t last = (end - 1 - base) >> PT_SHIFT(level);
        i = next_used(table, i + 1, MIN(last + 1, PT_ENTRIES));
        *va = base + (i << PT_SHIFT(level));
        table = phys_to_virt(pt->root);
        level = PT_LEVELS - 1;
    }
    return NULL;
}

/* The same in short, if it is the table found last. */
static inline pte_t *table_from(struct pagetable *pt, vaddr_t *va, vaddr_t end)
{
    return likely((*va ^ pt->last_start) < PT_SPAN(1)) ? pt->last_table : next_table(pt, va, end);
}

/*
 * The next run of entries: from the first one in use in [*va, end) on, *nr in one table; *va becomes
 * its page. NULL if there is none.
 */
ALWAYS_INLINE static pte_t *next_run(struct pagetable *pt, vaddr_t *va, vaddr_t end, size_t *nr)
{
    for (pte_t *table; *va < end && (table = table_from(pt, va, end));) {
        size_t i = pt_index(*va, 0), last = MIN(i + ((end - *va) >> PAGE_SHIFT), PT_ENTRIES);
        size_t used = next_used(table, i, last);
        *va += (used - i) << PAGE_SHIFT;
        *nr = last - used;
        if (*nr)
            return &table[used];
    }
    return NULL;
}

pte_t *pagetable_find(const struct pagetable *pt, vaddr_t va)
{
    struct pagetable copy = *pt; /* which remembers instead of *pt */
    size_t nr;

    va = align_down(va, PAGE_SIZE);
    return next_run(&copy, &va, va + PAGE_SIZE, &nr);
}

/*
 * A marked point of a loop over pages, if [va, end) is left of them, where the caller holds no
 * spinlock (the kernel heap does).
 */
static void let_others_run(vaddr_t va, vaddr_t end)
{
    if (va != end && percpu()->nr_spinlocks == 0)
        (void)thread_pause_point();
}

void pagetable_visit(struct pagetable *pt, vaddr_t start, vaddr_t end, pagetable_visit_fn *visit,
                     void *context)
{
    pte_t *slot;
    size_t nr;

    while ((slot = next_run(pt, &start, end, &nr))) {
        for (; nr--; slot++, start += PAGE_SIZE) {
            if (*slot)
                visit(context, start, slot);
        }
        let_others_run(start, end);
    }
}

void pagetable_change(struct pagetable *pt, vaddr_t start, vaddr_t end, pte_t clear, pte_t set)
{
    pte_t *table, changed = 0;

    for (vaddr_t va = start; va < end && (table = table_from(pt, &va, end));) {
        size_t i = pt_index(va, 0), last = MIN(i + ((end - va) >> PAGE_SHIFT), PT_ENTRIES);
        va += (last - i) << PAGE_SHIFT;
        for (; i < last; i++) {
            pte_t old = table[i], new = (old & ~clear) | set;
            if (!old || new == old)
                continue;
            pagetable_replace(&table[i], new);
            changed = new;
        }
        let_others_run(va, end);
    }
    if (changed)
        pagetable_flush(pt, start, end);
}

NOINLINE static void share_run(struct pagetable *to, pte_t *target, pte_t *slot, size_t nr)
{
    size_t nr_shared = 0, nr_zero = 0, anon = 0;

    for (size_t i = 0; i < nr; i++) {
        pte_t entry = slot[i] & ~PTE_WRITE;
        if (!entry)
            continue;
        pagetable_replace(&slot[i], entry);
        pagetable_replace(&target[i], entry);
        nr_shared++;
        anon += entry & PTE_ANON;
        if (pte_frame(entry) == zero_frame)
            nr_zero++;
        else
            frame_get(pte_frame(entry));
    }
    pagetable_frame(target)->nr_entries += (uint16_t)nr_shared;
    to->nr_pages += nr_shared - nr_zero;
    to->nr_anon += anon / PTE_ANON;
}

int pagetable_share(struct pagetable *to, struct pagetable *from, vaddr_t start, vaddr_t end)
{
    pte_t *slot;
    size_t nr;

    while ((slot = next_run(from, &start, end, &nr))) {
        pte_t *target = pagetable_reach(to, start);
        if (!target)
            return -ENOMEM;
        share_run(to, target, slot, nr);
        start += nr * PAGE_SIZE;
        let_others_run(start, end);
    }
    return 0;
}

/* next_run(), but *nr no more than are in one table also where they move, distance away. */
static pte_t *next_move(struct pagetable *pt, vaddr_t *va, vaddr_t end, vaddr_t distance,
                        size_t *nr)
{
    pte_t *slot = next_run(pt, va, end, nr);

    if (slot)
        *nr = MIN(*nr, PT_ENTRIES - pt_index(*va + distance, 0));
    return slot;
}

static void move_run(pte_t *target, pte_t *slot, size_t nr)
{
    size_t nr_moved = 0;

#pragma GCC unroll 8
    for (size_t i = 0; i < nr; i++)
        nr_moved += slot[i] != 0;
    memcpy(target, slot, nr * sizeof(*slot));
    memset(slot, 0, nr * sizeof(*slot));
    pagetable_frame(slot)->nr_entries -= (uint16_t)nr_moved;
    pagetable_frame(target)->nr_entries += (uint16_t)nr_moved;
}

/* Let go of the tables that were held for the runs of [start, end). */
static void cancel_move(struct pagetable *pt, vaddr_t start, vaddr_t end, vaddr_t to)
{
    vaddr_t distance = to - start;

    for (size_t nr; next_move(pt, &start, end, distance, &nr); start += nr * PAGE_SIZE) {
        pagetable_frame(pagetable_walk(pt, start + distance))->nr_entries--;
        pagetable_prune(pt, start + distance);
    }
}

int pagetable_prepare_move(struct pagetable *pt, vaddr_t start, vaddr_t end, vaddr_t to)
{
    vaddr_t distance = to - start, va = start;

    for (size_t nr; next_move(pt, &va, end, distance, &nr); va += nr * PAGE_SIZE) {
        const pte_t *target = pagetable_reach(pt, va + distance);
        if (!target) {
            cancel_move(pt, start, va, to);
            return -ENOMEM;
        }
        pagetable_frame(target)->nr_entries++; /* held: it is not empty */
    }
    return 0;
}

void pagetable_move(struct pagetable *pt, vaddr_t start, vaddr_t end, vaddr_t to)
{
    vaddr_t distance = to - start;
    pte_t *slot;

    for (size_t nr; (slot = next_move(pt, &start, end, distance, &nr)); start += nr * PAGE_SIZE) {
        pte_t *target = pagetable_walk(pt, start + distance);
        move_run(target, slot, nr);
        pagetable_frame(target)->nr_entries--;
        pagetable_flush(pt, start, start + nr * PAGE_SIZE);
        pagetable_prune(pt, start);
    }
}

/* Unmap nr pages, at most BATCH, from va on; slot is the first one's entry. */
static size_t unmap_run(struct pagetable *pt, vaddr_t va, pte_t *slot, size_t nr, pte_t spared)
{
    uint32_t frames[BATCH], tables[PT_LEVELS - 1];
    size_t nr_frames = 0, nr_tables = 0, anon = 0;

    pt->peak_pages = pagetable_peak(pt);
    for (size_t i = 0; i < nr; i++) {
        pte_t entry = slot[i];
        if (!entry || entry & spared)
            continue;
        pagetable_replace(&slot[i], 0);
        frames[nr_frames++] = (uint32_t)pte_frame(entry);
        anon += entry & PTE_ANON;
    }
    pagetable_frame(slot)->nr_entries -= (uint16_t)nr_frames;
    if (!pagetable_frame(slot)->nr_entries)
        nr_tables = unlink_empty(pt, va, tables);
    pagetable_flush(pt, va, va + nr * PAGE_SIZE);
    size_t nr_pages = frame_put_all(frames, nr_frames);
    if (nr_tables)
        frame_put_tables(tables, nr_tables);
    pt->nr_pages -= nr_pages;
    pt->nr_anon -= anon / PTE_ANON;
    return nr_pages;
}

/* Unmap from a run on that next_run() found. */
NOINLINE static size_t unmap_runs(struct pagetable *pt, vaddr_t start, vaddr_t end, pte_t spared,
                                  pte_t *slot, size_t nr)
{
    size_t nr_pages = 0;

    do {
        nr = MIN(nr, BATCH);
        nr_pages += unmap_run(pt, start, slot, nr, spared);
        start += nr * PAGE_SIZE;
        let_others_run(start, end);
    } while ((slot = next_run(pt, &start, end, &nr)));
    return nr_pages;
}

size_t pagetable_unmap_but(struct pagetable *pt, vaddr_t start, vaddr_t end, pte_t spared)
{
    size_t nr;
    pte_t *slot = next_run(pt, &start, end, &nr);

    return slot ? unmap_runs(pt, start, end, spared, slot, nr) : 0;
}

/* Count what a table leads to into *sum. */
static void table_check(struct pagetable *sum, const pte_t *table, int level)
{
    size_t nr = level == PT_LEVELS - 1 ? PT_KERNEL_SLOT : PT_ENTRIES, nr_used = 0;

    for (size_t i = 0; i < nr; i++) {
        if (!table[i])
            continue;
        nr_used++;
        if (level > 0)
            table_check(sum, table_of(table[i]), level - 1);
        else
            pagetable_count(sum, table[i], 1);
    }
    ASSERT(nr_used == pagetable_frame(table)->nr_entries && (nr_used || nr == PT_KERNEL_SLOT));
    sum->nr_tables++;
}

void pagetable_check(const struct pagetable *pt)
{
    struct pagetable sum = {.root = pt->root, .last_start = NO_TABLE};

    table_check(&sum, phys_to_virt(pt->root), PT_LEVELS - 1);
    ASSERT(sum.nr_tables == pt->nr_tables);
    ASSERT(sum.nr_pages == pt->nr_pages && sum.nr_anon == pt->nr_anon);
    if (pt->last_start != NO_TABLE)
        ASSERT(pagetable_walk(&sum, pt->last_start) == pt->last_table);
}
