/*
 * proc/resident.h - what of an address space is in memory
 */
#ifndef PROC_RESIDENT_H
#define PROC_RESIDENT_H

#include "mm/space.h"

#define PSS_SHIFT 12 /* of proportional sizes, in bytes: bits behind the point, as on Linux */

/*
 * Pages that are mapped, the frame of zeros not among them. Every page counts as dirty: there is no
 * disk that has a copy.
 */
struct resident {
    size_t nr_anonymous; /* copies and zero-filled pages */
    size_t nr_object;    /* pages of objects: Linux's "shmem" */
    size_t nr_private;   /* of either, mapped here and nowhere else */
    size_t nr_referenced;
    uint64_t pss_anonymous, pss_object; /* each page divided by how often it is mapped */
    uint64_t pss_locked;                /* of both, what lies in locked areas */
};

static inline size_t resident_nr(const struct resident *resident)
{
    return resident->nr_anonymous + resident->nr_object;
}

/* Whether the frame mapped at va is the process's own, and none of the area's object. */
bool resident_is_anonymous(const struct area *area, vaddr_t va, pfn_t pfn);

/* How often a frame is mapped, 1 at least. */
size_t resident_nr_mappings(pfn_t pfn, bool anonymous);

/* Add what there is in area. Locking: space->lock is held. */
void resident_add(struct space *space, const struct area *area, struct resident *sum);

/* An address space in numbers: pages. */
struct space_summary {
    size_t nr_pages, nr_pages_peak;
    size_t nr_resident_peak;
    size_t nr_data;  /* private and writable, no stack */
    size_t nr_stack; /* in areas that grow down */
    size_t nr_exec;  /* executable and not writable */
    size_t nr_locked;
    size_t nr_tables; /* page tables, without the root */
    vaddr_t brk_start;
    struct resident resident;
};

/* Locking: takes space->lock. */
void space_summarize(struct space *space, struct space_summary *summary);

/* Add all spaces. Locking: takes the lock of each. */
void resident_add_all(struct space_summary *sum);

#endif
