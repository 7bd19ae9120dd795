/*
 * mm/area.c - the areas of one address space
 *
 * A balanced tree keyed by start address. Every node knows the gap below it and a bound of all gaps
 * in its subtree, so that finding room for a mapping, top-down, costs O(log n) whatever the layout. A
 * bound is raised at once and lowered by the next search that it misleads: what is unmapped and mapped
 * again in the same place changes none.
 *
 * Invariant: areas are page aligned, disjoint and not empty; gap is exact, max_gap no less than it and
 * than those of the children; no two neighbours could be one area. area_check() proves it, but for the
 * last clause: while a call is at work there may be such neighbours, and its own file joins them
 * (space_merge()).
 */
#include "mm/area.h"

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
    area_of(node)->max_gap = MAX(area_of(node)->gap, MAX(max_gap(node->left), max_gap(node->right)));
}

/* The subtree of area, which may be NULL, has a gap of this size. */
static void raise_max_gap(struct area *area, size_t gap)
{
    for (; area && area->max_gap < gap; area = area_of(area->node.parent))
        area->max_gap = gap;
}

/* The gap between below, which may be NULL, and area. */
static size_t gap_between(const struct area *below, const struct area *area)
{
    vaddr_t start = below ? below->end : 0, end = area_gap_end(area);

    return end > start ? end - start : 0;
}

/* The space below area, which may be NULL, changed. */
static void refresh_gap(struct area *area)
{
    if (!area)
        return;
    area->gap = gap_between(area_prev(area), area);
    raise_max_gap(area, area->gap);
}

/* What the tree knows of the sum over its areas: nr bytes of area come (or go: 0 - nr). */
static inline void count_bytes(struct area_tree *areas, const struct area *area, size_t nr)
{
    size_t nr_pages = (size_t)((ssize_t)nr >> PAGE_SHIFT);

    areas->nr_pages += nr_pages;
    areas->nr_pages_peak = MAX(areas->nr_pages_peak, areas->nr_pages);
    areas->nr_data += area_is_data(area->prot, area->flags) ? nr_pages : 0;
    areas->nr_locked += area->flags & AREA_LOCKED ? nr_pages : 0;
}

/* All of area comes (sign 1) or goes (-1). */
static void count(struct area_tree *areas, const struct area *area, ssize_t sign)
{
    count_bytes(areas, area, (size_t)sign * (area->end - area->start));
    areas->nr_tables += (size_t)sign * area_nr_tables(area);
}

/* One area, not two that meet at `at`, both as area: the tables that both would count. */
static inline size_t shared_tables(const struct area *area, vaddr_t at)
{
    return area->flags & AREA_ACCOUNTED
               ? AREA_SPLIT_TABLES - (tables_before(at) - tables_before(at - 1))
               : 0;
}

void area_tree_init(struct area_tree *areas)
{
    *areas = (struct area_tree){.tree = {.update = update_max_gap}};
}

struct area *area_search(struct area_tree *areas, vaddr_t addr)
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
    return areas->last = found;
}

struct area *area_first(const struct area_tree *areas)
{
    return area_of(tree_first(&areas->tree));
}

struct area *area_last(const struct area_tree *areas)
{
    return area_of(tree_last(&areas->tree));
}

/* Add an area, which the caller counts, between two neighbours, or NULL. */
static void insert_between(struct area_tree *areas, struct area *area, struct area *below,
                           struct area *above)
{
    ASSERT((!below || below->end <= area->start) && area->start < area->end &&
           (!above || area->end <= above->start));
    area->gap = area->max_gap = gap_between(below, area);
    /* One of them has no child on this side: the other one, if any, is above it. */
    if (above && !above->node.left) {
        raise_max_gap(above, area->gap);
        tree_insert(&areas->tree, &area->node, &above->node, &above->node.left);
    } else if (below) {
        raise_max_gap(below, area->gap);
        tree_insert(&areas->tree, &area->node, &below->node, &below->node.right);
    } else {
        tree_insert(&areas->tree, &area->node, NULL, &areas->tree.root);
    }
    areas->nr_areas++;
    areas->last = area;
    refresh_gap(above);
}

void area_insert(struct area_tree *areas, struct area *area)
{
    struct area *above = area_find(areas, area->start);

    insert_between(areas, area, above ? area_prev(above) : area_last(areas), above);
    count(areas, area, 1);
}

void area_remove(struct area_tree *areas, struct area *area)
{
    struct area *above = area_next(area);

    count(areas, area, -1);
    tree_remove(&areas->tree, &area->node);
    areas->nr_areas--;
    areas->last = above;
    refresh_gap(above);
}

void area_set_start(struct area_tree *areas, struct area *area, vaddr_t start)
{
    const struct area *below = area_prev(area);

    ASSERT(start < area->end && (!below || below->end <= start));
    count_bytes(areas, area, area->start - start);
    areas->nr_tables += area_nr_tables_between(area, start, area->start);
    area->offset += start - area->start;
    area->start = start;
    refresh_gap(area);
}

void area_set_end(struct area_tree *areas, struct area *area, vaddr_t end)
{
    struct area *above = area_next(area);

    ASSERT(area->start < end && (!above || end <= above->start));
    count_bytes(areas, area, end - area->end);
    areas->nr_tables += area_nr_tables_between(area, area->end - 1, end - 1);
    area->end = end;
    refresh_gap(above);
}

void area_set_rights(struct area_tree *areas, struct area *area, unsigned prot, unsigned flags)
{
    bool counts =
        (area->flags ^ flags) & (AREA_ACCOUNTED | AREA_LOCKED) || (area->prot ^ prot) & PROT_WRITE;

    if (counts)
        count(areas, area, -1);
    area->prot = prot;
    area->flags = flags;
    if (counts)
        count(areas, area, 1);
}

void area_split(struct area_tree *areas, struct area *area, vaddr_t at, struct area *upper)
{
    ASSERT(area->start < at && at < area->end);
    *upper = *area;
    upper->start = at;
    upper->offset += at - area->start;
    area->end = at;
    areas->nr_tables += shared_tables(area, at);
    insert_between(areas, upper, area, area_next(area));
}

void area_join(struct area_tree *areas, struct area *a, struct area *b)
{
    ASSERT(area_can_merge(a, b) && area_next(a) == b);
    areas->nr_tables -= shared_tables(a, b->start);
    tree_remove(&areas->tree, &b->node); /* the gap between them was 0, the one above stays */
    areas->nr_areas--;
    areas->last = a;
    a->end = b->end;
}

/*
 * The next lower area with a gap of at least len, NULL if there is none. What promised more than there
 * is does so no longer: each insertion can mislead one search per level.
 */
static struct area *lower_gap(struct area *area, size_t len)
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
    } while (node && area_of(node)->gap < len);
    return area_of(node);
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

vaddr_t area_find_gap(struct area_tree *areas, size_t len, vaddr_t low, vaddr_t high)
{
    struct area *lower = NULL; /* it, or its left subtree, has the highest gap below `above`'s */
    struct area *above = NULL; /* as area_find(high - 1) */

    if (high <= low || high - low < len)
        return 0;
    for (struct tree_node *node = areas->tree.root; node;) {
        struct area *area = area_of(node);
        if (area->end >= high) {
            above = area;
            node = node->left;
        } else {
            if (area->gap >= len || max_gap(node->left) >= len)
                lower = area;
            node = node->right;
        }
    }
    /* Only the highest gap can be cut by high, and only the last one tried by low. */
    vaddr_t place;
    if (above) {
        place = fit_below(above, len, low, high);
    } else {
        const struct area *last = area_last(areas);
        place = fit(MAX(last ? last->end : 0, low), high, len);
    }
    if (!place && lower && lower->gap < len)
        lower = lower_gap(lower, len);
    if (!place && lower) {
        above = lower;
        place = fit_below(above, len, low, high);
    }
    areas->last = above;
    return place;
}

void area_check(const struct area_tree *areas)
{
    vaddr_t below = 0;
    struct area_tree sum = {0};
    size_t nr = 0;

    for (const struct area *area = area_first(areas); area; area = area_next(area)) {
        ASSERT(area->start % PAGE_SIZE == 0 && area->end % PAGE_SIZE == 0 &&
               area->start < area->end);
        ASSERT(below <= area->start && area->gap == gap_between(area_prev(area), area));
        ASSERT(area->max_gap >=
               MAX(area->gap, MAX(max_gap(area->node.left), max_gap(area->node.right))));
        below = area->end;
        count(&sum, area, 1);
        nr++;
    }
    ASSERT(nr == areas->nr_areas && sum.nr_tables == areas->nr_tables);
    ASSERT(sum.nr_pages == areas->nr_pages && sum.nr_pages <= areas->nr_pages_peak);
    ASSERT(sum.nr_data == areas->nr_data && sum.nr_locked == areas->nr_locked);
}
