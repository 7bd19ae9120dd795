/*
 * mm/change.c - give the areas of a range other rights or flags
 *
 * Everything that can be refused (areas for the splits at both ends, promises, tables) is had before
 * the first change. Rights are given by areas; page table entries only ever lose them here: a page
 * that may be written again becomes writable at the next write, in fault.c.
 */
#include <asm/errno.h>
#include <asm/mman.h>

#include "lib/assert.h"
#include "mm/kheap.h"
#include "mm/space.h"

/*
 * An entry that is not 0 and not present keeps its frame for a page that mprotect() made
 * inaccessible. Here rights are taken from an entry, or it is made present again.
 */
static void restrict_entry(void *context, vaddr_t va, pte_t *slot)
{
    unsigned prot = *(const unsigned *)context;
    pte_t entry = *slot & ~(PTE_PRESENT | PTE_NX);

    (void)va;
    if (prot != PROT_NONE)
        entry |= PTE_PRESENT;
    if (!(prot & PROT_WRITE))
        entry &= ~PTE_WRITE;
    if (!(prot & PROT_EXEC))
        entry |= pte_nx();
    pagetable_replace(slot, entry);
}

/* What the change needs. */
struct plan {
    size_t nr_tables;      /* that pages which become accounted can need */
    size_t nr_charge;      /* those pages */
    struct area *spare[2]; /* for a split at each end; NULL: there is none */
};

static unsigned prot_after(const struct area *area, const struct change *change)
{
    return change->keeps_prot ? area->prot : change->prot;
}

static bool becomes_accounted(const struct area *area, const struct change *change)
{
    return !(area->flags & AREA_ACCOUNTED) && space_accounts(prot_after(area, change), area->flags);
}

static void survey(const struct space *space, vaddr_t start, vaddr_t end,
                   const struct change *change, struct plan *plan)
{
    for (const struct area *area = area_find(&space->areas, start); area && area->start < end;
         area = area_next(area)) {
        struct area part = {
            .start = MAX(area->start, start), .end = MIN(area->end, end), .flags = AREA_ACCOUNTED};
        if (!becomes_accounted(area, change))
            continue;
        plan->nr_charge += area_nr_pages(&part);
        plan->nr_tables += area_nr_tables(&part);
    }
}

static void free_spares(struct plan *plan)
{
    kfree(plan->spare[0]);
    kfree(plan->spare[1]);
}

/* Whether an area must be split to end at `at`. */
static bool cuts(const struct space *space, vaddr_t at)
{
    const struct area *area = area_find(&space->areas, at);

    return area && area->start < at;
}

static int prepare(struct space *space, vaddr_t start, vaddr_t end, struct plan *plan)
{
    const vaddr_t places[] = {start, end};

    for (int i = 0; i < 2; i++) {
        if (!cuts(space, places[i]))
            continue;
        plan->spare[i] = kmalloc(sizeof(struct area));
        if (!plan->spare[i])
            goto nomem;
    }
    if (space_charge(space, plan->nr_charge) < 0)
        goto nomem;
    if (space_charge_tables(space, plan->nr_tables + 2 * AREA_SPLIT_TABLES) == 0)
        return 0;
    space_uncharge(space, plan->nr_charge);
nomem:
    free_spares(plan);
    return -ENOMEM;
}

/* Cut the area that `at` lies in with a spare, if there is one: it must be cut then. */
static void split_at(struct space *space, vaddr_t at, struct area *spare)
{
    struct area *area = area_find(&space->areas, at);

    if (!spare)
        return;
    if (area->object)
        object_get(area->object);
    area_split(&space->areas, area, at, spare);
}

int space_change(struct space *space, vaddr_t start, vaddr_t end, const struct change *change)
{
    struct plan plan = {0};

    survey(space, start, end, change, &plan);
    if (prepare(space, start, end, &plan) < 0)
        return -ENOMEM;
    split_at(space, start, plan.spare[0]);
    split_at(space, end, plan.spare[1]);
    struct area *area = area_find(&space->areas, start);
    for (vaddr_t reached = start; reached < end;) {
        ASSERT(area && area->start <= reached);
        unsigned flags = (area->flags & ~change->clear) | change->set;
        if (becomes_accounted(area, change))
            flags |= AREA_ACCOUNTED;
        area_set_rights(&space->areas, area, prot_after(area, change), flags);
        area = space_merge(space, area); /* may take in the next one, which is so already */
        reached = area->end;
        area = area_next(area);
    }
    if (!change->keeps_prot) {
        unsigned prot = change->prot;
        pagetable_visit(&space->pagetable, start, end, restrict_entry, &prot);
        pagetable_flush(&space->pagetable, start, end);
    }
    space_settle_tables(space);
    PARANOID(space_check(space));
    return 0;
}
