/*
 * mm/mincore.c - mincore(2): which pages are there
 */
#include "mm/space.h"

/* Whether touching the page would need no frame: it is mapped, or its object holds it. */
static bool is_resident(struct space *space, const struct area *area, vaddr_t va)
{
    const pte_t *slot = pagetable_find(&space->pagetable, va);

    if (slot && *slot)
        return true;
    uint64_t offset = va - area->start + area->offset;
    return area->object && object_page(area->object, offset >> PAGE_SHIFT) != NO_FRAME;
}

size_t space_mincore(struct space *space, vaddr_t addr, size_t nr_pages, uint8_t *resident)
{
    size_t done = 0;

    mutex_lock(&space->lock);
    const struct area *area = area_find(&space->areas, addr);
    for (; done < nr_pages; done++) {
        vaddr_t va = addr + (done << PAGE_SHIFT);
        if (va >= area->end)
            area = area_next(area);
        if (va < area->start)
            break;
        resident[done] = is_resident(space, area, va);
    }
    mutex_unlock(&space->lock);
    return done;
}
