/*
 * mm/reclaim.c - take back what was promised to nobody or is needed no longer
 *
 * Reading untouched memory and running a program's file cost no frames but those of page tables,
 * and no promise. When a promised page finds no frame, those tables are what stands in its way:
 * the pages of every area that is not accounted are forgotten, and their tables freed. They show
 * the frame of zeros or an object's, so that the next touch brings them back as they were.
 *
 * Of areas that may have been written to, the dirty pages stay: what MADV_FREE made clean and nobody
 * wrote to since is lost, as it should be.
 */
#include "mm/commit.h"
#include "mm/space.h"

static void reclaim_from(struct space *space)
{
    mutex_lock(&space->lock);
    area_for_each (area, &space->areas) {
        bool owns = !(area->flags & AREA_SHARED) && area->flags & (AREA_ACCOUNTED | AREA_NORESERVE);
        pagetable_unmap_but(&space->pagetable, area->start, area->end, owns ? PTE_DIRTY : 0);
    }
    mutex_unlock(&space->lock);
}

bool reclaim_tables(void)
{
    size_t before = frame_nr_free();

    for (struct space *space = space_next(NULL), *next; space; space = next) {
        space_get(space); /* others may run meanwhile, and end */
        reclaim_from(space);
        next = space_next(space);
        space_put(space);
    }
    return frame_nr_free() > before;
}
