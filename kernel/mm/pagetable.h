/*
 * mm/pagetable.h - four-level page tables
 *
 * Knows frames, not areas: what is mapped where is decided above. A table that has no entry left is
 * freed, so that tables cost what is mapped and not what once was.
 *
 * Locking: the caller holds the lock of the space the tables belong to.
 */
#ifndef MM_PAGETABLE_H
#define MM_PAGETABLE_H

#include "arch/cpu.h"
#include "lib/assert.h"
#include "mm/frame.h"

/*
 * Ignored by the processor: the frame belongs to this mapping, or to those that fork() made of it;
 * it is neither an object's nor the frame of zeros.
 */
#define PTE_ANON (1UL << 9)

struct pagetable {
    paddr_t root;      /* constant after pagetable_create() */
    size_t nr_tables;  /* pages, the root among them */
    size_t nr_pages;   /* entries in use that do not show the frame of zeros */
    size_t nr_anon;    /* those with PTE_ANON */
    size_t peak_pages; /* the most nr_pages was before pages were unmapped: see pagetable_peak() */

    /* The table of the lowest level that was found last: next time no walk is needed. */
    pte_t *last_table;
    vaddr_t last_start; /* of what it maps; no user address: none */
};

/* Bits that are PTE_NX where the processor has it, else 0. */
static inline pte_t pte_nx(void)
{
    return cpu_features.nx ? PTE_NX : 0;
}

/* (Frame numbers have 32 bits, see buddy_init(); this drops NX and what else is above.) */
static inline pfn_t pte_frame(pte_t entry)
{
    return (uint32_t)(entry >> PAGE_SHIFT);
}

/* The most nr_pages ever was. */
static inline size_t pagetable_peak(const struct pagetable *pt)
{
    return MAX(pt->nr_pages, pt->peak_pages);
}

/* Empty user half, the kernel's upper half. 0 or -ENOMEM. */
MUST_CHECK int pagetable_create(struct pagetable *pt);

/* Free the root; the user half is empty by now. */
void pagetable_destroy(struct pagetable *pt);

/* The entry of the 4 KiB page at va, NULL if it is empty. */
pte_t *pagetable_find(const struct pagetable *pt, vaddr_t va);

/* pagetable_reach() from the top, which makes the tables that are missing. */
MUST_CHECK pte_t *pagetable_walk(struct pagetable *pt, vaddr_t va);

/*
 * The entry of the page at va, in use or not; the tables that are missing are made. NULL if out of
 * memory, with the tables as they were. A new table is empty: fill the entry with pagetable_set(),
 * or pagetable_prune().
 */
MUST_CHECK static inline pte_t *pagetable_reach(struct pagetable *pt, vaddr_t va)
{
    if (likely((va ^ pt->last_start) < PT_SPAN(1)))
        return &pt->last_table[pt_index(va, 0)];
    return pagetable_walk(pt, va);
}

/* The frame of the table that slot is in. */
static inline struct frame *pagetable_frame(const pte_t *slot)
{
    return frame_of(((vaddr_t)slot - DIRECT_MAP) >> PAGE_SHIFT);
}

/* Count a page that is mapped (nr 1) or no longer (nr -1). */
static inline void pagetable_count(struct pagetable *pt, pte_t entry, ssize_t nr)
{
    if (entry & PTE_ANON || pte_frame(entry) != zero_frame)
        pt->nr_pages += (size_t)nr;
    if (entry & PTE_ANON)
        pt->nr_anon += (size_t)nr;
}

/* Change rights in an entry. The caller flushes if they are fewer. */
static inline void pagetable_replace(pte_t *slot, pte_t entry)
{
    *(volatile pte_t *)slot = entry;
}

/*
 * Map a page. The reference to its frame passes to the tables; the one to the frame of a page that
 * was there passes to the caller, to be dropped after a flush.
 */
static inline void pagetable_set(struct pagetable *pt, pte_t *slot, pte_t entry)
{
    pte_t old = *slot;

    pagetable_replace(slot, entry);
    pagetable_count(pt, entry, 1);
    pagetable_frame(slot)->nr_entries++;
    if (unlikely(old)) {
        pagetable_count(pt, old, -1);
        pagetable_frame(slot)->nr_entries--;
    }
}

/* Free the tables on the way to va that are empty. */
void pagetable_prune(struct pagetable *pt, vaddr_t va);

/*
 * Call visit for each entry in use in [start, end), which is page aligned. O(entries in use). Others
 * may run between two tables.
 */
typedef void pagetable_visit_fn(void *context, vaddr_t va, pte_t *slot);
void pagetable_visit(struct pagetable *pt, vaddr_t start, vaddr_t end, pagetable_visit_fn *visit,
                     void *context);

/*
 * In each entry in use in [start, end) clear some bits and set others; the processor forgets what it
 * remembers of those that change. Others may run between two tables.
 */
void pagetable_change(struct pagetable *pt, vaddr_t start, vaddr_t end, pte_t clear, pte_t set);

/*
 * Give `to`, whose [start, end) is empty, what `from` has there: both refer to the same frames from
 * now on, and neither may write to them. The caller flushes `from`.
 *
 * Returns  0, or -ENOMEM with a part copied. Others may run between two tables.
 */
MUST_CHECK int pagetable_share(struct pagetable *to, struct pagetable *from, vaddr_t start,
                               vaddr_t end);

/*
 * Move every entry of [start, end) to the range of the same length at `to`, which lies beside it and is
 * empty then: no page is copied. The processor forgets the pages where they were. What can fail is done
 * by pagetable_prepare_move(), 0 or -ENOMEM with nothing changed; it makes and holds the tables where
 * pages will go until pagetable_move(), which must follow. In between the pages at `to` may be unmapped,
 * and those of [start, end) stay.
 */
MUST_CHECK int pagetable_prepare_move(struct pagetable *pt, vaddr_t start, vaddr_t end, vaddr_t to);
void pagetable_move(struct pagetable *pt, vaddr_t start, vaddr_t end, vaddr_t to);

/*
 * Remove every entry in [start, end) that has none of the bits `spared`, drop the reference each holds on its frame, and free the
 * tables that become empty. The processor forgets the pages before their frames are freed. Cannot
 * fail. Others may run if not all is done at once.
 * Returns how many frames were mapped, but for the frame of zeros.
 */
size_t pagetable_unmap_but(struct pagetable *pt, vaddr_t start, vaddr_t end, pte_t spared);

static inline size_t pagetable_unmap(struct pagetable *pt, vaddr_t start, vaddr_t end)
{
    return pagetable_unmap_but(pt, start, end, 0);
}

/* Assert that all counts are what the entries say. O(tables). For PARANOID. */
void pagetable_check(const struct pagetable *pt);

/* Forget what the processor may have cached of the pages of [start, end), any bytes. */
void pagetable_flush(const struct pagetable *pt, vaddr_t start, vaddr_t end);

#endif
