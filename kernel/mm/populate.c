/*
 * mm/populate.c - bring pages before they are touched
 *
 * Each page is a fault of its own, so that others may run and change areas in between.
 *
 * Source  mlock(2); mmap(2), MAP_POPULATE; Linux 6.1, mm/gup.c, for what is brought how
 */
#include "mm/space.h"

enum fault_result space_touch(struct space *space, vaddr_t start, vaddr_t end, enum access access)
{
    enum fault_result result = FAULT_HANDLED;

    for (vaddr_t va = start; va < end && result == FAULT_HANDLED; va += PAGE_SIZE) {
        /* What was promised nothing leaves the last frames to others. */
        bool too_few = access != ACCESS_WRITE && frame_nr_free() < PT_LEVELS;
        if (too_few || (thread_pause_point() && thread_current()->killed))
            return FAULT_NO_MEMORY;
        result = space_fault(space, va, access);
    }
    return result;
}

/* The access that brings the pages of an area; 0: they stay where they are. */
static enum access access_for(const struct area *area, unsigned mask, unsigned wanted)
{
    if (area->flags & AREA_ONFAULT || (area->flags & mask) != wanted)
        return 0;
    return area_is_data(area->prot, area->flags & AREA_SHARED) ? ACCESS_WRITE : ACCESS_READ;
}

enum fault_result space_populate(struct space *space, vaddr_t start, vaddr_t end, unsigned mask,
                                 unsigned wanted, bool goes_on)
{
    enum fault_result result = FAULT_HANDLED;

    while (start < end && (result == FAULT_HANDLED || goes_on)) {
        mutex_lock(&space->lock);
        const struct area *area = area_find(&space->areas, start);
        vaddr_t from = MAX(area->start, start), to = MIN(area->end, end);
        enum access access = access_for(area, mask, wanted);
        mutex_unlock(&space->lock);
        if (access && from < end)
            result = space_touch(space, from, to, access);
        start = to;
    }
    return result;
}
