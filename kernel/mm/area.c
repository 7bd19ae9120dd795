/*
 * mm/area.c - the areas of one address space
 *
 * A balanced tree keyed by start address. Every node knows the gap below it and the largest gap in
 * its subtree, so that finding room for a mapping, top-down, costs O(log n) whatever the layout.
 *
 * Invariant: areas are page aligned, disjoint and not empty; gap and max_gap are exact; no two
 * neighbours could be one area. area_check() proves it, but for the last clause: while a call is at
 * work there may be such neighbours, and its own file joins them (space_merge()).
 */
#include "mm/area.h"

#include "arch/pte.h"
#include "lib/assert.h"

static struct area *area_of(const struct tree_node *node)
{
    return node ? container_of(node, struct area, node) : NULL;
}

static size_t max_gap(const struct tree_node *node)
{
    return node ? area_of(node)->max_gap : 0;
}

static void update_max_gap(struct tree_node *node)
{
    struct area *area = area_of(node);

    area->max_gap = MAX(area->gap, MAX(max_gap(node->left), max_gap(node->right)));
}

/* The gap between `below`, the end of the area before, and area. */
static size_t gap_above(vaddr_t below, const struct area *area)
{
    return area_gap_end(area) > below ? area_gap_end(area) - below : 0;
}

/* The space below area or, as area, the one above it changed. */
static void refresh_gap(struct area_tree *areas, struct area *area)
{
    if (!area)
        return;
    const struct area *below = area_prev(area);
    area->gap = gap_above(below ? below->end : 0, area);
    tree_update(&areas->tree, &area->node);
}

size_t area_nr_tables(const struct area *area)
{
    size_t nr = 0;

    if (!(area->flags & AREA_ACCOUNTED))
        return 0;
    /* A table of level n covers what an entry of level n + 1 does. */
    for (int level = 1; level < PT_LEVELS; level++)
        nr += ((area->end - 1) >> PT_SHIFT(level)) - (area->start >> PT_SHIFT(level)) + 1;
    return nr;
}

/* What the tree knows of the sum over its areas; taken out before an area changes, put in after. */
static void count(struct area_tree *areas, const struct area *area)
{
    areas->nr_tables += area_nr_tables(area);
    areas->nr_locked += area->flags & AREA_LOCKED ? (area->end - area->start) >> PAGE_SHIFT : 0;
}

static void discount(struct area_tree *areas, const struct area *area)
{
    areas->nr_tables -= area_nr_tables(area);
    areas->nr_locked -= area->flags & AREA_LOCKED ? (area->end - area->start) >> PAGE_SHIFT : 0;
}

void area_tree_init(struct area_tree *areas)
{
    *areas = (struct area_tree){.tree = {.update = update_max_gap}};
}

struct area *area_find(const struct area_tree *areas, vaddr_t addr)
{
    struct tree_node *node = areas->tree.root;
    struct area *found = NULL;

    while (node) {
        struct area *area = area_of(node);
        if (area->end > addr) {
            found = area;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return found;
}

struct area *area_next(const struct area *area)
{
    return area_of(tree_next(&area->node));
}

struct area *area_prev(const struct area *area)
{
    return area_of(tree_prev(&area->node));
}

struct area *area_first(const struct area_tree *areas)
{
    return area_of(tree_first(&areas->tree));
}

void area_insert(struct area_tree *areas, struct area *area)
{
    struct tree_node **link = &areas->tree.root, *parent = NULL;
    vaddr_t below = 0, above = UINT64_MAX; /* end of the area before, start of the one after */

    while (*link) {
        parent = *link;
        const struct area *here = area_of(parent);
        if (area->start < here->start) {
            above = here->start;
            link = &parent->left;
        } else {
            below = here->end;
            link = &parent->right;
        }
    }
    ASSERT(below <= area->start && area->start < area->end && area->end <= above);
    area->gap = gap_above(below, area);
    tree_insert(&areas->tree, &area->node, parent, link);
    areas->nr_areas++;
    count(areas, area);
    refresh_gap(areas, area_next(area));
}

void area_remove(struct area_tree *areas, struct area *area)
{
    struct area *above = area_next(area);

    tree_remove(&areas->tree, &area->node);
    areas->nr_areas--;
    discount(areas, area);
    refresh_gap(areas, above);
}

void area_set_start(struct area_tree *areas, struct area *area, vaddr_t start)
{
    const struct area *below = area_prev(area);

    ASSERT(start < area->end && (!below || below->end <= start));
    discount(areas, area);
    area->offset += start - area->start;
    area->start = start;
    count(areas, area);
    refresh_gap(areas, area);
}

void area_set_end(struct area_tree *areas, struct area *area, vaddr_t end)
{
    struct area *above = area_next(area);

    ASSERT(area->start < end && (!above || end <= above->start));
    discount(areas, area);
    area->end = end;
    count(areas, area);
    refresh_gap(areas, above);
}

void area_set_rights(struct area_tree *areas, struct area *area, unsigned prot, unsigned flags)
{
    discount(areas, area);
    area->prot = prot;
    area->flags = flags;
    count(areas, area);
}

void area_split(struct area_tree *areas, struct area *area, vaddr_t at, struct area *upper)
{
    ASSERT(area->start < at && at < area->end);
    *upper = *area;
    upper->start = at;
    upper->offset += at - area->start;
    discount(areas, area);
    area->end = at;
    count(areas, area);
    area_insert(areas, upper);
}

bool area_can_merge(const struct area *a, const struct area *b)
{
    return a->end == b->start && a->prot == b->prot && a->flags == b->flags &&
           a->object == b->object && (!a->object || a->offset + (a->end - a->start) == b->offset);
}

/* The highest area in the subtree with a gap of at least len; there is one. */
static struct area *highest_in_subtree(struct tree_node *node, size_t len)
{
    for (;;) {
        if (max_gap(node->right) >= len)
            node = node->right;
        else if (area_of(node)->gap >= len)
            return area_of(node);
        else
            node = node->left;
    }
}

/* The highest area below `area` with a gap of at least len, NULL if none. */
static struct area *highest_below(struct area *area, size_t len)
{
    struct tree_node *node = &area->node;

    for (;;) {
        if (max_gap(node->left) >= len)
            return highest_in_subtree(node->left, len);
        while (node->parent && node->parent->left == node)
            node = node->parent;
        node = node->parent;
        if (!node)
            return NULL;
        if (area_of(node)->gap >= len)
            return area_of(node);
    }
}

/* The highest place for len bytes in [start, end); 0 if that is too small. */
static vaddr_t fit(vaddr_t start, vaddr_t end, size_t len)
{
    return start < end && end - start >= len ? end - len : 0;
}

/* The same in the gap below area, cut to [low, high). */
static vaddr_t fit_below(const struct area *area, size_t len, vaddr_t low, vaddr_t high)
{
    vaddr_t end = area_gap_end(area);

    return fit(MAX(end - area->gap, low), MIN(end, high), len);
}

vaddr_t area_find_gap(const struct area_tree *areas, size_t len, vaddr_t low, vaddr_t high)
{
    if (high <= low || high - low < len)
        return 0;
    /* Only the highest gap can be cut by high, and only the last one tried by low. */
    struct area *above = area_find(areas, high - 1), *found;
    vaddr_t place;
    if (above) {
        place = fit_below(above, len, low, high);
        found = highest_below(above, len);
    } else {
        const struct area *last = area_of(tree_last(&areas->tree));
        bool any = max_gap(areas->tree.root) >= len;
        place = fit(MAX(last ? last->end : 0, low), high, len);
        found = any ? highest_in_subtree(areas->tree.root, len) : NULL;
    }
    if (place || !found)
        return place;
    return fit_below(found, len, low, high);
}

void area_check(const struct area_tree *areas)
{
    vaddr_t below = 0;
    size_t nr = 0, nr_tables = 0;

    for (const struct area *area = area_first(areas); area; area = area_next(area)) {
        ASSERT(area->start % PAGE_SIZE == 0 && area->end % PAGE_SIZE == 0 &&
               area->start < area->end);
        ASSERT(below <= area->start && area->gap == gap_above(below, area));
        ASSERT(area->max_gap ==
               MAX(area->gap, MAX(max_gap(area->node.left), max_gap(area->node.right))));
        below = area->end;
        nr++;
        nr_tables += area_nr_tables(area);
    }
    ASSERT(nr == areas->nr_areas && nr_tables == areas->nr_tables);
}
