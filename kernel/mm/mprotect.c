/*
 * mm/mprotect.c - mprotect(2)
 *
 * Source  mprotect(2). As on Linux, areas before a hole are changed, then the call fails with
 *         ENOMEM; where memory or a promise is refused, nothing is changed (change.c).
 */
#include <asm/errno.h>
#include <asm/mman.h>

#include "lib/assert.h"
#include "mm/space.h"

/*
 * Change [start, *end) up to where it must stop: a hole (-ENOMEM), an area that may not be written
 * (-EACCES), or one that would be too much data (-ENOMEM); or behind a locked area that can be written
 * from now on, whose part *copied is then the start of. That place becomes *end.
 */
static int protect(struct space *space, vaddr_t start, vaddr_t *end, unsigned prot, vaddr_t *copied)
{
    vaddr_t reached = start;
    size_t nr_data = 0; /* pages that become so */
    int error = 0;

    *copied = *end;
    for (const struct area *area = area_find(&space->areas, start);
         reached < *end && *copied == *end; area = area_next(area)) {
        if (!area || area->start > reached)
            error = -ENOMEM;
        else if (prot & PROT_WRITE && area->flags & AREA_NOWRITE)
            error = -EACCES;
        else if (area_is_data(prot, area->flags) && !(area->prot & PROT_WRITE)) {
            size_t nr = (MIN(area->end, *end) - reached) >> PAGE_SHIFT;
            error = space_may_write(space, nr_data, nr) ? 0 : -ENOMEM;
            nr_data += nr;
            if (!error && area->flags & AREA_LOCKED)
                *copied = reached;
        }
        if (error)
            break;
        reached = MIN(area->end, *end);
    }
    if (*copied == *end)
        *copied = reached;
    *end = reached;
    if (reached > start && space_change(space, start, reached, &(struct change){.prot = prot}) < 0)
        return -ENOMEM;
    return error;
}

int space_mprotect(struct space *space, vaddr_t addr, size_t len, unsigned prot)
{
    unsigned grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);

    if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || addr % PAGE_SIZE)
        return -EINVAL;
    if (len == 0)
        return 0;
    len = align_up(len, PAGE_SIZE);
    if (addr + len <= addr)
        return -ENOMEM;
    if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP))
        return -EINVAL;

    mutex_lock(&space->lock);
    vaddr_t start = addr, end = addr + len;
    int error = 0;
    const struct area *area = area_find(&space->areas, addr);
    if (!area || area->start >= (grows == PROT_GROWSDOWN ? end : addr + 1))
        error = -ENOMEM;
    else if (grows == PROT_GROWSUP || (grows && !(area->flags & AREA_GROWSDOWN)))
        error = -EINVAL; /* no area grows up on this processor */
    else if (grows)
        start = area->start;
    while (!error && start < end) {
        vaddr_t reached = end, copied;
        error =
            protect(space, start, &reached, prot & (PROT_READ | PROT_WRITE | PROT_EXEC), &copied);
        if (unlikely(!error && copied < reached)) {
            mutex_unlock(&space->lock);
            space_populate(space, copied, reached, 0, 0, true);
            mutex_lock(&space->lock);
        }
        start = reached;
    }
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    return error;
}
