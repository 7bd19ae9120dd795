/*
 * proc/resident.c - what of an address space is in memory
 *
 * Nothing is counted beforehand: whoever asks pays, with a walk over the pages that are there.
 *
 * Source  Linux, fs/proc/task_mmu.c
 */
#include "proc/resident.h"

#include <asm/mman.h>

/* For count_page(). */
struct count {
    const struct area *area;
    struct resident *sum;
};

bool resident_is_anonymous(const struct area *area, vaddr_t va, pfn_t pfn)
{
    uint64_t index = (va - area->start + area->offset) >> PAGE_SHIFT;

    return !area->object || object_page(area->object, index) != pfn;
}

size_t resident_nr_mappings(pfn_t pfn, bool anonymous)
{
    size_t refs = frame_of(pfn)->refs, owners = anonymous ? 0 : 1; /* the object is one */

    return refs > owners ? refs - owners : 1;
}

static void count_page(void *context, vaddr_t va, pte_t *slot)
{
    const struct count *count = context;
    struct resident *sum = count->sum;
    pfn_t pfn = pte_frame(*slot);

    if (pfn == zero_frame)
        return;
    bool anonymous = resident_is_anonymous(count->area, va, pfn);
    size_t nr_mappings = resident_nr_mappings(pfn, anonymous);
    uint64_t share = (PAGE_SIZE << PSS_SHIFT) / nr_mappings;

    sum->nr_anonymous += anonymous;
    sum->nr_object += !anonymous;
    sum->nr_private += nr_mappings == 1;
    sum->nr_referenced += (*slot & PTE_ACCESSED) != 0;
    *(anonymous ? &sum->pss_anonymous : &sum->pss_object) += share;
    sum->pss_locked += count->area->flags & AREA_LOCKED ? share : 0;
}

void resident_add(struct space *space, const struct area *area, struct resident *sum)
{
    struct count count = {area, sum};

    pagetable_visit(&space->pagetable, area->start, area->end, count_page, &count);
}

static void add_area(struct space *space, const struct area *area, struct space_summary *sum)
{
    size_t nr = area_nr_pages(area);
    bool grows = area->flags & AREA_GROWSDOWN, writable = area->prot & PROT_WRITE;

    if (grows)
        sum->nr_stack += nr;
    else if (writable && !(area->flags & AREA_SHARED))
        sum->nr_data += nr;
    else if (!writable && area->prot & PROT_EXEC)
        sum->nr_exec += nr;
    resident_add(space, area, &sum->resident);
}

static void add_space(struct space *space, struct space_summary *sum)
{
    mutex_lock(&space->lock);
    area_for_each (area, &space->areas)
        add_area(space, area, sum);
    sum->nr_pages += space->areas.nr_pages;
    sum->nr_pages_peak += space_peak(space);
    sum->nr_resident_peak += pagetable_peak(&space->pagetable);
    sum->nr_locked += space->areas.nr_locked;
    sum->nr_tables += space->pagetable.nr_tables - 1;
    sum->brk_start = space->brk_start;
    mutex_unlock(&space->lock);
}

void space_summarize(struct space *space, struct space_summary *summary)
{
    *summary = (struct space_summary){0};
    add_space(space, summary);
}

void resident_add_all(struct space_summary *sum)
{
    for (struct space *space = space_next(NULL), *next; space; space = next) {
        space_get(space); /* others may run meanwhile, and end */
        add_space(space, sum);
        next = space_next(space);
        space_put(space);
    }
}
