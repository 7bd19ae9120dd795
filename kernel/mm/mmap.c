/*
 * mm/mmap.c - mmap(2): where a mapping goes and what it becomes
 *
 * Mappings are placed top-down from mmap_top, as close to each other as they fit; when that side is
 * full, between mmap_top and the stack.
 */
#include <linux/mman.h>

#include "mm/commit.h"
#include "mm/space.h"

#define LOW_2GIB_START 0x40000000UL /* MAP_32BIT, as Linux has it */
#define LOW_2GIB_END   0x80000000UL

/* The end of what is free for mappings below area. */
static inline vaddr_t free_up_to(const struct area *area)
{
    return MIN(area_gap_end(area), USER_END);
}

/* The lowest place for MAP_32BIT, 0 if there is none. O(areas below) */
static vaddr_t lowest_place(struct space *space, size_t len)
{
    vaddr_t at = LOW_2GIB_START;

    area_for_each_in (area, &space->areas, at, LOW_2GIB_END) {
        if (at + len <= area_gap_end(area))
            break;
        at = MAX(at, area->end);
    }
    return len <= LOW_2GIB_END - MIN(at, LOW_2GIB_END) ? at : 0;
}

static inline vaddr_t find_place(struct space *space, vaddr_t hint, size_t len, unsigned flags)
{
    vaddr_t end = flags & MAP_32BIT ? LOW_2GIB_END : USER_END;

    if (hint && hint <= end && len <= end - hint &&
        hint + len <= area_gap_end(area_find(&space->areas, hint)))
        return hint;
    if (flags & MAP_32BIT)
        return lowest_place(space, len);
    vaddr_t place = area_find_gap(&space->areas, len, USER_START, space->mmap_top);
    if (unlikely(!place))
        place = area_find_gap(&space->areas, len, space->mmap_top,
                              free_up_to(area_find(&space->areas, space->stack_top - 1)));
    return place;
}

vaddr_t space_find_place(struct space *space, vaddr_t hint, size_t len)
{
    return find_place(space, hint, len, 0);
}

/* Where MAP_FIXED says. 0 or the errno of mmap(2). */
static int check_fixed(struct space *space, vaddr_t addr, size_t len, unsigned flags)
{
    if (addr > USER_END || len > USER_END - addr)
        return -ENOMEM;
    if (addr % PAGE_SIZE)
        return -EINVAL;
    if (addr < USER_START)
        return -EPERM;
    bool in_use = area_find(&space->areas, addr)->start < addr + len;
    return flags & MAP_FIXED_NOREPLACE && in_use ? -EEXIST : 0;
}

static unsigned area_flags_of(const struct space *space, unsigned flags,
                              const struct backing *backing)
{
    bool shared = (flags & MAP_TYPE) != MAP_PRIVATE;

    return (shared ? AREA_SHARED : 0) | backing->flags |
           (flags & MAP_NORESERVE && commit_policy != OVERCOMMIT_NEVER ? AREA_NORESERVE : 0) |
           (flags & MAP_GROWSDOWN ? AREA_GROWSDOWN : 0) | (flags & MAP_LOCKED ? AREA_LOCKED : 0) |
           space->lock_flags;
}

/* Space locked; all arguments are in range and aligned. kind: enum area_flags. */
static int64_t map_locked(struct space *space, vaddr_t addr, size_t len, unsigned prot,
                          unsigned flags, unsigned kind, const struct backing *backing)
{
    int error;

    if (space->areas.nr_areas > space_max_areas)
        return -ENOMEM;
    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        error = check_fixed(space, addr, len, flags);
        if (error)
            return error;
    } else {
        addr = align_down(addr, PAGE_SIZE);
        addr = find_place(space, addr ? MAX(addr, USER_START) : 0, len, flags);
        if (!addr)
            return -ENOMEM;
    }
    if (flags & MAP_LOCKED && space->limits.memlock == 0)
        return -EPERM;
    if (!space_may_lock(space, kind, len >> PAGE_SHIFT, 0))
        return -EAGAIN;
    if (backing->refusal)
        return backing->refusal;
    /* As on Linux all that goes is taken for data. */
    size_t nr_less = flags & MAP_FIXED ? space_count(space, addr, addr + len, 0, false) : 0;
    if (!space_may_grow(space, prot, kind, len >> PAGE_SHIFT, nr_less, nr_less))
        return -ENOMEM;
    if (flags & MAP_FIXED)
        error =
            space_replace(space, addr, addr + len, prot, kind, backing->object, backing->offset);
    else
        error = space_map(space, addr, addr + len, prot, kind, backing->object, backing->offset);
    return error ? error : (int64_t)addr;
}

/* Whether all of a new piece of shared anonymous memory is promised at once. */
static bool promises(unsigned flags)
{
    return !(flags & MAP_NORESERVE) || commit_policy == OVERCOMMIT_NEVER;
}

int64_t space_mmap(struct space *space, vaddr_t addr, size_t len, unsigned prot, unsigned flags,
                   struct backing *backing)
{
    if (len == 0)
        return -EINVAL;
    if (len > USER_END)
        return -ENOMEM;
    len = align_up(len, PAGE_SIZE);
    prot &= PROT_READ | PROT_WRITE | PROT_EXEC;

    bool anonymous_shared =
        (flags & MAP_TYPE) != MAP_PRIVATE && !backing->object && !backing->refusal;
    if (anonymous_shared) {
        backing->object = object_create_empty(len, promises(flags) ? OBJECT_PROMISED : 0);
        backing->refusal = backing->object ? 0 : -ENOMEM;
    }
    mutex_lock(&space->lock);
    unsigned kind = area_flags_of(space, flags, backing);
    int64_t result = map_locked(space, addr, len, prot, flags, kind, backing);
    mutex_unlock(&space->lock);
    if (anonymous_shared && backing->object)
        object_put(backing->object);
    bool brings = kind & AREA_LOCKED || (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
    if (unlikely(brings) && result >= 0)
        space_populate(space, (vaddr_t)result, (vaddr_t)result + len, 0, 0, true);
    return result;
}
