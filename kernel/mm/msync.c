/*
 * mm/msync.c - msync(2)
 *
 * Memory is all there is: a shared page is the file's page, so that msync has nothing to write and only
 * says which addresses are not mapped.
 */
#include "mm/space.h"

/* Linux's order: with MS_ASYNC alone the first hole ends the walk, else the rest is visited too. */
static int walk(struct space *space, vaddr_t start, vaddr_t end, unsigned flags)
{
    vaddr_t reached = start;
    bool hole = false;

    for (const struct area *area = area_find(&space->areas, start); reached < end;
         area = area_next(area)) {
        if (area->start >= end)
            return -ENOMEM;
        if (flags & MS_INVALIDATE && area->flags & AREA_LOCKED)
            return -EBUSY;
        hole |= area->start > reached;
        reached = area->end;
    }
    return hole ? -ENOMEM : 0;
}

int space_msync(struct space *space, vaddr_t addr, size_t len, unsigned flags)
{
    if (flags & ~(unsigned)(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || addr % PAGE_SIZE ||
        (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
        return -EINVAL;
    vaddr_t end = addr + align_up(len, PAGE_SIZE);
    if (end < addr)
        return -ENOMEM;
    mutex_lock(&space->lock);
    int error = walk(space, addr, end, flags);
    mutex_unlock(&space->lock);
    return error;
}
