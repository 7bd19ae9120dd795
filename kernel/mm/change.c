/*
 * mm/change.c - give the areas of a range other rights or flags
 *
 * Everything that can be refused (areas for the splits at both ends, promises, tables) is had before
 * the first change. Rights are given by areas; page table entries only ever lose them here: a page
 * that may be written again becomes writable at the next write, in fault.c.
 */
#include "mm/space.h"

/*
 * Take rights from the entries of [start, end). One that is in use and not present keeps its frame for a
 * page that mprotect() made inaccessible; here it is made present again.
 */
static void restrict_entries(struct space *space, vaddr_t start, vaddr_t end, unsigned prot)
{
    pte_t clear = PTE_PRESENT | PTE_NX | (prot & PROT_WRITE ? 0 : PTE_WRITE);
    pte_t set = (prot ? PTE_PRESENT : 0) | (prot & PROT_EXEC ? 0 : pte_nx());

    pagetable_change(&space->pagetable, start, end, clear & ~set, set);
}

/* What an area becomes. A page that was promised stays so. */
struct rights {
    unsigned prot, flags;
};

static struct rights rights_after(const struct area *area, const struct change *change)
{
    struct rights after = {(area->prot & change->kept_prot) | change->prot,
                           (area->flags & ~change->clear) | change->set};

    if (space_accounts(after.prot, after.flags))
        after.flags |= AREA_ACCOUNTED;
    return after;
}

static inline bool differs(const struct area *area, struct rights after)
{
    return (area->prot ^ after.prot) | (area->flags ^ after.flags);
}

/* Whether [from, to), which ends or starts area, would be one with the neighbour there. */
static bool joins(const struct area *area, vaddr_t from, vaddr_t to, struct rights rights)
{
    struct area part = {.start = from,
                        .end = to,
                        .prot = rights.prot,
                        .flags = rights.flags,
                        .object = area->object,
                        .offset = area->offset + (from - area->start)};

    return from == area->start ? area_can_merge(area_prev(area), &part)
                               : area_can_merge(&part, area_next(area));
}

/* Where a change must stop because of the areas there would be: as on Linux what lies before is done. */
NOINLINE static vaddr_t stop_of(const struct space *space, const struct area *area, vaddr_t start,
                                vaddr_t end, const struct change *change)
{
    size_t nr_areas = space->areas.nr_areas;

    for (; area->start < end; area = area_next(area)) {
        struct rights after = rights_after(area, change);
        vaddr_t from = MAX(area->start, start), to = MIN(area->end, end);
        size_t nr_cuts = (size_t)(from > area->start) + (to < area->end);
        if (!differs(area, after) || !nr_cuts || (nr_cuts == 1 && joins(area, from, to, after)))
            continue;
        nr_areas += nr_cuts;
        if (nr_areas > space_max_areas)
            return from;
    }
    return end;
}

/* Get all that the change needs. 0 or -ENOMEM. */
static inline int prepare(struct space *space, const struct area *area, vaddr_t start, vaddr_t end,
                          const struct change *change)
{
    size_t nr_splits = 0, nr_pages = 0, nr_tables = 0;

    for (; area->start < end; area = area_next(area)) {
        struct rights after = rights_after(area, change);
        if (!differs(area, after))
            continue;
        nr_splits += (size_t)(area->start < start) + (area->end > end);
        if (after.flags & ~area->flags & AREA_ACCOUNTED) {
            vaddr_t from = MAX(area->start, start), to = MIN(area->end, end);
            nr_pages += (to - from) >> PAGE_SHIFT;
            nr_tables += range_nr_tables(from, to);
        }
    }
    if (!nr_splits && !nr_pages)
        return 0;
    if (space_reserve_areas(space, nr_splits) < 0)
        return -ENOMEM;
    return space_charge(space, nr_pages, nr_tables + nr_splits * AREA_SPLIT_TABLES);
}

int space_change(struct space *space, vaddr_t start, vaddr_t end, const struct change *change)
{
    struct area *area = area_find(&space->areas, start);
    vaddr_t stop = end;

    if (unlikely(space->areas.nr_areas + 2 > space_max_areas))
        stop = stop_of(space, area, start, end, change);
    if (stop == start || prepare(space, area, start, stop, change) < 0)
        return -ENOMEM;
    for (; area->start < stop; area = area_next(area)) {
        struct rights after = rights_after(area, change);
        if (!differs(area, after))
            continue;
        if (area->start < start)
            space_split_below(space, area, start);
        if (area->end > stop)
            space_split(space, area, stop);
        area_set_rights(&space->areas, area, after.prot, after.flags);
        area = space_merge(space, area); /* may take in the next one, which is so already */
    }
    if (!change->kept_prot)
        restrict_entries(space, start, stop, change->prot);
    space_settle(space);
    PARANOID(space_check(space));
    return stop < end ? -ENOMEM : 0;
}
