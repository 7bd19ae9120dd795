/*
 * mm/mprotect.c - mprotect(2)
 *
 * Source  mprotect(2). As on Linux, areas before a hole are changed, then the call fails with
 *         ENOMEM; where memory or a promise is refused, nothing is changed (change.c).
 */
#include "mm/space.h"

/* Whether nr_more pages of area may become prot, after *nr_data that become data. 0 or an errno. */
static int check(const struct space *space, const struct area *area, size_t nr_more, unsigned prot,
                 size_t *nr_data)
{
    if (area_forbids(area, prot))
        return -EACCES;
    if (area->prot & PROT_WRITE || !area_is_data(prot, area->flags))
        return 0;
    if (!space_may_write(space, *nr_data, nr_more))
        return -ENOMEM;
    *nr_data += nr_more;
    return 0;
}

/* Whether Linux brings the pages of area now: nothing locked is copied later. */
static bool copies(const struct area *area, unsigned prot)
{
    return prot & ~area->prot & PROT_WRITE &&
           (area->flags & (AREA_LOCKED | AREA_SHARED)) == AREA_LOCKED;
}

/*
 * Change [start, *end) up to where it must stop: a hole (-ENOMEM), or an area that may not become so
 * (see check()); or behind a private locked area that can be written from now on, of which *copied is
 * then the first page that was changed, else NO_PAGE. That place becomes *end.
 */
#define NO_PAGE UINT64_MAX
static int protect(struct space *space, vaddr_t start, vaddr_t *end, unsigned prot, vaddr_t *copied)
{
    vaddr_t reached = start, to;
    size_t nr_data = 0;
    int error = 0;

    *copied = NO_PAGE;
    for (const struct area *area = area_find(&space->areas, start);
         reached < *end && *copied == NO_PAGE; area = area_next(area), reached = to) {
        to = MIN(area->end, *end);
        if (area->start > reached)
            error = -ENOMEM;
        else
            error = check(space, area, (to - reached) >> PAGE_SHIFT, prot, &nr_data);
        if (error)
            break;
        if (unlikely(copies(area, prot)))
            *copied = reached;
    }
    *end = reached;
    if (reached > start && space_change(space, start, reached, &(struct change){.prot = prot}) < 0)
        return -ENOMEM;
    return error;
}

/* Change [start, end), bringing on the way the pages that Linux brings. */
static int protect_all(struct space *space, vaddr_t start, vaddr_t end, unsigned prot)
{
    do {
        vaddr_t reached = end, copied;
        int error = protect(space, start, &reached, prot, &copied);
        if (error || likely(copied == NO_PAGE))
            return error;
        mutex_unlock(&space->lock);
        space_populate(space, copied, reached, 0, 0, true);
        mutex_lock(&space->lock);
        start = reached;
    } while (start < end);
    return 0;
}

/* Move *start, before end, to where PROT_GROWSDOWN or PROT_GROWSUP has the change begin. */
static int find_start(struct space *space, vaddr_t *start, vaddr_t end, unsigned grows)
{
    const struct area *area = area_find(&space->areas, *start);

    if (area->start >= (grows == PROT_GROWSDOWN ? end : *start + 1))
        return -ENOMEM;
    if (grows == PROT_GROWSUP || !(area->flags & AREA_GROWSDOWN))
        return -EINVAL; /* no area grows up on this processor */
    *start = area->start;
    return 0;
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
    int error = grows ? find_start(space, &start, end, grows) : 0;
    if (!error)
        error = protect_all(space, start, end, prot & (PROT_READ | PROT_WRITE | PROT_EXEC));
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    return error;
}
