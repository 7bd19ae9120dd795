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

#include "mm/frame.h"

struct pagetable {
    paddr_t root;     /* constant after pagetable_create() */
    size_t nr_tables; /* pages, the root among them */
};

/* Bits that are PTE_NX where the processor has it, else 0. */
pte_t pte_nx(void);

static inline pfn_t pte_frame(pte_t entry)
{
    return (entry & PTE_ADDRESS) >> PAGE_SHIFT;
}

/* Empty user half, the kernel's upper half. 0 or -ENOMEM. */
MUST_CHECK int pagetable_create(struct pagetable *pt);

/* Free the root; the user half is empty by now. */
void pagetable_destroy(struct pagetable *pt);

/* The entry of the 4 KiB page at va, NULL where its table does not exist. */
pte_t *pagetable_find(const struct pagetable *pt, vaddr_t va);

/*
 * As pagetable_find(), making the tables that are missing. NULL if out of memory, with the tables
 * as they were. A new table is empty: fill the entry with pagetable_set() before anything else.
 */
MUST_CHECK pte_t *pagetable_reach(struct pagetable *pt, vaddr_t va);

/* Write an entry where there is none. */
void pagetable_set(pte_t *slot, pte_t entry);

/* Change an entry, both old and new not 0. The caller flushes if rights were taken away. */
static inline void pagetable_replace(pte_t *slot, pte_t entry)
{
    *(volatile pte_t *)slot = entry;
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
 * Give `to`, whose [start, end) is empty, what `from` has there: both refer to the same frames from
 * now on, and neither may write to them. The caller flushes `from`.
 *
 * Returns  0, or -ENOMEM with a part copied. Others may run between two tables.
 */
MUST_CHECK int pagetable_share(struct pagetable *to, struct pagetable *from, vaddr_t start,
                               vaddr_t end);

/*
 * Remove every entry in [start, end), drop the reference each holds on its frame, and free the
 * tables that become empty. The processor forgets the pages before their frames are freed. Cannot
 * fail.
 * Returns how many pages were mapped.
 */
size_t pagetable_unmap(struct pagetable *pt, vaddr_t start, vaddr_t end);

/* Forget what the processor may have cached of [start, end) of these tables. */
void pagetable_flush(const struct pagetable *pt, vaddr_t start, vaddr_t end);

#endif
