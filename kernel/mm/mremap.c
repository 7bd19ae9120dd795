/*
 * mm/mremap.c - mremap(2): make a mapping larger or smaller, in place or elsewhere
 *
 * Entries of page tables move, no byte is copied. All that can be refused is had before the first
 * change: memory for areas, tables where the pages go, promises. As on Linux there is one
 * exception, MREMAP_FIXED: what is found wrong with the old range is found after the new one was
 * unmapped.
 *
 * Source  mremap(2); Linux 6.1, mm/mremap.c, for the order of errors
 */
#include <linux/mman.h>

#include "mm/space.h"

/* A call, checked as far as that needs no area; lengths are whole pages. */
struct remap {
    vaddr_t addr;
    size_t old_len, new_len;
    unsigned flags;
    vaddr_t to; /* the new place; before it is found a hint, or 0 */
};

/* Whether so many areas leave Linux's margin, in which a move may need three more. */
static bool has_margin(const struct space *space, size_t nr_more)
{
    return space->areas.nr_areas + nr_more + 3 < space_max_areas;
}

/*
 * Whether area may have old_len of its bytes become new_len. nr_less pages go before that, nr_data of
 * them data.
 */
static int check_resize(const struct space *space, const struct area *area, const struct remap *r,
                        size_t nr_less, size_t nr_data)
{
    size_t old_len = r->old_len, nr_more = (r->new_len - old_len) >> PAGE_SHIFT;

    if (!old_len && !(area->flags & AREA_SHARED))
        return -EINVAL;
    if (old_len > area->end - r->addr)
        return -EFAULT;
    if (r->flags & MREMAP_DONTUNMAP)
        nr_more = r->new_len >> PAGE_SHIFT;
    else if (r->new_len == old_len)
        return 0;
    else if (!space_may_lock(space, area->flags, nr_more, 0))
        return -EAGAIN;
    return space_may_grow(space, area->prot, area->flags, nr_more, nr_less, nr_data) ? 0 : -ENOMEM;
}

/*
 * Move old_len bytes of area to r->to, where they have new_len bytes. From the old range, up to `end`,
 * all goes. Nothing has changed if it is refused.
 */
static int64_t move(struct space *space, struct area *area, const struct remap *r, vaddr_t end)
{
    vaddr_t addr = r->addr, moved_end = addr + MIN(r->old_len, r->new_len);
    bool keeps = r->flags & MREMAP_DONTUNMAP || !r->old_len;
    size_t nr_moved = area->flags & AREA_ACCOUNTED && !keeps ? (moved_end - addr) >> PAGE_SHIFT : 0;
    struct area wanted = *area;

    wanted.start = r->to;
    wanted.end = r->to + r->new_len;
    wanted.offset = area->object ? area->offset + (addr - area->start) : 0;
    /* The new area may become one with the old, which is then cut in two. */
    if (!has_margin(space, 0) || space_prepare_place(space, &wanted, 2, nr_moved) < 0)
        return -ENOMEM;
    if (pagetable_prepare_move(&space->pagetable, addr, moved_end, r->to) < 0) {
        space_settle(space);
        return -ENOMEM;
    }
    if (r->flags & MREMAP_DONTUNMAP) /* nothing stays there that is locked */
        area_set_rights(&space->areas, area, area->prot, area->flags & ~LOCK_FLAGS);
    space_place(space, &wanted);
    pagetable_move(&space->pagetable, addr, moved_end, r->to);
    if (keeps) {
        space_merge(space, area_find(&space->areas, addr));
    } else {
        space_remove_areas(space, addr, end);
        pagetable_unmap(&space->pagetable, moved_end, end);
    }
    space_settle(space);
    return (int64_t)r->to;
}

/* To a place that the caller names, or with MREMAP_DONTUNMAP at least leaving the old one mapped. */
static int64_t remap_to(struct space *space, struct area *area, struct remap *r)
{
    vaddr_t addr = r->addr, end = addr + r->old_len, to = r->to;
    bool fixed = r->flags & MREMAP_FIXED, shrinks = r->old_len > r->new_len;
    bool beyond = shrinks && r->old_len > USER_END - addr;

    if (to % PAGE_SIZE || r->new_len > USER_END || to > USER_END - r->new_len)
        return -EINVAL;
    if (addr + r->old_len > to && to + r->new_len > addr)
        return -EINVAL;
    if (!has_margin(space, 2))
        return -ENOMEM;
    vaddr_t to_end = fixed ? to + r->new_len : to;
    size_t nr_less = space_count(space, to, to_end, 0, false);
    size_t nr_data = space_count(space, to, to_end, 0, true);
    r->old_len = MIN(r->old_len, r->new_len);
    int error = beyond ? -EINVAL : check_resize(space, area, r, nr_less, nr_data);
    if (fixed && !beyond && addr - to < r->new_len)
        error = -EFAULT; /* with old_len 0: the old range goes first */
    if (!error && !fixed)
        r->to = space_find_place(space, to, r->new_len);
    if (!error && r->to < USER_START)
        error = r->to || fixed ? -EPERM : -ENOMEM;
    if (!error)
        return move(space, area, r, end);
    if (fixed && space_unmap(space, to, to + r->new_len) < 0)
        return -ENOMEM;
    if (shrinks && !beyond && space_unmap(space, addr + r->new_len, end) < 0)
        return -ENOMEM;
    return error;
}

/* In place if that can be, else to where there is room. */
static int64_t grow(struct space *space, struct area *area, struct remap *r)
{
    size_t more = r->new_len - r->old_len;
    size_t room = MIN(area_next(area)->start, USER_END) - area->end;
    int error = check_resize(space, area, r, 0, 0);

    if (error)
        return error;
    if (r->old_len == area->end - r->addr && more <= room) {
        error = space_grow(space, area, area->start, area->end + more);
        return error ? error : (int64_t)r->addr;
    }
    if (!(r->flags & MREMAP_MAYMOVE))
        return -ENOMEM;
    r->to = space_find_place(space, 0, r->new_len);
    return r->to ? move(space, area, r, r->addr + r->old_len) : -ENOMEM;
}

static int64_t remap_locked(struct space *space, struct remap *r)
{
    struct area *area = area_find(&space->areas, r->addr);

    if (area->start > r->addr)
        return -EFAULT;
    if (r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
        return remap_to(space, area, r);
    if (r->old_len == r->new_len)
        return (int64_t)r->addr;
    if (r->old_len < r->new_len)
        return grow(space, area, r);
    vaddr_t start = r->addr + r->new_len, end = r->addr + r->old_len;
    if (end < start || end > USER_END)
        return -EINVAL;
    int error = space_unmap(space, start, end);
    return error ? error : (int64_t)r->addr;
}

int64_t space_mremap(struct space *space, vaddr_t addr, size_t old_len, size_t new_len,
                     unsigned flags, vaddr_t new_addr)
{
    bool moves = flags & MREMAP_MAYMOVE, must_move = flags & (MREMAP_FIXED | MREMAP_DONTUNMAP);
    struct remap r = {.addr = addr,
                      .old_len = align_up(old_len, PAGE_SIZE),
                      .new_len = align_up(new_len, PAGE_SIZE),
                      .flags = flags,
                      .to = must_move ? new_addr : 0};

    if (flags & ~(unsigned)(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP) ||
        (must_move && !moves) || (flags & MREMAP_DONTUNMAP && old_len != new_len) ||
        addr % PAGE_SIZE || r.new_len == 0)
        return -EINVAL;
    mutex_lock(&space->lock);
    int64_t result = remap_locked(space, &r);
    bool locked = result >= 0 && area_find(&space->areas, (vaddr_t)result)->flags & AREA_LOCKED;
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    if (locked && r.new_len > r.old_len)
        space_populate(space, (vaddr_t)result + r.old_len, (vaddr_t)result + r.new_len, AREA_LOCKED,
                       AREA_LOCKED, true);
    return result;
}
