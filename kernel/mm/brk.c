/*
 * mm/brk.c - the program break
 *
 * The heap is no more than the area from brk_start to the break, rounded up to a page; an empty
 * heap is no area at all. Growing it makes a promise and touches no frame (P2, P4).
 *
 * Source  brk(2)
 */
#include "mm/space.h"

#define HEAP_PROT (PROT_READ | PROT_WRITE)

static inline bool grow(struct space *space, vaddr_t old_end, vaddr_t new_end)
{
    size_t nr_more = (new_end - old_end) >> PAGE_SHIFT;
    unsigned flags = AREA_ACCOUNTED | space->lock_flags;
    struct area *above = area_find(&space->areas, old_end), *below = area_prev(above);
    vaddr_t room_end = area_gap_end(above);

    if (new_end + PAGE_SIZE > MIN(room_end, USER_END) || space->areas.nr_areas > space_max_areas ||
        !space_may_grow(space, HEAP_PROT, flags, nr_more, 0, 0) ||
        !space_may_lock(space, flags, nr_more, 0))
        return false;
    if (likely(below->end == old_end && below->prot == HEAP_PROT && below->flags == flags &&
               !below->object))
        return space_grow(space, below, below->start, new_end) == 0;
    return space_map(space, old_end, new_end, HEAP_PROT, flags, NULL, 0) == 0;
}

/* Linux moves the end down only over something that is still there. */
static bool shrink(struct space *space, vaddr_t new_end, vaddr_t old_end)
{
    return area_find(&space->areas, new_end)->start < old_end &&
           space_unmap(space, new_end, old_end) == 0;
}

/* Whether the heap could be made to end at new_end; if so it does. Both are page aligned. */
static inline bool move_end(struct space *space, vaddr_t old_end, vaddr_t new_end)
{
    if (new_end > old_end)
        return grow(space, old_end, new_end);
    return new_end == old_end || shrink(space, new_end, old_end);
}

vaddr_t space_brk(struct space *space, vaddr_t addr)
{
    mutex_lock(&space->lock);
    vaddr_t old = space->brk;
    bool in_range = addr >= space->brk_start && addr <= USER_END;
    size_t size = addr - space->brk_start + space->data_size, limit = space->limits.brk;
    if (in_range && (limit == SIZE_MAX || size <= limit) &&
        move_end(space, align_up(old, PAGE_SIZE), align_up(addr, PAGE_SIZE)))
        space->brk = addr;
    vaddr_t brk = space->brk;
    bool locked = space->lock_flags & AREA_LOCKED;
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    if (unlikely(locked) && brk > old)
        space_populate(space, align_up(old, PAGE_SIZE), brk, AREA_LOCKED, AREA_LOCKED, true);
    return brk;
}
