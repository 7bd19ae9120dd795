/*
 * mm/space.c - an address space: create, add and remove areas, destroy
 *
 * Areas say what may be there, page tables what is. Adding an area touches no page table; removing
 * one takes its pages away too. Everything that can fail comes before the first change.
 *
 * Invariant (lock free): areas as in area.c, neighbours joined; nr_promised is the sum of the
 * pages of AREA_ACCOUNTED areas; every page present lies in an area. space_check() proves the
 * first two.
 */
#include "mm/space.h"

#include <asm/errno.h>
#include <asm/mman.h>

#include "lib/assert.h"
#include "mm/commit.h"
#include "mm/kheap.h"

unsigned space_max_areas = 65530;

static struct list spaces = LIST_INIT(spaces);

void space_publish(struct space *space)
{
    list_append(&spaces, &space->all);
}

struct space *space_create(void)
{
    struct space *space = kzalloc(sizeof(*space));

    if (!space)
        return NULL;
    if (commit_charge_tables(1) < 0)
        goto free_space;
    if (pagetable_create(&space->pagetable) < 0)
        goto uncharge;
    space->refs = 1;
    space->nr_tables = 1;
    mutex_init(&space->lock, RANK_SPACE);
    area_tree_init(&space->areas);
    space_publish(space);
    return space;

uncharge:
    commit_uncharge_tables(1);
free_space:
    kfree(space);
    return NULL;
}

struct space *space_next(const struct space *space)
{
    struct list *next = space ? space->all.next : spaces.next;

    return next == &spaces ? NULL : container_of(next, struct space, all);
}

void space_get(struct space *space)
{
    space->refs++;
}

static void area_free(struct area *area)
{
    if (area->object)
        object_put(area->object);
    kfree(area);
}

void space_put(struct space *space)
{
    ASSERT(space->refs > 0);
    if (--space->refs)
        return;
    list_remove(&space->all); /* first: others may run while its pages go, and must not find it */
    pagetable_unmap(&space->pagetable, 0, USER_END);
    for (struct area *area; (area = area_first(&space->areas));) {
        area_remove(&space->areas, area);
        area_free(area);
    }
    commit_uncharge(space->nr_promised);
    commit_uncharge_tables(space->nr_tables);
    pagetable_destroy(&space->pagetable);
    kfree(space);
}

bool space_accounts(unsigned prot, unsigned flags)
{
    if (flags & AREA_NORESERVE && commit_policy() != OVERCOMMIT_NEVER)
        return false;
    return !(flags & AREA_SHARED) && prot & PROT_WRITE;
}

int space_charge(struct space *space, size_t nr_pages)
{
    int error = commit_charge(nr_pages);

    if (!error)
        space->nr_promised += nr_pages;
    return error;
}

void space_uncharge(struct space *space, size_t nr_pages)
{
    ASSERT(nr_pages <= space->nr_promised);
    commit_uncharge(nr_pages);
    space->nr_promised -= nr_pages;
}

int space_charge_tables(struct space *space, size_t nr_tables)
{
    int error = commit_charge_tables(nr_tables);

    if (!error)
        space->nr_tables += nr_tables;
    return error;
}

void space_settle_tables(struct space *space)
{
    size_t needed = 1 + space->areas.nr_tables;

    ASSERT(needed <= space->nr_tables);
    commit_uncharge_tables(space->nr_tables - needed);
    space->nr_tables = needed;
}

/* Make b, the area after a, part of a. */
static void join(struct space *space, struct area *a, struct area *b)
{
    vaddr_t end = b->end;

    area_remove(&space->areas, b);
    area_set_end(&space->areas, a, end);
    area_free(b);
}

struct area *space_merge(struct space *space, struct area *area)
{
    struct area *prev = area_prev(area), *next;

    /* More than one may follow: what was split for a change that it did not need. */
    while ((next = area_next(area)) && area_can_merge(area, next))
        join(space, area, next);
    if (prev && area_can_merge(prev, area)) {
        join(space, prev, area);
        return prev;
    }
    return area;
}

/* An area as space_map() is asked for it. */
static struct area describe(vaddr_t start, vaddr_t end, unsigned prot, unsigned flags,
                            struct object *object, uint64_t offset)
{
    ASSERT(start < end && start >= USER_START && end <= USER_END);
    return (struct area){
        .start = start,
        .end = end,
        .prot = prot,
        .flags = flags | (space_accounts(prot, flags) ? AREA_ACCOUNTED : 0),
        .object = object,
        .offset = offset,
    };
}

/* The same in memory of its own, with a reference to the object. NULL if out of memory. */
static struct area *area_create(const struct area *wanted)
{
    struct area *area = kmalloc(sizeof(*area));

    if (!area)
        return NULL;
    *area = *wanted;
    if (area->object)
        object_get(area->object);
    return area;
}

/* The pages of area that count as promised. */
static size_t promised_pages(const struct area *area)
{
    return area->flags & AREA_ACCOUNTED ? area_nr_pages(area) : 0;
}

/* If wanted is the continuation of a neighbour, that one takes the range in: no memory is needed. */
static bool extend_neighbour(struct space *space, const struct area *wanted)
{
    struct area *prev = area_find(&space->areas, wanted->start - 1);
    struct area *next = area_find(&space->areas, wanted->start);

    if (prev && area_can_merge(prev, wanted)) {
        area_set_end(&space->areas, prev, wanted->end);
        space_merge(space, prev);
        return true;
    }
    if (next && area_can_merge(wanted, next)) {
        area_set_start(&space->areas, next, wanted->start);
        return true;
    }
    return false;
}

int space_map(struct space *space, vaddr_t start, vaddr_t end, unsigned prot, unsigned flags,
              struct object *object, uint64_t offset)
{
    struct area wanted = describe(start, end, prot, flags, object, offset);

    if (space_charge(space, promised_pages(&wanted)) < 0)
        return -ENOMEM;
    if (space_charge_tables(space, area_nr_tables(&wanted)) < 0)
        goto uncharge;
    if (!extend_neighbour(space, &wanted)) {
        struct area *area = area_create(&wanted);
        if (!area)
            goto uncharge_tables;
        area_insert(&space->areas, area);
    }
    space_settle_tables(space);
    PARANOID(space_check(space));
    return 0;

uncharge_tables:
    space_settle_tables(space);
uncharge:
    space_uncharge(space, promised_pages(&wanted));
    return -ENOMEM;
}

/* Cut [start, end), inside area but not at either end of it, out of area. */
static int punch_hole(struct space *space, struct area *area, vaddr_t start, vaddr_t end)
{
    struct area *upper = kmalloc(sizeof(*upper));

    if (!upper)
        return -ENOMEM;
    if (space_charge_tables(space, AREA_SPLIT_TABLES) < 0) {
        kfree(upper);
        return -ENOMEM;
    }
    if (area->object)
        object_get(area->object);
    area_split(&space->areas, area, end, upper);
    area_set_end(&space->areas, area, start);
    return 0;
}

/* Pages in [start, end) that are promised now. */
static size_t promised_in(const struct space *space, vaddr_t start, vaddr_t end)
{
    size_t nr = 0;

    for (const struct area *area = area_find(&space->areas, start); area && area->start < end;
         area = area_next(area)) {
        if (area->flags & AREA_ACCOUNTED)
            nr += (MIN(area->end, end) - MAX(area->start, start)) >> PAGE_SHIFT;
    }
    return nr;
}

int space_unmap(struct space *space, vaddr_t start, vaddr_t end)
{
    struct area *area = area_find(&space->areas, start);
    size_t nr_promised = promised_in(space, start, end);

    if (!area || area->start >= end)
        return 0;
    if (area->start < start && area->end > end) {
        if (punch_hole(space, area, start, end) < 0)
            return -ENOMEM;
        area = NULL;
    }
    while (area && area->start < end) {
        struct area *next = area_next(area);
        vaddr_t from = MAX(area->start, start), to = MIN(area->end, end);
        if (from > area->start) {
            area_set_end(&space->areas, area, from);
        } else if (to < area->end) {
            area_set_start(&space->areas, area, to);
        } else {
            area_remove(&space->areas, area);
            area_free(area);
        }
        area = next;
    }
    /* The promise ends when the frames are free, not before: others may run meanwhile. */
    pagetable_unmap(&space->pagetable, start, end);
    space_uncharge(space, nr_promised);
    space_settle_tables(space);
    return 0;
}

int space_replace(struct space *space, vaddr_t start, vaddr_t end, unsigned prot, unsigned flags,
                  struct object *object, uint64_t offset)
{
    const struct area *there = area_find(&space->areas, start);
    if (!there || there->start >= end)
        return space_map(space, start, end, prot, flags, object, offset);

    struct area wanted = describe(start, end, prot, flags, object, offset);
    struct area *area = area_create(&wanted);
    if (!area)
        return -ENOMEM;
    size_t nr_pages = promised_pages(area), kept = MIN(nr_pages, promised_in(space, start, end));
    if (space_charge(space, nr_pages - kept) < 0)
        goto free_area;
    if (commit_charge_tables(area_nr_tables(area)) < 0)
        goto uncharge;
    commit_keep(kept);
    if (space_unmap(space, start, end) < 0)
        goto let_go;
    space->nr_promised += kept;
    space->nr_tables += area_nr_tables(area);
    area_insert(&space->areas, area);
    space_merge(space, area);
    space_settle_tables(space);
    PARANOID(space_check(space));
    return 0;

let_go:
    commit_uncharge(kept);
    commit_uncharge_tables(area_nr_tables(area));
uncharge:
    space_uncharge(space, nr_pages - kept);
free_area:
    area_free(area);
    return -ENOMEM;
}

void space_check(const struct space *space)
{
    size_t nr_promised = 0;
    const struct area *prev = NULL;

    area_check(&space->areas);
    for (const struct area *area = area_first(&space->areas); area; area = area_next(area)) {
        ASSERT(!prev || !area_can_merge(prev, area));
        nr_promised += promised_pages(area);
        prev = area;
    }
    ASSERT(nr_promised == space->nr_promised && space->nr_tables == 1 + space->areas.nr_tables);
    pagetable_check(&space->pagetable);
}
