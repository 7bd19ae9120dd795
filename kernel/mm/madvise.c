/*
 * mm/madvise.c - madvise(2)
 *
 * Advice is given area by area. As on Linux a hole does not stop it: the areas behind are advised
 * too, then the call fails with ENOMEM. Advice whose work is nothing here (read-ahead, swapping) is
 * checked and taken; what needs a part that this kernel has not (huge pages, merging of equal pages,
 * memory failure) is refused as by a Linux built without it.
 *
 * Source  madvise(2); Linux 6.1 for the order of errors
 */
#include <asm/errno.h>
#include <asm/mman.h>

#include "lib/assert.h"
#include "mm/space.h"

static int change_flags(struct space *space, vaddr_t start, vaddr_t end, unsigned set,
                        unsigned clear)
{
    const struct change change = {.keeps_prot = true, .set = set, .clear = clear};

    return space_change(space, start, end, &change) < 0 ? -EAGAIN : 0;
}

/* Forget the pages: private ones are zeros, or the file's again, at the next touch. */
static int drop(struct space *space, const struct area *area, vaddr_t start, vaddr_t end)
{
    if (area->flags & AREA_LOCKED)
        return -EINVAL;
    pagetable_unmap(&space->pagetable, start, end);
    return 0;
}

/* A page that is not dirty goes when frames are short, unless it is written to before. */
static void make_clean(void *context, vaddr_t va, pte_t *slot)
{
    (void)context;
    (void)va;
    pagetable_replace(slot, *slot & ~PTE_DIRTY);
}

static int free_lazily(struct space *space, const struct area *area, vaddr_t start, vaddr_t end)
{
    if (area->flags & AREA_LOCKED || area->object)
        return -EINVAL;
    pagetable_visit(&space->pagetable, start, end, make_clean, NULL);
    pagetable_flush(&space->pagetable, start, end);
    return 0;
}

/* Make a hole in a shared object. The lock comes after that of the object, and is let go of. */
static int remove(struct space *space, const struct area *area, vaddr_t start, vaddr_t end)
{
    struct object *object = area->object;
    uint64_t offset = start - area->start + area->offset;

    if (area->flags & AREA_LOCKED || !object)
        return -EINVAL;
    if (!(area->flags & AREA_SHARED) || area->flags & AREA_NOWRITE)
        return -EACCES;
    object_get(object);
    mutex_unlock(&space->lock);
    object_punch(object, offset, offset + (end - start));
    object_put(object);
    mutex_lock(&space->lock);
    return 0;
}

/* What Linux says where a page cannot be brought. */
static int populate_error(enum fault_result result)
{
    switch (result) {
    case FAULT_HANDLED:
        return 0;
    case FAULT_ACCERR:
        return -EINVAL;
    case FAULT_BEYOND:
        return -EFAULT;
    default:
        return -ENOMEM;
    }
}

/* Each page is a fault, which takes the lock itself. */
static int populate(struct space *space, vaddr_t start, vaddr_t end, enum access access)
{
    mutex_unlock(&space->lock);
    enum fault_result result = space_touch(space, start, end, access);
    mutex_lock(&space->lock);
    return populate_error(result);
}

/* [start, end) lies in area. */
static int advise(struct space *space, const struct area *area, vaddr_t start, vaddr_t end,
                  int advice)
{
    switch (advice) {
    case MADV_DONTNEED:
        return drop(space, area, start, end);
    case MADV_DONTNEED_LOCKED:
        pagetable_unmap(&space->pagetable, start, end);
        return 0;
    case MADV_FREE:
        return free_lazily(space, area, start, end);
    case MADV_POPULATE_READ:
        return populate(space, start, end, ACCESS_READ);
    case MADV_POPULATE_WRITE:
        return populate(space, start, end, ACCESS_WRITE);
    case MADV_REMOVE:
        return remove(space, area, start, end);
    case MADV_COLD:
    case MADV_PAGEOUT:
        return area->flags & AREA_LOCKED ? -EINVAL : 0;
    case MADV_DONTFORK:
        return change_flags(space, start, end, AREA_DONTFORK, 0);
    case MADV_DOFORK:
        return change_flags(space, start, end, 0, AREA_DONTFORK);
    case MADV_WIPEONFORK:
        return area->object ? -EINVAL : change_flags(space, start, end, AREA_WIPEONFORK, 0);
    case MADV_KEEPONFORK:
        return change_flags(space, start, end, 0, AREA_WIPEONFORK);
    default: /* NORMAL, RANDOM, SEQUENTIAL, WILLNEED, DONTDUMP, DODUMP: nothing to do here */
        return 0;
    }
}

static bool is_known(int advice)
{
    switch (advice) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_DONTNEED_LOCKED:
    case MADV_FREE:
    case MADV_REMOVE:
    case MADV_COLD:
    case MADV_PAGEOUT:
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
        return true;
    default:
        return false;
    }
}

static int advise_areas(struct space *space, vaddr_t start, vaddr_t end, int advice)
{
    bool hole = false;

    while (start < end) {
        const struct area *area = area_find(&space->areas, start);
        if (!area || area->start >= end)
            return -ENOMEM;
        hole |= area->start > start;
        vaddr_t from = MAX(area->start, start), to = MIN(area->end, end);
        int error = advise(space, area, from, to, advice);
        if (error)
            return error;
        start = to;
    }
    return hole ? -ENOMEM : 0;
}

int space_madvise(struct space *space, vaddr_t addr, size_t len, int advice)
{
    vaddr_t end = addr + align_up(len, PAGE_SIZE);

    if (!is_known(advice) || addr % PAGE_SIZE || (len && end == addr) || end < addr)
        return -EINVAL;
    if (end == addr)
        return 0;
    mutex_lock(&space->lock);
    int error = advise_areas(space, addr, end, advice);
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    return error;
}
