/*
 * mm/brk.c - the program break
 *
 * The heap is no more than the area from brk_start to the break, rounded up to a page; an empty
 * heap is no area at all. Growing it makes a promise and touches no frame (P2, P4).
 *
 * Source  brk(2)
 */
#include <asm/mman.h>

#include "lib/assert.h"
#include "mm/space.h"

static bool grow(struct space *space, vaddr_t old_end, vaddr_t new_end)
{
    const struct area more = {
        .start = old_end, .end = new_end, .prot = PROT_READ | PROT_WRITE, .flags = AREA_ACCOUNTED};
    struct area *above = area_find(&space->areas, old_end);
    struct area *below = above ? area_prev(above) : area_last(&space->areas);

    if (new_end + PAGE_SIZE > (above ? area_gap_end(above) : USER_END))
        return false;
    if (below && area_can_merge(below, &more)) /* nearly always */
        return space_grow(space, below, below->start, new_end) == 0;
    return space_map(space, old_end, new_end, more.prot, 0, NULL, 0) == 0;
}

/* Whether the heap could be made to end at new_end; if so it does. Both are page aligned. */
static bool move_end(struct space *space, vaddr_t old_end, vaddr_t new_end)
{
    if (new_end == old_end)
        return true;
    if (new_end < old_end)
        return space_unmap(space, new_end, old_end) == 0;
    return grow(space, old_end, new_end);
}

vaddr_t space_brk(struct space *space, vaddr_t addr)
{
    mutex_lock(&space->lock);
    if (addr >= space->brk_start && addr <= USER_END) {
        if (move_end(space, align_up(space->brk, PAGE_SIZE), align_up(addr, PAGE_SIZE)))
            space->brk = addr;
    }
    vaddr_t brk = space->brk;
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    return brk;
}
