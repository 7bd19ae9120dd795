/*
 * mm/mprotect.c - mprotect(2)
 *
 * Rights are given by areas; page table entries only ever lose them here. A page that may be
 * written again becomes writable at the next write, in fault.c, where copy-on-write is decided.
 *
 * Source  mprotect(2). As on Linux, areas before a hole are changed, then the call fails with
 *         ENOMEM; where memory or a promise is refused, nothing is changed.
 */
#include <asm/errno.h>
#include <asm/mman.h>

#include "lib/assert.h"
#include "mm/kheap.h"
#include "mm/space.h"

/*
 * An entry that is not 0 and not present keeps its frame for a page that mprotect() made
 * inaccessible. Here rights are taken from an entry, or it is made present again.
 */
static void restrict_entry(void *context, vaddr_t va, pte_t *slot)
{
    unsigned prot = *(const unsigned *)context;
    pte_t entry = *slot & ~(PTE_PRESENT | PTE_NX);

    (void)va;
    if (prot != PROT_NONE)
        entry |= PTE_PRESENT;
    if (!(prot & PROT_WRITE))
        entry &= ~PTE_WRITE;
    if (!(prot & PROT_EXEC))
        entry |= pte_nx();
    pagetable_replace(slot, entry);
}

/* What the whole call needs, found before anything changes. */
struct plan {
    vaddr_t end;           /* of what can be changed: the first hole or the end of the range */
    size_t nr_tables;      /* that those can need */
    size_t nr_charge;      /* pages that become accounted */
    struct area *spare[2]; /* for a split at each end */
};

static bool becomes_accounted(const struct area *area, unsigned prot)
{
    return !(area->flags & AREA_ACCOUNTED) && space_accounts(prot, area->flags);
}

/* Find the end of the change and its price. 0 or -EACCES. */
static int survey(const struct space *space, vaddr_t start, vaddr_t end, unsigned prot,
                  struct plan *plan)
{
    vaddr_t reached = start;

    for (const struct area *area = area_find(&space->areas, start);
         area && area->start <= reached && reached < end; area = area_next(area)) {
        if (prot & PROT_WRITE && area->flags & AREA_NOWRITE) {
            if (reached == start)
                return -EACCES;
            break;
        }
        vaddr_t to = MIN(area->end, end);
        if (becomes_accounted(area, prot)) {
            struct area part = {.start = reached, .end = to, .flags = AREA_ACCOUNTED};
            plan->nr_charge += (to - reached) >> PAGE_SHIFT;
            plan->nr_tables += area_nr_tables(&part);
        }
        reached = to;
    }
    plan->end = reached;
    return 0;
}

static void free_spares(struct plan *plan)
{
    kfree(plan->spare[0]);
    kfree(plan->spare[1]);
}

static int prepare(struct space *space, struct plan *plan)
{
    for (int i = 0; i < 2; i++) {
        plan->spare[i] = kmalloc(sizeof(struct area));
        if (!plan->spare[i])
            goto nomem;
    }
    if (space_charge(space, plan->nr_charge) < 0)
        goto nomem;
    if (space_charge_tables(space, plan->nr_tables + 2 * AREA_SPLIT_TABLES) == 0)
        return 0;
    space_uncharge(space, plan->nr_charge);
nomem:
    free_spares(plan);
    return -ENOMEM;
}

/* Cut the area that `at` lies in, if it does not start there; uses a spare. */
static void split_at(struct space *space, vaddr_t at, struct plan *plan)
{
    struct area *area = area_find(&space->areas, at);

    if (!area || area->start >= at)
        return;
    int i = plan->spare[0] ? 0 : 1;
    if (area->object)
        object_get(area->object);
    area_split(&space->areas, area, at, plan->spare[i]);
    plan->spare[i] = NULL;
}

static void apply(struct space *space, vaddr_t start, unsigned prot, struct plan *plan)
{
    split_at(space, start, plan);
    split_at(space, plan->end, plan);
    struct area *area = area_find(&space->areas, start);
    for (vaddr_t reached = start; reached < plan->end;) {
        unsigned accounted = becomes_accounted(area, prot) ? AREA_ACCOUNTED : 0;
        area_set_rights(&space->areas, area, prot, area->flags | accounted);
        area = space_merge(space, area); /* may take in the next one, which is so already */
        reached = area->end;
        area = area_next(area);
    }
    pagetable_visit(&space->pagetable, start, plan->end, restrict_entry, &prot);
    pagetable_flush(&space->pagetable, start, plan->end);
}

static int protect_locked(struct space *space, vaddr_t start, vaddr_t end, unsigned prot)
{
    struct plan plan = {0};
    int error = survey(space, start, end, prot, &plan);

    if (error)
        return error;
    if (plan.end > start) {
        error = prepare(space, &plan);
        if (error)
            return error;
        apply(space, start, prot, &plan);
        space_settle_tables(space);
        free_spares(&plan);
    }
    if (plan.end == end)
        return 0;
    const struct area *stopped = area_find(&space->areas, plan.end);
    return stopped && stopped->start <= plan.end ? -EACCES : -ENOMEM;
}

int space_mprotect(struct space *space, vaddr_t addr, size_t len, unsigned prot)
{
    unsigned grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);

    if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || addr % PAGE_SIZE)
        return -EINVAL;
    if (len == 0)
        return 0;
    len = align_up(len, PAGE_SIZE);
    if (addr + len <= addr)
        return -ENOMEM;
    if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP))
        return -EINVAL;

    mutex_lock(&space->lock);
    vaddr_t start = addr, end = addr + len;
    int error = 0;
    const struct area *area = area_find(&space->areas, addr);
    if (!area || area->start >= (grows == PROT_GROWSDOWN ? end : addr + 1))
        error = -ENOMEM;
    else if (grows == PROT_GROWSUP || (grows && !(area->flags & AREA_GROWSDOWN)))
        error = -EINVAL; /* no area grows up on this processor */
    else if (grows)
        start = area->start;
    if (!error)
        error = protect_locked(space, start, end, prot & (PROT_READ | PROT_WRITE | PROT_EXEC));
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    return error;
}
