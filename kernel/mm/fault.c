/*
 * mm/fault.c - demand paging: the only code that decides what a touched page becomes
 *
 *   touch                      anonymous area            area of an object
 *   first read                 the frame of zeros, r-    the object's frame, r-
 *   first write                a cleared frame, rw       private: a copy, rw
 *   write where r- is mapped   private: a copy, rw, or, if nobody else has the frame, the frame
 *   itself
 *
 * PTE_ANON says that a frame is not an object's, nor the frame of zeros; its reference count then,
 * whether another process has it since fork(). A shared area shows the object's own frames, writable
 * where the area is.
 *
 * Every path that needs a frame takes it before it changes anything.
 */
#include "mm/space.h"

#include <string.h>

#define PTE_PAGE     (PTE_PRESENT | PTE_USER | PTE_ACCESSED)
#define PTE_WRITABLE (PTE_WRITE | PTE_DIRTY)

/* A page of an area; bits: PTE_ANON, PTE_WRITABLE. */
static pte_t entry_for(const struct area *area, pfn_t pfn, pte_t bits)
{
    return pfn << PAGE_SHIFT | PTE_PAGE | bits | (area->prot & PROT_EXEC ? 0 : pte_nx());
}

/*
 * If va is just below a stack that may grow there, grow it. Returns the stack, or NULL.
 *
 * Source  mmap(2), MAP_GROWSDOWN: the page touched must be within the limit and away from what is
 *         below.
 */
NOINLINE static struct area *grow_stack(struct space *space, struct area *above, vaddr_t va)
{
    vaddr_t start = align_down(va, PAGE_SIZE);

    if (!(above->flags & AREA_GROWSDOWN) || start < USER_START)
        return NULL;
    size_t nr_more = (above->start - start) >> PAGE_SHIFT;
    if (above->end - start > space->limits.stack ||
        !space_may_grow(space, above->prot, above->flags, nr_more, 0, 0) ||
        !space_may_lock(space, above->flags, nr_more, 0))
        return NULL;
    const struct area *below = area_prev(above);
    if (below->prot != PROT_NONE && !(below->flags & AREA_GROWSDOWN) &&
        start - below->end < STACK_GUARD_GAP)
        return NULL;
    if (space_grow(space, above, start, above->end) < 0)
        return NULL;
    return area_find(&space->areas, va);
}

/* A frame with the content of another. NO_FRAME if out of memory. */
static pfn_t copy_of(pfn_t source)
{
    if (source == zero_frame)
        return frame_alloc_zeroed();
    pfn_t pfn = frame_alloc(0);
    if (pfn != NO_FRAME)
        page_copy(frame_address(pfn), frame_address(source));
    return pfn;
}

/*
 * A first touch, where slot is empty and its table may be, or a write to a page that is mapped for
 * reading. Whoever is alone with a frame of its own writes to it; all else that is private and is
 * written to is copied.
 */
NOINLINE static enum fault_result resolve(struct pagetable *pt, const struct area *area, vaddr_t va,
                                          enum access access, pte_t *slot)
{
    bool shared = area->flags & AREA_SHARED, own = access == ACCESS_WRITE && !shared;
    pte_t old = *slot, bits = old & PTE_ANON;
    pfn_t source = old ? pte_frame(old) : zero_frame, pfn;
    int error = 0;

    if (!old && area->object)
        error = object_make_page(area->object, (va - area->start + area->offset) >> PAGE_SHIFT,
                                 &source);
    if (error)
        return error == -ENOMEM ? FAULT_NO_MEMORY : FAULT_BEYOND;
    pfn = source;
    if (own && !(bits && frame_of(source)->refs == 1)) {
        pfn = copy_of(source);
        if (pfn == NO_FRAME)
            return FAULT_NO_MEMORY;
        bits = PTE_ANON;
    } else if (!old) {
        frame_get(source);
    }
    if (own || (shared && area->prot & PROT_WRITE))
        bits |= PTE_WRITABLE;
    pagetable_set(pt, slot, entry_for(area, pfn, bits));
    if (old)
        pagetable_flush(pt, va, va + 1);
    if (old && pfn != source)
        frame_put(source);
    return FAULT_HANDLED;
}

/* What most faults are, the first touch of anonymous memory, in place. */
ALWAYS_INLINE static enum fault_result fill(struct pagetable *pt, const struct area *area,
                                            vaddr_t va, enum access access, pte_t *slot)
{
    if (unlikely(area->object))
        return resolve(pt, area, va, access, slot);
    if (access != ACCESS_WRITE) {
        pagetable_set(pt, slot, entry_for(area, zero_frame, 0));
        return FAULT_HANDLED;
    }
    pfn_t pfn = frame_alloc_zeroed();
    if (unlikely(pfn == NO_FRAME))
        return FAULT_NO_MEMORY;
    pagetable_set(pt, slot, entry_for(area, pfn, PTE_WRITABLE | PTE_ANON));
    return FAULT_HANDLED;
}

/* Space locked. */
ALWAYS_INLINE static enum fault_result handle(struct space *space, vaddr_t va, enum access access)
{
    struct pagetable *pt = &space->pagetable;
    struct area *area = area_find(&space->areas, va);

    if (unlikely(va < area->start)) {
        area = grow_stack(space, area, va);
        if (!area)
            return FAULT_MAPERR;
    }
    if (unlikely(!(area->prot & access))) {
        /* Linux brings the page before it sees that it cannot be run. */
        if (access != ACCESS_EXECUTE || !area->prot || pagetable_find(pt, va))
            return FAULT_ACCERR;
        access = ACCESS_READ;
    }
    pte_t *slot = pagetable_reach(pt, va);
    if (unlikely(!slot))
        return FAULT_NO_MEMORY;
    if (!*slot) {
        enum fault_result result = fill(pt, area, va, access, slot);
        if (unlikely(result != FAULT_HANDLED))
            pagetable_prune(pt, va);
        return result;
    }
    if (access == ACCESS_WRITE && !(*slot & PTE_WRITE))
        return resolve(pt, area, va, access, slot);
    /* The page is as it should be: the processor remembered older rights. */
    pagetable_flush(pt, va, va + 1);
    return FAULT_HANDLED;
}

enum fault_result space_fault(struct space *space, vaddr_t va, enum access access)
{
    if (va >= USER_END)
        return FAULT_MAPERR;
    enum fault_result result;
    do {
        mutex_lock(&space->lock);
        result = handle(space, va, access);
        mutex_unlock(&space->lock);
    } while (unlikely(result == FAULT_NO_MEMORY) && reclaim_tables());
    return result;
}

/* Copy len bytes of another space's page, that of va, out to `to` or in from `from`. 0 or -EFAULT. */
static int transfer_piece(struct space *space, vaddr_t va, char *to, const char *from, size_t len)
{
    pte_t needed = to ? PTE_PRESENT : PTE_PRESENT | PTE_WRITE;
    bool there;

    ASSERT(to || from);
    do { /* until nobody takes the page away in between */
        if (space_fault(space, va, to ? ACCESS_READ : ACCESS_WRITE) != FAULT_HANDLED)
            return -EFAULT;
        mutex_lock(&space->lock);
        pte_t *slot = pagetable_find(&space->pagetable, va);
        there = slot && (*slot & needed) == needed;
        if (there) {
            char *page = (char *)frame_address(pte_frame(*slot)) + va % PAGE_SIZE;
            if (to) {
                memcpy(to, page, len);
            } else {
                memcpy(page, from, len);
                pagetable_replace(slot, *slot | PTE_DIRTY); /* the processor does not see it */
            }
        }
        mutex_unlock(&space->lock);
    } while (!there);
    return 0;
}

static int transfer(struct space *space, vaddr_t va, char *to, const char *from, size_t len)
{
    int error = 0;

    for (size_t done = 0, piece; done < len && !error; done += piece) {
        piece = MIN(len - done, PAGE_SIZE - (va + done) % PAGE_SIZE);
        error = transfer_piece(space, va + done, to ? to + done : NULL, from ? from + done : NULL,
                               piece);
    }
    return error;
}

char *space_own_page(struct space *space, vaddr_t va)
{
    char *page = NULL;

    if (space_fault(space, va, ACCESS_WRITE) != FAULT_HANDLED)
        return NULL;
    mutex_lock(&space->lock);
    pte_t *slot = pagetable_find(&space->pagetable, va);
    if (slot && *slot & PTE_WRITE) {
        page = frame_address(pte_frame(*slot));
        pagetable_replace(slot, *slot | PTE_DIRTY); /* the processor will not see it */
    }
    mutex_unlock(&space->lock);
    return page;
}

int space_read(struct space *space, vaddr_t va, void *to, size_t len)
{
    return transfer(space, va, to, NULL, len);
}

int space_write(struct space *space, vaddr_t va, const void *from, size_t len)
{
    return transfer(space, va, NULL, from, len);
}
