/*
 * mm/mmap.c - mmap(2): where a mapping goes and what it becomes
 *
 * Mappings are placed top-down from mmap_top, as close to each other as they fit; when that side is
 * full, between mmap_top and the stack.
 */
#include <asm/errno.h>
#include <asm/mman.h>
#include <linux/mman.h>

#include "mm/commit.h"
#include "mm/space.h"

#define LOW_2GIB_START 0x40000000UL /* MAP_32BIT, as Linux has it */
#define LOW_2GIB_END   0x80000000UL

/* The end of the space free for mappings below area, which may be NULL. */
static vaddr_t free_up_to(const struct area *area)
{
    return area ? area_gap_end(area) : USER_END;
}

/* A place for len bytes, near hint if it is free there. 0 if there is none. */
static vaddr_t choose_place(struct space *space, vaddr_t hint, size_t len, unsigned flags)
{
    if (hint && hint <= USER_END && len <= USER_END - hint &&
        hint + len <= free_up_to(area_find(&space->areas, hint)))
        return hint;
    if (flags & MAP_32BIT)
        return area_find_gap(&space->areas, len, LOW_2GIB_START, LOW_2GIB_END);

    vaddr_t place = area_find_gap(&space->areas, len, USER_START, space->mmap_top);
    if (!place) {
        const struct area *stack = area_find(&space->areas, space->stack_top - 1);
        place = area_find_gap(&space->areas, len, space->mmap_top, free_up_to(stack));
    }
    return place;
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
    const struct area *area = area_find(&space->areas, addr);
    if (flags & MAP_FIXED_NOREPLACE && area && area->start < addr + len)
        return -EEXIST;
    return 0;
}

/* Files can be read only, so far. */
static unsigned area_flags_of(unsigned flags)
{
    unsigned type = flags & MAP_TYPE;

    return (type == MAP_PRIVATE ? 0 : AREA_SHARED) |
           (flags & MAP_ANONYMOUS || type == MAP_PRIVATE ? 0 : AREA_NOWRITE) |
           (flags & MAP_NORESERVE ? AREA_NORESERVE : 0) |
           (flags & MAP_GROWSDOWN ? AREA_GROWSDOWN : 0);
}

/* Space locked; all arguments are in range and aligned. */
static int64_t map_locked(struct space *space, vaddr_t addr, size_t len, unsigned prot,
                          unsigned flags, struct object *object, uint64_t offset, int refusal)
{
    int error;

    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        error = check_fixed(space, addr, len, flags);
        if (error)
            return error;
    } else {
        addr = align_down(addr, PAGE_SIZE);
        addr = choose_place(space, addr ? MAX(addr, USER_START) : 0, len, flags);
        if (!addr)
            return -ENOMEM;
    }
    if (refusal)
        return refusal;
    error = space_replace(space, addr, addr + len, prot, area_flags_of(flags), object, offset);
    return error ? error : (int64_t)addr;
}

/* MAP_POPULATE: a hint, so that what cannot be had is left for the touch to find. */
static void populate(struct space *space, vaddr_t start, vaddr_t end, unsigned prot)
{
    enum access access = prot & PROT_WRITE ? ACCESS_WRITE : ACCESS_READ;

    for (vaddr_t va = start; va < end; va += PAGE_SIZE) {
        if (space_fault(space, va, access) != FAULT_HANDLED || thread_pause_point())
            return;
    }
}

/* Whether all of a new piece of shared anonymous memory is promised at once. */
static bool promises(unsigned flags)
{
    return !(flags & MAP_NORESERVE) || commit_policy() == OVERCOMMIT_NEVER;
}

int64_t space_mmap(struct space *space, vaddr_t addr, size_t len, unsigned prot, unsigned flags,
                   struct object *object, uint64_t offset, int refusal)
{
    if (len == 0)
        return -EINVAL;
    if (len > USER_END)
        return -ENOMEM;
    len = align_up(len, PAGE_SIZE);
    prot &= PROT_READ | PROT_WRITE | PROT_EXEC;

    bool anonymous_shared = !refusal && !object && (flags & MAP_TYPE) != MAP_PRIVATE;
    if (anonymous_shared) {
        object = object_create_empty(len, promises(flags) ? OBJECT_PROMISED : 0);
        if (!object)
            return -ENOMEM;
    }
    mutex_lock(&space->lock);
    int64_t result = map_locked(space, addr, len, prot, flags, object, offset, refusal);
    mutex_unlock(&space->lock);
    if (anonymous_shared)
        object_put(object);
    if (result >= 0 && flags & (MAP_POPULATE | MAP_LOCKED) && prot != PROT_NONE)
        populate(space, (vaddr_t)result, (vaddr_t)result + len, prot);
    return result;
}
