/*
 * mm/munmap.c - munmap(2), and the part of shmdt(2) that is about memory
 */
#include "mm/space.h"

int space_munmap(struct space *space, vaddr_t addr, size_t len)
{
    if (addr % PAGE_SIZE || addr > USER_END || len > USER_END - addr || len == 0)
        return -EINVAL;
    mutex_lock(&space->lock);
    int error = space_unmap(space, addr, addr + align_up(len, PAGE_SIZE));
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    return error;
}

/* Whether area shows what lies in its object as if all of that were mapped from addr on. */
static bool lies_as_from(const struct area *area, vaddr_t addr)
{
    return area->object && area->start >= addr && area->start - addr == area->offset;
}

struct object *space_find_attached(struct space *space, vaddr_t addr,
                                   bool (*is_wanted)(const struct object *object))
{
    struct object *found = NULL;

    if (addr >= USER_END)
        return NULL;
    mutex_lock(&space->lock);
    area_for_each_in (area, &space->areas, addr, USER_END) {
        if (lies_as_from(area, addr) && is_wanted(area->object)) {
            found = area->object;
            object_get(found);
            break;
        }
    }
    mutex_unlock(&space->lock);
    return found;
}

void space_unmap_object(struct space *space, vaddr_t addr, const struct object *object)
{
    vaddr_t end = MIN(addr + align_up(object->size, PAGE_SIZE), USER_END);

    mutex_lock(&space->lock);
    for (vaddr_t at = addr; at < end;) {
        const struct area *area = area_find(&space->areas, at);
        vaddr_t start = MIN(area->start, end);
        at = MIN(area->end, end);
        if (start < end && area->object == object && lies_as_from(area, addr))
            (void)!space_unmap(space, start, at); /* whole areas: nothing is cut */
    }
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
}
