/*
 * mm/rmap.c - from an object to the pages that show it: the reverse of a mapping
 *
 * The lock of a space comes before that of an object, and here it is the other way round: a space whose
 * lock is free is served at once; for one that is at work the object is let go of, and after the wait
 * the walk starts again, since its areas may be others by then.
 *
 * A space that nobody is left in takes its pages out itself.
 */
#include "mm/space.h"

/* Space locked. */
static void unmap_from(struct area *area, uint64_t first, uint64_t last, bool copies)
{
    uint64_t start = area->offset >> PAGE_SHIFT, end = start + area_nr_pages(area);
    vaddr_t base = area->start - area->offset; /* of the object's page 0, were it mapped */

    first = MAX(first, start);
    last = MIN(last, end);
    if (first < last)
        pagetable_unmap_but(&area->space->pagetable, base + (first << PAGE_SHIFT),
                            base + (last << PAGE_SHIFT), copies ? 0 : PTE_ANON);
}

/* Whether all was done with no lock let go of. Object locked, as before and after. */
static bool try_unmap(struct object *object, uint64_t first, uint64_t last, bool copies)
{
    list_for_each (node, &object->areas) {
        struct area *area = container_of(node, struct area, in_object);
        struct space *space = area->space;
        if (space->refs == 0)
            continue;
        if (mutex_trylock(&space->lock)) {
            unmap_from(area, first, last, copies);
            mutex_unlock(&space->lock);
            continue;
        }
        space_get(space);
        mutex_unlock(&object->lock);
        mutex_lock(&space->lock);
        mutex_unlock(&space->lock);
        space_put(space);
        mutex_lock(&object->lock);
        return false;
    }
    return true;
}

void object_unmap(struct object *object, uint64_t first, uint64_t last, bool copies)
{
    while (!try_unmap(object, first, last, copies))
        continue;
}
