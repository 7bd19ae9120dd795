/*
 * mm/fork.c - a twin of an address space
 *
 * Areas are copied one by one; pages of private areas are shared and lose their write bit on both
 * sides, so that the first write to each is decided in fault.c. Pages of shared areas are not copied:
 * their object brings them when they are touched.
 *
 * Every area is in the twin before the first page is: whatever is refused, the twin's end undoes it.
 *
 * Source  fork(2)
 */
#include "mm/kheap.h"
#include "mm/space.h"

static int copy_areas(struct space *to, struct space *from)
{
    area_for_each (area, &from->areas) {
        if (area->flags & AREA_DONTFORK)
            continue;
        if (space_map(to, area->start, area->end, area->prot, area->flags & ~LOCK_FLAGS,
                      area->object, area->offset) < 0)
            return -1;
    }
    return 0;
}

static int share_pages(struct space *to, struct space *from)
{
    int error = 0;

    area_for_each (area, &from->areas) {
        if (!error && !(area->flags & (AREA_SHARED | AREA_DONTFORK | AREA_WIPEONFORK)))
            error = pagetable_share(&to->pagetable, &from->pagetable, area->start, area->end);
    }
    pagetable_flush(&from->pagetable, 0, USER_END);
    return error;
}

struct space *space_clone(struct space *from)
{
    struct space *to = space_create();

    if (!to)
        return NULL;
    list_remove(&to->all); /* reclaim must not find it before it is whole */
    mutex_lock(&from->lock);
    to->brk = from->brk;
    to->brk_start = from->brk_start;
    to->stack_top = from->stack_top;
    to->mmap_top = from->mmap_top;
    to->data_size = from->data_size;
    to->limits = from->limits;
    int error = copy_areas(to, from);
    if (!error)
        error = share_pages(to, from);
    mutex_unlock(&from->lock);
    if (error) {
        space_put(to);
        return NULL;
    }
    list_append(&from->all, &to->all);
    return to;
}
