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
#include "mm/space.h"

#define BIT(advice) (1UL << (advice))

/* All others are refused. */
static const uint64_t known =
    BIT(MADV_NORMAL) | BIT(MADV_RANDOM) | BIT(MADV_SEQUENTIAL) | BIT(MADV_WILLNEED) |
    BIT(MADV_DONTNEED) | BIT(MADV_FREE) | BIT(MADV_REMOVE) | BIT(MADV_DONTFORK) | BIT(MADV_DOFORK) |
    BIT(MADV_DONTDUMP) | BIT(MADV_DODUMP) | BIT(MADV_WIPEONFORK) | BIT(MADV_KEEPONFORK) |
    BIT(MADV_COLD) | BIT(MADV_PAGEOUT) | BIT(MADV_POPULATE_READ) | BIT(MADV_POPULATE_WRITE) |
    BIT(MADV_DONTNEED_LOCKED);

/* Advice that is kept in the flags of an area: what it sets and clears. */
static const struct {
    unsigned set, clear;
} changes[] = {
    [MADV_NORMAL] = {0, AREA_RANDOM | AREA_SEQUENTIAL},
    [MADV_RANDOM] = {AREA_RANDOM, AREA_SEQUENTIAL},
    [MADV_SEQUENTIAL] = {AREA_SEQUENTIAL, AREA_RANDOM},
    [MADV_DONTFORK] = {AREA_DONTFORK, 0},
    [MADV_DOFORK] = {0, AREA_DONTFORK},
    [MADV_DONTDUMP] = {AREA_DONTDUMP, 0},
    [MADV_DODUMP] = {0, AREA_DONTDUMP},
    [MADV_WIPEONFORK] = {AREA_WIPEONFORK, 0},
    [MADV_KEEPONFORK] = {0, AREA_WIPEONFORK},
};

static int change_flags(struct space *space, vaddr_t start, vaddr_t end, unsigned advice)
{
    const struct change change = {
        .kept_prot = ~0U, .set = changes[advice].set, .clear = changes[advice].clear};

    return space_change(space, start, end, &change) < 0 ? -EAGAIN : 0;
}

/* A page that is not dirty goes when frames are short, unless it is written to before. */
static int free_lazily(struct space *space, const struct area *area, vaddr_t start, vaddr_t end)
{
    if (area->flags & AREA_LOCKED || area->object)
        return -EINVAL;
    pagetable_change(&space->pagetable, start, end, PTE_DIRTY, 0);
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
static const int populate_errors[] = {[FAULT_HANDLED] = 0,
                                      [FAULT_MAPERR] = -ENOMEM,
                                      [FAULT_ACCERR] = -EINVAL,
                                      [FAULT_BEYOND] = -EFAULT,
                                      [FAULT_NO_MEMORY] = -ENOMEM};

/* Each page is a fault, which takes the lock itself. */
static int populate(struct space *space, const struct area *area, vaddr_t start, vaddr_t end,
                    unsigned prot)
{
    if (!(area->prot & prot))
        return -EINVAL;
    mutex_unlock(&space->lock);
    enum fault_result result =
        space_touch(space, start, end, prot == PROT_WRITE ? ACCESS_WRITE : ACCESS_READ);
    mutex_lock(&space->lock);
    return populate_errors[result];
}

/* [start, end) lies in area. */
static int advise(struct space *space, const struct area *area, vaddr_t start, vaddr_t end,
                  int advice)
{
    switch (advice) {
    case MADV_DONTNEED: /* private pages are zeros, or the file's again, at the next touch */
        if (area->flags & AREA_LOCKED)
            return -EINVAL;
        /* fall through */
    case MADV_DONTNEED_LOCKED:
        pagetable_unmap(&space->pagetable, start, end);
        return 0;
    case MADV_FREE:
        return free_lazily(space, area, start, end);
    case MADV_POPULATE_READ:
        return populate(space, area, start, end, PROT_READ);
    case MADV_POPULATE_WRITE:
        return populate(space, area, start, end, PROT_WRITE);
    case MADV_REMOVE:
        return remove(space, area, start, end);
    case MADV_COLD:
    case MADV_PAGEOUT:
        return area->flags & AREA_LOCKED ? -EINVAL : 0;
    case MADV_WILLNEED:
        return 0;
    case MADV_WIPEONFORK:
        if (area->object)
            return -EINVAL;
        /* fall through */
    default:
        return change_flags(space, start, end, (unsigned)advice);
    }
}

static int advise_areas(struct space *space, vaddr_t start, vaddr_t end, int advice)
{
    bool hole = false;

    while (start < end) {
        const struct area *area = area_find(&space->areas, start);
        if (area->start >= end)
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

    if ((unsigned)advice >= 64 || !(known & BIT(advice)) || addr % PAGE_SIZE ||
        (len && end == addr) || end < addr)
        return -EINVAL;
    if (end == addr)
        return 0;
    mutex_lock(&space->lock);
    int error = advise_areas(space, addr, end, advice);
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    return error;
}
