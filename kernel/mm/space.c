/*
 * mm/space.c - an address space: create, add and remove areas, destroy
 *
 * Areas say what may be there, page tables what is. Adding an area touches no page table; removing
 * one takes its pages away too. Everything that can fail comes before the first change.
 *
 * Invariant (lock free): areas as in area.c, neighbours joined; what is promised is what the areas
 * need; every page present lies in an area. space_check() proves the first two.
 */
#include "mm/space.h"

#include "mm/kheap.h"

#define NR_RUNS 8 /* of areas that lie close together: more are taken as one */

unsigned space_max_areas = 65530;

static struct list spaces = LIST_INIT(spaces);

struct space *space_create(void)
{
    struct space *space = kzalloc(sizeof(*space));

    if (!space)
        return NULL;
    area_tree_init(&space->areas);
    if (space_settle(space) < 0)
        goto free_space;
    if (pagetable_create(&space->pagetable) < 0)
        goto uncharge;
    space->refs = 1;
    space->limits = (struct memory_limits){SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    mutex_init(&space->lock, RANK_SPACE);
    list_append(&spaces, &space->all);
    return space;

uncharge:
    commit_settle(&space->promise, 0, 0);
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
NOINLINE static void attach(struct area *area)
{
    object_get(area->object);
    mutex_lock(&area->object->lock);
    list_append(&area->object->areas, &area->in_object);
    mutex_unlock(&area->object->lock);
}

NOINLINE static void detach(struct area *area)
{
    mutex_lock(&area->object->lock);
    list_remove(&area->in_object);
    mutex_unlock(&area->object->lock);
    object_put(area->object);
}

static inline void area_free(struct space *space, struct area *area)
{
    if (area->object)
        detach(area);
    if (likely(space->nr_spares < SPACE_SPARES))
        add_spare(space, area);
    else
        kfree(area);
}

/* A spare in the likeness of area: what is cut from it. */
static struct area *like(struct space *space, const struct area *area)
{
    struct area *part = take_spare(space);

    part->prot = area->prot;
    part->flags = area->flags;
    part->object = area->object;
    part->space = space;
    if (part->object)
        attach(part);
    return part;
}

void space_split(struct space *space, struct area *area, vaddr_t at)
{
    area_split(&space->areas, area, at, like(space, area));
}

void space_split_below(struct space *space, struct area *area, vaddr_t at)
{
    area_split_below(&space->areas, area, at, like(space, area));
}

struct area *space_merge(struct space *space, struct area *area)
{
    struct area *prev = area_prev(area), *next = area_next(area);

    if (area_can_merge(area, next)) {
        area_join(&space->areas, area, next);
        area_free(space, next);
    }
    if (area_can_merge(prev, area)) {
        area_join(&space->areas, prev, area);
        area_free(space, area);
        return prev;
    }
    return area;
}

int space_grow(struct space *space, struct area *area, vaddr_t start, vaddr_t end)
{
    vaddr_t old_start = area->start, old_end = area->end;

    if (start < old_start)
        area_set_start(&space->areas, area, start);
    if (end > old_end)
        area_set_end(&space->areas, area, end);
    if (space_settle(space) < 0) {
        area_set_start(&space->areas, area, old_start);
        area_set_end(&space->areas, area, old_end);
        return -ENOMEM;
    }
    if ((end > old_end && area_next(area)->start == end) ||
        (start < old_start && area_prev(area)->end == start)) {
        space_merge(space, area);
        space_settle(space); /* one area counts fewer tables than two */
    }
    PARANOID(space_check(space));
    return 0;
}

int space_add_spare(struct space *space)
{
    struct area *area = space->spares, *next = area_find(&space->areas, area->start);
    struct area *prev = area_prev(next);

    ASSERT(area->start >= USER_START && area->end <= USER_END);
    /* If it is the continuation of a neighbour, that one takes it in. */
    if (area_can_merge(prev, area))
        return space_grow(space, prev, prev->start, area->end);
    if (area_can_merge(area, next))
        return space_grow(space, next, area->start, next->end);
    take_spare(space);
    area_insert(&space->areas, area, next);
    if (space_settle(space) < 0) {
        area_remove(&space->areas, area);
        add_spare(space, area);
        return -ENOMEM;
    }
    area->space = space;
    if (area->object)
        attach(area);
    PARANOID(space_check(space));
    return 0;
}

size_t space_count(struct space *space, vaddr_t start, vaddr_t end, unsigned flags, bool data)
{
    size_t nr = 0;

    area_for_each_in (area, &space->areas, start, end) {
        if ((area->flags & flags) == flags && (!data || area_is_data(area->prot, area->flags)))
            nr += (MIN(area->end, end) - MAX(area->start, start)) >> PAGE_SHIFT;
    }
    return nr;
}

/* area is the first that ends above start. */
ALWAYS_INLINE static void remove_areas(struct space *space, struct area *area, vaddr_t start,
                                       vaddr_t end)
{
    space->peak_pages = space_peak(space);
    if (unlikely(area_is_cut(area, start, end)))
        space_split(space, area, end);
    for (struct area *next; area->start < end; area = next) {
        next = area_next(area);
        if (area->start < start) {
            area_set_end(&space->areas, area, start);
        } else if (area->end > end) {
            area_set_start(&space->areas, area, end);
        } else {
            area_remove(&space->areas, area);
            area_free(space, area);
        }
    }
}

void space_remove_areas(struct space *space, vaddr_t start, vaddr_t end)
{
    remove_areas(space, area_find(&space->areas, start), start, end);
}

/* What space_unmap() does once nothing can fail. */
static void remove_all(struct space *space, vaddr_t start, vaddr_t end)
{
    if (area_find(&space->areas, start)->start >= end) /* a page is there only where an area is */
        return;
    space_remove_areas(space, start, end);
    pagetable_unmap(&space->pagetable, start, end);
}

/*
 * Remove everything. Where areas lie far apart there is nothing between them to look for; past so many such
 * places it is looked for all the same.
 */
static void empty(struct space *space)
{
    struct {
        vaddr_t start, end;
    } runs[NR_RUNS];
    size_t nr = 0;

    area_for_each (area, &space->areas) {
        if (nr == NR_RUNS || (nr && area->start - runs[nr - 1].end < PT_SPAN(1)))
            runs[nr - 1].end = area->end;
        else
            runs[nr++] = (typeof(runs[0])){area->start, area->end};
    }
    space_remove_areas(space, 0, USER_END);
    for (size_t i = 0; i < nr; i++)
        pagetable_unmap(&space->pagetable, runs[i].start, runs[i].end);
}

void space_put(struct space *space)
{
    ASSERT(space->refs > 0);
    if (--space->refs)
        return;
    list_remove(&space->all); /* first: others may run while its pages go, and must not find it */
    empty(space);
    while (space->spares)
        kfree(take_spare(space));
    commit_settle(&space->promise, 0, 0);
    pagetable_destroy(&space->pagetable);
    kfree(space);
}

/* Get what a cut of an area in two needs. */
static int prepare_cut(struct space *space)
{
    if (space->areas.nr_areas >= space_max_areas || space_reserve_areas(space, 1) < 0)
        return -ENOMEM;
    return space_charge(space, 0, AREA_SPLIT_TABLES);
}

int space_unmap(struct space *space, vaddr_t start, vaddr_t end)
{
    struct area *area = area_find(&space->areas, start);

    if (area->start >= end)
        return 0;
    if (unlikely(area_is_cut(area, start, end)) && prepare_cut(space) < 0)
        return -ENOMEM;
    remove_areas(space, area, start, end);
    pagetable_unmap(&space->pagetable, start, end);
    space_settle(space); /* last: a promise ends when its frames are free */
    return 0;
}

int space_prepare_place(struct space *space, const struct area *wanted, size_t nr_areas,
                        size_t nr_moved)
{
    size_t nr_pages = 0, nr_tables = nr_areas * AREA_SPLIT_TABLES;

    if (wanted->flags & AREA_ACCOUNTED) {
        nr_moved += space_count(space, wanted->start, wanted->end, AREA_ACCOUNTED, false);
        nr_pages = area_nr_pages(wanted) - MIN(area_nr_pages(wanted), nr_moved);
        nr_tables += range_nr_tables(wanted->start, wanted->end);
    }
    if (area_is_cut(area_find(&space->areas, wanted->start), wanted->start, wanted->end)) {
        if (space->areas.nr_areas >= space_max_areas)
            return -ENOMEM;
        nr_areas++;
        nr_tables += AREA_SPLIT_TABLES;
    }
    if (space_reserve_areas(space, 1 + nr_areas) < 0)
        return -ENOMEM;
    return space_charge(space, nr_pages, nr_tables);
}

void space_place(struct space *space, const struct area *wanted)
{
    remove_all(space, wanted->start, wanted->end);
    struct area *area = take_spare(space);
    *area = *wanted;
    area_insert(&space->areas, area, area_find(&space->areas, area->start));
    area->space = space;
    if (area->object)
        attach(area);
    space_merge(space, area);
}

int space_replace(struct space *space, vaddr_t start, vaddr_t end, unsigned prot, unsigned flags,
                  struct object *object, uint64_t offset)
{
    struct area wanted;

    if (area_find(&space->areas, start)->start >= end)
        return space_map(space, start, end, prot, flags, object, offset);
    space_describe(&wanted, start, end, prot, flags, object, offset);
    if (space_prepare_place(space, &wanted, 0, 0) < 0)
        return -ENOMEM;
    space_place(space, &wanted);
    space_settle(space);
    PARANOID(space_check(space));
    return 0;
}

void space_check(const struct space *space)
{
    area_check(&space->areas);
    area_for_each (area, &space->areas)
        ASSERT(!area_can_merge(area_prev(area), area));
    ASSERT(space->promise.nr_pages == space->areas.nr_accounted);
    ASSERT(space->promise.nr_tables == 1 + space->areas.nr_tables);
    pagetable_check(&space->pagetable);
}

struct object *space_shared_object(struct space *space, vaddr_t va, uint64_t *offset)
{
    struct object *object = NULL;

    mutex_lock(&space->lock);
    const struct area *area = area_find(&space->areas, va);
    if (area->start <= va && area->flags & AREA_SHARED && area->object) {
        object = area->object;
        object_get(object);
        *offset = area->offset + (va - area->start);
    }
    mutex_unlock(&space->lock);
    return object;
}
