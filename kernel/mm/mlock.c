/*
 * mm/mlock.c - mlock(2) and its family
 *
 * Nothing is swapped here, and a page stays where it is until it is unmapped: to lock is to bring
 * the pages, to count them against RLIMIT_MEMLOCK, and to refuse what would take them away
 * (madvise.c, msync.c).
 *
 * Source  mlock(2); Linux 6.1, mm/mlock.c, for the order of errors
 */
#include "mm/space.h"

static int change_locks(struct space *space, vaddr_t start, vaddr_t end, unsigned flags)
{
    const struct change change = {.kept_prot = ~0U, .set = flags, .clear = LOCK_FLAGS & ~flags};

    return space_change(space, start, end, &change);
}

/* Of all areas from start to end, or to the first hole: then -ENOMEM. Space locked. */
static int change_up_to_hole(struct space *space, vaddr_t start, vaddr_t end, unsigned flags)
{
    vaddr_t reached = start;

    for (const struct area *area = area_find(&space->areas, start);
         area->start <= reached && reached < end; area = area_next(area))
        reached = MIN(area->end, end);
    int error = reached > start ? change_locks(space, start, reached, flags) : 0;
    return !error && reached < end ? -ENOMEM : error;
}

/* Widen [*addr, *addr + len) to whole pages. 0 or -EINVAL. */
static int whole_pages(vaddr_t *addr, size_t len, vaddr_t *end)
{
    len = align_up(len + *addr % PAGE_SIZE, PAGE_SIZE);
    *addr = align_down(*addr, PAGE_SIZE);
    *end = *addr + len;
    return *end < *addr ? -EINVAL : 0;
}

int space_mlock(struct space *space, vaddr_t addr, size_t len, unsigned flags)
{
    vaddr_t end;
    unsigned onfault = flags & MLOCK_ONFAULT ? AREA_ONFAULT : 0;

    if (flags & ~(unsigned)MLOCK_ONFAULT)
        return -EINVAL;
    if (space->limits.memlock == 0)
        return -EPERM;
    int error = whole_pages(&addr, len, &end);
    mutex_lock(&space->lock);
    size_t nr_locked = error ? 0 : space_count(space, addr, end, AREA_LOCKED, false);
    if (!space_may_lock(space, AREA_LOCKED, (end - addr) >> PAGE_SHIFT, nr_locked))
        error = -ENOMEM;
    if (!error)
        error = change_up_to_hole(space, addr, end, AREA_LOCKED | onfault);
    mutex_unlock(&space->lock);
    if (error)
        return error;
    enum fault_result result = space_populate(space, addr, end, 0, 0, false);
    return result == FAULT_HANDLED ? 0 : result == FAULT_NO_MEMORY ? -EAGAIN : -ENOMEM;
}

int space_munlock(struct space *space, vaddr_t addr, size_t len)
{
    vaddr_t end;
    int error = whole_pages(&addr, len, &end);

    if (error)
        return error;
    mutex_lock(&space->lock);
    error = change_up_to_hole(space, addr, end, 0);
    mutex_unlock(&space->lock);
    return error;
}

int space_mlockall(struct space *space, unsigned flags)
{
    unsigned locks = AREA_LOCKED | (flags & MCL_ONFAULT ? AREA_ONFAULT : 0);
    int error = 0;

    if (flags & ~(unsigned)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || !(flags & ~MCL_ONFAULT))
        return -EINVAL;
    if (space->limits.memlock == 0)
        return -EPERM;
    mutex_lock(&space->lock);
    if (flags & MCL_CURRENT) {
        size_t nr_others = space->areas.nr_pages - space->areas.nr_locked;
        error = space_may_lock(space, AREA_LOCKED, nr_others, 0)
                    ? change_locks(space, 0, USER_END, locks)
                    : -ENOMEM;
    }
    if (!error)
        space->lock_flags = flags & MCL_FUTURE ? locks : 0;
    mutex_unlock(&space->lock);
    if (!error && flags & MCL_CURRENT)
        space_populate(space, 0, USER_END, AREA_LOCKED, AREA_LOCKED, true);
    return error;
}

int space_munlockall(struct space *space)
{
    mutex_lock(&space->lock);
    int error = change_locks(space, 0, USER_END, 0);
    if (!error)
        space->lock_flags = 0;
    mutex_unlock(&space->lock);
    return error;
}
