/*
 * mm/limits.c - what setrlimit(2) allows a space
 *
 * Source  getrlimit(2); Linux 6.1, may_expand_vm() and mlock_future_check() of mm/mmap.c
 */
#include "mm/space.h"

static bool within(size_t nr_pages, size_t limit)
{
    return limit == SIZE_MAX || nr_pages <= limit >> PAGE_SHIFT;
}

bool space_may_grow(const struct space *space, unsigned prot, unsigned flags, size_t nr_more,
                    size_t nr_less, size_t nr_data)
{
    if (!within(space->areas.nr_pages - nr_less + nr_more, space->limits.as))
        return false;
    return !area_is_data(prot, flags) ||
           within(space->areas.nr_data - MIN(nr_data, space->areas.nr_data) + nr_more,
                  space->limits.data);
}

bool space_may_write(const struct space *space, size_t nr_before, size_t nr_more)
{
    /* The second clause is Linux's: who is at RLIMIT_AS is not asked for RLIMIT_DATA. */
    return within(space->areas.nr_data + nr_before + nr_more, space->limits.data) ||
           !within(space->areas.nr_pages + nr_more, space->limits.as);
}

bool space_may_lock(const struct space *space, unsigned flags, size_t nr_more, size_t nr_less)
{
    return !(flags & AREA_LOCKED) ||
           within(space->areas.nr_locked - nr_less + nr_more, space->limits.memlock);
}
