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
    if (commit_charge_with_tables(0, 1) < 0)
        goto free_space;
    if (pagetable_create(&space->pagetable) < 0)
        goto uncharge;
    space->refs = 1;
    space->nr_tables = 1;
    space->limits = (struct memory_limits){SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
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

/*
 * Memory for areas is kept by the space that had it last: most areas come soon after another went, and
 * a change that may need some has it before it starts.
 */
static void add_spare(struct space *space, struct area *area)
{
    area->node.next = space->spares ? &space->spares->node : NULL;
    space->spares = area;
    space->nr_spares++;
}

static struct area *take_spare(struct space *space)
{
    struct area *area = space->spares;

    space->spares = area_next(area);
    space->nr_spares--;
    return area;
}

int space_reserve_areas(struct space *space, size_t nr)
{
    while (space->nr_spares < nr) {
        struct area *area = kmalloc(sizeof(*area));
        if (!area)
            return -ENOMEM;
        add_spare(space, area);
    }
    return 0;
}

/* An area gets its object, to be found there, and lets go of it. */
static void attach(struct space *space, struct area *area)
{
    area->space = space;
    if (!area->object)
        return;
    object_get(area->object);
    mutex_lock(&area->object->lock);
    list_append(&area->object->areas, &area->in_object);
    mutex_unlock(&area->object->lock);
}

static void detach(struct area *area)
{
    if (!area->object)
        return;
    mutex_lock(&area->object->lock);
    list_remove(&area->in_object);
    mutex_unlock(&area->object->lock);
    object_put(area->object);
}

static void area_free(struct space *space, struct area *area)
{
    detach(area);
    if (space->nr_spares < SPACE_SPARES)
        add_spare(space, area);
    else
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
        area_free(space, area);
    }
    while (space->spares)
        kfree(take_spare(space));
    commit_uncharge(space->nr_promised);
    commit_uncharge_tables(space->nr_tables);
    pagetable_destroy(&space->pagetable);
    kfree(space);
}

bool space_accounts(unsigned prot, unsigned flags)
{
    return !(flags & (AREA_SHARED | AREA_NORESERVE)) && prot & PROT_WRITE;
}

int space_charge(struct space *space, size_t nr_pages, size_t nr_tables)
{
    if (commit_charge_with_tables(nr_pages, nr_tables) < 0)
        return -ENOMEM;
    space->nr_promised += nr_pages;
    space->nr_tables += nr_tables;
    return 0;
}

void space_uncharge(struct space *space, size_t nr_pages)
{
    ASSERT(nr_pages <= space->nr_promised);
    commit_uncharge(nr_pages);
    space->nr_promised -= nr_pages;
}

void space_settle_tables(struct space *space)
{
    size_t needed = 1 + space->areas.nr_tables;

    ASSERT(needed <= space->nr_tables);
    if (needed == space->nr_tables)
        return;
    commit_uncharge_tables(space->nr_tables - needed);
    space->nr_tables = needed;
}

struct area *space_split(struct space *space, struct area *area, vaddr_t at)
{
    struct area *upper = take_spare(space);

    area_split(&space->areas, area, at, upper);
    attach(space, upper);
    return upper;
}

static void join(struct space *space, struct area *a, struct area *b)
{
    area_join(&space->areas, a, b);
    area_free(space, b);
}

struct area *space_merge(struct space *space, struct area *area)
{
    struct area *prev = area_prev(area), *next = area_next(area);

    if (next && area_can_merge(area, next))
        join(space, area, next);
    if (prev && area_can_merge(prev, area)) {
        join(space, prev, area);
        return prev;
    }
    return area;
}

/* The pages of area that count as promised. */
static size_t promised_pages(const struct area *area)
{
    return area->flags & AREA_ACCOUNTED ? area_nr_pages(area) : 0;
}

/* An area as space_map() is asked for it, that is in no space. */
static void describe(struct area *area, vaddr_t start, vaddr_t end, unsigned prot, unsigned flags,
                     struct object *object, uint64_t offset)
{
    ASSERT(start < end && start >= USER_START && end <= USER_END);
    area->start = start;
    area->end = end;
    area->prot = prot;
    area->flags = flags | (space_accounts(prot, flags) ? AREA_ACCOUNTED : 0);
    area->object = object;
    area->offset = offset;
}

/* Add what describe() described, whose place is free, in memory reserved before. */
static struct area *add(struct space *space, const struct area *wanted)
{
    struct area *area = take_spare(space);

    *area = *wanted;
    area_insert(&space->areas, area);
    attach(space, area);
    return area;
}

int space_grow(struct space *space, struct area *area, vaddr_t start, vaddr_t end)
{
    size_t nr_pages = (end - start - (area->end - area->start)) >> PAGE_SHIFT;
    size_t nr_tables = area_nr_tables_between(area, start, area->start) +
                       area_nr_tables_between(area, area->end - 1, end - 1);

    if (!(area->flags & AREA_ACCOUNTED))
        nr_pages = 0;
    if (space_charge(space, nr_pages, nr_tables) < 0)
        return -ENOMEM;
    if (start < area->start)
        area_set_start(&space->areas, area, start);
    if (end > area->end)
        area_set_end(&space->areas, area, end);
    space_merge(space, area);
    space_settle_tables(space);
    PARANOID(space_check(space));
    return 0;
}

int space_map(struct space *space, vaddr_t start, vaddr_t end, unsigned prot, unsigned flags,
              struct object *object, uint64_t offset)
{
    struct area wanted, *next = area_find(&space->areas, start);
    struct area *prev = next ? area_prev(next) : area_last(&space->areas);

    /* If it is the continuation of a neighbour, that one takes it in, and no memory is needed. */
    describe(&wanted, start, end, prot, flags, object, offset);
    if (prev && area_can_merge(prev, &wanted))
        return space_grow(space, prev, prev->start, end);
    if (next && area_can_merge(&wanted, next))
        return space_grow(space, next, start, next->end);
    if (space_reserve_areas(space, 1) < 0 ||
        space_charge(space, promised_pages(&wanted), area_nr_tables(&wanted)) < 0)
        return -ENOMEM;
    add(space, &wanted);
    PARANOID(space_check(space));
    return 0;
}

size_t space_count(struct space *space, vaddr_t start, vaddr_t end, unsigned flags, bool data)
{
    size_t nr = 0;

    for (const struct area *area = area_find(&space->areas, start); area && area->start < end;
         area = area_next(area)) {
        if ((area->flags & flags) == flags && (!data || area_is_data(area->prot, area->flags)))
            nr += (MIN(area->end, end) - MAX(area->start, start)) >> PAGE_SHIFT;
    }
    return nr;
}

void space_remove(struct space *space, vaddr_t start, vaddr_t end)
{
    struct area *area = area_find(&space->areas, start);
    size_t nr_promised = 0;

    if (area && area->start < start && area->end > end)
        space_split(space, area, end);
    if (!area || area->start >= end)
        return; /* no page is there either */
    for (struct area *next; area && area->start < end; area = next) {
        vaddr_t from = MAX(area->start, start), to = MIN(area->end, end);
        next = area_next(area);
        if (area->flags & AREA_ACCOUNTED)
            nr_promised += (to - from) >> PAGE_SHIFT;
        if (from > area->start) {
            area_set_end(&space->areas, area, from);
        } else if (to < area->end) {
            area_set_start(&space->areas, area, to);
        } else {
            area_remove(&space->areas, area);
            area_free(space, area);
        }
    }
    /* The promise ends when the frames are free, not before: others may run meanwhile. */
    pagetable_unmap(&space->pagetable, start, end);
    space_uncharge(space, nr_promised);
}

int space_prepare_removal(struct space *space, vaddr_t start, vaddr_t end, size_t nr_areas)
{
    const struct area *area = area_find(&space->areas, start);
    bool cuts = area && area->start < start && area->end > end;

    if (cuts && space->areas.nr_areas >= space_max_areas)
        return -ENOMEM;
    if (space_reserve_areas(space, nr_areas + cuts) < 0)
        return -ENOMEM;
    return space_charge(space, 0, cuts ? AREA_SPLIT_TABLES : 0);
}

int space_unmap(struct space *space, vaddr_t start, vaddr_t end)
{
    if (space_prepare_removal(space, start, end, 0) < 0)
        return -ENOMEM;
    space_remove(space, start, end);
    space_settle_tables(space);
    return 0;
}

int space_put_in_place(struct space *space, const struct area *wanted, size_t nr_moved)
{
    vaddr_t start = wanted->start, end = wanted->end;
    size_t nr_pages = promised_pages(wanted);
    size_t kept = MIN(nr_pages, space_count(space, start, end, AREA_ACCOUNTED, false) + nr_moved);

    if (space_prepare_removal(space, start, end, 1) < 0 ||
        space_charge(space, nr_pages - kept, area_nr_tables(wanted)) < 0)
        return -ENOMEM;
    commit_keep(kept);
    space->nr_promised += kept;
    space_remove(space, start, end);
    space_merge(space, add(space, wanted));
    return 0;
}

int space_replace(struct space *space, vaddr_t start, vaddr_t end, unsigned prot, unsigned flags,
                  struct object *object, uint64_t offset)
{
    struct area wanted;
    const struct area *there = area_find(&space->areas, start);

    if (!there || there->start >= end)
        return space_map(space, start, end, prot, flags, object, offset);
    describe(&wanted, start, end, prot, flags, object, offset);
    int error = space_put_in_place(space, &wanted, 0);
    space_settle_tables(space);
    PARANOID(space_check(space));
    return error;
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
