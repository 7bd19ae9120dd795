/*
 * mm/fault.c - demand paging: the only code that decides what a touched page becomes
 *
 *   touch                      anonymous area            area of an object
 *   first read                 the frame of zeros, r-    the object's frame, r-
 *   first write                a cleared frame, rw       private: a copy, rw
 *   write where r- is mapped   private: a copy, rw, or, if nobody else has the frame, the frame
 *   itself
 *
 * A frame's reference count says who else has it; the frame of zeros and an object's frames always
 * have another owner, so that one rule serves all. A shared area shows the object's own frames,
 * writable where the area is.
 *
 * Every path that needs a frame takes it before it changes anything.
 */
#include "mm/space.h"

#include <asm/errno.h>
#include <asm/mman.h>
#include <string.h>

#define PTE_PAGE (PTE_PRESENT | PTE_USER | PTE_ACCESSED)

/* The rights of a page in an area, writable only if `writable` says so. */
static pte_t entry_for(const struct area *area, pfn_t pfn, bool writable)
{
    return pfn << PAGE_SHIFT | PTE_PAGE | (writable ? PTE_WRITE | PTE_DIRTY : 0) |
           (area->prot & PROT_EXEC ? 0 : pte_nx());
}

/*
 * If va is just below a stack that may grow there, grow it. Returns the stack, or NULL.
 *
 * Source  mmap(2), MAP_GROWSDOWN: the page touched must be within the limit and away from what is
 *         below.
 */
static struct area *grow_stack(struct space *space, struct area *above, vaddr_t va)
{
    vaddr_t start = align_down(va, PAGE_SIZE);

    if (!above || !(above->flags & AREA_GROWSDOWN) || start < USER_START)
        return NULL;
    if (above->end - start > STACK_SIZE_MAX)
        return NULL;
    const struct area *below = area_prev(above);
    if (below && below->prot != PROT_NONE && start - below->end < STACK_GUARD_GAP)
        return NULL;
    if (space_grow(space, above, start, above->end) < 0)
        return NULL;
    return area_find(&space->areas, va);
}

static bool allows(const struct area *area, enum access access)
{
    switch (access) {
    case ACCESS_WRITE:
        return area->prot & PROT_WRITE;
    case ACCESS_EXECUTE:
        return area->prot & PROT_EXEC;
    default:
        /* The processor cannot forbid to read what it may write or run. */
        return area->prot != PROT_NONE;
    }
}

/* First touch. */
static enum fault_result fill(struct space *space, const struct area *area, vaddr_t va,
                              enum access access)
{
    pfn_t source = zero_frame, pfn;

    if (area->object) {
        uint64_t index = (va - area->start + area->offset) >> PAGE_SHIFT;
        int error = object_make_page(area->object, index, &source);
        if (error)
            return error == -ENOMEM ? FAULT_NO_MEMORY : FAULT_BEYOND;
    }
    pte_t *slot = pagetable_reach(&space->pagetable, va);
    if (!slot)
        return FAULT_NO_MEMORY;
    bool shared = area->flags & AREA_SHARED, own = access == ACCESS_WRITE && !shared;
    if (!own) {
        frame_get(source);
        pfn = source;
    } else if ((pfn = frame_alloc(0)) == NO_FRAME) {
        pagetable_prune(&space->pagetable, va);
        return FAULT_NO_MEMORY;
    } else if (source == zero_frame) {
        page_clear(frame_address(pfn));
    } else {
        page_copy(frame_address(pfn), frame_address(source));
    }
    pagetable_set(slot, entry_for(area, pfn, (own || shared) && area->prot & PROT_WRITE));
    return FAULT_HANDLED;
}

/* A write to a page that is mapped for reading. */
static enum fault_result copy_on_write(struct space *space, const struct area *area, vaddr_t va,
                                       pte_t *slot)
{
    pfn_t old = pte_frame(*slot), pfn = old;

    if (!(area->flags & AREA_SHARED) && (old == zero_frame || frame_of(old)->refs > 1)) {
        pfn = frame_alloc(0);
        if (pfn == NO_FRAME)
            return FAULT_NO_MEMORY;
        if (old == zero_frame)
            page_clear(frame_address(pfn));
        else
            page_copy(frame_address(pfn), frame_address(old));
    }
    pagetable_replace(slot, entry_for(area, pfn, true));
    pagetable_flush(&space->pagetable, va, va + PAGE_SIZE);
    if (pfn != old)
        frame_put(old);
    return FAULT_HANDLED;
}

/* Space locked. */
static enum fault_result handle(struct space *space, vaddr_t va, enum access access)
{
    struct area *area = area_find(&space->areas, va);

    if (!area || va < area->start) {
        area = grow_stack(space, area, va);
        if (!area)
            return FAULT_MAPERR;
    }
    if (!allows(area, access))
        return FAULT_ACCERR;
    va = align_down(va, PAGE_SIZE);
    pte_t *slot = pagetable_find(&space->pagetable, va);
    if (!slot || !*slot)
        return fill(space, area, va, access);
    if (access == ACCESS_WRITE && !(*slot & PTE_WRITE))
        return copy_on_write(space, area, va, slot);
    /* The page is as it should be: the processor remembered older rights. */
    pagetable_flush(&space->pagetable, va, va + PAGE_SIZE);
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
    } while (result == FAULT_NO_MEMORY && reclaim_tables());
    return result;
}

/* How a piece of one page of another space is used: at most one of in and out is not NULL. */
struct transfer {
    enum access access;
    const char *in; /* written to the space; NULL with ACCESS_WRITE: zeros */
    char *out;      /* read from the space */
};

/* [va, va + len) lies in one page. */
static int transfer_piece(struct space *space, vaddr_t va, size_t len, const struct transfer *t,
                          size_t done)
{
    int error = -EFAULT;

    mutex_lock(&space->lock);
    if (va < USER_END && handle(space, va, t->access) == FAULT_HANDLED) {
        const pte_t *slot = pagetable_find(&space->pagetable, va);
        char *page = (char *)frame_address(pte_frame(*slot)) + va % PAGE_SIZE;
        if (t->out)
            memcpy(t->out + done, page, len);
        else if (t->in)
            memcpy(page, t->in + done, len);
        else
            memset(page, 0, len);
        error = 0;
    }
    mutex_unlock(&space->lock);
    return error;
}

static int transfer(struct space *space, vaddr_t va, size_t len, const struct transfer *t)
{
    for (size_t done = 0; done < len;) {
        size_t piece = MIN(len - done, PAGE_SIZE - (va + done) % PAGE_SIZE);
        int error = transfer_piece(space, va + done, piece, t, done);
        if (error)
            return error;
        done += piece;
    }
    return 0;
}

int space_read(struct space *space, vaddr_t va, void *to, size_t len)
{
    return transfer(space, va, len, &(struct transfer){.access = ACCESS_READ, .out = to});
}

int space_write(struct space *space, vaddr_t va, const void *from, size_t len)
{
    return transfer(space, va, len, &(struct transfer){.access = ACCESS_WRITE, .in = from});
}

int space_clear(struct space *space, vaddr_t va, size_t len)
{
    return transfer(space, va, len, &(struct transfer){.access = ACCESS_WRITE});
}
