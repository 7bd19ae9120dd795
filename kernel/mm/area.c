/*
 * mm/area.c - the areas of one address space
 *
 * A balanced tree keyed by start address. Every node knows a bound of all gaps in its subtree, so that
 * finding room for a mapping, top-down, costs O(log n) whatever the layout. A bound is raised at once
 * and lowered by the next search that it misleads: what is unmapped and mapped again in the same place
 * changes none.
 *
 * Invariant: areas are page aligned, disjoint and not empty; max_gap is no less than the gap below the
 * area and than those of the children; no two neighbours could be one area. area_check() proves it, but
 * for the last clause: while a call is at work there may be such neighbours, and its own file joins them
 * (space_merge()).
 */
#include "mm/area.h"

#include "lib/assert.h"

#define ABOVE_ALL UINT64_MAX /* where areas->top is: no page starts there */

static struct area *area_of(const struct tree_node *node)
{
    return container_of(node, struct area, node);
}

NOINLINE vaddr_t area_guard_start(const struct area *area)
{
    return area->start - MIN(STACK_GUARD_GAP, area->start);
}

/* What is free between area and the one before. */
static inline size_t gap_below(const struct area *area)
{
    vaddr_t start = area_prev(area)->end;

    if (likely(!(area->flags & AREA_GROWSDOWN)))
        return area->start - start;
    vaddr_t end = area_guard_start(area);
    return end > start ? end - start : 0;
}

static inline size_t max_gap(const struct tree_node *node)
{
    return node ? area_of(node)->max_gap : 0;
}

static void update_max_gap(struct tree_node *node)
{
    size_t in_children = MAX(max_gap(node->left), max_gap(node->right));

    area_of(node)->max_gap = MAX(gap_below(area_of(node)), in_children);
}

/* The subtree of node, which may be NULL, has a gap of this size. */
static inline void raise_max_gap(struct tree_node *node, size_t gap)
{
    for (; node && area_of(node)->max_gap < gap; node = node->parent)
        area_of(node)->max_gap = gap;
}

/*
 * What the tree knows of the sum over its areas: nr_pages of area come, and nr_tables where its are
 * counted. What goes is given as 0 - nr.
 */
static inline void count(struct area_tree *areas, const struct area *area, size_t nr_pages,
                         size_t nr_tables)
{
    unsigned flags = area->flags;

    areas->nr_pages += nr_pages;
    if (area_is_data(area->prot, flags))
        areas->nr_data += nr_pages;
    if (flags & AREA_LOCKED)
        areas->nr_locked += nr_pages;
    if (flags & AREA_ACCOUNTED) {
        areas->nr_accounted += nr_pages;
        areas->nr_tables += nr_tables;
    }
}

static inline void count_in(struct area_tree *areas, const struct area *area)
{
    count(areas, area, area_nr_pages(area), range_nr_tables(area->start, area->end));
}

static inline void count_out(struct area_tree *areas, const struct area *area)
{
    count(areas, area, 0 - area_nr_pages(area), 0 - range_nr_tables(area->start, area->end));
}

/* One area, not two that meet at `at`: the tables that both would count. */
static inline size_t shared_tables(vaddr_t at)
{
    return AREA_SPLIT_TABLES - tables_between(at - 1, at);
}

void area_tree_init(struct area_tree *areas)
{
    *areas = (struct area_tree){.tree = {.update = update_max_gap}};
    areas->top.start = areas->top.end = areas->top.max_gap = ABOVE_ALL;
    areas->last = &areas->top;
    tree_insert(&areas->tree, &areas->top.node, NULL, &areas->tree.root);
    /* bottom is in order before all others, and no search needs it. */
    areas->bottom.node.next = &areas->top.node;
    areas->top.node.prev = &areas->bottom.node;
}

struct area *area_search(struct area_tree *areas, vaddr_t addr)
{
    struct area *found = &areas->top;

    for (struct tree_node *node = areas->tree.root; node;) {
        struct area *area = area_of(node);
        if (area->end > addr) {
            found = area;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return areas->last = found;
}

/* Add an area, which the caller counts, before `above`. */
static inline void insert(struct area_tree *areas, struct area *area, struct area *above)
{
    struct area *below = area_prev(above);
    struct tree_node *parent = &above->node, **link = &parent->left;

    ASSERT(below->end <= area->start && area->start < area->end && area->end <= above->start);
    /* One of them has no child on this side: the other one is above it. */
    if (*link) {
        parent = &below->node;
        link = &parent->right;
    }
    area->node.prev = &below->node;
    area->max_gap = gap_below(area);
    raise_max_gap(parent, area->max_gap);
    tree_insert(&areas->tree, &area->node, parent, link);
    areas->nr_areas++;
    areas->last = area;
}

void area_insert(struct area_tree *areas, struct area *area, struct area *above)
{
    insert(areas, area, above);
    count_in(areas, area);
}

void area_remove(struct area_tree *areas, struct area *area)
{
    struct area *above = area_next(area);

    count_out(areas, area);
    tree_remove(&areas->tree, &area->node);
    areas->nr_areas--;
    areas->last = above;
    raise_max_gap(&above->node, gap_below(above));
}

void area_set_start(struct area_tree *areas, struct area *area, vaddr_t start)
{
    ASSERT(start < area->end && area_prev(area)->end <= start);
    count(areas, area, (area->start >> PAGE_SHIFT) - (start >> PAGE_SHIFT),
          tables_between(start, area->start));
    area->offset += start - area->start;
    area->start = start;
    raise_max_gap(&area->node, gap_below(area));
}

void area_set_end(struct area_tree *areas, struct area *area, vaddr_t end)
{
    struct area *above = area_next(area);
    bool shrinks = end < area->end;

    ASSERT(area->start < end && end <= above->start);
    count(areas, area, (end >> PAGE_SHIFT) - (area->end >> PAGE_SHIFT),
          tables_between(area->end - 1, end - 1));
    area->end = end;
    if (shrinks)
        raise_max_gap(&above->node, gap_below(above));
}

void area_set_rights(struct area_tree *areas, struct area *area, unsigned prot, unsigned flags)
{
    bool was_data = area_is_data(area->prot, area->flags), is_data = area_is_data(prot, flags);
    bool recounts = (area->flags ^ flags) & (AREA_ACCOUNTED | AREA_LOCKED);

    areas->last = area;
    if (unlikely(recounts))
        count_out(areas, area);
    else if (was_data != is_data)
        areas->nr_data += is_data ? area_nr_pages(area) : 0 - area_nr_pages(area);
    area->prot = prot;
    area->flags = flags;
    if (unlikely(recounts))
        count_in(areas, area);
}

void area_split(struct area_tree *areas, struct area *area, vaddr_t at, struct area *upper)
{
    ASSERT(area->start < at && at < area->end);
    upper->start = at;
    upper->end = area->end;
    upper->offset = area->offset + (at - area->start);
    area->end = at;
    count(areas, area, 0, shared_tables(at));
    insert(areas, upper, area_next(area));
}

void area_split_below(struct area_tree *areas, struct area *area, vaddr_t at, struct area *lower)
{
    ASSERT(area->start < at && at < area->end);
    lower->start = area->start;
    lower->end = at;
    lower->offset = area->offset;
    area->offset += at - area->start;
    area->start = at;
    count(areas, area, 0, shared_tables(at));
    insert(areas, lower, area);
}

void area_join(struct area_tree *areas, struct area *a, struct area *b)
{
    ASSERT(area_next(a) == b && a->end == b->start);
    count(areas, a, 0, 0 - shared_tables(b->start));
    tree_remove(&areas->tree, &b->node); /* all gaps stay */
    areas->nr_areas--;
    areas->last = a;
    a->end = b->end;
}

/*
 * The next lower area with a gap of at least len, NULL if there is none. A bound that promised more
 * than there is does so no longer: each insertion can mislead one search per level.
 */
NOINLINE static struct area *lower_gap(struct area *area, size_t len)
{
    struct tree_node *node = &area->node, *child;

    do {
        if (max_gap(node->left) >= len) {
            node = node->left;
            while (max_gap(node->right) >= len)
                node = node->right;
        } else {
            do {
                child = node;
                update_max_gap(child);
                node = child->parent;
            } while (node && node->left == child);
        }
    } while (node && gap_below(area_of(node)) < len);
    return node ? area_of(node) : NULL;
}

/* The highest place for len bytes in the gap below area, cut to [low, high); 0 if that is too small. */
static inline vaddr_t fit(const struct area *area, size_t len, vaddr_t low, vaddr_t high)
{
    vaddr_t start = MAX(area_prev(area)->end, low), gap_end = area_gap_end(area);
    vaddr_t end = MIN(gap_end, high);

    return start < end && end - start >= len ? end - len : 0;
}

/* The place below the first gap that is large enough, of lower's or to the left of it. */
NOINLINE static vaddr_t find_lower_gap(struct area_tree *areas, struct area *lower, size_t len,
                                       vaddr_t low, vaddr_t high)
{
    if (gap_below(lower) < len)
        lower = lower_gap(lower, len);
    if (!lower)
        return 0;
    areas->last = lower;
    return fit(lower, len, low, high);
}

vaddr_t area_find_gap(struct area_tree *areas, size_t len, vaddr_t low, vaddr_t high)
{
    struct area *above = &areas->top; /* as area_find(high - 1) */
    struct area *lower = NULL; /* it, or its left subtree, has the highest gap below `above`'s */

    if (high <= low || high - low < len)
        return 0;
    for (struct tree_node *node = areas->tree.root; node;) {
        struct area *area = area_of(node);
        if (area->end >= high) {
            above = area;
            node = node->left;
        } else {
            if (max_gap(node->left) >= len || gap_below(area) >= len)
                lower = area;
            node = node->right;
        }
    }
    /* Only the highest gap can be cut by high, and only the last one tried by low. */
    areas->last = above;
    vaddr_t place = fit(above, len, low, high);
    if (likely(place))
        return place;
    return lower ? find_lower_gap(areas, lower, len, low, high) : 0;
}

void area_check(const struct area_tree *areas)
{
    struct area_tree sum = {0};

    ASSERT(areas->bottom.end == 0 && areas->top.start == ABOVE_ALL && areas->top.end == ABOVE_ALL &&
           area_next(&areas->top) == NULL);
    for (const struct area *area = area_next(&areas->bottom); area; area = area_next(area)) {
        size_t in_children = MAX(max_gap(area->node.left), max_gap(area->node.right));
        ASSERT(area_prev(area)->end <= area->start &&
               area->max_gap >= MAX(gap_below(area), in_children));
        if (area == &areas->top)
            continue;
        ASSERT(area->start % PAGE_SIZE == 0 && area->end % PAGE_SIZE == 0 &&
               area->start < area->end);
        count_in(&sum, area);
        sum.nr_areas++;
    }
    ASSERT(sum.nr_areas == areas->nr_areas && sum.nr_pages == areas->nr_pages);
    ASSERT(sum.nr_data == areas->nr_data && sum.nr_locked == areas->nr_locked);
    ASSERT(sum.nr_accounted == areas->nr_accounted && sum.nr_tables == areas->nr_tables);
}
